"""Makes the demo: three people and what they wrote, so that a first visit finds something to read and to change."""

import secrets
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import BaseCommand
from django.db import transaction

from core.accounts.models import User
from notes.models import Notebook, Role
from notes.services import invitations, notebooks, notes

TEXTS = Path(__file__).resolve().parent.parent / "demo"
PASSWORD_FILE = "demo-password"  # noqa: S105  # its name, in DATA_DIR


class Command(BaseCommand):
    help = "Makes the demo accounts and notebooks. Does nothing when anybody has an account already."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            self.stdout.write("There are accounts already, so no demo was made.")
            return
        password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
        path = settings.DATA_DIR / PASSWORD_FILE
        # Before the accounts: a crash between the two must not leave accounts whose password nobody knows.
        _keep(path, password)
        try:
            make_demo(password)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        people = ", ".join(User.objects.order_by("pk").values_list("email", flat=True))
        self.stdout.write(f"Made the demo accounts {people}; password: {password}")


@transaction.atomic
def make_demo(password: str) -> None:
    ada = _person("ada@example.org", "Ada Lindqvist", 2, password)
    ben = _person("ben@example.org", "Ben Okafor", 1, password)
    cleo = _person("cleo@example.org", "Cleo Marsh", 5, password)

    backend = notebooks.create(
        ada,
        title="Back-end, from scratch",
        description="How a web server works, from the cable to the commit.",
        cloth=1,
    )
    _join(backend, ada, ben, Role.EDITOR)
    _join(backend, ada, cleo, Role.VIEWER)
    _note(ada, backend, "Start here", "start-here.md")
    networking = notebooks.create(
        ada, title="Networking", description="What happens before our code runs.", parent=backend
    )
    _note(ada, networking, "TCP handshake", "tcp-handshake.md")
    _note(ben, networking, "From a name to an address", "name-to-address.md")
    _note(ben, networking, "What HTTP may remember", "http-caching.md")
    databases = notebooks.create(
        ben, title="Databases", description="Where it stays, and what that costs.", parent=backend
    )
    _note(ben, databases, "What an index costs", "index-cost.md")
    _note(ada, databases, "Isolation levels", "isolation-levels.md")

    algorithms = notebooks.create(
        ben,
        title="Algorithms, week by week",
        description="One idea each Wednesday, written until it is short.",
        cloth=4,
    )
    _join(algorithms, ben, ada, Role.EDITOR)
    _join(algorithms, ben, cleo, Role.EDITOR)
    _note(cleo, algorithms, "Union-find in an evening", "union-find.md")


def _person(email: str, name: str, colour: int, password: str) -> User:
    user = User.objects.create_user(email, password, display_name=name, colour=colour)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def _join(notebook: Notebook, owner: User, guest: User, role: Role) -> None:
    _, token = invitations.invite(owner, notebook=notebook, role=role, email=guest.email)
    invitations.accept(guest, token=token)


def _note(author: User, notebook: Notebook, title: str, file: str) -> None:
    notes.create(author, notebook=notebook, title=title, text=(TEXTS / file).read_text(encoding="utf-8"))


def _keep(path: Path, password: str) -> None:
    """Nobody but this account may read it. It is shown again at each start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{password}\n", encoding="utf-8")
