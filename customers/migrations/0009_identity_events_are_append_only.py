from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION customers_identity_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.value = ''
        AND to_jsonb(NEW) - 'value' = to_jsonb(OLD) - 'value' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'identity events are append-only';
END $$;
CREATE TRIGGER identity_event_append_only BEFORE UPDATE OR DELETE ON customers_identityevent
    FOR EACH ROW EXECUTE FUNCTION customers_identity_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_identities_merges_and_who_looked")]

    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER identity_event_append_only ON customers_identityevent;"
            "DROP FUNCTION customers_identity_event_is_append_only()",
        ),
    ]
