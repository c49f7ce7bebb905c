"""What is sent under the cork leaves together, however deep it was said."""

from contextlib import suppress

from core.lib.lanes import Cork


class Line:
    """Writes down when it is let go."""

    def __init__(self, cork: Cork) -> None:
        self.cork = cork
        self.written: list[list[bytes]] = []
        self._held: list[bytes] = []

    def send(self, payload: bytes) -> bool:
        assert self.cork.holding is not None
        if not self._held:
            self.cork.holding.append(self)
        self._held.append(payload)
        return True

    def release(self) -> None:
        self.written.append(self._held)
        self._held = []

    def fits(self) -> bool:
        return True

    def attach(self, take: object) -> bool:
        return False

    @property
    def backlog(self) -> int:
        return 0


def test_one_cork_inside_another_lets_nothing_out_and_loses_nothing() -> None:
    cork = Cork()
    line = Line(cork)
    with cork:
        line.send(b"a")
        with cork:
            line.send(b"b")
        assert line.written == []
        line.send(b"c")
    assert line.written == [[b"a", b"b", b"c"]]
    assert cork.holding is None


def test_what_was_sent_before_a_fault_still_leaves() -> None:
    cork = Cork()
    line = Line(cork)
    with suppress(RuntimeError), cork:
        line.send(b"a")
        raise RuntimeError
    assert line.written == [[b"a"]]
    assert cork.holding is None
