"""python -m benchmarks load [--server ours] [--scenario classroom] [--seconds 8] [--rate 50] [--rounds 3] ..."""

import argparse
from pathlib import Path

from benchmarks.load.hosts.catalogue import DEFAULT, HOSTS
from benchmarks.load.run import ALL_SECONDS, Order, measure
from benchmarks.load.scenarios import SCENARIOS
from benchmarks.load.scenarios.wishes import Wishes
from scripts.trouble import ROOT

LATEST = ROOT / "benchmarks" / "results" / "latest.md"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those of the part `load`."""
    group = parser.add_argument_group("load")
    group.add_argument("--server", action="append", choices=HOSTS, help=f"may be repeated; {', '.join(DEFAULT)}")
    group.add_argument("--scenario", action="append", choices=SCENARIOS, help="may be repeated; all of them")
    group.add_argument("--seconds", type=float, help="how long to type in each window")
    group.add_argument("--rate", type=float, help="updates a second, of everybody together")
    group.add_argument("--rounds", type=int, help="how often each scenario goes through all servers")
    group.add_argument("--within", type=float, default=ALL_SECONDS, help="seconds for everything")
    group.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite", help="of our server")
    group.add_argument("--output", type=Path, default=LATEST, help=f"{LATEST.relative_to(ROOT)}")


def load(chosen: argparse.Namespace) -> list[str]:
    return measure(
        Order(
            servers=chosen.server or DEFAULT,
            scenarios=chosen.scenario or list(SCENARIOS),
            wishes=Wishes(chosen.seconds, chosen.rate, chosen.trace),
            rounds=chosen.rounds,
            postgres=chosen.database == "postgres",
            output=chosen.output,
            within=chosen.within,
        )
    )
