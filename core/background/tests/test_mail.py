"""A message waits in the database until the mail server has taken it."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Letterbox
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from core.background import mail, tasks
from core.background.models import WaitingMail

pytestmark = pytest.mark.django_db

OURS = f"{mail.EmailBackend.__module__}.EmailBackend"
LINK = "https://notes.example.org/accounts/password/reset/key/1-secret/"


class Refusing(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("nobody there")


def mailers(direct: type) -> dict[str, dict[str, str]]:
    return {"default": {"BACKEND": OURS}, "direct": {"BACKEND": f"{direct.__module__}.{direct.__qualname__}"}}


@pytest.fixture(autouse=True)
def waits(settings: Settings) -> None:
    """As outside of tests: Django's test runner sends everything to the letterbox directly."""
    settings.MAILERS = mailers(Letterbox)


@pytest.fixture
def away(settings: Settings) -> None:
    settings.MAILERS = mailers(Refusing)


def send() -> None:
    send_mail("A new password", f"Choose one: {LINK}", None, ["ada@example.org"])


def later(message: WaitingMail) -> None:
    """The pause is over."""
    WaitingMail.objects.filter(pk=message.pk).update(due_at=timezone.now())


def test_it_is_sent_after_the_commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send()
        assert outbox.outbox == []
        assert WaitingMail.objects.get().to == "ada@example.org"
    (message,) = outbox.outbox
    assert (message.subject, message.to, LINK in message.body) == ("A new password", ["ada@example.org"], True)
    assert not WaitingMail.objects.exists()


def test_it_is_not_sent_for_what_did_not_happen(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        try:
            with transaction.atomic():
                send()
                raise RuntimeError
        except RuntimeError:
            pass
    tasks.deliver_waiting_mail()
    assert outbox.outbox == []


def test_all_of_it_arrives(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    message = EmailMultiAlternatives(
        "Für dich 🌊", "plain", "Us <us@example.org>", ["a@example.org"], bcc=["b@example.org"], cc=["c@example.org"],
        reply_to=["d@example.org"], headers={"X-Kind": "news"},
    )  # fmt: skip
    message.attach_alternative("<p>rich</p>", "text/html")
    with django_capture_on_commit_callbacks(execute=True):
        message.send()
    (sent,) = outbox.outbox
    assert sent.message().as_string().count("rich") == 1
    for name in mail.FIELDS:
        assert getattr(sent, name) == getattr(message, name), name


def test_what_nobody_was_asked_to_send_is_found() -> None:
    """The queue was lost, or the process that was about to ask."""
    send()
    tasks.deliver_waiting_mail()
    assert len(outbox.outbox) == 1


@pytest.mark.usefixtures("away")
def test_it_waits_for_a_mail_server_that_is_away(settings: Settings) -> None:
    send()
    tasks.deliver_waiting_mail()
    message = WaitingMail.objects.get()
    assert (message.tries, message.error) == (1, "ConnectionRefusedError: nobody there")
    assert timedelta(seconds=30) < message.due_at - timezone.now() < timedelta(minutes=2)
    settings.MAILERS = mailers(Letterbox)
    tasks.deliver_waiting_mail()
    assert outbox.outbox == [], "its pause is not over"
    later(message)
    tasks.deliver_waiting_mail()
    assert len(outbox.outbox) == 1


@pytest.mark.usefixtures("away")
def test_it_is_given_up_after_many_tries() -> None:
    send()
    for _ in range(mail.TRIES + 3):
        message = WaitingMail.objects.get()
        later(message)
        mail.deliver(message.pk)
    assert message.tries == mail.TRIES
    assert WaitingMail.objects.get().given_up_at


def test_two_workers_send_it_once() -> None:
    send()
    message = WaitingMail.objects.get()
    WaitingMail.objects.filter(pk=message.pk).update(due_at=timezone.now() + mail.LEASE)  # another has begun
    assert not mail.deliver(message.pk)
    assert outbox.outbox == []


def test_the_database_does_not_tell_what_it_says() -> None:
    send()
    sealed = bytes(WaitingMail.objects.get().sealed)
    assert b"secret" not in sealed
    assert b"password" not in sealed


def test_one_that_cannot_be_opened_any_more_is_given_up(settings: Settings) -> None:
    send()
    settings.SECRET_KEY = "another" * 8
    tasks.deliver_waiting_mail()
    message = WaitingMail.objects.get()
    assert message.given_up_at
    assert message.error == "SECRET_KEY was changed since"


def test_one_that_was_sealed_with_an_earlier_key_is_sent(settings: Settings) -> None:
    send()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    tasks.deliver_waiting_mail()
    assert not WaitingMail.objects.exists()


def test_attachments_are_refused_by_name() -> None:
    message = EmailMessage("With a picture", "", None, ["ada@example.org"])
    message.attach("a.png", b"", "image/png")
    with pytest.raises(ValueError, match="attachments"):
        message.send()


def test_what_was_given_up_goes_after_a_month() -> None:
    send()
    send()
    old, new = WaitingMail.objects.order_by("pk")
    WaitingMail.objects.filter(pk=old.pk).update(given_up_at=timezone.now() - tasks.KEPT)
    tasks.forget_what_ran_out()
    assert WaitingMail.objects.get() == new


def test_it_goes_by_way_of_the_database_unless_a_test_says_otherwise() -> None:
    from core import settings as ours

    assert ours.MAILERS["default"]["BACKEND"] == OURS
    assert django_settings.MAILERS["direct"]
