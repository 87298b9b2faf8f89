from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION tickets_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reacted_at' = to_jsonb(OLD) - 'reacted_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ticket events are append-only';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON tickets_ticketevent
    FOR EACH ROW EXECUTE FUNCTION tickets_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("customers", "0002_search")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE tickets_number START 1001", "DROP SEQUENCE tickets_number"
        ),
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket ADD CONSTRAINT ticket_category_is_its_status"
            " FOREIGN KEY (status_id, category) REFERENCES tickets_ticketstatus (id, category)"
            " DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE tickets_ticket DROP CONSTRAINT ticket_category_is_its_status",
        ),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER event_append_only ON tickets_ticketevent;"
            "DROP FUNCTION tickets_event_is_append_only()",
        ),
        migrations.RunSQL(
            "CREATE INDEX words_all ON tickets_messagewords USING gin (words);"
            "CREATE INDEX words_recent ON tickets_messagewords USING gin (words) WHERE is_recent;"
            "CREATE INDEX ticket_subject_like ON tickets_ticket"
            " USING gin (beforehand_fold(subject) gin_trgm_ops)",
            "DROP INDEX words_all; DROP INDEX words_recent; DROP INDEX ticket_subject_like",
        ),
    ]
