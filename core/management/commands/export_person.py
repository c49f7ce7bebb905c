"""Writes everything that is one person's into a zip, as the page of their profile gives it to them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from core.accounts.models import User
from core.backup.errors import BackupError
from core.backup.files import new_file
from notes.services import takeout


class Command(BaseCommand):
    help = "Writes all that is one person's into a zip: for whoever asks for their data and cannot sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="of the account")
        parser.add_argument("--to", metavar="FILE", type=Path, help="where it goes; else here, by the account's id")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find(options["email"])
        path = options["to"] or Path(f"{user.public_id}.zip")
        try:
            with new_file(path) as file:
                takeout.write(user, file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Wrote {path}.")


def find(email: str) -> User:
    """Raises CommandError."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"Nobody has an account with the address {email}.")
    return user
