from django.db import migrations

# The words that stand now begin the history; every summary is computed anew by its new version.
FORWARD = """
    INSERT INTO cx_healthchange (customer_id, organisation_id, at, from_word, to_word, reasons)
    SELECT customer_id, organisation_id, computed_at, 'unknown',
        data->'health'->>'word', coalesce(data->'health'->'reasons', '[]'::jsonb)
    FROM cx_cxsummary WHERE coalesce(data->'health'->>'word', 'unknown') <> 'unknown';
    UPDATE cx_cxsummary SET stale_at = computed_at;
"""


class Migration(migrations.Migration):
    """Data only: the history of health begins with the words that stand."""

    dependencies = [
        ("cx", "0004_cohorts_and_health_history"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
