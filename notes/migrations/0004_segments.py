import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("notes", "0003_the_first_cursor"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoteSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField()),
                ("first_seq", models.PositiveBigIntegerField()),
                ("last_seq", models.PositiveBigIntegerField()),
                ("data", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "note",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="notes.note",
                    ),
                ),
            ],
            options={
                "ordering": ["note", "last_seq"],
                "constraints": [
                    models.UniqueConstraint(fields=("note", "last_seq"), name="note_segment_ends_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_seq__gte", models.F("first_seq"))), name="note_segment_runs_forward"
                    ),
                ],
            },
        ),
    ]
