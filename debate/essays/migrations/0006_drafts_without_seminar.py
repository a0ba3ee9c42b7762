"""An import may wait for the seminar that is made with it."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("essays", "0005_paragraph_words"),
        ("seminars", "0003_roster_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="importdraft",
            name="seminar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="import_drafts",
                to="seminars.seminar",
            ),
        ),
        migrations.AddConstraint(
            model_name="importdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("essay", None), ("seminar__isnull", False), _connector="OR"),
                name="import_of_a_revision_has_its_seminar",
            ),
        ),
    ]
