"""The rules of the house that a machine can check."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.lib.env import BASE_DIR

APPS = ("core", "notes", "realtime")
LONGEST = 400  # lines; past that a file holds two nouns
SOURCES = ("*.py", "*.js", "*.html", "*.css")


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(*globs: str) -> list[Path]:
    found = [path for pattern in globs for path in BASE_DIR.glob(pattern)]
    assert found, globs
    return [path for path in found if "tests" not in path.parts]


def test_imports_go_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("globs", "forbidden"),
    [
        (
            ("notes/services/*.py", "notes/access.py", "notes/models/*.py", "notes/markdown/*.py"),
            ("django.http", "channels", "realtime"),
        ),
        (("notes/**/*.py",), ("realtime", "channels")),
        (
            (
                *("notes/documents.py", "notes/packing/*.py"),
                *("realtime/protocol.py", "realtime/room.py", "realtime/admission*"),
            ),
            ("django",),
        ),
        (("core/lib/*.py",), ("notes", "realtime", "core.accounts")),
        (("core/accounts/*.py",), ("notes", "realtime")),
    ],
)
def test_no_layer_knows_what_is_above_it(globs: tuple[str, ...], forbidden: tuple[str, ...]) -> None:
    wrong = [
        f"{path.relative_to(BASE_DIR)} imports {name}"
        for path in modules(*globs)
        if path.suffix == ".py"
        for name in imports(path)
        if any(name == top or name.startswith(f"{top}.") for top in forbidden)
    ]
    assert not wrong


def test_only_settings_read_the_environment() -> None:
    allowed = {"core/settings.py", "core/lib/env.py", "core/asgi.py", "manage.py"}
    reading = {
        str(path.relative_to(BASE_DIR))
        for path in modules(*(f"{app}/**/*.py" for app in APPS), "*.py")
        if path.name != "conftest.py" and {"core.lib.env.env", "os.getenv"} & set(imports(path))
    }
    assert reading <= allowed


def test_no_file_is_longer_than_a_noun() -> None:
    listed = subprocess.run(["git", "ls-files", *SOURCES], cwd=BASE_DIR, capture_output=True, text=True, check=False)
    files = [BASE_DIR / name for name in listed.stdout.split() if "migrations/" not in name]
    if not files:
        pytest.skip("not a git checkout")
    lengths = {path: len(path.read_text().splitlines()) for path in files if path.exists()}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST} == {}
