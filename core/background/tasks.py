"""Background work of the house itself: mail, and what has run out."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from core.accounts import audit
from core.background import mail
from core.background.models import FailedTask, WaitingMail
from core.lib import tasks

AT_ONCE = 100
KEPT = timedelta(days=30)


@tasks.task
def deliver_mail(pk: int) -> None:
    mail.deliver(pk)


@tasks.sweep
def deliver_waiting_mail() -> None:
    """What could not be sent, and what nobody was asked to send."""
    for pk in WaitingMail.objects.due().order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]:
        tasks.go_on()
        mail.deliver(pk)


@tasks.sweep
def forget_what_ran_out() -> None:
    """Sessions that are over, changes of permissions that are long past, and what was given up a month ago."""
    SessionStore.clear_expired()
    audit.expire_audit()
    long_ago = timezone.now() - KEPT
    FailedTask.objects.filter(failed_at__lt=long_ago).delete()
    WaitingMail.objects.filter(given_up_at__lt=long_ago).delete()
