import django.db.models.deletion
from django.db import migrations, models

from core.lib.migrations import DropIndexOfForeignKey


class Migration(migrations.Migration):
    """Each of these has another index that begins with it."""

    atomic = False

    dependencies = [
        ('notes', '0009_quarantine'),
    ]

    operations = [
        DropIndexOfForeignKey(
            model_name='activity',
            name='note',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='notes.note'),
        ),
        DropIndexOfForeignKey(
            model_name='activity',
            name='notebook',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='notes.notebook'),
        ),
        DropIndexOfForeignKey(
            model_name='membership',
            name='notebook',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='notes.notebook'),
        ),
        DropIndexOfForeignKey(
            model_name='note',
            name='notebook',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='notes.notebook'),
        ),
        DropIndexOfForeignKey(
            model_name='noteclient',
            name='note',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clients', to='notes.note'),
        ),
        DropIndexOfForeignKey(
            model_name='notesnapshot',
            name='note',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='notes.note'),
        ),
    ]
