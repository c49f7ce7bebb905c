from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import checks  # noqa: F401  # registers the system checks
        from core.lib import requestends, transactions

        requestends.connect()
        transactions.connect()
        if settings.TRACING:
            from core import tracing

            tracing.begin()
        if settings.SENTRY_DSN:
            from core.lib import reporting  # takes a quarter of a second and fourteen megabytes

            reporting.begin(settings.SENTRY_DSN, environment=settings.SENTRY_ENVIRONMENT, traces=settings.SENTRY_TRACES)
