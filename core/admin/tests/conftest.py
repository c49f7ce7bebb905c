"""Root runs the server. Otto may change accounts and notebooks, and is no superuser. The others only write notes."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from core.accounts.models import User
from notes.tests.conftest import ada, ben, cleo, course, dana, handshake, heard, mallory, networking

__all__ = ["ada", "ben", "cleo", "course", "dana", "handshake", "heard", "mallory", "networking"]

PERMISSIONS = [
    *("add_user", "change_user", "view_user", "view_auditentry"),
    *("view_notebook", "change_notebook", "view_note", "change_note"),
]

type SignIn = Callable[[User], Client]


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", display_name="Root")


@pytest.fixture
def otto(db: None) -> User:
    otto = User.objects.create_user("otto@example.org", display_name="Otto", is_staff=True)
    otto.user_permissions.set(Permission.objects.filter(codename__in=PERMISSIONS))
    return otto


@pytest.fixture
def sign_in() -> SignIn:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def operator(root: User, sign_in: SignIn) -> Client:
    return sign_in(root)
