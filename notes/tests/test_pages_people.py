"""The page of a notebook's people, and the page behind an invitation."""

import re
from html import unescape

import pytest
from django.test import Client

from core.accounts.models import User
from notes.models import Invitation, Membership, Note, Notebook, Role
from notes.services import invitations, notebooks, notes

HTMX = {"HX-Request": "true"}
FARAH = {"display_name": "Farah", "email": "farah@example.org", "password1": "three-segments-are-enough"}


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def invite(as_ada: Client, course: Notebook, **data: str) -> str:
    sent = {"role": str(Role.EDITOR.value), **data}
    page = as_ada.post(f"/notebooks/{course.public_id}/people/invite", sent).content.decode()
    link = re.search(r'value="http://testserver(/invitations/[^"]+)"', page)
    assert link, page
    return link[1]


def test_an_invitations_link_is_shown_once(as_ada: Client, course: Notebook) -> None:
    link = invite(as_ada, course, email="farah@example.org")
    page = as_ada.get(f"/notebooks/{course.public_id}/people").content.decode()
    assert link not in page
    assert "farah@example.org" in page


def test_an_invitations_link_is_not_kept_by_the_browser(as_ada: Client, course: Notebook) -> None:
    answer = as_ada.post(f"/notebooks/{course.public_id}/people/invite", {"role": str(Role.VIEWER.value)})
    assert "no-store" in answer["Cache-Control"]


def test_htmx_gets_the_invitations_alone(as_ada: Client, course: Notebook) -> None:
    url = f"/notebooks/{course.public_id}/people/invite"
    fragment = as_ada.post(url, {"role": str(Role.VIEWER.value)}, headers=HTMX).content.decode()
    assert "/invitations/" in fragment
    assert "<html" not in fragment


