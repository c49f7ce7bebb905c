from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "core.accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from core.accounts import secondfactor, signals

        signals.connect()
        secondfactor.connect()
