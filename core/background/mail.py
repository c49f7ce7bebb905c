"""Outgoing mail: a message becomes a row in the transaction that it belongs to, and a task hands it to the mail server.

So a page never waits for a mail server, and a message is neither sent for a change that did not happen nor lost with
a process. It may come twice when a worker dies between sending and writing that down.
"""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from core.background.failures import described
from core.background.models import WaitingMail
from core.lib.sealing import seal
from core.lib.tasks import soon

logger = logging.getLogger(__name__)

USE = "waiting mail"  # sealed, so that a stolen copy of the database opens no account by its links
DIRECT = "direct"  # the mailer that reaches the mail server
LEASE = timedelta(minutes=2)  # in which a message is sent, or its worker has died
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=3)
TRIES = 14  # a day and a half
FIELDS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "extra_headers")


class EmailBackend(BaseEmailBackend):
    """Keeps messages until a task has sent them."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        from core.background.tasks import deliver_mail

        for message in email_messages:
            soon(deliver_mail, _keep(message).pk)
        return len(email_messages)


def deliver(pk: int) -> bool:
    """Sends one message, unless somebody else does or did. Whether it is gone."""
    now = timezone.now()
    # Not a lock: the mail server may take ten seconds, in which nobody else would come to write on SQLite.
    claimed = WaitingMail.objects.due().filter(pk=pk).update(due_at=now + LEASE, tries=F("tries") + 1)
    if not claimed:
        return False
    waiting = WaitingMail.objects.get(pk=pk)
    try:
        message = _open(bytes(waiting.sealed))
        mailers[DIRECT].send_messages([message])
    except Exception as error:  # noqa: BLE001  # whatever a mail server says: the row stays, and tells
        _try_later(waiting, error)
        return False
    waiting.delete()
    return True


def forget(addresses: Sequence[str]) -> None:
    """Messages to somebody who has no account any more: what waits for them is not sent."""
    for address in addresses:
        WaitingMail.objects.filter(to__iexact=address).delete()


def _try_later(waiting: WaitingMail, error: Exception) -> None:
    hopeless = waiting.tries >= TRIES or isinstance(error, InvalidToken)
    waiting.error = "SECRET_KEY was changed since" if isinstance(error, InvalidToken) else described(error)
    waiting.due_at = timezone.now() + min(FIRST_PAUSE * 2 ** (waiting.tries - 1), LONGEST_PAUSE)
    waiting.given_up_at = timezone.now() if hopeless else None
    waiting.save(update_fields=["error", "due_at", "given_up_at"])
    logger.warning(
        "message %d %s: %s", waiting.pk, "is given up" if hopeless else "is tried again later", waiting.error
    )


# --- What is kept ------------------------------------------------------------------------------------------------


def _keep(message: Any) -> WaitingMail:
    if message.attachments:
        raise ValueError("Messages with attachments cannot wait in the database.")
    fields = {name: getattr(message, name) for name in FIELDS}
    fields["alternatives"] = [[content, kind] for content, kind in getattr(message, "alternatives", ())]
    sealed = seal(USE).encrypt(json.dumps(fields).encode())
    kept: WaitingMail = WaitingMail.objects.create(to=", ".join(message.recipients())[:400], sealed=sealed)
    return kept


def _open(sealed: bytes) -> EmailMultiAlternatives:
    """Raises InvalidToken when it was sealed with another SECRET_KEY."""
    fields = json.loads(seal(USE).decrypt(sealed))
    headers = fields.pop("extra_headers")
    alternatives = fields.pop("alternatives")
    message = EmailMultiAlternatives(headers=headers, **fields)
    for content, kind in alternatives:
        message.attach_alternative(content, kind)
    return message
