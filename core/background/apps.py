from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "core.background"
    label = "background"
    verbose_name = "Background work"

    def ready(self) -> None:
        from core import celery  # noqa: F401  # the application that tasks are declared for
        from core.accounts.events import Forgotten
        from core.background import failures, liveness, mail
        from core.lib.events import subscribe

        failures.connect()
        liveness.connect()
        subscribe(Forgotten, lambda event: mail.forget(event.addresses))
