"""The statements of docs/independent-check.md say what three screens say of the demo's story."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection

from customers.cx.models import CXSummary
from helpdesk.accounts.models import Agent, Team
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.reporting.cells import CALENDAR
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.measuring import measure
from tickets.metrics.reporting.periods import weeks_until
from tickets.models import Ticket

NOW = datetime(2026, 5, 14, 10, 0, tzinfo=ZoneInfo("Europe/London"))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "independent-check.md"
STATEMENTS = dict(re.findall(r"```sql\n-- (\w+)\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture
def harbour(workspace: None) -> Agent:
    call_command("seed_harbour", now=NOW.isoformat(), verbosity=0)
    rebuild(at=NOW)
    return Agent.objects.get(email="ines@harbour.example")


def by_hand(name: str, **given: Any) -> list[tuple[Any, ...]]:
    sql = re.sub(r"(?<!:):(begin|finish|now|customer)\b", r"%(\1)s", STATEMENTS[name])
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def test_thirteen_weeks_are_what_plain_sql_says(harbour: Agent) -> None:
    period = weeks_until(NOW)
    days = {"begin": period.starts_at, "finish": period.ends_at}
    keys = ("opened", "first_reply", "time_to_solve")

    shown = measure(keys, period, agent=harbour, at=NOW, clock=CALENDAR).whole

    assert [(shown["opened"].n,)] == by_hand("opened", **days)
    for key in ("first_reply", "time_to_solve"):
        assert shown[key].n > 10
        assert [(shown[key].n, shown[key].median)] == by_hand(key, **days)


def test_a_profile_is_what_plain_sql_says(harbour: Agent) -> None:
    maya = Ticket.objects.get(number=1192).customer
    data = CXSummary.objects.get(customer=maya).data

    promises = by_hand("promises", customer=maya.pk, now=NOW)
    assert promises == [(data["promises"]["k"], data["promises"]["n"])]
    points = data["time_to_solve"]["calendar"]["points"]
    solved = sorted((point["ticket"], point["value"]) for point in points)
    assert solved
    assert solved == [
        (n, float(s)) for n, s in by_hand("solved_tickets", customer=maya.pk, now=NOW)
    ]


def test_replies_in_time_by_team_are_what_plain_sql_says(harbour: Agent) -> None:
    period = weeks_until(NOW)

    shown = measure(["target_first_reply"], period, agent=harbour, at=NOW, by=Dimension.TEAM).parts[
        "target_first_reply"
    ]

    names = {str(team.pk): team.name for team in Team.objects.all()}
    counted = {(names.get(key), figure.hits, figure.n) for key, figure in shown.items()}
    days = {"begin": period.starts_at, "finish": period.ends_at}
    assert counted == set(by_hand("in_time", **days))
