"""What a question or challenge says of its replies is kept by the database, whoever writes them."""

from django.db import migrations

# A reply counts once it is published. The parent's row is written only when something moves.
COUNT = """
CREATE FUNCTION annotations_recount(parent uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE annotations_annotation AS asked
    SET published_replies = found.replies, is_met = found.met
    FROM (
        SELECT count(*) AS replies,
            coalesce(bool_or(
                (above.kind = 'question' AND reply.is_answer)
                OR (above.kind = 'counterargument'
                    AND reply.kind IN ('counterargument', 'evidence', 'concession'))
            ), false) AS met
        FROM annotations_annotation AS reply
        JOIN annotations_annotation AS above ON above.id = reply.parent_id
        WHERE reply.parent_id = parent AND reply.status = 'published'
    ) AS found
    WHERE asked.id = parent
        AND (asked.published_replies, asked.is_met) IS DISTINCT FROM (found.replies, found.met)
$$;
"""
FOLLOW = """
CREATE FUNCTION annotations_follow_replies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.parent_id IS NOT NULL THEN
        PERFORM annotations_recount(OLD.parent_id);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.parent_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id) THEN
        PERFORM annotations_recount(NEW.parent_id);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.kind IS DISTINCT FROM OLD.kind THEN
        PERFORM annotations_recount(NEW.id);
    END IF;
    RETURN NULL;
END
$$;
"""
# Whoever saves a row that was read earlier would write back an outdated count.
KEEP = """
CREATE FUNCTION annotations_keep_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.published_replies := OLD.published_replies;
    NEW.is_met := OLD.is_met;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_keep_counts BEFORE UPDATE ON annotations_annotation
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND
        (NEW.published_replies, NEW.is_met) IS DISTINCT FROM (OLD.published_replies, OLD.is_met))
    EXECUTE FUNCTION annotations_keep_counts();
"""
TRIGGERS = """
CREATE TRIGGER annotations_reply_is_new AFTER INSERT ON annotations_annotation
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL AND NEW.status = 'published')
    EXECUTE FUNCTION annotations_follow_replies();
CREATE TRIGGER annotations_reply_changed AFTER UPDATE ON annotations_annotation
    FOR EACH ROW WHEN ((NEW.status, NEW.kind, NEW.is_answer, NEW.parent_id)
        IS DISTINCT FROM (OLD.status, OLD.kind, OLD.is_answer, OLD.parent_id))
    EXECUTE FUNCTION annotations_follow_replies();
CREATE TRIGGER annotations_reply_is_gone AFTER DELETE ON annotations_annotation
    FOR EACH ROW WHEN (OLD.parent_id IS NOT NULL)
    EXECUTE FUNCTION annotations_follow_replies();
"""
BACKFILL = """
SELECT annotations_recount(parent_id) FROM annotations_annotation
WHERE parent_id IS NOT NULL GROUP BY parent_id;
"""
BACK = """
DROP TRIGGER annotations_reply_is_gone ON annotations_annotation;
DROP TRIGGER annotations_reply_changed ON annotations_annotation;
DROP TRIGGER annotations_reply_is_new ON annotations_annotation;
DROP TRIGGER annotations_keep_counts ON annotations_annotation;
DROP FUNCTION annotations_keep_counts();
"""
DROP_FUNCTIONS = """
DROP FUNCTION annotations_follow_replies();
DROP FUNCTION annotations_recount(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0014_api")]

    operations = [
        migrations.RunSQL(COUNT + FOLLOW, DROP_FUNCTIONS),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP + TRIGGERS, BACK),
    ]
