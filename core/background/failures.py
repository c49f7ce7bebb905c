"""A task that failed for good is written down, for an operator to look at and to ask for again."""

import json
import logging
import traceback
from typing import Any

from celery.signals import task_failure
from django.db import DatabaseError, InterfaceError

from core.lib.redaction import told
from core.lib.tasks import Interrupted

logger = logging.getLogger(__name__)

ERROR_LENGTH = 300
TRACE_LENGTH = 8_000


def connect() -> None:
    """Called once, when Django is ready."""
    task_failure.connect(_write_down, dispatch_uid="failed_tasks", weak=False)


def _write_down(sender: Any, task_id: str, exception: BaseException, args: Any, **_: Any) -> None:
    """Celery calls it after the last try, and logs the failure itself."""
    from core.background.models import FailedTask

    if isinstance(exception, Interrupted):
        return
    try:
        FailedTask.objects.create(
            task=sender.name,
            arguments=json.dumps(list(args or ())),
            task_id=task_id,
            tries=sender.request.retries + 1,
            error=described(exception),
            # The places only: what a line holds at run time may be somebody's words.
            trace="".join(traceback.format_tb(exception.__traceback__))[-TRACE_LENGTH:],
        )
    except (DatabaseError, InterfaceError) as error:
        logger.error("a failed task could not be written down: %s", told(error))


def described(error: BaseException) -> str:
    """For a row that operators read: no more of it than a log line has."""
    return told(error)[:ERROR_LENGTH]
