from typing import Any

from django.db import migrations
from django.utils import timezone


def note_names(apps: Any, _editor: Any) -> None:
    issue_tickets = apps.get_model("issues", "IssueTicket")
    issue_names = apps.get_model("issues", "IssueName")
    now = timezone.now()
    issue_names.objects.bulk_create(
        issue_names(ticket_id=row.ticket_id, label=row.issue.label, at=now)
        for row in issue_tickets.objects.filter(issue__is_named=True).select_related("issue")
    )


def forget_names(apps: Any, _editor: Any) -> None:
    apps.get_model("issues", "IssueName").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("issues", "0002_keep_names_with_tickets")]

    operations = [migrations.RunPython(note_names, forget_names)]
