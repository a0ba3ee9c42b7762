"""Index the words of the annotations there are, each in the language of its essay."""

from django.apps.registry import Apps as StateApps
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import SearchConfig, SearchVector
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform

CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    annotations = apps.get_model("annotations", "Annotation").objects
    passages = apps.get_model("annotations", "Passage").objects.filter(pk=OuterRef("passage"))
    anchors = apps.get_model("annotations", "Anchor").objects.filter(annotation=OuterRef("pk"))
    anchored = (
        anchors.order_by().values("annotation").annotate(words=StringAgg("exact", Value(" ")))
    )
    essays = apps.get_model("essays", "Essay").objects
    for language in essays.order_by("language").values_list("language", flat=True).distinct():
        primary = language.partition("-")[0].lower()
        config = SearchConfig(CONFIGURATIONS.get(primary, "simple"))
        annotations.filter(assignment__essay__language=language).update(
            search=SearchVector("counterclaim", "warrant", weight="A", config=config)
            + SearchVector("body", weight="B", config=config)
            + SearchVector(
                Subquery(passages.values("quote")),
                Subquery(
                    passages.annotate(title=KeyTextTransform("title", "source__csl")).values(
                        "title"
                    )
                ),
                weight="C",
                config=config,
            )
            + SearchVector(Subquery(anchored.values("words")), weight="D", config=config)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0004_publication_times"),
        ("essays", "0005_paragraph_words"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