def test_what_is_no_address_is_refused(as_ada: Client, course: Notebook) -> None:
    url = f"/notebooks/{course.public_id}/people/invite"
    answer = as_ada.post(url, {"role": str(Role.VIEWER.value), "email": "nobody"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_the_invited_sees_where_the_link_leads_before_signing_in(client: Client, ada: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    page = client.get(f"/invitations/{token}").content.decode()
    assert "Back-end, from scratch" in page
    assert f"/accounts/signup/?next=/invitations/{token}" in page


def test_joining_needs_an_account(client: Client, ada: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    assert client.post(f"/invitations/{token}")["Location"].startswith("/accounts/login/?next=")


def test_who_makes_an_account_to_join_has_joined(client: Client, ada: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR, email="farah+x@example.org")
    page = client.get(f"/invitations/{token}").content.decode()
    door = re.search(r'href="(/accounts/signup/[^"]+)"', page)
    assert door
    assert 'value="farah+x@example.org"' in client.get(unescape(door[1])).content.decode()
    answer = client.post("/accounts/signup/", {**FARAH, "next": f"/invitations/{token}"}, follow=True)
    assert answer.redirect_chain[-1] == (course.get_absolute_url(), 302)
    assert Membership.objects.get(user__email="farah@example.org").role == Role.EDITOR
    assert "Welcome to “Back-end, from scratch”." in answer.content.decode()


def test_who_makes_an_account_too_late_is_told_so(client: Client, ada: User, ben: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    invitations.accept(ben, token=token)
    answer = client.post("/accounts/signup/", {**FARAH, "next": f"/invitations/{token}"}, follow=True)
    assert answer.status_code == 410
    assert not Membership.objects.filter(user__email="farah@example.org").exists()


@pytest.mark.parametrize("after", ["", "/removed", "/invitations/nothing", "/invitations/\x00", "/nowhere"])
def test_who_goes_elsewhere_joins_nothing(after: str, client: Client, course: Notebook) -> None:
    assert client.post("/accounts/signup/", {**FARAH, "next": after}).status_code == 302
    assert not Membership.objects.filter(user__email="farah@example.org").exists()


def test_the_invited_joins(client: Client, ada: User, mallory: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.COMMENTER)
    client.force_login(mallory)
    answer = client.post(f"/invitations/{token}", follow=True)
    assert answer.redirect_chain == [(course.get_absolute_url(), 302)]
    assert Membership.objects.get(user=mallory).role == Role.COMMENTER


def test_a_used_link_says_so_and_shows_a_member_in(
    client: Client, ada: User, ben: User, mallory: User, course: Notebook
) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.VIEWER)
    invitations.accept(ben, token=token)
    client.force_login(mallory)
    assert client.get(f"/invitations/{token}").status_code == 410
    client.force_login(ben)
    assert client.get(f"/invitations/{token}")["Location"] == course.get_absolute_url()


def test_a_link_that_never_was_is_not_found(client: Client, db: None) -> None:
    assert client.get("/invitations/nothing").status_code == 404


def test_an_invitation_is_withdrawn(as_ada: Client, course: Notebook) -> None:
    link = invite(as_ada, course)
    page = as_ada.get(f"/notebooks/{course.public_id}/people").content.decode()
    revoke = re.search(r'action="([^"]+/revoke)"', page)
    assert revoke
    as_ada.post(revoke[1])
    as_ada.logout()
    answer = as_ada.get(link)
    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()


def test_a_role_changes(as_ada: Client, course: Notebook, ben: User) -> None:
    url = f"/notebooks/{course.public_id}/people/{ben.public_id}/role"
    page = as_ada.post(url, {"role": str(Role.VIEWER.value)}, follow=True).content.decode()
    assert Membership.objects.get(user=ben).role == Role.VIEWER
    assert "Ben is a viewer now." in page


def test_a_role_that_there_is_not_is_refused(as_ada: Client, course: Notebook, ben: User) -> None:
    page = as_ada.post(f"/notebooks/{course.public_id}/people/{ben.public_id}/role", {"role": "99"}, follow=True)
    assert "There is no such role." in page.content.decode()


def test_the_last_owner_stays(as_ada: Client, course: Notebook, ada: User) -> None:
    page = as_ada.post(f"/notebooks/{course.public_id}/leave", follow=True).content.decode()
    assert "A notebook needs an owner." in page
    assert Membership.objects.filter(user=ada, notebook=course).exists()


def test_a_member_is_removed(as_ada: Client, course: Notebook, ben: User) -> None:
    as_ada.post(f"/notebooks/{course.public_id}/people/{ben.public_id}/remove")
    assert not Membership.objects.filter(user=ben).exists()


def test_a_member_leaves(client: Client, course: Notebook, ben: User) -> None:
    client.force_login(ben)
    assert client.post(f"/notebooks/{course.public_id}/leave")["Location"] == "/"
    assert not Membership.objects.filter(user=ben).exists()


def test_inherited_members_are_shown_and_not_changed_here(as_ada: Client, networking: Notebook, ben: User) -> None:
    page = as_ada.get(f"/notebooks/{networking.public_id}/people").content.decode()
    assert "from Back-end, from scratch" in page
    assert f"/people/{ben.public_id}/" not in page


def test_who_shares_a_note_is_led_back_to_it(as_ada: Client, networking: Notebook, handshake: Note) -> None:
    note = as_ada.get(handshake.get_absolute_url()).content.decode()
    share = re.search(r'href="([^"]+)"><svg.{,200}</svg>Share', note)
    assert share
    assert "#" not in share[1]
    page = as_ada.get(share[1]).content.decode()
    assert f'<a href="{handshake.get_absolute_url()}">TCP handshake</a>' in page


def test_nobody_is_led_to_a_note_of_elsewhere(client: Client, ada: User, ben: User, course: Notebook) -> None:
    secret = notes.create(ada, notebook=notebooks.create(ada, title="Only me"), title="Secret")
    client.force_login(ben)
    assert "Secret" not in client.get(f"{course.get_absolute_url()}people?from={secret.public_id}").content.decode()


def test_only_owners_see_who_is_invited(client: Client, ada: User, ben: User, course: Notebook) -> None:
    invitations.invite(ada, notebook=course, role=Role.EDITOR, email="farah@example.org")
    client.force_login(ben)
    page = client.get(f"/notebooks/{course.public_id}/people").content.decode()
    assert "farah@example.org" not in page
    assert "Invite somebody" not in page
