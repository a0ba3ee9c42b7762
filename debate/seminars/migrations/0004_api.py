from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("seminars", "0003_roster_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="consents",
            field=models.BooleanField(
                blank=True,
                help_text="Whether the person's words may go into research; unknown until answered.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="seminar",
            name="asks_consent",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether members are asked if their words may go into research.",
            ),
        ),
    ]
