"""Going back to a version that knows no segments must not lose what is in them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notes.packing import unpack


def unpack_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    segments, rows, users = (
        apps.get_model(app, name)
        for app, name in (("notes", "NoteSegment"), ("notes", "NoteUpdate"), ("accounts", "User"))
    )
    accounts = frozenset(users.objects.values_list("pk", flat=True))
    for key in list(segments.objects.order_by("pk").values_list("pk", flat=True)):
        segment = segments.objects.get(pk=key)
        made = []
        for update in unpack(bytes(segment.data)):
            fields = update._asdict()
            if fields["author_id"] not in accounts:
                fields["author_id"] = None
            made.append(rows(note_id=segment.note_id, epoch=segment.epoch, **fields))
        rows.objects.bulk_create(made, batch_size=500)
        segment.delete()


class Migration(migrations.Migration):

    dependencies = [
        ("notes", "0004_segments"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, unpack_all),
    ]
