from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("essays", "0003_drafts_of_revisions")]

    operations = [
        migrations.AddField(
            model_name="paragraph",
            name="search",
            field=SearchVectorField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="paragraph",
            index=GinIndex(fields=["search"], name="paragraph_by_word"),
        ),
    ]
