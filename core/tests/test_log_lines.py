"""Whoever speaks in a process, it is one line of JSON in production, and readable in development."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.lib.env import BASE_DIR
from core.tests.servers import clean_environment

BEGIN = "import django; django.setup()\n"
FAILS = "def fails(): raise ValueError('the reason')\n"

TASK = """
import asyncio, gc
async def work(): fails()
async def main():
    asyncio.ensure_future(work())
    await asyncio.sleep(0)
    gc.collect()
asyncio.run(main())
"""
TWISTED = """
from core.server import Server
from twisted.internet import defer, reactor
def lose():
    defer.fail(ValueError("the reason"))
    reactor.callLater(0, reactor.stop)
Server(None, "127.0.0.1", 0, lambda: reactor.callLater(0, lose)).run()
"""
OURS = "core.lib.logging"
SPEAKERS = {
    "one of ours": ("import logging; logging.getLogger('notes.views').warning('the reason')", "notes.views"),
    "a library": ("import logging; logging.getLogger('somebody.else').warning('the reason')", "somebody.else"),
    "Django": ("from django.utils.log import request_logger as log; log.error('the reason')", "django.request"),
    "Celery": ("from celery.utils.log import get_task_logger as get; get('t').error('the reason')", "t"),
    "a warning": ("import warnings; warnings.warn('the reason')", "py.warnings"),
    "nobody": ("fails()", OURS),
    "a thread": ("import threading; t = threading.Thread(target=fails); t.start(); t.join()", OURS),
    "a destructor": ("class Odd:\n  __del__ = lambda self: fails()\nOdd()", OURS),
    "a task": (TASK, "asyncio"),
    "Twisted": (TWISTED, "twisted"),
}


def said(tmp_path: Path, program: str, **settings: str) -> str:
    """What a process prints to stderr."""
    environment = {**clean_environment(), "DATA_DIR": str(tmp_path), "SECRET_KEY": "of-the-tests-" * 4, **settings}
    command = [sys.executable, "-c", BEGIN + FAILS + program]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    return done.stderr


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_each_line_is_json_in_production(tmp_path: Path, speaker: str) -> None:
    program, logger = SPEAKERS[speaker]
    *_, line = lines(said(tmp_path, program, DEBUG="false"))
    assert line["logger"] == logger
    assert line["level"] in {"warning", "error", "critical"}
    assert line["timestamp"].endswith("Z")
    assert "the reason" in line["event"] + line.get("exception", "")


def test_lines_are_for_people_where_we_develop(tmp_path: Path) -> None:
    output = said(tmp_path, SPEAKERS["nobody"][0])
    first, *rest = output.splitlines()
    assert "[critical ] uncaught exception" in first
    assert rest[0] == "Traceback (most recent call last):"
    assert rest[-1] == "ValueError: the reason"


def test_django_says_it_once_where_we_develop(tmp_path: Path) -> None:
    assert said(tmp_path, SPEAKERS["Django"][0]).count("the reason") == 1


def test_ctrl_c_is_no_fault(tmp_path: Path) -> None:
    assert "critical" not in said(tmp_path, "raise KeyboardInterrupt", DEBUG="false")


def test_only_our_own_lines_go_into_detail(tmp_path: Path) -> None:
    program = (
        "import logging\nfor name in ('realtime.room', 'markdown_it.rules_block'): logging.getLogger(name).debug('x')"
    )
    output = said(tmp_path, program, DEBUG="false", LOG_LEVEL="DEBUG")
    assert [line["logger"] for line in lines(output)] == ["realtime.room"]
