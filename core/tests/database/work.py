"""What a database had to look at to answer: from the plans that it really went by."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

STEPS = 100  # of SQLite's machine: how often we are told of them, and what one row may cost
FEW = 100  # a smaller table is best read as a whole
ROW_COUNTS = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")


@dataclass(slots=True)
class Work:
    """`rows` were looked at in tables and indexes, those found and those thrown away.

    On SQLite, which does not tell, that many hundred steps of its machine: a search for a row takes about one hundred.
    """

    rows: int = 0
    statements: int = 0
    scanned: set[str] = field(default_factory=set)  # tables that were read from one end to the other
    plans: list[str] = field(default_factory=list)


@contextmanager
def watched() -> Iterator[Work]:
    """Every statement, also those that pass by Django."""
    work = Work()
    connection.ensure_connection()
    with (_on_postgres if connection.vendor == "postgresql" else _on_sqlite)(work):
        yield work


@contextmanager
def _on_postgres(work: Work) -> Iterator[None]:
    """PostgreSQL sends the plan of each statement with what really happened, as a notice behind its rows."""
    driver: Any = connection.connection

    def notice(diagnostic: Any) -> None:
        _, found, plan = (diagnostic.message_primary or "").partition("plan:")
        if found:
            work.statements += 1
            work.plans.append(plan)
            _walk(json.loads(plan)["Plan"], work)

    with connection.cursor() as cursor:
        for statement in (
            "LOAD 'auto_explain'",
            "SET auto_explain.log_format = 'json'",
            "SET auto_explain.log_analyze = on",
            "SET auto_explain.log_timing = off",
            "SET client_min_messages = 'log'",
            "SET auto_explain.log_min_duration = 0",
        ):
            cursor.execute(statement)
    driver.add_notice_handler(notice)
    try:
        yield
    finally:
        driver.remove_notice_handler(notice)
        with connection.cursor() as cursor:
            cursor.execute("SET auto_explain.log_min_duration = -1")
            cursor.execute("SET client_min_messages = 'notice'")


def _walk(node: dict[str, Any], work: Work) -> None:
    if "Relation Name" in node and node["Node Type"] != "ModifyTable":
        rows = round(sum(node.get(count, 0) for count in ROW_COUNTS) * node["Actual Loops"])
        work.rows += rows
        if node["Node Type"] == "Seq Scan" and rows > FEW:
            work.scanned.add(node["Relation Name"])
    for inner in node.get("Plans", ()):
        _walk(inner, work)


@contextmanager
def _on_sqlite(work: Work) -> Iterator[None]:
    driver: Any = connection.connection

    def step() -> int:
        work.rows += 1
        return 0

    def statement(sql: str) -> None:
        work.statements += 1
        work.plans.append(sql)

    driver.set_progress_handler(step, STEPS)
    driver.set_trace_callback(statement)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
        driver.set_trace_callback(None)
