from django.urls import path

from core.accounts import views

urlpatterns = [path("profile/", views.profile, name="profile")]
