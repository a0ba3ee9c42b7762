"""Give every annotation that others could read the moment since when they could."""

from django.apps.registry import Apps as StateApps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    annotations = apps.get_model("annotations", "Annotation").objects
    annotations.exclude(status__in=("held", "pending")).update(published_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("annotations", "0003_moderation_tags_and_attention")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
