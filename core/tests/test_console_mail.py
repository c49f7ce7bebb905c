"""Without a mail server messages stand in the console, and their links can be copied from there."""

import io

from django.core.mail import EmailMessage

from core.lib.consolemail import EmailBackend
from core.lib.env import mailer

LINK = f"http://localhost:8000/accounts/confirm-email/{'MQ:1x_-' * 20}=/"


def printed(body: str) -> str:
    console = io.StringIO()
    EmailBackend(stream=console).send_messages([EmailMessage("Für dich", body, "a@example.org", ["b@example.org"])])
    return console.getvalue()


def test_a_long_link_is_one_piece() -> None:
    assert LINK in printed(f"Confirm it:\n\n{LINK}\n")


def test_no_letter_is_encoded() -> None:
    message = printed(f"Zoë has given this address – confirm it:\n\n{LINK}\n")
    assert "Zoë has given this address – confirm it:" in message
    assert "Subject: Für dich" in message
    assert LINK in message


def test_the_console_is_the_mail_server_of_those_who_have_none() -> None:
    assert mailer("consolemail://") == {"BACKEND": "core.lib.consolemail.EmailBackend"}
