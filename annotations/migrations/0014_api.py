import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import debate.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0013_longer_draft_keys"),
        ("assignments", "0002_rounds_aliases_extensions"),
        ("seminars", "0004_api"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=debate.core.models.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("format", models.CharField(max_length=20)),
                ("options", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Being made"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=20,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(blank=True, null=True)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("size", models.PositiveBigIntegerField(default=0, help_text="Bytes.")),
                (
                    "message",
                    models.CharField(blank=True, help_text="Why it failed.", max_length=500),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WebIdentity",
            fields=[
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="web",
                        serialize=False,
                        to="annotations.annotation",
                    ),
                ),
                ("slug", models.CharField(blank=True, max_length=100)),
                ("canonical", models.CharField(blank=True, max_length=2000)),
                (
                    "via",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2000),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="annotation",
            name="is_met",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether its question is answered, or its challenge met.",
            ),
        ),
        migrations.AddField(
            model_name="annotation",
            name="published_replies",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Kept by the database, as is_met.",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="number",
            field=models.BigIntegerField(
                editable=False,
                help_text="Its place among all lines, given after it was committed.",
                null=True,
                unique=True,
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("number", None)),
                fields=["assignment", "counter"],
                name="change_not_yet_numbered",
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="export_jobs",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="assignment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="assignments.assignment",
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="seminar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="seminars.seminar",
            ),
        ),
        migrations.AddField(
            model_name="webidentity",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="assignments.assignment",
            ),
        ),
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(fields=["asked_by", "-id"], name="export_job_by_person"),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["queued", "running", "done", "failed", "cancelled"])
                ),
                name="export_job_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("assignment", None), ("seminar", None), _connector="OR"),
                name="export_job_is_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="webidentity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("slug", ""), _negated=True),
                fields=("assignment", "slug"),
                name="web_slug_is_unique_in_its_container",
            ),
        ),
    ]
