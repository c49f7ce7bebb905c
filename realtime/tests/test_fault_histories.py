"""The judge of the fault tests finds what is wrong with a history, and nothing where nothing is."""

import pytest

from realtime.tests.faults.history import History, Kind, Reading, Row, Witness, judge

WHOLE = "<1:1><2:1> <1:2>🌊<2:2>"


@pytest.fixture
def ada() -> Witness:
    return Witness(
        "Ada",
        1,
        typed={"<1:1>": 1.0, "<1:2>": 3.0},
        acked={"<1:1>": 1.5, "<1:2>": 3.5},
        seen={"<2:1>": 2.5, "<2:2>": 4.5},
        text=WHOLE,
    )


@pytest.fixture
def ben() -> Witness:
    return Witness(
        "Ben",
        2,
        typed={"<2:1>": 2.0, "<2:2>": 4.0},
        acked={"<2:1>": 2.6, "<2:2>": 4.6},
        seen={"<1:1>": 1.6, "<1:2>": 3.6},
        text=WHOLE,
    )


@pytest.fixture
def history(ada: Witness, ben: Witness) -> History:
    """Two people type two tokens each, and all goes well."""
    rows = [Row(1, ("<1:1>",)), Row(2, ("<2:1>",)), Row(3, ("<1:2>",)), Row(4, ("<2:2>",))]
    readings = [Reading(0.5, 0), Reading(1.4, 0), Reading(1.45, 1), Reading(3.0, 2), Reading(9.0, 4)]
    return History([ada, ben], rows, head=4, texts={"somebody new": WHOLE, "the log": WHOLE}, readings=readings)


def kinds(history: History) -> set[Kind]:
    return {violation.kind for violation in judge(history)}


def retell(history: History, text: str) -> None:
    """Everybody holds this text."""
    for witness in history.witnesses:
        witness.text = text
    history.texts = dict.fromkeys(history.texts, text)


def test_a_whole_history_is_approved(history: History) -> None:
    assert judge(history) == []


def test_a_token_that_was_said_to_be_stored_and_is_not_there_is_lost(history: History) -> None:
    retell(history, "<1:1><2:1> <1:2>🌊")
    assert kinds(history) == {Kind.LOST}
    assert len(judge(history)) == 4, "each text is named"


def test_a_token_of_somebody_who_died_is_lost_if_it_was_said_to_be_stored(history: History, ben: Witness) -> None:
    retell(history, "<1:1><2:1> <1:2>🌊")
    ben.text = None
    history.witnesses[0].seen.clear()
    assert kinds(history) == {Kind.LOST}


def test_a_token_of_somebody_who_died_with_it_unsaved_may_be_there_or_not(history: History, ben: Witness) -> None:
    del ben.acked["<2:2>"], history.witnesses[0].seen["<2:2>"]
    retell(history, "<1:1><2:1> <1:2>🌊")
    ben.text = None
    assert judge(history) == []
    retell(history, WHOLE)
    ben.text = None
    assert judge(history) == []


def test_a_token_that_others_saw_and_that_is_gone_has_vanished(history: History, ben: Witness) -> None:
    del ben.acked["<2:2>"]
    retell(history, "<1:1><2:1> <1:2>🌊")
    ben.text = None
    assert kinds(history) == {Kind.VANISHED}


def test_a_token_that_is_there_twice_is_doubled(history: History) -> None:
    retell(history, WHOLE + "<2:2>")
    assert kinds(history) == {Kind.DOUBLED}


def test_a_token_that_one_client_alone_holds_twice_is_doubled_and_makes_it_different(
    history: History, ada: Witness
) -> None:
    ada.text = WHOLE + "<2:2>"
    assert kinds(history) == {Kind.DOUBLED, Kind.DIFFERENT}


def test_two_clients_with_the_same_tokens_in_another_order_differ(history: History, ada: Witness) -> None:
    ada.text = "<2:1><1:1> <1:2>🌊<2:2>"
    assert kinds(history) == {Kind.DIFFERENT}


def test_somebody_new_who_is_shown_less_is_told_apart(history: History) -> None:
    history.texts["somebody new"] = ""
    assert Kind.DIFFERENT in kinds(history)


def test_an_author_s_tokens_out_of_order_are_found(history: History) -> None:
    retell(history, "<1:2><2:1> <1:1>🌊<2:2>")
    assert kinds(history) == {Kind.DISORDER}


def test_an_author_s_tokens_out_of_order_in_the_log_are_found(history: History) -> None:
    history.readings.clear()
    history.rows[0], history.rows[2] = Row(1, ("<1:2>",)), Row(3, ("<1:1>",))
    assert kinds(history) == {Kind.DISORDER}


def test_a_row_that_repeats_a_token_is_no_disorder(history: History) -> None:
    history.rows[3] = Row(4, ("<2:1>", "<2:2>"))
    assert judge(history) == []


def test_a_token_that_nobody_typed_is_found(history: History) -> None:
    retell(history, WHOLE + "<3:1>")
    assert kinds(history) == {Kind.ALIEN}


def test_a_token_that_was_taken_away_may_not_come_back(history: History, ben: Witness) -> None:
    ben.erased.add("<2:2>")
    assert kinds(history) == {Kind.RETURNED}
    retell(history, "<1:1><2:1> <1:2>🌊")
    assert judge(history) == []


def test_a_missing_number_in_the_log_is_a_gap(history: History) -> None:
    history.rows[1] = Row(5, ("<2:1>",))
    history.readings.clear()
    assert Kind.GAP in kinds(history)


def test_a_log_that_ends_before_the_head_of_the_note_is_a_gap(history: History) -> None:
    history.head = 5
    assert kinds(history) == {Kind.GAP}


def test_a_log_that_held_more_before_has_shrunk(history: History) -> None:
    history.readings.append(Reading(10.0, 3))
    assert Kind.SHRUNK in kinds(history)
    history.readings[-1] = Reading(10.0, 5)
    assert kinds(history) == {Kind.SHRUNK}


def test_an_acknowledgement_before_the_commit_is_early(history: History, ada: Witness) -> None:
    ada.acked["<1:2>"] = 2.9  # at 3.0 the log had not got it
    assert kinds(history) == {Kind.EARLY}


def test_text_that_is_shown_before_the_commit_is_shown_early(history: History, ben: Witness) -> None:
    ben.seen["<1:2>"] = 2.95
    assert kinds(history) == {Kind.SHOWN_EARLY}


def test_a_reading_says_nothing_of_what_was_committed_after_it_began(history: History, ada: Witness) -> None:
    ada.acked["<1:2>"] = 3.001
    assert judge(history) == []
