"""A log that kills its reader kills one child process, and nothing else."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from core.accounts.models import User
from notes.models import LoadMark, Note, NoteSnapshot, NoteUpdate, Quarantine
from realtime import guard, outline
from realtime.closing import Close, Closing
from realtime.guard import KILLS, probe
from realtime.registry import Registry
from realtime.tests.conftest import Sit, Visit
from realtime.tests.writers import Writer

SEED = "Three segments are enough."
UNREADABLE = b"\xff\xff secret"  # pycrdt refuses it, so the child ends with an error


def sound(count: int) -> list[bytes]:
    writer = Writer(5)
    return [writer.append(f"{number} ") for number in range(count)]


async def write_by_hand(note: Note, *rows: bytes) -> None:
    """Rows that no admission has seen, as a fault of ours or another program could leave them."""
    head = note.seq
    for number, data in enumerate(rows, start=1):
        await NoteUpdate.objects.acreate(
            note=note, seq=head + number, epoch=1, created_at=timezone.now(), data=data, author=None
        )
    await Note.objects.filter(pk=note.pk).aupdate(seq=head + len(rows))


async def leave_mark(note: Note, process: str = "dead") -> None:
    await LoadMark.objects.acreate(note=note, process=process)


async def quarantined(note: Note) -> list[int]:
    return [row.seq async for row in NoteUpdate.objects.filter(note=note, quarantined=True).order_by("seq")]


async def reasons(note: Note) -> list[str]:
    return [row.why async for row in Quarantine.objects.filter(note=note)]


# --- The probe ---------------------------------------------------------------------------------------------------


async def test_sound_updates_are_survived() -> None:
    assert await probe([]) is None
    assert await probe(sound(50)) is None


@pytest.mark.parametrize("at", [0, 3, 6])
async def test_the_update_that_ends_the_child_is_named(at: int) -> None:
    updates = sound(6)
    updates.insert(at, UNREADABLE)
    assert await probe(updates) == at


async def test_a_child_that_is_silent_for_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PROBE_SECONDS", 0.01)  # it takes longer to begin
    with pytest.raises(Closing):
        await probe(sound(3))


async def test_a_child_that_cannot_begin_condemns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PROBE_BYTES", 2**20)
    with pytest.raises(Closing) as caught:
        await probe(sound(3))
    assert caught.value.code is Close.QUARANTINED


# --- Loading -----------------------------------------------------------------------------------------------------


async def test_a_note_that_loads_leaves_no_mark(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    await sit(ada)
    await rooms.settled()
    assert not await LoadMark.objects.aexists()


async def test_a_row_that_cannot_be_decoded_is_quarantined_and_the_note_goes_on(
    sit: Sit, ada: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    await write_by_hand(handshake, UNREADABLE)
    hers = await sit(ada)
    assert hers.text == SEED
    assert await quarantined(handshake) == [2]
    assert await reasons(handshake) == ["It cannot be replayed: too many clients in one update (range)."]
    await hers.types(" Still.")
    assert (await NoteUpdate.objects.alatest("seq")).seq == 3
    assert "row 2" in caplog.text
    assert "secret" not in caplog.text


async def test_a_stale_mark_alone_changes_nothing(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    await leave_mark(handshake)
    assert (await sit(ada)).text == SEED
    assert await quarantined(handshake) == []
    await rooms.settled()
    assert not await LoadMark.objects.aexists()


async def test_after_a_stale_mark_the_row_that_kills_is_found_and_quarantined(
    sit: Sit, ada: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    good = Writer(5).append("good ")
    await write_by_hand(handshake, good, UNREADABLE)
    await leave_mark(handshake)
    hers = await sit(ada)
    assert "good" in hers.text
    assert await quarantined(handshake) == [3]
    assert await reasons(handshake) == [KILLS]
    assert "kills its reader" in caplog.text
    await hers.types(" Still.")


async def test_after_a_stale_mark_a_snapshot_that_kills_is_thrown_away(sit: Sit, ada: User, handshake: Note) -> None:
    await NoteSnapshot.objects.acreate(note=handshake, epoch=1, seq=1, state=UNREADABLE, text="", text_hash=b"")
    await leave_mark(handshake)
    assert (await sit(ada)).text == SEED
    assert not await NoteSnapshot.objects.filter(state=UNREADABLE).aexists()


async def test_a_snapshot_that_turns_out_to_be_unreadable_is_found_when_it_is_read(
    visit: Visit, sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    """It bears the right checksum, so whoever comes first is answered with it, and only then is it read."""
    matching = outline.write(outline.Outline({5: len(SEED)}), UNREADABLE)
    await NoteSnapshot.objects.acreate(
        note=handshake, epoch=1, seq=1, state=UNREADABLE, outline=matching, text="", text_hash=b""
    )
    assert await (await visit(ada)).closed() == Close.UNAVAILABLE
    assert (await sit(ben)).text == SEED
    await rooms.settled()
    assert not await NoteSnapshot.objects.filter(state=UNREADABLE).aexists()
    assert not await LoadMark.objects.aexists()


async def test_a_note_with_more_poison_than_can_be_taken_out_at_once_stays_shut_for_now(
    visit: Visit, sit: Sit, ada: User, ben: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_POISON", 1)
    await write_by_hand(handshake, *[UNREADABLE] * 3)
    await leave_mark(handshake)
    assert await (await visit(ada)).closed() == Close.QUARANTINED
    assert await quarantined(handshake) == [2, 3]
    assert (await sit(ben)).text == SEED


async def test_a_note_whose_loading_did_not_end_well_is_probed_before_it_is_tried_again(
    rooms: Registry, handshake: Note
) -> None:
    """Also in the process that tried: what was found dangerous once must not be opened in it at the next knock."""
    await rooms.guard.load(rooms.storage, handshake.pk)
    await write_by_hand(handshake, UNREADABLE)
    loaded = await rooms.guard.load(rooms.storage, handshake.pk)
    assert [row.seq for row in loaded.rows] == [1]
    assert await quarantined(handshake) == [2]


async def test_a_mark_that_another_process_made_just_now_is_not_taken_for_a_dead_one_s(
    rooms: Registry, handshake: Note, settings: Settings
) -> None:
    """With several processes, the other one may be loading the note at this moment: its end is waited for."""
    settings.EMBEDDED = False
    await write_by_hand(handshake, UNREADABLE)
    await leave_mark(handshake, "another")
    loading = asyncio.create_task(rooms.guard.load(rooms.storage, handshake.pk))
    done, _ = await asyncio.wait([loading], timeout=guard.ASK_AGAIN_SECONDS)
    assert not done
    await LoadMark.objects.all().adelete()
    assert [row.seq for row in (await loading).rows] == [1, 2]
    assert await quarantined(handshake) == []
    assert (await LoadMark.objects.aget()).process == rooms.fanout.process


async def test_a_mark_of_another_process_that_stays_is_taken_for_a_dead_one_s(
    rooms: Registry, handshake: Note, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its clock says: a machine whose clock is an hour ahead must not have its notes doubted, or trusted."""
    settings.EMBEDDED = False
    monkeypatch.setattr(guard, "LOADING_SECONDS", 0.2)
    await write_by_hand(handshake, UNREADABLE)
    await leave_mark(handshake, "another")
    await LoadMark.objects.aupdate(created_at=timezone.now() + timedelta(hours=1))
    await rooms.guard.load(rooms.storage, handshake.pk)
    assert await quarantined(handshake) == [2]
