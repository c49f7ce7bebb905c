"""What the database promises to rooms: all or nothing, on top of the head, under the rights of now."""

import pytest
from django.db.models import F
from django.utils import timezone

from core.accounts.models import User
from notes.models import Membership, Note, NoteClient, NoteUpdate, Origin, Role
from notes.services import notes
from realtime.admission import NOBODY
from realtime.registry import Registry
from realtime.storage import Append, Appended, Behind, Entry, Gone, Head, NoteGoneError, Row, Snapshot, StorageError
from realtime.tests.client import do
from realtime.tests.writers import Writer


def append(note: Note, *entries: Entry, seq: int = 1, epoch: int = 1, access_epoch: int = 1) -> Append:
    return Append(note.pk, Head(seq, epoch, access_epoch), entries)


def entry(author: User, *, client_id: int = 5, text: str = "x") -> Entry:
    return Entry(Writer(client_id).append(text), author.pk, (client_id,))


async def test_entries_become_rows_with_consecutive_numbers(rooms: Registry, ben: User, handshake: Note) -> None:
    outcome = await rooms.storage.append([append(handshake, entry(ben), entry(ben, client_id=6))])
    assert outcome == [Appended(2)]
    rows = [row async for row in NoteUpdate.objects.filter(note=handshake, seq__gt=1).order_by("seq")]
    assert [(row.seq, row.epoch, row.author_id, bytes(row.data)) for row in rows] == [
        (2, 1, ben.pk, entry(ben).data),
        (3, 1, ben.pk, entry(ben, client_id=6).data),
    ]
    owners = {row.client_id: row.user_id async for row in NoteClient.objects.filter(note=handshake, user=ben)}
    assert owners == {5: ben.pk, 6: ben.pk}


