"""Deletes one person's account, as the page does it: for whoever asks for it and cannot sign in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from core.accounts.models import User
from core.lib.errors import Invalid
from core.management.commands.export_person import find
from notes.services import departures
from notes.services.departures import Holding


class Command(BaseCommand):
    help = "Deletes an account. Without --yes it only says what would happen, and what has to be decided."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="of the account")
        parser.add_argument("--yes", action="store_true", help="do it; there is no way back")
        parser.add_argument(
            "--give", action="append", default=[], metavar="NOTEBOOK=EMAIL", help="who owns a notebook from now on"
        )
        parser.add_argument("--erase", action="append", default=[], metavar="NOTEBOOK", help="delete it for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find(options["email"])
        heirs = _heirs(options["give"], options["erase"])
        holdings = departures.holdings(user)
        for holding in holdings:
            self.stdout.write(_in_words(holding, heirs))
        if not options["yes"]:
            self.stdout.write(f"Nothing was done. With --yes the account of {user} ({user.email}) is deleted.")
            return
        by_key = {h.notebook.pk: heirs[h.notebook.public_id] for h in holdings if h.notebook.public_id in heirs}
        try:
            departures.depart(user, heirs=by_key)
        except Invalid as refusal:
            raise CommandError(f"{refusal.message} Nothing was done.") from refusal
        self.stdout.write("Deleted. Servers that run notice it within a minute, and close what was open.")


def _heirs(given: list[str], erased: list[str]) -> dict[str, User | None]:
    """By public id. Raises CommandError."""
    heirs: dict[str, User | None] = dict.fromkeys(erased)
    for pair in given:
        notebook, _, email = pair.partition("=")
        if not email or notebook in heirs:
            raise CommandError(f"{pair} is no decision: it is written NOTEBOOK=EMAIL, once for each notebook.")
        heirs[notebook] = find(email)
    return heirs


def _in_words(holding: Holding, heirs: dict[str, User | None]) -> str:
    notebook = holding.notebook
    told = f"{notebook.public_id} “{notebook}”: {holding.notes} notes, {holding.others} others; nobody else owns it. "
    if notebook.public_id not in heirs:
        able = ", ".join(heir.email for heir in holding.heirs) or "nobody"
        return told + f"To be decided: --erase {notebook.public_id}, or --give {notebook.public_id}=EMAIL ({able})."
    heir = heirs[notebook.public_id]
    return told + (f"It goes to {heir}." if heir else "It is deleted for ever.")
