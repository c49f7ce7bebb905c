"""Lets somebody in by the password alone again: for the last operator, who lost device and recovery codes."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from core.accounts import standing
from core.accounts.models import User


class Command(BaseCommand):
    help = "Removes the second factor of an account and ends its sessions. Other operators do this in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"There is no account with the address {options['email']}.")
        if not standing.remove_second_factor(None, user):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(f"{user.email} signs in by the password alone now, and is signed out everywhere.")
