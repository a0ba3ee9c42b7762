import re

from django.apps.registry import Apps as StateApps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Addresses of plain letters, without query and fragment; the others get their key when they are
# next written, and are found by their address till then.
PLAIN = re.compile(
    r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9._~/-]*)?", re.IGNORECASE
)


def key_of(doi: str, url: str) -> str:
    if doi:
        return f"doi:{doi}"
    plain = PLAIN.fullmatch(url)
    return f"url:https://{plain[1].lower()}{(plain[2] or '').rstrip('/')}" if plain else ""


def know_works_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give works from before there was a key the one they have now; of two that are the same, one."""
    sources = apps.get_model("annotations", "Source").objects.using(schema_editor.connection.alias)
    taken = set(sources.exclude(canonical="").values_list("seminar_id", "canonical"))
    for source in sources.filter(canonical="").order_by("id").iterator():
        key = key_of(source.doi, source.url)
        if key and (source.seminar_id, key) not in taken:
            taken.add((source.seminar_id, key))
            source.canonical = key
            source.save(update_fields=["canonical"])


class Migration(migrations.Migration):
    dependencies = [("annotations", "0009_me_too")]

    operations = [migrations.RunPython(know_works_again, migrations.RunPython.noop)]
