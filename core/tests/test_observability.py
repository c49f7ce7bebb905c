"""The dashboard and the alerts ask for figures that there are."""

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from core.lib.env import BASE_DIR
from core.tests.servers import Serve
from realtime.closing import Close

FOLDER = BASE_DIR / "deploy" / "observability"
TOKEN = "of-the-one-who-watches"
NAME = re.compile(r"\b(?:commonplace|process|python)_\w+")
PARTS = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("",), "gauge": ("",), "untyped": ("",)}


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return list(group["rules"])


@pytest.fixture(scope="module")
def panels() -> list[dict[str, Any]]:
    return list(json.loads((FOLDER / "dashboard.json").read_text())["panels"])


def questions(rules: list[dict[str, Any]], panels: list[dict[str, Any]]) -> Iterator[str]:
    yield from (rule["expr"] for rule in rules)
    yield from (target["expr"] for panel in panels for target in panel["targets"])


def test_every_figure_is_one_that_a_server_gives(
    serve: Serve, rules: list[dict[str, Any]], panels: list[dict[str, Any]]
) -> None:
    server = serve(METRICS_TOKEN=TOKEN)
    question = urllib.request.Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(question, timeout=20) as answer:
        kinds = re.findall(r"^# TYPE (\w+) (\w+)$", answer.read().decode(), re.MULTILINE)
    given = {name + part for name, kind in kinds for part in PARTS[kind]}
    asked = {name for each in questions(rules, panels) for name in NAME.findall(each)}
    assert asked <= given
    ours = {name for name in given if name.startswith("commonplace_")}
    assert {name for name in ours - asked if not name.endswith(("_count", "_sum", "_created"))} == set(), "not shown"


def test_an_alert_says_what_is_wrong_and_how_bad_that_is(rules: list[dict[str, Any]]) -> None:
    for rule in rules:
        assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]


def test_the_reason_that_is_left_out_is_one_that_there_is(rules: list[dict[str, Any]]) -> None:
    named = {reason for rule in rules for reason in re.findall(r'reason!="([^"]+)"', rule["expr"])}
    assert named <= {code.slug for code in Close}


def test_no_panel_hides_another(panels: list[dict[str, Any]]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
