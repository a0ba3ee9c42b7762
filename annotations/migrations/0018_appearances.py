from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0017_feed_book")]

    operations = [
        migrations.CreateModel(
            name="Appearance",
            fields=[
                ("about", models.UUIDField(primary_key=True, serialize=False)),
                ("changes", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
