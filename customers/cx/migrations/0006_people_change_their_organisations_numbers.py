from django.db import migrations

# An organisation's numbers are those of its people: who joins, leaves, or is merged changes them.
FOLLOW = """
CREATE FUNCTION cx_organisation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cx_cxsummary (organisation_id, computed_at, version, data, stale_at, cohort)
    SELECT id, now(), 0, '{}'::jsonb, now(), ''
    FROM unnest(ARRAY[OLD.organisation_id, NEW.organisation_id]) AS id WHERE id IS NOT NULL
    GROUP BY id
    ON CONFLICT (organisation_id) DO UPDATE SET stale_at = excluded.stale_at;
    RETURN NULL;
END $$;
CREATE TRIGGER cx_people_of_organisation AFTER UPDATE OF organisation_id, merged_into_id
    ON customers_customer FOR EACH ROW
    WHEN (
        NEW.organisation_id IS DISTINCT FROM OLD.organisation_id
        OR NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id
    )
    EXECUTE FUNCTION cx_organisation_changed();
"""
UNFOLLOW = """
DROP TRIGGER cx_people_of_organisation ON customers_customer;
DROP FUNCTION cx_organisation_changed();
"""


class Migration(migrations.Migration):
    """An organisation's summary is computed anew soon after its people change."""

    dependencies = [
        ("customers", "0012_promise_chains"),
        ("cx", "0005_health_words_until_now"),
    ]

    operations = [
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
