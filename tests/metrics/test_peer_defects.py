"""What others got wrong in these numbers, through reports and their rows (IDEAS, last table)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from customers.cx.models import CXFact
from customers.feedback.operations import Verdict, record_rating
from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import open_blob
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.backlog import still_open
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.reporting.behind import rows_behind
from tickets.metrics.reporting.cells import BUSINESS, CALENDAR
from tickets.metrics.reporting.cutting import Dimension, Filters
from tickets.metrics.reporting.measuring import Figure, by_part, measure
from tickets.metrics.reporting.periods import Step, weeks_until
from tickets.metrics.reporting.showing import show
from tickets.models import BusinessCalendar, Ticket
from tickets.operations import (
    close_ticket,
    open_ticket,
    receive_message,
    reopen_ticket,
    reply_to_ticket,
    solve_ticket,
    tag_ticket,
)
from tickets.reports.asking import Asked
from tickets.reports.exporting import write_export_file
from tickets.reports.requesting import request_export

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT = MONDAY_9AM + 80 * DAY


@dataclass(frozen=True)
class Desk:
    """Kofi's tickets with Support, as Ana answers them and Ines reports on them."""

    kofi: Customer
    team: Team
    ana: Agent
    ines: Agent

    def ticket(self, at: datetime = MONDAY_9AM, *, team: Team | None = None) -> Ticket:
        by = Actor.customer(self.kofi.pk)
        return open_ticket(
            customer=self.kofi, team=team or self.team, subject="Help", content=said("Help"),
            by=by, at=at,
        ).ticket  # fmt: skip

    def reply(self, ticket: Ticket, at: datetime) -> None:
        reply_to_ticket(ticket, content=said("Here."), by=Actor.agent(self.ana.pk), at=at)

    def write(self, ticket: Ticket, at: datetime) -> None:
        by = Actor.customer(self.kofi.pk)
        receive_message(ticket, content=said("But"), by=by, at=at)

    def solve(self, ticket: Ticket, at: datetime, by: Actor | None = None) -> None:
        solve_ticket(ticket, by=by or Actor.agent(self.ana.pk), at=at)

    def figure(
        self, metric: str, *, clock: str = CALENDAR, filters: Filters | None = None
    ) -> Figure:
        rebuild(at=AT)
        period = weeks_until(AT)
        found = measure(
            [metric], period, agent=self.ines, at=AT, clock=clock, filters=filters
        ).whole[metric]
        rows = rows_behind(metric, period, agent=self.ines, at=AT, filters=filters)
        assert rows.count() == found.n
        return found


@pytest.fixture
def shop(workspace: None, kofi: Customer, support: Team, ana: Agent, ines: Agent) -> Desk:
    return Desk(kofi, support, ana, ines)


def test_django_helpdesk_an_edit_after_closing_leaves_the_time_as_it_was(shop: Desk) -> None:
    ticket = shop.ticket()
    shop.solve(ticket, MONDAY_9AM + 3 * HOUR)
    close_ticket(ticket, by=Actor.agent(shop.ana.pk), at=MONDAY_9AM + DAY)
    before = shop.figure("time_to_solve")

    tag_ticket(ticket, add=("late",), by=Actor.agent(shop.ana.pk), at=MONDAY_9AM + 9 * DAY)

    assert shop.figure("time_to_solve") == before
    assert before.values == (3 * 3600,)


@pytest.mark.parametrize("minutes", [1, 10, 59])
def test_osticket_and_frappe_minutes_are_neither_no_hours_nor_one_day(
    shop: Desk, minutes: int
) -> None:
    ticket = shop.ticket()
    shop.reply(ticket, MONDAY_9AM + minutes * MINUTE)
    shop.solve(ticket, MONDAY_9AM + minutes * MINUTE)

    for metric in ("first_reply", "time_to_solve"):
        found = shop.figure(metric)
        assert found.median == minutes * 60
        assert show(found).main == f"{minutes} m"


def test_osticket_two_departments_with_different_data_differ(shop: Desk, outsider: Agent) -> None:
    other = outsider.teams.get()
    for team, minutes in ((shop.team, 10), (other, 50)):
        shop.reply(shop.ticket(team=team), MONDAY_9AM + minutes * MINUTE)
    rebuild(at=AT)

    report = measure(
        ["first_reply"], weeks_until(AT), agent=shop.ines, at=AT, by=Dimension.TEAM, clock=CALENDAR
    )

    medians = {key: one.median for key, one in report.parts["first_reply"].items()}
    assert medians == {str(shop.team.pk): 600, str(other.pk): 3000}
    assert shop.figure("first_reply", filters=Filters(team=str(other.pk))).median == 3000


def test_frappe_a_week_without_tickets_is_a_gap_and_no_zero(shop: Desk) -> None:
    shop.reply(shop.ticket(AT - 15 * DAY), AT - 15 * DAY + HOUR)
    rebuild(at=AT)

    report = measure(["first_reply"], weeks_until(AT), agent=shop.ines, at=AT, by=Step.WEEK)

    weeks = [figure for _part, figure in by_part(report, "first_reply", Step.WEEK)]
    assert sum(figure.n for figure in weeks) == 1
    assert {(one.n, one.median, show(one).main) for one in weeks if not one.n} == {(0, None, "")}


