from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0021_passages_for_notes")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="for_note",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Put there by a note alone: of staff, too, known to those who may read that.",
            ),
        ),
    ]
