"""docs/database.md draws the tables as they are, and names every index with the query that it serves."""

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db.models import Model, UniqueConstraint

from core.lib.env import BASE_DIR
from core.lib.ourmodels import our_models
from core.management.commands import draw_database

PAGE = BASE_DIR / "docs" / "database.md"


def indexes() -> list[tuple[str, str]]:
    """Model and name: that of the index or constraint, else that of the field which has it."""
    return [(model.__name__, name) for models in our_models().values() for model in models for name in _of(model)]


def _of(model: type[Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        if (field.unique or getattr(field, "db_index", False)) and not field.primary_key:
            yield field.name
    yield from (index.name for index in model._meta.indexes)
    yield from (rule.name for rule in model._meta.constraints if isinstance(rule, UniqueConstraint))


def test_every_index_is_in_the_table_once_with_what_it_serves() -> None:
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
    assert sorted((model, name) for model, name, _, _ in rows) == sorted(indexes())
    assert all(what.strip() and served.strip() for _, _, what, served in rows)


def test_what_the_table_says_of_code_is_there() -> None:
    """A file that it names exists, and defines the function that it names."""
    named = re.findall(r"`((?:core|notes|realtime)/[\w/]+\.py)(?: (\w+))?`", PAGE.read_text())
    assert len(named) > len(indexes()) / 2
    for path, function in named:
        source = (BASE_DIR / path).read_text()
        assert not function or re.search(rf"(def|class) {function}\b", source), f"{path} {function}"


def test_the_drawing_is_of_today() -> None:
    """`manage.py draw_database --write` renews it."""
    assert f"{draw_database.BEGIN}\n{draw_database.drawn()}\n{draw_database.END}" in PAGE.read_text()


def test_every_table_of_ours_is_drawn_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("draw_database")
    drawn = capsys.readouterr().out
    assert drawn == draw_database.drawn()
    for models in our_models().values():
        for model in models:
            (fields,) = re.findall(rf"^    {model.__name__} \{{\n(.*?)^    \}}", drawn, re.MULTILINE | re.DOTALL)
            assert len(fields.splitlines()) == len(model._meta.local_concrete_fields)
    assert 'Notebook ||--o{ Note : "notebook"' in drawn
    assert 'Note ||--o| LoadMark : "note"' in drawn
    assert 'User |o--o{ NoteUpdate : "author"' in drawn
