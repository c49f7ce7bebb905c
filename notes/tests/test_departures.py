"""Somebody deletes their account: what stays, what goes, and what they must decide before."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from pytest_django import DjangoCaptureOnCommitCallbacks

from core.accounts import audit
from core.accounts.events import SessionsEnded
from core.accounts.models import AuditEntry, Deed, User
from core.background.models import WaitingMail
from notes.access import abilities
from notes.errors import Invalid, NotAllowed, NotFound
from notes.models import Activity, Export, Invitation, Membership, Note, Notebook, NoteClient, NoteUpdate, Role, Verb
from notes.services import contents, departures, exports, history, invitations, memberships, notebooks, notes, segments
from notes.tests.logs import snap, whole, write

pytestmark = pytest.mark.django_db


def everything_about(text: str) -> list[str]:
    """Where in the database a word still stands."""
    return [
        f"{model._meta.label}.{name}: {value}"
        for model in apps.get_models()
        for row in model._base_manager.values()
        for name, value in row.items()
        if text.lower() in str(value).lower()
    ]


def test_no_name_and_no_address_of_theirs_is_left(
    ada: User,
    ben: User,
    course: Notebook,
    handshake: Note,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ben.display_name = "Benedict Okafor"
    ben.is_staff = True
    ben.set_password("three-segments-are-enough")
    ben.save()
    EmailAddress.objects.create(user=ben, email="benedict@home.example.org", verified=True)
    _, token = invitations.invite(ada, notebook=course, role=Role.OWNER, email="Benedict@home.example.org")
    invitations.accept(ben, token=token)
    memberships.change_role(ada, Membership.objects.get(user=ben), role=Role.EDITOR)
    notes.create(ben, notebook=course, title="His", text="Written by him.")
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=ada, content_type=kind, object_id=str(ben.pk), object_repr=str(ben), action_flag=CHANGE
    )
    exports.begin(ben, course)
    WaitingMail.objects.create(to="benedict@home.example.org", sealed=b"")
    address = EmailAddress.objects.create(user=ben, email="ben.benedict@example.org", verified=True)
    LogEntry.objects.create(
        user=ada,
        content_type=ContentType.objects.get_for_model(EmailAddress),
        object_id=str(address.pk),
        object_repr=str(address),
        action_flag=CHANGE,
    )
    audit.record(ada, Deed.ADDRESS_CHANGED, about=ben, before="old.benedict@example.org, first", after=address.email)
    assert everything_about("benedict")
    with django_capture_on_commit_callbacks(execute=True):
        departures.depart(ben, heirs={})
    assert everything_about("benedict") == []
    assert everything_about("ben@example.org") == []
    assert not User.objects.get(pk=ben.pk).has_usable_password()
    assert not Export.objects.exists()


def test_what_others_are_called_stays(ada: User, ben: User, mallory: User, course: Notebook) -> None:
    """Also where an address of theirs holds the one that goes, or was claimed and never confirmed."""
    EmailAddress.objects.create(user=ben, email=mallory.email)
    for address in ("reuben@example.org", mallory.email):
        invitations.invite(ada, notebook=course, role=Role.EDITOR, email=address)
    WaitingMail.objects.create(to=mallory.email, sealed=b"")
    departures.depart(ben, heirs={})
    rows = AuditEntry.objects.filter(deed=Deed.INVITED).order_by("pk")
    assert [row.after for row in rows] == ["editor reuben@example.org", f"editor {mallory.email}"]
    assert Invitation.objects.filter(email=mallory.email).exists()
    assert WaitingMail.objects.filter(to=mallory.email).exists()


def test_a_deed_that_began_before_comes_too_late(ada: User, ben: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    earlier = User.objects.get(pk=ben.pk)
    departures.depart(ben, heirs={})
    with pytest.raises(NotAllowed):
        notebooks.create(earlier, title="His again")
    with pytest.raises(NotAllowed):
        invitations.accept(earlier, token=token)
    assert everything_about("ben@example.org") == []


def test_a_name_in_an_old_line_is_taken_out_too(ada: User, ben: User, course: Notebook) -> None:
    memberships.change_role(ada, Membership.objects.get(user=ben), role=Role.VIEWER)
    Activity.objects.filter(verb=Verb.ROLE_CHANGED).update(data={"member": "Ben", "role": "viewer"})
    elsewhere = notebooks.create(ada, title="Of another Ben")
    Activity.objects.filter(notebook=elsewhere).update(verb=Verb.ROLE_CHANGED, data={"member": "Ben", "role": "viewer"})
    departures.depart(ben, heirs={})
    assert Activity.objects.get(notebook=course, verb=Verb.ROLE_CHANGED).data["member"] == "Former member"
    assert Activity.objects.get(notebook=elsewhere, verb=Verb.ROLE_CHANGED).data["member"] == "Ben"


def test_what_they_wrote_stays_and_is_of_one_former_member(
    ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    """Also where it is packed."""
    his = notes.create(ben, notebook=course, title="His", text="Written by him.")
    write(handshake, [ada, ben], 300)
    snap(handshake)
    assert list(segments.pack_note(handshake.pk))
    before = whole(handshake)
    departures.depart(ben, heirs={})
    assert contents.text_of(his) == "Written by him."
    assert whole(handshake) == before
    assert {update.author_id for update in before} == {ada.pk, ben.pk}
    ben.refresh_from_db()
    assert (str(ben), ben.is_active, ben.has_usable_password()) == ("Former member", False, False)
    assert NoteClient.objects.get(note=his).user == NoteUpdate.objects.get(note=his).author == ben
    assert [update.author_id for update in history.updates(his.pk, epoch=1)] == [ben.pk]


def test_two_who_went_are_not_the_same_former_member(ben: User, cleo: User, course: Notebook) -> None:
    was = {ben.public_id, cleo.public_id}
    for user in (ben, cleo):
        departures.depart(user, heirs={})
    left = {User.objects.get(pk=user.pk).public_id for user in (ben, cleo)}
    assert len(left) == 2
    assert left.isdisjoint(was)


def test_their_memberships_go_and_the_feed_says_so(ben: User, course: Notebook, handshake: Note) -> None:
    departures.depart(ben, heirs={})
    ben.refresh_from_db()
    assert not Membership.objects.filter(user=ben).exists()
    assert not abilities(ben, handshake).read
    line = Activity.objects.newest_first()[0]
    assert (line.verb, line.notebook, str(line.actor)) == (Verb.MEMBER_LEFT, course, "Former member")


@pytest.mark.django_db(transaction=True)
def test_their_sessions_end(ben: User, course: Notebook, heard: Callable[[type], list[Any]]) -> None:
    told = heard(SessionsEnded)
    departures.depart(ben, heirs={})
    assert told == [SessionsEnded(user_id=ben.pk)]


def test_a_link_that_they_made_leads_nowhere(ada: User, ben: User, mallory: User, course: Notebook) -> None:
    memberships.change_role(ada, Membership.objects.get(user=ben), role=Role.OWNER)
    _, token = invitations.invite(ben, notebook=course, role=Role.VIEWER, email="mallory@example.org")
    departures.depart(ben, heirs={})
    assert not Invitation.objects.pending().exists()
    with pytest.raises(Invalid):
        invitations.accept(mallory, token=token)


def test_what_nobody_else_owns_has_to_be_decided(ada: User, ben: User, course: Notebook, networking: Notebook) -> None:
    (holding,) = departures.holdings(ada)
    assert (holding.notebook, holding.heirs, holding.others, holding.notes) == (course, (ben,), 3, 0)
    with pytest.raises(Invalid, match="Say what becomes of “Back-end, from scratch”"):
        departures.depart(ada, heirs={})
    ada.refresh_from_db()
    assert ada.is_active
    assert abilities(ada, course).share


def test_another_owner_is_enough(ada: User, ben: User, course: Notebook) -> None:
    memberships.change_role(ada, Membership.objects.get(user=ben), role=Role.OWNER)
    assert departures.holdings(ada) == []
    departures.depart(ada, heirs={})
    assert abilities(ben, course).share


def test_an_owner_whose_account_is_closed_is_not(ada: User, ben: User, course: Notebook) -> None:
    memberships.change_role(ada, Membership.objects.get(user=ben), role=Role.OWNER)
    ben.is_active = False
    ben.save()
    (holding,) = departures.holdings(ada)
    assert holding.heirs == ()


def test_it_is_handed_over_to_one_who_writes_there(ada: User, ben: User, course: Notebook, handshake: Note) -> None:
    departures.depart(ada, heirs={course.pk: ben})
    assert abilities(ben, Notebook.objects.get(pk=course.pk)).share
    assert contents.text_of(handshake) == "Three segments are enough."


@pytest.mark.parametrize("who", ["cleo", "dana", "mallory"])
def test_nobody_else_can_be_its_owner(who: str, ada: User, course: Notebook, request: pytest.FixtureRequest) -> None:
    """A reader, a commenter, a stranger: nothing at all happens."""
    with pytest.raises(Invalid, match="cannot be handed over"):
        departures.depart(ada, heirs={course.pk: request.getfixturevalue(who)})
    assert abilities(User.objects.get(pk=ada.pk), course).share


def test_it_is_erased_with_all_that_is_in_it(ada: User, ben: User, course: Notebook, handshake: Note) -> None:
    write(handshake, [ada, ben], 300)
    snap(handshake)
    assert list(segments.pack_note(handshake.pk))
    mine = notebooks.create(ben, title="Ben's own")
    departures.depart(ada, heirs={course.pk: None})
    assert list(Notebook.objects.all()) == [mine]
    assert not Note.objects.exists()
    assert everything_about("TCP handshake") == []
    assert set(Activity.objects.values_list("notebook", flat=True)) == {mine.pk}


def test_what_was_deleted_before_has_to_be_decided_too(ada: User, ben: User, course: Notebook) -> None:
    notebooks.delete(ada, course)
    course.refresh_from_db()
    (holding,) = departures.holdings(ada)
    assert holding.notebook == course
    departures.depart(ada, heirs={course.pk: None})
    assert not Notebook.objects.exists()


def test_nobody_but_an_owner_erases(
    ada: User, ben: User, mallory: User, course: Notebook, networking: Notebook
) -> None:
    with pytest.raises(NotFound):
        notebooks.erase(mallory, course)
    with pytest.raises(Exception, match="role"):
        notebooks.erase(ben, course)
    with pytest.raises(Invalid, match="outermost"):
        notebooks.erase(ada, networking)
    assert Notebook.objects.count() == 2
