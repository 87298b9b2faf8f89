from datetime import UTC, datetime

from django.db import migrations

STATUSES = [
    ("New", "new"),
    ("Open", "open"),
    ("Waiting for customer", "wait_customer"),
    ("Waiting for others", "wait_other"),
    ("Solved", "solved"),
    ("Closed", "closed"),
]
OFFICE_HOURS = {str(day): [["09:00", "17:00"]] for day in range(1, 6)}


def add_defaults(apps, schema_editor):
    status = apps.get_model("tickets", "TicketStatus")
    for position, (name, category) in enumerate(STATUSES):
        status.objects.create(name=name, category=category, position=position, is_default=True)
    apps.get_model("tickets", "BusinessCalendar").objects.create(
        name="Office hours",
        time_zone="UTC",
        hours=OFFICE_HOURS,
        valid_from=datetime(2000, 1, 1, tzinfo=UTC),
    )


def remove_defaults(apps, schema_editor):
    apps.get_model("tickets", "TicketStatus").objects.all().delete()
    apps.get_model("tickets", "BusinessCalendar").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_database_rules")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
