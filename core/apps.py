from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import checks  # noqa: F401  # registers the system checks
        from core.lib import requestends, transactions

        requestends.connect()
        transactions.connect()
