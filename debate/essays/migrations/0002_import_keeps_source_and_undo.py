from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("essays", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="importdraft",
            name="licence_note",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="importdraft",
            name="previous",
            field=models.TextField(blank=True, help_text="The content before the last correction."),
        ),
        migrations.AddField(
            model_name="importdraft",
            name="source_url",
            field=models.URLField(blank=True, max_length=2000),
        ),
        migrations.AlterField(
            model_name="paragraph",
            name="label",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
