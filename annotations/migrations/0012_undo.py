from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0011_reading_alive"),
    ]

    operations = [
        migrations.AddField(
            model_name="annotationversion",
            name="undo",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
