"""The words of an annotation name its assignment, its seminar, and whether everybody may read it.

So a search that looks in some seminars passes over the hits of all others within the index of words.
"""

from django.db import migrations

# No text has such a word: a blank ends every word that PostgreSQL's parser finds.
SCOPE = """
CREATE FUNCTION annotations_scope(assignment uuid, seminar uuid, audience text) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_to_tsvector(
        ARRAY['in ' || assignment, 'in ' || seminar]
        || CASE audience WHEN 'public' THEN ARRAY['in public'] ELSE '{}' END
    )
$$;
"""
FILL = """
UPDATE annotations_annotation AS one
SET search = coalesce(one.search, '') || annotations_scope(one.assignment_id, home.seminar_id, one.audience)
FROM assignments_assignment AS home WHERE home.id = one.assignment_id;
"""
KEEP = """
CREATE FUNCTION annotations_keep_scope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words tsvector := coalesce(NEW.search, '');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        words := ts_delete(words, 'in public');
        IF NEW.assignment_id <> OLD.assignment_id THEN
            words := ts_delete(words, ARRAY(
                SELECT 'in ' || unnest(ARRAY[id, seminar_id])
                FROM assignments_assignment WHERE id = OLD.assignment_id
            ));
        END IF;
    END IF;
    NEW.search := words || (
        SELECT annotations_scope(id, seminar_id, NEW.audience)
        FROM assignments_assignment WHERE id = NEW.assignment_id
    );
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_keep_scope
    BEFORE INSERT OR UPDATE OF search, audience, assignment_id ON annotations_annotation
    FOR EACH ROW EXECUTE FUNCTION annotations_keep_scope();
"""
LOOSE = """
DROP TRIGGER annotations_keep_scope ON annotations_annotation;
DROP FUNCTION annotations_keep_scope();
"""
# How common a word is tells whether its hits are found first, or the newest rows looked through.
COUNT = "ALTER TABLE annotations_annotation ALTER COLUMN search SET STATISTICS 1000;"
COUNT_AS_USUAL = "ALTER TABLE annotations_annotation ALTER COLUMN search SET STATISTICS -1;"


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0015_kept_counts"),
        ("assignments", "0002_rounds_aliases_extensions"),
    ]

    operations = [
        migrations.RunSQL(SCOPE, "DROP FUNCTION IF EXISTS annotations_scope(uuid, uuid, text);"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, LOOSE),
        migrations.RunSQL(COUNT, COUNT_AS_USUAL),
    ]
