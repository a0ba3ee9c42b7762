from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0016_scoped_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedBook",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("last_number", models.BigIntegerField(default=0)),
                ("forgotten", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                fields=["assignment", "number"], name="change_of_assignment_by_number"
            ),
        ),
    ]
