"""Which tables are ours: those of the apps in this repository."""

from django.db.models import Model
from django_linear_migrations.apps import first_party_app_configs


def our_models() -> dict[str, list[type[Model]]]:
    """By the label of their app, in the order of their names. Without what Django makes for many-to-many fields."""
    found = {config.label: sorted(config.get_models(), key=_name) for config in first_party_app_configs()}
    return {label: models for label, models in sorted(found.items()) if models}


def _name(model: type[Model]) -> str:
    return model.__name__