async def test_an_append_goes_right_behind_what_others_wrote_meanwhile(
    rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    first, second = entry(ben), entry(ada, client_id=6)
    await rooms.storage.append([append(handshake, first)])
    (outcome,) = await rooms.storage.append([append(handshake, second)])
    assert outcome == Appended(3, (Row(2, first.data, ben.pk),))
    rows = [row async for row in NoteUpdate.objects.filter(note=handshake, seq__gt=1).order_by("seq")]
    assert [(row.seq, row.author_id, bytes(row.data)) for row in rows] == [
        (2, ben.pk, first.data),
        (3, ada.pk, second.data),
    ]
    await handshake.arefresh_from_db()
    assert handshake.seq == 3


async def test_an_append_whose_author_wrote_elsewhere_meanwhile_stores_nothing_and_says_what_it_missed(
    rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    """It may repeat what is there, or lean on it: also after a commit whose answer was lost."""
    first = entry(ben)
    await rooms.storage.append([append(handshake, first)])
    (outcome,) = await rooms.storage.append([append(handshake, entry(ada, client_id=6), entry(ben, client_id=7))])
    assert isinstance(outcome, Behind)
    assert outcome.head == Head(2, 1, 1)
    assert [(row.seq, row.data, row.author_id) for row in outcome.rows] == [(2, first.data, ben.pk)]
    assert outcome.writers == {ada.pk, ben.pk}
    assert outcome.owners[5] == ben.pk
    assert await NoteUpdate.objects.filter(note=handshake).acount() == 2


async def test_an_append_behind_a_row_in_quarantine_stores_nothing(
    rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    await rooms.storage.append([append(handshake, entry(ben))])
    await rooms.storage.quarantine(handshake.pk, [2])
    (outcome,) = await rooms.storage.append([append(handshake, entry(ada, client_id=6))])
    assert isinstance(outcome, Behind)
    assert not outcome.rows


async def test_an_append_under_old_rights_is_not_stored_and_names_who_may_still_write(
    rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    await Membership.objects.filter(user=ben).aupdate(role=Role.VIEWER)
    await Note.objects.filter(pk=handshake.pk).aupdate(access_epoch=F("access_epoch") + 1)
    (outcome,) = await rooms.storage.append([append(handshake, entry(ben), entry(ada, client_id=6))])
    assert isinstance(outcome, Behind)
    assert outcome.writers == {ada.pk}
    assert not outcome.rows
    assert outcome.head.access_epoch == 2


async def test_one_note_behind_does_not_hold_up_the_others(rooms: Registry, ada: User, handshake: Note) -> None:
    other = await do(notes.create, ada, notebook=handshake.notebook, title="Another", text="x")
    stale, fine = append(handshake, entry(ada), seq=0), append(other, entry(ada))
    outcomes = await rooms.storage.append([stale, fine])
    assert isinstance(outcomes[0], Behind)
    assert outcomes[1] == Appended(2)
    assert await NoteUpdate.objects.filter(note=handshake).acount() == 1


async def test_a_note_that_is_gone_is_said_to_be_gone(rooms: Registry, ada: User, handshake: Note) -> None:
    await Note.objects.filter(pk=handshake.pk).adelete()
    assert await rooms.storage.append([append(handshake, entry(ada))]) == [Gone()]
    with pytest.raises(NoteGoneError):
        await rooms.storage.load(handshake.pk)


async def test_an_author_whose_account_is_gone_does_not_hold_up_the_others(
    rooms: Registry, ada: User, handshake: Note
) -> None:
    other = await do(notes.create, ada, notebook=handshake.notebook, title="Another", text="x")
    ghost = Entry(Writer(9).append("x"), 10**9, (9,))
    first, second = await rooms.storage.append([append(handshake, ghost), append(other, entry(ada))])
    assert isinstance(first, Behind)
    assert isinstance(second, Behind)
    assert first.writers == frozenset()
    assert second.writers == {ada.pk}
    assert await rooms.storage.append([append(other, entry(ada))]) == [Appended(2)]


async def test_what_the_database_will_refuse_again_is_not_tried_again_at_once(
    rooms: Registry, ada: User, handshake: Note
) -> None:
    """A row that nobody should have written stands where the next one belongs."""
    row = entry(ada, client_id=6)
    forged = NoteUpdate(note=handshake, seq=2, epoch=1, data=row.data, origin=Origin.SOCKET, created_at=timezone.now())
    await forged.asave()
    with pytest.raises(StorageError):
        await rooms.storage.append([append(handshake, entry(ada))])


async def test_rows_of_an_epoch_that_is_over_are_not_handed_on(rooms: Registry, ada: User, handshake: Note) -> None:
    await Note.objects.filter(pk=handshake.pk).aupdate(epoch=2)
    (outcome,) = await rooms.storage.append([append(handshake, entry(ada))])
    assert isinstance(outcome, Behind)
    assert (outcome.head.epoch, outcome.rows) == (2, [])
    loaded = await rooms.storage.load(handshake.pk)
    assert (loaded.rows, loaded.snapshot) == ([], None)


async def test_client_ids_are_loaded_with_their_owners_and_those_of_earlier_epochs_apart(
    rooms: Registry, ada: User, handshake: Note
) -> None:
    await NoteClient.objects.acreate(note=handshake, epoch=0, client_id=77, user=ada)
    await NoteClient.objects.acreate(note=handshake, epoch=1, client_id=78, user=None)
    loaded = await rooms.storage.load(handshake.pk)
    assert loaded.former == {77}
    assert loaded.owners[78] == NOBODY
    assert ada.pk in loaded.owners.values()


async def test_quarantined_rows_are_left_out(rooms: Registry, ada: User, handshake: Note) -> None:
    await rooms.storage.append([append(handshake, entry(ada), entry(ada, client_id=6))])
    await rooms.storage.quarantine(handshake.pk, [2])
    head, rows, _ = await rooms.storage.rows_after(handshake.pk, 0)
    assert head.seq == 3
    assert [row.seq for row in rows] == [1, 3]
    assert [row.seq for row in (await rooms.storage.load(handshake.pk)).rows] == [1, 3]


async def test_a_later_snapshot_is_not_replaced_by_an_earlier_one(rooms: Registry, handshake: Note) -> None:
    later = Snapshot(1, 9, b"later", b"its outline", "later")
    for snapshot in (later, Snapshot(1, 8, b"earlier", b"", "earlier"), Snapshot(2, 10, b"of another epoch", b"", "")):
        await rooms.storage.save_snapshot(handshake.pk, snapshot)
    loaded = await rooms.storage.load(handshake.pk)
    assert (loaded.snapshot, loaded.outline, loaded.snapshot_seq) == (later.state, later.outline, later.seq)
