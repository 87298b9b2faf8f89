"""A report says the same on the page, in a file, in the mail and to a program."""

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.cx.models import CXFact
from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.accounts.tokens import issue_token
from helpdesk.lib.blobs import open_blob
from tests.conftest import MONDAY_9AM
from tickets.briefing.composing import RULESET
from tickets.metrics.clock import VERSION
from tickets.metrics.reporting.cutting import Dimension, Filters
from tickets.metrics.reporting.definitions import METRICS as METRICS_BY_KEY
from tickets.metrics.reporting.periods import Step
from tickets.reports.answering import answer, plain
from tickets.reports.asking import Asked, AskedWrongly, Span
from tickets.reports.exporting import clear_exports, write_export_file
from tickets.reports.mailing import mail_due_reports
from tickets.reports.models import Export, SavedReport
from tickets.reports.requesting import request_export, stop_export
from tickets.reports.saving import delete_report, next_due, save_report

METRICS = ("contacts", "first_reply", "first_contact", "csat")
DAY = timedelta(days=1)


@pytest.fixture
def facts(workspace: None, kofi: Customer, support: Team) -> None:
    """Sixty days of contacts, replies and verdicts, all of one customer, until today."""
    now, rows = timezone.now(), []
    for n in range(60):
        at = now - n * DAY - timedelta(hours=1)
        common: dict[str, Any] = {"customer": kofi, "at": at, "ticket_number": 1000 + n}
        common |= {"channel": "email" if n % 3 else "call", "team": support if n % 2 else None}
        rows += [
            CXFact(kind="contact", ref=str(n), value=1, **common),
            CXFact(
                kind="first_response", ref=str(n), value=90.5 * n,
                data={"business": 60.25 * n}, **common,
            ),
            CXFact(kind="first_contact", ref=str(n), value=n % 4 > 0, **common),
        ]  # fmt: skip
    CXFact.objects.bulk_create(rows)


@pytest.fixture
def supervisor(client: Client, ines: Agent) -> Client:
    client.force_login(ines)
    return client


ASKED = [
    Asked(metrics=METRICS),
    Asked(metrics=METRICS, by=None, span=Span.WEEKS_4, clock="calendar"),
    Asked(metrics=METRICS, by=Dimension.CHANNEL),
    Asked(metrics=METRICS, by=Step.MONTH, filters=Filters(channel="email")),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda a: f"{a.span}-{a.by}-{a.clock}")
def test_page_file_and_program_say_the_same(
    facts: None, supervisor: Client, ines: Agent, asked: Asked
) -> None:
    table = answer(asked, agent=ines, at=timezone.now())
    expected = {
        row.key: {
            metric.key: plain(figure)
            for metric, figure in zip(table.metrics, row.figures, strict=True)
        }
        for row in (*table.rows, table.whole)
    }
    told = _from_api(supervisor, ines, asked)
    written = _from_csv(ines, asked)

    assert told == expected
    assert written == {
        key: {
            metric: {name: "" if value is None else str(value) for name, value in numbers.items()}
            for metric, numbers in metrics.items()
        }
        for key, metrics in expected.items()
    }
    assert _from_page(supervisor, asked) == {
        key: {metric: numbers["n"] for metric, numbers in metrics.items()}
        for key, metrics in expected.items()
    }


def _from_api(client: Client, agent: Agent, asked: Asked) -> dict[str, Any]:
    _, secret = issue_token(agent, name="program", at=MONDAY_9AM)
    headers = {"Authorization": f"Bearer {secret}"}
    told = client.get("/api/v1/reports/", asked.as_fields(), headers=headers).json()
    return {row["key"]: row["numbers"] for row in [*told["rows"], told["whole"]]}


