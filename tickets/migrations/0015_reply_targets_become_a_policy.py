from django.db import migrations


def make_policies(apps, schema_editor):
    """One policy for everybody; each change of the targets so far is a version of it."""
    policy = apps.get_model("tickets", "SlaPolicy")
    calendars = list(apps.get_model("tickets", "BusinessCalendar").objects.order_by("valid_from"))
    versions = []
    for calendar in calendars:
        targets = (calendar.first_reply_minutes, calendar.next_reply_minutes)
        if versions and versions[-1][1] == targets:
            continue
        versions.append((calendar.valid_from, targets))
    for index, (begins_at, (first, following)) in enumerate(versions):
        later = versions[index + 1 : index + 2]
        policy.objects.create(
            name="Everybody",
            version=index + 1,
            position=1000,
            first_reply_minutes=first,
            next_reply_minutes=following,
            pauses=["wait_customer"],
            begins_at=begins_at,
            ends_at=later[0][0] if later else None,
        )


def give_back(apps, schema_editor):
    """Targets return to the calendars valid at the time, as far as one policy holds them."""
    policies = apps.get_model("tickets", "SlaPolicy").objects.filter(conditions={})
    for calendar in apps.get_model("tickets", "BusinessCalendar").objects.all():
        known = policies.filter(begins_at__lte=calendar.valid_from).order_by("-begins_at").first()
        if known:
            calendar.first_reply_minutes = known.first_reply_minutes or 240
            calendar.next_reply_minutes = known.next_reply_minutes or 480
            calendar.save()


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_sla_policies")]

    operations = [migrations.RunPython(make_policies, give_back)]
