from django.db import migrations

USUAL = (
    # key, label, icon, shown field, may cause contact, likely statuses, needs consent
    ("delivery", "Delivery", "package", "carrier", True, "delayed, lost, failed, returned", False),
    ("payment", "Payment", "tag", "amount", True, "failed, refused, disputed", False),
    ("login", "Login", "user-check", "device", True, "failed, locked", False),
    ("subscription", "Subscription", "refresh-cw", "plan", True, "", False),
    ("page-view", "Page view", "eye", "url", False, "", True),
    ("object", "Object", "folder", "", False, "", False),
)


def add_usual(apps, schema_editor):
    kinds = apps.get_model("customers", "EventKind")
    for key, label, icon, shown, likely, statuses, consent in USUAL:
        kinds.objects.get_or_create(
            key=key,
            defaults={
                "label": label,
                "icon": icon,
                "shown_field": shown,
                "may_cause_contact": likely,
                "likely_statuses": statuses,
                "needs_consent": consent,
            },
        )


def remove_unused(apps, schema_editor):
    kinds = apps.get_model("customers", "EventKind")
    kinds.objects.filter(key__in=[row[0] for row in USUAL], events=None).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_people_and_events_from_outside")]

    operations = [migrations.RunPython(add_usual, remove_unused)]
