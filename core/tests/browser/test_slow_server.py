"""The light says "Saved" only once the server has answered."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import SAVED, expect_stored, lamp, light, open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, Serve, Server


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """It takes connections and bytes, and does nothing with them."""
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_without_an_answer_it_says_saving(serve: Serve, visit: Visitors) -> None:
    server = serve()
    note = begin(server).note
    ada = visit(server, ADA)
    open_note(ada, note)
    write(ada, "One.")
    expect_stored(server, note, "One.")
    with stopped(server):
        write(ada, " Two.")
        expect(light(ada)).to_have_text("Saving")
        expect(lamp(ada)).not_to_have_class(SAVED)
        expect(ada).to_have_title(re.compile("^• "))
    expect(light(ada)).to_have_text(re.compile("^Saved, "))
    expect_stored(server, note, "One. Two.")
