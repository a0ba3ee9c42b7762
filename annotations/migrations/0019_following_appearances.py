"""Names and sources change without a change of the annotations beside which they are shown.

And a reply counts where it is read by whoever reads what it answers: its audience is the thread's.
"""

from django.db import migrations

# Deferred to the end of the transaction: nothing is locked after it, so nobody waits in a circle.
APPEAR = """
CREATE FUNCTION annotations_appear(what uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO annotations_appearance (about, changes) VALUES (what, 1)
    ON CONFLICT (about) DO UPDATE SET changes = annotations_appearance.changes + 1
$$;
CREATE FUNCTION annotations_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM annotations_appear('00000000-0000-0000-0000-000000000000');
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER annotations_name_changed AFTER UPDATE ON accounts_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((NEW.name, NEW.username) IS DISTINCT FROM (OLD.name, OLD.username))
    EXECUTE FUNCTION annotations_name_changed();
CREATE FUNCTION annotations_alias_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM annotations_appear(NEW.assignment_id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER annotations_alias_changed AFTER UPDATE ON assignments_alias
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.name IS DISTINCT FROM OLD.name)
    EXECUTE FUNCTION annotations_alias_changed();
CREATE FUNCTION annotations_source_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM annotations_appear(NEW.seminar_id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER annotations_source_changed AFTER UPDATE ON annotations_source
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((NEW.url, NEW.doi, NEW.csl) IS DISTINCT FROM (OLD.url, OLD.doi, OLD.csl))
    EXECUTE FUNCTION annotations_source_changed();
CREATE FUNCTION annotations_passage_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM annotations_appear(seminar_id) FROM annotations_source WHERE id = NEW.source_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER annotations_passage_changed AFTER UPDATE ON annotations_passage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((NEW.quote, NEW.locator, NEW.source_id)
        IS DISTINCT FROM (OLD.quote, OLD.locator, OLD.source_id))
    EXECUTE FUNCTION annotations_passage_changed();
"""
BACK = """
DROP TRIGGER annotations_passage_changed ON annotations_passage;
DROP TRIGGER annotations_source_changed ON annotations_source;
DROP TRIGGER annotations_alias_changed ON assignments_alias;
DROP TRIGGER annotations_name_changed ON accounts_user;
DROP FUNCTION annotations_passage_changed();
DROP FUNCTION annotations_source_changed();
DROP FUNCTION annotations_alias_changed();
DROP FUNCTION annotations_name_changed();
DROP FUNCTION annotations_appear(uuid);
"""

FOLLOW = """
CREATE OR REPLACE FUNCTION annotations_follow_replies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.parent_id IS NOT NULL THEN
        PERFORM annotations_recount(OLD.parent_id);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.parent_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id) THEN
        PERFORM annotations_recount(NEW.parent_id);
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.kind%(columns)s) IS DISTINCT FROM (OLD.kind%(before)s) THEN
        PERFORM annotations_recount(NEW.id);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER annotations_reply_changed ON annotations_annotation;
CREATE TRIGGER annotations_reply_changed AFTER UPDATE ON annotations_annotation
    FOR EACH ROW WHEN ((NEW.status, NEW.kind, NEW.is_answer, NEW.parent_id%(columns)s)
        IS DISTINCT FROM (OLD.status, OLD.kind, OLD.is_answer, OLD.parent_id%(before)s))
    EXECUTE FUNCTION annotations_follow_replies();
"""
COUNT = """
CREATE OR REPLACE FUNCTION annotations_recount(parent uuid) RETURNS void LANGUAGE sql AS $$
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
        WHERE reply.parent_id = parent AND reply.status = 'published'%s
    ) AS found
    WHERE asked.id = parent
        AND (asked.published_replies, asked.is_met) IS DISTINCT FROM (found.replies, found.met)
$$;
"""
WITH_AUDIENCE = (
    "\n            AND reply.audience = above.audience"
    "\n            AND reply.group_id IS NOT DISTINCT FROM above.group_id"
)
COUNT_BY_AUDIENCE = COUNT % WITH_AUDIENCE + FOLLOW % {
    "columns": ", NEW.audience, NEW.group_id",
    "before": ", OLD.audience, OLD.group_id",
}
COUNT_ALL = COUNT % "" + FOLLOW % {"columns": "", "before": ""}
COUNT_ANEW = """
SELECT annotations_recount(parent_id) FROM annotations_annotation
WHERE parent_id IS NOT NULL GROUP BY parent_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0018_appearances"),
        ("accounts", "0005_api"),
        ("assignments", "0002_rounds_aliases_extensions"),
    ]

    operations = [
        migrations.RunSQL(APPEAR, BACK),
        migrations.RunSQL(COUNT_BY_AUDIENCE, COUNT_ALL),
        migrations.RunSQL(COUNT_ANEW, migrations.RunSQL.noop),
    ]
