"""Supervisors set working hours, from a day to come, for the workspace and beside it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.desk.calendar_forms import spans_in
from tickets.metrics.models import Target
from tickets.metrics.resolving import resolve_cycles
from tickets.models import BusinessCalendar, Ticket
from tickets.operations import open_ticket, reply_to_ticket
from tickets.operations.calendars import make_calendar
from tickets.operations.policies import make_policy

LIST, NEW = "/desk/settings/hours", "/desk/settings/hours/new"
DAYS_OFF = Path(__file__).parent.parent / "data" / "days_off.ics"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def filled(**changed: Any) -> dict[str, Any]:
    week = {f"day_{day}": "08:00-12:00, 13:00\N{EN DASH}16:30" for day in range(1, 6)}
    return (
        {"name": "Nights", "time_zone": "Europe/Lisbon", "holidays": "2030-01-01"} | week | changed
    )


@pytest.fixture
def head(client: Client, ines: Agent) -> Client:
    client.force_login(ines)
    return client


def test_a_calendar_is_added_beside_the_workspaces_own(head: Client) -> None:
    head.post(NEW, filled())

    added = BusinessCalendar.objects.get(name="Nights")
    assert (added.is_main, added.holidays) == (False, ["2030-01-01"])
    assert added.hours["1"] == [["08:00", "12:00"], ["13:00", "16:30"]]
    assert "6" not in added.hours
    page = head.get(LIST).content.decode()
    assert page.index("Office hours") < page.index("Nights")
    assert "Nights" in head.get("/desk/settings/sla/new").content.decode()


def test_other_hours_begin_on_a_day_to_come_and_the_old_ones_stay(head: Client) -> None:
    own = BusinessCalendar.objects.get()
    tomorrow = timezone.now().date() + 2 * DAY

    head.post(f"{LIST}/{own.pk}", filled(time_zone="UTC", valid_from=tomorrow.isoformat()))

    old, new = BusinessCalendar.objects.order_by("valid_from")
    assert (old.hours, old.valid_from) == (own.hours, own.valid_from)
    assert (new.name, new.is_main) == ("Office hours", True)
    assert new.valid_from == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)


def test_hours_that_would_rewrite_the_past_are_refused(head: Client) -> None:
    own = BusinessCalendar.objects.get()

    answer = head.post(f"{LIST}/{own.pk}", filled(valid_from="2026-01-01"))

    assert answer.status_code == 409
    assert BusinessCalendar.objects.count() == 1


def test_public_holidays_and_the_days_of_a_file_are_added(head: Client) -> None:
    year = timezone.now().year
    file = SimpleUploadedFile("days.ics", DAYS_OFF.read_bytes())

    head.post(NEW, filled(country="PT", file=file))

    days = BusinessCalendar.objects.get(name="Nights").holidays
    assert {"2030-01-01", f"{year}-12-25", f"{year}-06-24"} <= set(days)


@pytest.mark.parametrize(
    "changed", [{"time_zone": "Mars/Olympus"}, {"day_1": "9 to 5"}, {"country": "Atlantis"}]
)
def test_what_cannot_be_reckoned_with_is_refused(head: Client, changed: dict[str, str]) -> None:
    assert head.post(NEW, filled(**changed)).status_code == 422
    assert BusinessCalendar.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["09:00", "17:00-09:00", "09:00-12:00, 11:00-13:00", "25:00-26:00"]
)
def test_spans_follow_each_other_within_a_day(text: str) -> None:
    assert spans_in(text) is None


def test_a_policy_counts_in_the_hours_of_its_calendar(kofi: Customer, ana: Agent) -> None:
    by, before = Actor.system(), MONDAY_9AM - DAY
    make_calendar(
        name="Nights", time_zone="UTC", hours={"1": [["20:00", "22:00"]]}, holidays=[], by=by,
        at=before,
    )  # fmt: skip
    make_policy(name="Night", calendar_name="Nights", first_reply_minutes=60, by=by, at=before)

    ticket: Ticket = open_ticket(
        customer=kofi, subject="Help", content=said("Help"), by=by, at=MONDAY_9AM
    ).ticket
    assert ticket.reply_due_at == MONDAY_9AM + 12 * HOUR

    reply_to_ticket(ticket, content=said("Hi"), by=Actor.agent(ana.pk), at=MONDAY_9AM + 10 * HOUR)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + DAY)
    assert Target.objects.get(kind="first_reply").spent == 0
