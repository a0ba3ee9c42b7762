from django.db import migrations

# What a note cites now, and what it cited before its author quoted other words.
MARK = """
UPDATE annotations_passage AS taken SET for_note = true
WHERE EXISTS (
    SELECT FROM annotations_annotation AS note
    WHERE note.passage_id = taken.id AND note.author_id = taken.added_by_id
) OR (taken.added_by_id, taken.quote, taken.locator) IN (
    SELECT note.author_id, former.details ->> 'quote', former.details ->> 'locator'
    FROM annotations_annotationversion AS former
    JOIN annotations_annotation AS note ON note.id = former.annotation_id
    WHERE former.details ->> 'quote' <> ''
);
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0020_works_of_ones_own")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
