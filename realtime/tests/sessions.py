"""Random sessions: several writers edit at once and hear of each other late, but everything in causal order."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from realtime.tests.writers import Writer

PIECES = ["a", "é", "😀", "👩‍🚀", "word ", "漢字", "x😀y", "\n", "e\u0301"]

# Who does what, where (a share of the text), how much of it, and with which text.
steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["insert", "insert", "delete", "replace", "send", "hear"]),
        st.integers(0, 99),
        st.integers(1, 5),
        st.sampled_from(PIECES),
    ),
    max_size=30,
)
type Step = tuple[int, str, int, int, str]


@dataclass
class Desk:
    """A writer, what is not sent yet, and how much of the log it has heard."""

    writer: Writer
    unsent: list[bytes] = field(default_factory=list)
    heard: int = 0

    def do(self, step: Step) -> None:
        _, action, where, much, text = step
        length = len(self.writer.text)
        at = where * length // 100
        count = min(much, length - at)
        if action == "insert":
            self.unsent.append(self.writer.insert(at, text))
        elif action == "delete" and count:
            self.unsent.append(self.writer.delete(at, count))
        elif action == "replace" and count:
            self.unsent.append(self.writer.replace(at, count, text))

    def hear(self, log: list[bytes]) -> None:
        for update in log[self.heard :]:
            self.writer.hear(update)
        self.heard = len(log)


def play(script: list[Step]) -> list[tuple[int, bytes]]:
    """The updates of a session in the order in which they reach the server, each with the index of its writer."""
    desks = [Desk(Writer(100 + index)) for index in range(3)]
    sent: list[tuple[int, bytes]] = []
    for step in [*script, *((index, "send", 0, 0, "") for index in range(3))]:
        desk = desks[step[0]]
        desk.do(step)
        if step[1] == "send":
            sent += [(step[0], update) for update in desk.unsent]
            desk.unsent = []
        elif step[1] == "hear":
            desk.hear([update for _, update in sent])
    return sent
