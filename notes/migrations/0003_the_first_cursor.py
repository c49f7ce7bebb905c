from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def begin_to_count(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("notes", "ActivityCounter").objects.get_or_create(pk=1)


class Migration(migrations.Migration):

    dependencies = [
        ("notes", "0002_paths_and_withdrawn_invitations"),
    ]

    operations = [
        migrations.RunPython(begin_to_count, migrations.RunPython.noop, elidable=True),
    ]
