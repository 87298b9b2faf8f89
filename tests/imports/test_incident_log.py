"""An incident log played through tickets, events and metrics."""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from tickets.metrics.models import Target
from tickets.models import BusinessCalendar, SlaPolicy, Ticket, TicketEvent

OURS = Path(__file__).parent.parent / "data" / "incident_log"
REAL = settings.BASE_DIR.parent / "shared" / "data" / "eval" / "incident_log" / "shared"
SOME = 150


def replayed(folder: Path, out: Path) -> dict[str, dict[str, str]]:
    call_command("replay_incidents", folder, out=out, stdout=io.StringIO())
    with out.open() as file:
        return {row["ticket"]: row for row in csv.DictReader(file)}


@pytest.fixture
def ours(db: None, tmp_path: Path) -> dict[str, dict[str, str]]:
    return replayed(OURS, tmp_path / "out.csv")


def test_a_reopened_incident_is_measured_to_its_last_solving(
    ours: dict[str, dict[str, str]],
) -> None:
    row = ours["A1"]

    assert (row["first_resolved_at"], row["resolved_at"], row["reopen_count"]) == (
        "2026-03-02T11:30:00Z",
        "2026-03-03T09:30:00Z",
        "1",
    )
    assert (row["resolution_min"], row["business_resolution_min"]) == ("1470", "510")
    assert (row["awaiting_user_min"], row["awaiting_any_min"]) == ("60", "90")
    assert (row["sla_calendar_met"], row["sla_business_met"]) == ("0", "0")


def test_assignments_and_every_change_of_team_are_counted(ours: dict[str, dict[str, str]]) -> None:
    row = ours["A1"]

    assert (row["first_assigned_at"], row["first_assignment_min"]) == ("2026-03-02T09:30:00Z", "30")
    assert (row["reassignment_count"], row["close_min"]) == ("2", "8700")


def test_an_incident_solved_when_first_recorded_keeps_its_opening(
    ours: dict[str, dict[str, str]],
) -> None:
    row = ours["A2"]

    assert (row["resolution_min"], row["first_assignment_min"]) == ("60", "60")
    assert (row["sla_calendar_met"], row["sla_business_met"]) == ("1", "1")


def test_an_incident_closed_without_solving_was_never_resolved(
    ours: dict[str, dict[str, str]],
) -> None:
    row = ours["A3"]

    assert (row["resolved_at"], row["resolution_min"], row["sla_calendar_met"]) == ("", "", "")
    assert (row["closed_at"], row["first_assigned_at"]) == ("2026-03-09T10:00:00Z", "")


def test_an_assignment_before_the_opening_keeps_its_time(ours: dict[str, dict[str, str]]) -> None:
    row = ours["A4"]

    assert (row["first_assigned_at"], row["first_assignment_min"]) == (
        "2026-03-02T07:00:00Z",
        "-120",
    )
    assert row["resolution_min"] == "60"


@pytest.mark.django_db
def test_a_replay_leaves_nothing_behind(tmp_path: Path) -> None:
    kinds = (Ticket, TicketEvent, Customer, Agent, Team, BusinessCalendar, SlaPolicy, Target)
    before = [kind.objects.count() for kind in kinds]

    replayed(OURS, tmp_path / "out.csv")

    assert [kind.objects.count() for kind in kinds] == before


@pytest.mark.django_db
def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        replayed(tmp_path, tmp_path / "out.csv")


def _first(path: Path, kept: set[str] | None = None) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt") as lines:
        for row in csv.DictReader(lines):
            if kept is None or row["ticket"] in kept:
                yield row


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.exists(), reason=f"there is no incident log in {REAL}")
def test_real_incidents_give_the_published_figures(tmp_path: Path) -> None:
    """Every eightieth consistent incident; the command itself takes the whole log."""
    known = [r for r in _first(REAL / "expected_tickets.csv.gz") if r["event_consistent"] == "1"]
    expected = {row["ticket"]: row for row in known[:: len(known) // SOME]}
    rows = list(_first(REAL / "events.csv.gz", set(expected)))
    with (tmp_path / "events.csv").open("w") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)

    got = replayed(tmp_path, tmp_path / "out.csv")

    assert got.keys() == expected.keys()
    for ticket, row in got.items():
        assert row == {column: expected[ticket][column] for column in row}
