"""An outline tells admission of a snapshot what reading its state would tell, and nothing of another state."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.models import User
from notes.documents import Document
from notes.models import Note, NoteSnapshot
from realtime import admission as admissions
from realtime.admission import Admission
from realtime.registry import Registry
from realtime.tests.client import until
from realtime.tests.conftest import Sit
from realtime.tests.hosts import Host
from realtime.tests.insight import inside
from realtime.tests.ledger import Ledger
from realtime.tests.seats import ADA, Seat
from realtime.tests.sessions import Step, play, steps
from realtime.tests.writers import Writer


def written(script: list[Step]) -> tuple[Admission, bytes]:
    """What admission knows after a session, and the state of its document."""
    known, document = Admission(max_units=1_000_000), Document()
    for who, update in play(script):
        known.take(update, user_id=who + 1)
        document.apply(update)
    return known, document.state()


@given(steps)
def test_it_restores_everything_that_was_known(script: list[Step]) -> None:
    known, state = written(script)
    restored = Admission(max_units=1_000_000, owners=dict(known.owners))
    restored.restore(state, known.outline(state))
    assert inside(restored) == inside(known)


@given(steps, st.data())
def test_a_damaged_one_is_passed_over(script: list[Step], data: st.DataObject) -> None:
    known, state = written(script)
    outline = known.outline(state)
    damaged = data.draw(st.sampled_from([b"", outline[:-1], outline + b"\x00", b"\x00" * 32 + outline[32:]]))
    with_it, without = Admission(max_units=1_000_000), Admission(max_units=1_000_000)
    with_it.restore(state, damaged)
    without.restore(state)
    assert inside(with_it) == inside(without)


def test_the_state_is_not_read_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known, writer = Admission(max_units=100), Writer(7)
    known.take(writer.append("long 😀"), 1)
    outline = known.outline(writer.state)
    monkeypatch.setattr(admissions, "decode", lambda *_, **__: pytest.fail("the long way"))
    Admission(max_units=100).restore(writer.state, outline)


def test_while_something_waits_there_is_none() -> None:
    """Admission knows of what waits, and the state does not hold it."""
    ledger, writer = Ledger(ADA.user_id), Writer(7)
    host = Host(ledger)
    ada = host.join(Seat(ADA))
    host.update(ada, writer.append("stored "))
    host.flush()
    assert host.room.snapshot().outline
    host.update(ada, writer.append("waiting "))
    snapshot = host.room.snapshot()
    assert (snapshot.outline, snapshot.text) == (b"", "stored ")


async def test_a_note_that_is_opened_again_goes_on_from_it(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = await sit(ada)
    await hers.types(" 😀")
    await hers.deletes(0, 5)
    await hers.leave()
    rooms.limits = replace(rooms.limits, room_idle_seconds=0)
    await until(lambda: not rooms.rooms, "the note is closed")
    assert (await NoteSnapshot.objects.aget(note=handshake)).outline
    monkeypatch.setattr(Admission, "_apply", lambda *_: pytest.fail("the log is read"))
    again = await sit(ada, writer=hers.writer)
    monkeypatch.undo()
    await again.types(" and on")
    assert again.text == rooms.rooms[handshake.pk].projection.text()
