"""Instances that nobody serves: a database and a data folder, worked on by commands as an operator gives them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.lib.env import BASE_DIR
from core.tests.servers import clean_environment, manage

# What restoring changes on purpose.
EPOCHS = {"notes.Note", "notes.NoteSegment", "notes.NoteUpdate", "notes.NoteSnapshot"}


@dataclass(frozen=True)
class Instance:
    folder: Path
    database_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**clean_environment(), "DATA_DIR": str(self.folder), "DATABASE_URL": self.database_url}

    def manage(self, *arguments: str) -> str:
        return manage(self.environment, *arguments)

    def backup(self, name: str = "backup.zip") -> Path:
        path = self.folder / name
        self.manage("backup", "--to", str(path))
        return path

    def refuses(self, *arguments: str) -> str:
        """What a command says that does nothing."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode, f"it did it:\n{done.stdout}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def furnish(self) -> "Instance":
        self.manage("prepare", "--demo")
        self._run("core.tests.backup.furnishing")
        return self

    def tell(self) -> dict[str, Any]:
        """All that it holds, without what restoring changes on purpose."""
        told: dict[str, Any] = json.loads(self._run("core.tests.backup.telling"))
        for model in EPOCHS:
            for row in told["rows"][model]:
                del row["epoch"]
        for row in told["rows"]["notes.ActivityCounter"]:
            del row["value"]
        return told

    def _run(self, module: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
