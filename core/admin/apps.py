"""django.contrib.admin, with a site of ours."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class OperatorsConfig(AdminConfig):
    default_site = "core.admin.site.OperatorsSite"

    def ready(self) -> None:
        super().ready()  # every app registers what it has
        for name in ("users", "groups", "addresses", "audit"):
            import_module(f"core.admin.{name}")
