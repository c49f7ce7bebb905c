"""Which lines somebody is changing is found from the text before and after."""

from hypothesis import given
from hypothesis import strategies as st

from realtime.marks import Edit, Touched, edit_between, follow

TEXT = st.text("ab\n", max_size=30)


@given(TEXT, TEXT)
def test_what_is_outside_an_edit_is_the_same(old: str, new: str) -> None:
    edit = edit_between(old, new)
    if edit is None:
        assert old == new
        return
    old_lines, new_lines = old.split("\n"), new.split("\n")
    assert 0 <= edit.first <= edit.last < len(new_lines)
    assert new_lines[: edit.first] == old_lines[: edit.first]
    after = len(new_lines) - edit.last - 1
    assert new_lines[len(new_lines) - after :] == old_lines[len(old_lines) - after :]
    assert edit.moved == len(new_lines) - len(old_lines)


def test_a_letter_in_a_line() -> None:
    assert edit_between("one\ntwo\nthree", "one\ntwos\nthree") == Edit(1, 1, 0)


def test_a_line_more() -> None:
    assert edit_between("one\nthree", "one\ntwo\nthree") == Edit(1, 2, 1)


def test_lines_at_the_end_leave_the_one_above_alone() -> None:
    assert edit_between("one", "one\n\ntwo") == Edit(1, 2, 2)
    assert edit_between("one\nlast", "one\n\ntwo\nlast") == Edit(1, 3, 2)


def test_a_line_less() -> None:
    assert edit_between("one\ntwo\nthree", "one\nthree") == Edit(1, 1, -1)


def test_the_whole_text() -> None:
    assert edit_between("", "a\nb") == Edit(0, 1, 1)
    assert edit_between("a\nb", "") == Edit(0, 0, -1)


def test_earlier_touches_move_with_what_is_written_above_them() -> None:
    touched = follow([], Edit(5, 5, 0), [1])
    touched = follow(touched, Edit(0, 2, 2), [2])
    assert touched == [Touched(7, 7, 1), Touched(0, 2, 2)]


def test_touches_above_stay() -> None:
    assert follow([Touched(1, 1, 1)], Edit(4, 6, 2), [2])[0] == Touched(1, 1, 1)


@given(st.integers(0, 9), st.integers(0, 3), st.integers(0, 9), st.integers(0, 3), st.integers(-3, 3))
def test_a_touch_stays_in_order(first: int, size: int, at: int, length: int, moved: int) -> None:
    shifted = Edit(at, at + length, min(moved, length)).shift(Touched(first, first + size, 1))
    assert shifted.first <= shifted.last
