from django.db import migrations

# Off until an admin turns them on.
SURVEYS = (
    {"name": "After a ticket (CSAT)", "scale": "csat5", "event": "solved", "delay_hours": 4},
    {"name": "After a ticket (CES 2.0)", "scale": "ces7", "event": "solved", "delay_hours": 24},
    {
        "name": "Relationship (NPS)", "scale": "nps11", "event": "first_contact",
        "after_days": 90, "cap_days": 180, "asks_solved": False, "asks_repeated": False,
    },
)
REASONS = (
    ("waiting", "How long it took", "Wie lange es dauerte"),
    ("result", "What came out of it", "Was dabei herauskam"),
    ("knowledge", "What we knew", "Was wir wussten"),
    ("tone", "How we spoke with you", "Wie wir mit Ihnen gesprochen haben"),
    ("product", "The product itself", "Das Produkt selbst"),
)


def add_defaults(apps, schema_editor):
    for survey in SURVEYS:
        apps.get_model("surveys", "Survey").objects.create(**survey)
    for position, (key, label, german) in enumerate(REASONS):
        apps.get_model("surveys", "Reason").objects.create(
            key=key, label=label, labels={"de": german}, position=position
        )


def remove_defaults(apps, schema_editor):
    names = [survey["name"] for survey in SURVEYS]
    apps.get_model("surveys", "Survey").objects.filter(name__in=names, invitations=None).delete()
    apps.get_model("surveys", "Reason").objects.filter(key__in=[row[0] for row in REASONS]).delete()


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
