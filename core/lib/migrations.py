"""Steps of migrations that stop nobody who writes, on PostgreSQL; on SQLite, which has one writer, the plain ones."""

from typing import Any

from django.contrib.postgres import operations as postgres
from django.db.migrations import AddConstraint, AddIndex, AlterField, RemoveIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Index


class _ByDatabase(Operation):
    """Django's operations for PostgreSQL fail on every other database."""

    plain: type[Operation] | None = None

    def database_forwards(self, app_label: str, schema_editor: Any, *states: ProjectState) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, *states)
        elif self.plain:
            self.plain.database_forwards(self, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: ProjectState) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, *states)
        elif self.plain:
            self.plain.database_backwards(self, app_label, schema_editor, *states)


class AddIndexConcurrently(_ByDatabase, postgres.AddIndexConcurrently):
    plain = AddIndex


class RemoveIndexConcurrently(_ByDatabase, postgres.RemoveIndexConcurrently):
    plain = RemoveIndex


class AddConstraintNotValid(_ByDatabase, postgres.AddConstraintNotValid):
    """A check that holds for what is written from now on. On SQLite for all at once."""

    plain = AddConstraint


class ValidateConstraint(_ByDatabase, postgres.ValidateConstraint):
    """In a migration of its own: it reads the whole table, and lets others write."""


class DropIndexOfForeignKey(postgres.NotInTransactionMixin, AlterField):
    """The field becomes one with `db_index=False`, and only its index goes.

    AlterField also takes away the constraint and makes it again, for which PostgreSQL reads the whole table while
    nobody can write. Only in a migration with `atomic = False`.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        how = self._beside_writers(schema_editor)
        column = model._meta.get_field(self.name).column
        named = {index.name for index in model._meta.indexes}
        for name in schema_editor._constraint_names(
            model, [column], index=True, unique=False, type_=Index.suffix, exclude=named
        ):
            schema_editor.execute(schema_editor._delete_index_sql(model, name, **how))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        field = model._meta.get_field(self.name)
        schema_editor.execute(
            schema_editor._create_index_sql(model, fields=[field], **self._beside_writers(schema_editor))
        )

    def describe(self) -> str:
        return f"Drop the index of {self.name} on {self.model_name}"

    def _beside_writers(self, schema_editor: Any) -> dict[str, bool]:
        """SQLite has one writer, who waits for a moment."""
        if schema_editor.connection.vendor != "postgresql":
            return {}
        self._ensure_not_in_transaction(schema_editor)
        return {"concurrently": True}