def _from_csv(agent: Agent, asked: Asked) -> dict[str, Any]:
    export = request_export(asked, form="csv", by=agent, at=timezone.now())
    text = _file_of(export).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    heads, rows = lines[1], lines[2 : lines.index([])]
    found: dict[str, Any] = {}
    for row in rows:
        numbers: dict[str, dict[str, str]] = {key: {} for key in asked.metrics}
        for head, cell in list(zip(heads, row, strict=True))[2:]:
            metric = next(key for key in asked.metrics if head.startswith(f"{key}_"))
            numbers[metric][head.removeprefix(f"{metric}_")] = cell
        found[row[0]] = numbers
    return found


def test_a_file_says_by_which_definitions_and_rules_it_was_made(ines: Agent) -> None:
    export = request_export(Asked(), form="csv", by=ines, at=timezone.now())

    lines = list(csv.reader(io.StringIO(_file_of(export).decode("utf-8-sig"))))

    assert ["definitions version", str(VERSION)] in lines
    assert ["briefing rules version", RULESET] in lines


def _file_of(export: Export) -> bytes:
    with open_blob(write_export_file(export, at=timezone.now()).sha256) as file:
        return file.read()


def _from_page(client: Client, asked: Asked) -> dict[str, Any]:
    page = client.get(reverse("desk:reports"), asked.as_fields()).content.decode()
    cell = re.compile(r'data-metric="(\w+)" data-n="(\d+)"')
    return {
        key: {metric: int(n) for metric, n in cell.findall(row)}
        for key, row in re.findall(r'<tr[^>]* data-key="([^"]*)">(.*?)</tr>', page, re.DOTALL)
    }


def test_a_report_of_one_team_is_that_teams(facts: None, ines: Agent, ana: Agent) -> None:
    ana.role = Role.LEAD
    ana.save()
    outside = Agent.objects.create_user(
        "x@example.com", "a long pass phrase", name="X", role="lead"
    )

    asked = Asked(metrics=("contacts",), by=None)
    whole = [
        answer(asked, agent=agent, at=timezone.now()).whole.figures[0].n
        for agent in (ines, ana, outside)
    ]
    assert whole == [60, 60, 30]