def test_frappe_and_freescout_what_was_opened_long_before_is_in_the_month_it_was_solved_in(
    shop: Desk,
) -> None:
    ticket = shop.ticket(AT - 200 * DAY)
    shop.solve(ticket, AT - DAY)

    assert shop.figure("solved").n == 1
    assert shop.figure("time_to_solve").values == (199 * 86_400,)


def test_frappe_a_reopened_ticket_loses_its_time_to_solve_and_keeps_its_first(shop: Desk) -> None:
    ticket = shop.ticket()
    shop.solve(ticket, MONDAY_9AM + HOUR)
    reopen_ticket(ticket, by=Actor.agent(shop.ana.pk), at=MONDAY_9AM + DAY)

    assert shop.figure("time_to_solve").n == 0
    assert shop.figure("first_solve").values == (3600,)


def test_libredesk_late_replies_count_at_their_own_time_and_without_a_policy(shop: Desk) -> None:
    for hours in (1, 2, 900):
        shop.reply(shop.ticket(), MONDAY_9AM + hours * HOUR)

    assert shop.figure("first_reply").values == (3600, 7200, 900 * 3600)


def test_chatwoot_after_a_bot_solved_it_the_answer_counts_from_the_return(shop: Desk) -> None:
    ticket, back = shop.ticket(), MONDAY_9AM + 5 * DAY
    shop.solve(ticket, MONDAY_9AM + MINUTE, Actor.rule("bot"))
    shop.write(ticket, back)
    shop.reply(ticket, back + 10 * MINUTE)

    assert shop.figure("first_reply").n == 0
    assert shop.figure("cycle_reply").values == (600,)


def test_chatwoot_no_reply_time_spans_the_time_it_was_solved(shop: Desk) -> None:
    ticket, back = shop.ticket(), MONDAY_9AM + 20 * DAY
    shop.reply(ticket, MONDAY_9AM + HOUR)
    shop.write(ticket, MONDAY_9AM + 2 * HOUR)
    shop.solve(ticket, MONDAY_9AM + 3 * HOUR)
    shop.write(ticket, back)
    shop.reply(ticket, back + HOUR)

    assert shop.figure("next_reply").n == 0
    assert shop.figure("cycle_reply").values == (3600,)


def test_chatwoot_the_export_has_the_business_hours_of_the_screen(shop: Desk) -> None:
    BusinessCalendar.objects.create(
        name="Mornings", time_zone="UTC", hours={"1": [["09:00", "10:00"]]},
        valid_from=MONDAY_9AM - DAY,
    )  # fmt: skip
    shop.reply(shop.ticket(), MONDAY_9AM + 5 * HOUR)
    screen = shop.figure("first_reply", clock=BUSINESS).median

    asked = Asked(metrics=("first_reply",))
    export = request_export(asked, form="csv", metric="first_reply", by=shop.ines, at=AT)
    with open_blob(write_export_file(export, at=AT).sha256) as file:
        table = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))

    column = table[1].index("business")
    assert [float(row[column]) for row in table[2 : table.index([])]] == [screen] == [3600]


def test_zammad_every_later_reply_counts_and_not_only_the_longest(shop: Desk) -> None:
    ticket = shop.ticket()
    shop.reply(ticket, MONDAY_9AM + HOUR)
    for day, minutes in ((1, 10), (2, 90), (3, 20)):
        shop.write(ticket, MONDAY_9AM + day * DAY)
        shop.reply(ticket, MONDAY_9AM + day * DAY + minutes * MINUTE)

    assert shop.figure("next_reply").values == (600, 1200, 5400)


def test_zammad_what_nobody_has_answered_is_listed_and_not_forgotten(shop: Desk) -> None:
    ticket = shop.ticket()

    assert shop.figure("first_reply").n == 0
    assert [one.pk for one in still_open(shop.ines, Filters())] == [ticket.pk]
    assert CXFact.objects.get(kind="open").data["waiting_since"] == MONDAY_9AM.isoformat()


def test_all_six_a_median_and_ninety_per_cent_with_an_interval(shop: Desk) -> None:
    for minutes in range(1, 12):
        shop.reply(shop.ticket(), MONDAY_9AM + minutes * MINUTE)

    found = shop.figure("first_reply")

    assert (found.median, found.p90) == (360, 600)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 360 < found.high


def test_libredesk_and_frappe_no_answers_are_no_data_and_few_no_mean(shop: Desk) -> None:
    assert show(shop.figure("csat")).main == ""

    record_rating(
        shop.kofi, verdict=Verdict(score=4), external_id="1", by=Actor.system(),
        at=MONDAY_9AM + DAY,
    )  # fmt: skip

    shown = show(shop.figure("csat"))
    assert "%" not in shown.main
    assert "." not in shown.main
