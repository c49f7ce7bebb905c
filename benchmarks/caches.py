"""What each cache saves on a page: as embedded, and with PostgreSQL and Redis where they are installed.

python -m benchmarks caches
"""

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from core.lib.env import BASE_DIR
from core.tests.servers import clean_environment
from core.tests.services import Missing, Postgres, Redis

type Figures = dict[str, list[str]]  # what was measured, and the cells beside it

PAGES = "| | queries | {} | kept | {} | kept |\n|---|---:|---:|---:|---:|---:|"
ANSWERS = "| | {} | from memory | {} | from Redis |\n|---|---:|---:|---:|---:|"


def measure() -> list[str]:
    """Rows of the tables."""
    embedded = _run()
    try:
        scaled = _run_scaled()
    except Missing as missing:
        scaled = {}
        print(f"Without PostgreSQL and Redis: {missing}.")
    names = ("SQLite", "PostgreSQL and Redis")
    return [
        *_table(PAGES.format(*names), embedded.get("pages", {}), scaled.get("pages", {}), same=1),
        "",
        *_table(ANSWERS.format(*names), embedded.get("answers", {}), scaled.get("answers", {}), same=0),
    ]


def _table(head: str, here: Figures, there: Figures, same: int) -> list[str]:
    """The first `same` cells are the same in both."""
    rows = head.splitlines()
    for name, cells in here.items():
        beside = there.get(name, [])[same:] or ["-"] * (len(cells) - same)
        rows.append(f"| {name} | {' | '.join([*cells, *beside])} |")
    return rows


def _run_scaled() -> dict[str, Figures]:
    with ExitStack() as open_services:
        postgres = open_services.enter_context(Postgres())
        redis = open_services.enter_context(Redis())
        return _run(DATABASE_URL=postgres.url_of(postgres.create()), REDIS_URL=redis.url)


def _run(**settings: str) -> dict[str, Figures]:
    """In a process of its own, with a database that nothing else has touched."""
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        environment = {**clean_environment(), "DATA_DIR": folder, "LOG_LEVEL": "WARNING", "DEBUG": "false"}
        environment |= {"SECRET_KEY": "of-the-benchmarks-" * 4, "HTTPS": "false", "STATIC_ROOT": folder, **settings}
        environment["ALLOWED_HOSTS"] = "testserver"
        command = [sys.executable, "-m", "benchmarks.keptpages"]
        done = subprocess.run(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Figures] = json.loads(done.stdout.splitlines()[-1])
    return found