WRONG: list[dict[str, Any]] = [
    {"metrics": ["nonsense"]},
    {"span": "forever"},
    {"by": "colour"},
    {"team": "blue"},
    {"clock": "sun"},
    {"span": "own"},
    {"span": "own", "first": "2026-03-02", "last": "2026-03-01"},
    {"span": "own", "first": "2016-03-02", "last": "2026-03-01"},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_what_cannot_be_asked_is_refused_with_a_reason(given: dict[str, Any]) -> None:
    with pytest.raises(AskedWrongly) as refused:
        Asked.of(given)

    assert len(str(refused.value)) > 10


def test_a_question_survives_being_kept() -> None:
    asked = Asked(
        metrics=("nps",), span=Span.OWN, first=MONDAY_9AM.date(), last=MONDAY_9AM.date() + DAY,
        by=None, clock="calendar", filters=Filters(team="", tier="Plus", with_imported=True),
    )  # fmt: skip

    assert Asked.of(json.loads(json.dumps(asked.as_fields()))) == asked


def test_every_row_behind_a_number_is_written_whole_and_nothing_is_a_formula(
    facts: None, ines: Agent, kofi: Customer
) -> None:
    Customer.objects.filter(pk=kofi.pk).update(name='=HYPERLINK("http://evil.example")')
    asked = Asked(metrics=("contacts",))
    export = request_export(asked, form="csv", metric="contacts", by=ines, at=timezone.now())

    lines = list(csv.reader(io.StringIO(_file_of(export).decode("utf-8-sig"))))

    rows = lines[2 : lines.index([])]
    assert len(rows) == 60
    assert {row[3][0] for row in rows} == {"'"}
    export.refresh_from_db()
    assert (export.state, export.done, export.total) == ("done", 60, 60)


def test_the_page_of_rows_has_all_of_them_written_with_the_definition(
    facts: None, supervisor: Client
) -> None:
    page = supervisor.get("/desk/insights/cx/first_reply/rows").content.decode()
    question = re.search(r'name="asked" value="([^"]*)"', page)
    assert question is not None
    form = {"asked": unescape(question[1]), "metric": "first_reply", "format": "csv"}

    supervisor.post("/desk/insights/reports/export", form)
    text = _file_of(Export.objects.get()).decode("utf-8-sig")

    table = list(csv.reader(io.StringIO(text)))
    rows = table[2 : table.index([])]
    assert len(rows) == 60
    assert rows[1][table[1].index("value")] == "90.5"
    assert str(METRICS_BY_KEY["first_reply"].meaning) in table[-2]


def test_a_workbook_holds_the_same_rows(facts: None, ines: Agent) -> None:
    asked = Asked(metrics=("contacts",))
    export = request_export(asked, form="xlsx", metric="contacts", by=ines, at=timezone.now())

    with ZipFile(io.BytesIO(_file_of(export))) as book:
        sheets = [book.read(name).decode() for name in sorted(book.namelist()) if "sheet" in name]
    assert sheets[-2].count("<row ") + sheets[-1].count("<row ") >= 61


def test_a_stopped_file_is_not_written(facts: None, ines: Agent) -> None:
    export = request_export(Asked(), form="csv", metric="contacts", by=ines, at=timezone.now())
    stop_export(export, at=timezone.now())

    assert write_export_file(export, at=timezone.now()).sha256 == ""
    export.refresh_from_db()
    assert export.state == "stopped"


def test_a_file_is_gone_after_a_week(facts: None, ines: Agent) -> None:
    export = request_export(Asked(), form="csv", by=ines, at=timezone.now())
    write_export_file(export, at=timezone.now())

    assert clear_exports(at=timezone.now() + 6 * DAY) == 0
    assert clear_exports(at=timezone.now() + 8 * DAY) == 1
    export.refresh_from_db()
    with pytest.raises(FileNotFoundError):
        open_blob(export.sha256 or "0" * 64)


@pytest.mark.parametrize(
    ("rhythm", "days"), [("daily", 1), ("weekly", 7), ("monthly", 30), ("never", None)]
)
def test_a_mail_goes_out_on_the_next_morning_that_fits(
    workspace: None, rhythm: str, days: int | None
) -> None:
    due = next_due(rhythm, at=MONDAY_9AM)

    assert due == (None if days is None else MONDAY_9AM.replace(hour=6) + days * DAY)


def test_each_recipient_is_mailed_once_with_their_own_numbers(
    facts: None, ines: Agent, ana: Agent
) -> None:
    ana.role = Role.LEAD
    ana.save()
    Team.objects.get(name="Support").members.remove(ana)
    asked = Asked(metrics=("contacts", "first_contact"), by=None)
    report = save_report(
        None, name="Mondays", asked=asked, rhythm="daily", recipients=[ines, ana],
        by=ines, at=timezone.now(),
    )  # fmt: skip

    due = timezone.now() + 2 * DAY
    assert (mail_due_reports(at=due), mail_due_reports(at=due)) == (1, 0)
    to_ana, to_ines = sorted(mail.outbox, key=lambda one: one.to)
    assert "Contacts: 60" in str(to_ines.body)
    assert "Contacts: 30" in str(to_ana.body)
    assert f"/desk/insights/reports/{report.pk}" in str(to_ines.body)
    report.refresh_from_db()
    assert report.due_at is not None
    assert report.due_at > due


def test_only_its_owner_changes_or_forgets_a_report(facts: None, ines: Agent, ana: Agent) -> None:
    report = save_report(
        None, name="Mine", asked=Asked(), is_shared=True, by=ines, at=timezone.now()
    )

    assert SavedReport.objects.visible_to(ana).get() == report
    with pytest.raises(PermissionDenied):
        save_report(report, name="Yours", asked=Asked(), by=ana, at=timezone.now())
    with pytest.raises(PermissionDenied):
        delete_report(report, by=ana)
