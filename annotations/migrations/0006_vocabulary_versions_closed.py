from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0005_annotation_words")]

    operations = [
        migrations.AddField(
            model_name="vocabularyversion",
            name="is_closed",
            field=models.BooleanField(default=False),
        ),
    ]
