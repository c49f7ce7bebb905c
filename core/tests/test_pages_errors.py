"""What is said when something goes wrong: in our own words, with the request's id, and without the database."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from core import urls, views
from core.accounts.models import User
from notes.models import Note, Notebook


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret of the house")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


urlpatterns = [path("broken", broken), path("suspicious", suspicious), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("url", "status"), [("/broken", 500), ("/suspicious", 400), ("/nothing", 404)])
def test_an_error_is_said_in_our_words_with_the_id_of_the_request(url: str, status: int) -> None:
    # No `db` fixture: a query would fail the test.
    answer = Client(raise_request_exception=False).get(url)
    page = answer.content.decode()
    assert answer.status_code == status
    assert answer["X-Request-ID"] in page
    assert "Commonplace" in page
    assert "secret" not in page


def test_an_error_comes_in_the_readers_theme(client: Client) -> None:
    client.cookies["theme"] = "ink"
    assert 'data-theme="ink"' in client.get("/nothing").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/nothing").content.decode()


def test_who_may_look_but_not_touch_is_told_why(client: Client, cleo: User, networking: Notebook) -> None:
    client.force_login(cleo)
    answer = client.get(f"/notebooks/{networking.public_id}/settings")
    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.content.decode()


@override_settings(DEBUG=True)
def test_a_stranger_learns_nothing_even_where_we_develop(client: Client, mallory: User, handshake: Note) -> None:
    client.force_login(mallory)
    page = client.get(handshake.get_absolute_url()).content.decode()
    assert "There is no such page" in page
    assert "TCP handshake" not in page


@override_settings(DEBUG=True)
def test_a_wrong_address_shows_no_routes_even_where_we_develop(client: Client) -> None:
    answer = client.get("/nothing")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in page
    assert "URLconf" not in page
    assert client.get("/accounts/login")["Location"] == "/accounts/login/"


@override_settings(DEBUG=True, ROOT_URLCONF=__name__)
def test_where_we_develop_a_fault_shows_where_it_is() -> None:
    answer = Client(raise_request_exception=False).get("/broken")
    assert answer.status_code == 500
    assert "Traceback" in answer.content.decode()


def test_the_page_for_old_forms_needs_nothing_but_a_request() -> None:
    assert views.csrf_failure(RequestFactory().post("/x")).status_code == 403


def test_robots_are_asked_to_stay_out(client: Client) -> None:
    assert "Disallow: /" in client.get("/robots.txt").content.decode()


def test_who_asks_for_the_icon_at_the_old_place_is_shown_the_way(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/icons/favicon.ico"


def test_the_manifest_can_be_installed(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert {icon["sizes"] for icon in answer.json()["icons"]} >= {"192x192", "512x512"}
