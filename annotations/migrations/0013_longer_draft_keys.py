from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0012_undo")]

    operations = [
        migrations.AlterField(
            model_name="draft", name="key", field=models.CharField(max_length=500)
        ),
    ]
