"""Celery: what does the background work, and when. Tasks stand in the `tasks.py` of each app; see core/lib/tasks.py.

With Redis, workers and beat are processes of their own (`celery --app core worker`, `celery --app core beat`).
Without, the server lends them two threads (core/background/embedded.py).
"""

import os

from celery import Celery
from celery.signals import setup_logging
from celery.utils.log import get_logger

from core.lib import correlation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")

MINUTE = 60.0
HOUR = 60 * MINUTE

app = Celery("commonplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # Nobody waits for a result; what comes of a task stands in the rows that it is about.
    task_ignore_result=True,
    # A worker that is killed has not done it: somebody else will.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # Nor has one whose line to Redis broke, for it cannot say so.
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=5 * MINUTE,
    task_time_limit=6 * MINUTE,
    # What a worker took with it is given out again after so long; the sweeps are quicker.
    broker_transport_options={"visibility_timeout": 15 * MINUTE, "polling_interval": 0.25, "socket_timeout": 5},
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A page that asks for a task while Redis is away must not wait for it.
    task_publish_retry=False,
    beat_scheduler="core.background.liveness:LivingScheduler",
    beat_max_loop_interval=5,
    worker_hijack_root_logger=False,
    worker_max_tasks_per_child=500,
    timezone="UTC",
)
app.conf.beat_schedule = {
    "mail that waits": {"task": "core.background.tasks.deliver_waiting_mail", "schedule": MINUTE},
    "exports that wait": {"task": "notes.tasks.resume_exports", "schedule": MINUTE / 4},
    "exports that are over": {"task": "notes.tasks.expire_exports", "schedule": HOUR},
    "what has run out": {"task": "core.background.tasks.forget_what_ran_out", "schedule": HOUR},
    "notes that nobody folded": {"task": "realtime.tasks.fold_left_notes", "schedule": 10 * MINUTE},
    "history that has settled": {"task": "notes.tasks.pack_history", "schedule": 10 * MINUTE},
}
app.autodiscover_tasks()
correlation.connect_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]  # celery has no types
def _keep_our_logging(**_: object) -> None:
    """Django has set it up already; Celery would do it its own way."""
    # A line or two for each task, most of which found nothing to do. What fails is told as an error.
    for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        get_logger(name).setLevel("WARNING")
