"""The generator finds in an update which keystrokes it holds, as a CRDT library does."""

import pytest
from hypothesis import given
from pycrdt import Doc, Text, merge_updates

from benchmarks.load.keys import SEEDER, Typist, key, seed_text, seed_update
from benchmarks.load.spans import spans
from notes.documents import text_of
from realtime.admission import Admission
from realtime.protocol import UpdateSent, read_frame, read_state_vector
from realtime.tests.sessions import Step, play, steps


def ends(found: list[tuple[int, int, int]]) -> dict[int, int]:
    return {client: max(end for who, _, end in found if who == client) for client, _, _ in found}


@given(steps)
def test_the_state_of_any_session_holds_all_its_clocks(script: list[Step]) -> None:
    document: Doc[Text] = Doc()
    for _, update in play(script):
        document.apply_update(update)
    found = spans(document.get_update())
    assert ends(found) == read_state_vector(document.get_state())


def test_what_was_left_out_of_a_merged_update_is_not_held() -> None:
    keys = [key(7, clock, (7, clock - 1) if clock else (SEEDER, 0), (SEEDER, 1), ord("x")) for clock in range(4)]
    assert spans(merge_updates(keys[0], keys[3])) == [(7, 0, 1), (7, 3, 4)]


def test_typists_write_what_every_server_takes() -> None:
    typist = Typist(2**40, place=3, framed=bytes)
    typist.make(5)
    updates = [seed_update(seed_text(40)), *(frame[3:] for frame in typist.frames)]
    assert [span for update in updates[1:] for span in spans(update)] == [(2**40, at, at + 1) for at in range(5)]
    text, plain = text_of(updates), seed_text(40).decode()
    assert (text[:3], text[8:]) == (plain[:3], plain[3:])


def test_a_key_is_the_one_that_an_editor_makes() -> None:
    document: Doc[Text] = Doc(client_id=70_000)
    document.apply_update(seed_update(seed_text(40)))
    made: list[bytes] = []
    text = document.get("content", type=Text)
    document.observe(lambda event: made.append(event.update))
    for at, sign in enumerate("the "):
        text.insert(7 + at, sign)
    typist = Typist(70_000, place=7, framed=bytes)
    typist.make(4)
    assert [frame[3:] for frame in typist.frames] == made


def test_our_admission_takes_what_typists_write() -> None:
    admission = Admission(max_units=1_000)
    admission.take(seed_update(seed_text(40)), user_id=1)
    typist = Typist(70_000, place=7, framed=bytes)
    typist.make(200)
    for frame in typist.frames:
        frame_read = read_frame(frame)
        assert isinstance(frame_read, UpdateSent)
        admission.take(frame_read.update, user_id=2)
    assert admission.clocks[70_000] == 200


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no text"):
        spans(b"\x01\x01\x07\x00\x07\x01\x07content\x00\x00")
