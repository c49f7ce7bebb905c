"""`make test`: everything that can be tested on this machine, then the names of what had to be left out."""

import os
import sys
import tempfile
from pathlib import Path

from core.tests.services import Missing, Postgres
from scripts import frontend
from scripts.packages import VENV
from scripts.steps import Step, Steps
from scripts.trouble import ROOT

PYTEST = str(VENV / "bin" / "pytest")
# What asks the database. Setting Markdown does not, and takes long.
DOMAIN = (
    *("notes", "core/accounts", "core/admin", "core/tests/database"),
    *("core/tests/test_health.py", "core/tests/test_migrations.py"),
)
SOCKETS = ("test_socket_*.py", "test_storage_*.py", "feed/test_feed_*.py")
NOT_AGAIN = ("--ignore-glob=*/test_markdown_*", "-m", "not redis and not node and not postgres and not slow")


def main() -> int:
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="commonplace-left-out-") as folder:
        left_out = Path(folder) / "left-out"
        env = {"LEFT_OUT_FILE": str(left_out)}
        steps.run(Step("front end", ["npm", "test", "--silent"], frontend.environment(), "frontend"))
        steps.run(Step("Python, on SQLite", [PYTEST], env))
        _on_postgres(steps, env)
        steps.run(Step("browser", [PYTEST, "-m", "browser", "core/tests/browser"], env))
        status = steps.end()
        if left_out.exists():
            print("\nLeft out:")
            for line in left_out.read_text().splitlines():
                print(f"  {line}")
    return status


def _on_postgres(steps: Steps, env: dict[str, str]) -> None:
    """The tests of the domain and of the sockets once more, on a throw-away PostgreSQL."""
    title = "the domain, on PostgreSQL"
    try:
        service = Postgres()
    except Missing as missing:
        steps.leave_out(title, str(missing), fails=os.environ.get("REQUIRE_SERVICES") == "1")
        return
    with service as postgres:
        url = postgres.url_of(postgres.create())
        found = (path for pattern in SOCKETS for path in sorted((ROOT / "realtime" / "tests").glob(pattern)))
        command = [PYTEST, *DOMAIN, *map(str, found), *NOT_AGAIN]
        steps.run(Step(title, command, {**env, "TEST_DATABASE_URL": url}))


if __name__ == "__main__":
    sys.exit(main())
