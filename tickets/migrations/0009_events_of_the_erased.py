from django.db import migrations

# Nothing but the words an event quotes may ever be emptied, and only by who says so for the
# transaction: the erasing of a person (tickets.joining.erasing).
RULE = """
CREATE OR REPLACE FUNCTION tickets_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reacted_at' = to_jsonb(OLD) - 'reacted_at' THEN
        RETURN NEW;
    END IF;
    %s
    RAISE EXCEPTION 'ticket events are append-only';
END $$;
"""
ERASING = """
    IF TG_OP = 'UPDATE' AND current_setting('beforehand.erasing', true) = 'on'
        AND to_jsonb(NEW) - 'old' - 'new' = to_jsonb(OLD) - 'old' - 'new' THEN
        RETURN NEW;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_merged_and_split_tickets")]

    operations = [migrations.RunSQL(RULE % ERASING, RULE % "")]
