from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0019_following_appearances"),
        ("seminars", "0004_api"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="source", name="source_doi_is_unique_on_its_shelf"),
        migrations.RemoveConstraint(model_name="source", name="source_url_is_unique_on_its_shelf"),
        migrations.RemoveConstraint(model_name="source", name="source_work_is_unique_on_its_shelf"),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(
                fields=["seminar", "doi"], condition=~Q(doi=""), name="source_doi_on_its_shelf"
            ),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(
                fields=["seminar", "url"],
                condition=~Q(url="") & Q(doi=""),
                name="source_url_on_its_shelf",
            ),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(
                fields=["seminar", "canonical"],
                condition=~Q(canonical=""),
                name="source_work_on_its_shelf",
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="for_note",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Taken by writing a note: known to those who may read that.",
            ),
        ),
    ]
