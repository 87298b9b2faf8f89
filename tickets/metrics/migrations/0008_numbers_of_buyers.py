from django.db import migrations

# Days that were rolled up know nothing of new numbers: they are read from their facts until rolled
# up again. First contacts with transfers learn of them.
FORWARD = """
DELETE FROM metrics_rolledday;
INSERT INTO metrics_unsettled (ticket_id, due_at)
SELECT ticket_id, now() FROM metrics_resolution
WHERE cycle = 1 AND is_eligible
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """Data only: everything the new definitions touch is derived anew in the background."""

    dependencies = [
        ("cx", "0008_purchases_and_articles_make_numbers"),
        ("metrics", "0007_day_numbers_are_found_by_dimension"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
