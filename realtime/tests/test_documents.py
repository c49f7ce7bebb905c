"""Text in, text out, and nothing that another library would read differently."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes import documents
from realtime.admission import Admission
from realtime.protocol import read_state_vector
from realtime.tests.hostile import units
from realtime.tests.sessions import Step, play, steps

any_text = st.text(max_size=60)  # with halves of surrogate pairs


@given(any_text)
def test_a_text_is_read_as_an_editor_would_hold_it(text: str) -> None:
    plain = documents.normalised(text)
    assert "\r" not in plain
    assert "\x00" not in plain
    plain.encode()
    assert documents.normalised(plain) == plain


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d", "\ufffd"),
        ("\ufeffx", "\ufeffx"),
        ("a\x00b", "ab"),
    ],
)
def test_line_ends_and_halves_of_characters_are_mended(given: str, held: str) -> None:
    assert documents.normalised(given) == held


@given(any_text, st.integers(1, 2**53 - 1))
def test_a_seed_is_admitted_and_holds_the_text(text: str, client_id: int) -> None:
    update = documents.update_that_writes(text, client_id)
    assert documents.text_of([update]) == documents.normalised(text)
    known = Admission(max_units=1_000)
    known.take(update, user_id=1)
    assert known.units == units(documents.normalised(text))
    assert set(known.clocks) <= {client_id}


@given(steps)
def test_the_state_of_a_document_stands_for_its_updates(script: list[Step]) -> None:
    updates = [update for _, update in play(script)]
    document = documents.document_of(updates)
    assert documents.text_of([document.state()]) == document.text() == documents.text_of(updates)


@given(steps)
def test_the_difference_to_the_empty_vector_is_everything_and_to_its_own_nothing(script: list[Step]) -> None:
    document = documents.document_of(update for _, update in play(script))
    assert documents.text_of([document.difference(documents.EMPTY_STATE_VECTOR)]) == document.text()
    rest = documents.document_of([document.state(), document.difference(document.state_vector())])
    assert read_state_vector(rest.state_vector()) == read_state_vector(document.state_vector())


def test_an_empty_note_has_the_empty_update_and_vector() -> None:
    document = documents.Document()
    assert (document.state(), document.state_vector()) == (documents.EMPTY_UPDATE, documents.EMPTY_STATE_VECTOR)


def test_bytes_that_are_no_update_are_a_value_error() -> None:
    for data in (b"", b"\xff", b"\x01"):
        with pytest.raises(ValueError, match=r"."):
            documents.Document().apply(data)


def test_new_client_ids_are_never_nobody_s() -> None:
    ids = {documents.new_client_id() for _ in range(1_000)}
    assert len(ids) > 990
    assert all(0 < client_id < 2**32 for client_id in ids)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_hash_of_a_text_is_sha_256_of_its_utf_8(text: str) -> None:
    assert documents.text_hash(text) == hashlib.sha256(text.encode("utf-8")).digest()
