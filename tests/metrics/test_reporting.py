"""Reports count what is there: rolled up or not, cut or whole, and open to as many rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from statistics import median

import pytest
from django.utils import timezone

from customers.cx.models import CXFact
from customers.models import Customer, Organisation
from customers.operations import update_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.metrics.models import DayNumber, RolledDay, Unrolled
from tickets.metrics.reporting.behind import rows_behind
from tickets.metrics.reporting.cells import CALENDAR
from tickets.metrics.reporting.cutting import Dimension, Filters
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import Figure, Report, by_part, measure
from tickets.metrics.reporting.periods import Period, Step, weeks_until
from tickets.metrics.reporting.rolling import ROLLED_METRICS, roll_up_due, rolled_differs
from tickets.metrics.reporting.showing import show

DAY = timedelta(days=1)
AT = MONDAY_9AM + 90 * DAY
ALL = tuple(METRICS)
SHARES = {"first_contact", "one_touch", "promise", "prepared", "match"} | {
    k for k in ALL if k.startswith("target_")
}


@pytest.fixture
def facts(workspace: None, kofi: Customer, ana: Agent, outsider: Agent) -> list[CXFact]:
    """Three months of facts of every kind, drawn once and always the same."""
    draw, teams = Random(5), list(Team.objects.order_by("pk"))  # noqa: S311
    kinds = sorted({kind for metric in METRICS.values() for kind in metric.kinds})
    rows = [
        CXFact(
            customer=kofi,
            kind=(kind := draw.choice(kinds)),
            ref=str(n),
            at=MONDAY_9AM + draw.random() * 89 * DAY,
            value=draw.choice([0, 1] if kind in SHARES else [0, 1, 5, 9, 600, 86_400]),
            ticket_number=1000 + n,
            team=draw.choice([None, *teams]),
            agent=draw.choice([None, ana]),
            channel=draw.choice(["email", "phone"]),
            topic_id=draw.choice([None, 1, 2]),
            data={
                "business": draw.randrange(9000), "on_us": 5.0, "on_us_c": 7.0, "on_others": 1.0,
                "on_others_b": 0.5, "on_customer": 9.0, "unanswered": 2.0, "unanswered_c": 3.0,
                "replies": draw.randrange(4), "chasers": 1, "transfers": draw.randrange(4),
                "cycle": 1, "repeated": "no", "solved": "first",
                "attempt": draw.randrange(4), "seen": draw.choice([True, False]),
                "tier": draw.choice(["certain", "strong", "possible"]),
            },
        )
        for n in range(600)
    ]  # fmt: skip
    return CXFact.objects.bulk_create(rows)


def report(agent: Agent, **asked: object) -> Report:
    return measure(ALL, weeks_until(AT), agent=agent, at=AT, **asked)  # type: ignore[arg-type]


def numbers(found: Report) -> dict[str, object]:
    return {"whole": found.whole, "parts": found.parts}


CUTS = [
    {},
    {"by": Step.WEEK},
    {"by": Step.MONTH, "clock": CALENDAR},
    {"by": Dimension.TOPIC},
    {"filters": Filters(channel="email"), "by": Step.WEEK},
    {"filters": Filters(channel="email", topic="1")},
    {"filters": Filters(topic=""), "by": Dimension.TEAM},
]


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_rolling_up_changes_no_number(
    facts: list[CXFact], ines: Agent, cut: dict[str, object]
) -> None:
    before = numbers(report(ines, **cut))

    while roll_up_due(at=AT):
        pass

    assert RolledDay.objects.count() >= 88
    assert numbers(report(ines, **cut)) == before
    assert before["whole"]["first_reply"].n > 0  # type: ignore[index]


def test_what_is_rolled_up_equals_its_facts_and_a_difference_is_counted(
    facts: list[CXFact],
) -> None:
    while roll_up_due(at=AT):
        pass
    assert rolled_differs(at=AT) == 0

    DayNumber.objects.filter(metric="contacts", dimension="all").order_by("day")[:1].get().delete()

    assert rolled_differs(at=AT) == 1


def test_a_changed_fact_is_in_the_report_at_once_and_rolled_up_again(
    facts: list[CXFact], ines: Agent
) -> None:
    while roll_up_due(at=AT):
        pass
    before = report(ines).whole["contacts"].n
    CXFact.objects.filter(kind="contact").order_by("at")[:1].get().delete()

    assert report(ines).whole["contacts"].n == before - 1
    assert Unrolled.objects.count() == 1
    assert roll_up_due(at=AT) == 1
    assert not Unrolled.objects.exists()
    assert report(ines).whole["contacts"].n == before - 1
    assert rolled_differs(at=AT) == 0


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("filters", [Filters(), Filters(channel="phone")], ids=["all", "phone"])
def test_every_number_opens_to_as_many_rows_as_it_says(
    facts: list[CXFact], ines: Agent, metric: str, filters: Filters
) -> None:
    period = weeks_until(AT)
    figure = report(ines, filters=filters).whole[metric]

    rows = rows_behind(metric, period, agent=ines, at=AT, filters=filters)
    assert rows.count() == figure.n
    if figure.total:
        hits = rows_behind(metric, period, agent=ines, at=AT, filters=filters, only_hits=True)
        assert hits.count() == figure.hits


def test_the_median_is_the_median_of_the_values(facts: list[CXFact], ines: Agent) -> None:
    values = [
        float(fact.data["business"])
        for fact in facts
        if fact.kind == "first_response" and fact.at >= weeks_until(AT).starts_at
    ]
    figure = report(ines).whole["first_reply"]

    assert figure.n == len(values)
    assert figure.median == median(values)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= figure.median <= figure.high
    assert sum(figure.low <= value <= figure.high for value in values) < len(values)


def test_a_count_has_the_same_values_by_every_clock(facts: list[CXFact], ines: Agent) -> None:
    business, calendar = report(ines), report(ines, clock=CALENDAR)

    assert business.whole["replies"] == calendar.whole["replies"]
    assert business.whole["replies"].median is not None
    assert business.whole["time_to_solve"].median != calendar.whole["time_to_solve"].median


def test_somebody_of_one_team_counts_that_team_and_no_teams_only(
    facts: list[CXFact], ines: Agent, ana: Agent
) -> None:
    own = {None, *ana.teams.values_list("pk", flat=True)}
    seen = [fact for fact in facts if fact.kind == "contact" and fact.team_id in own]
    seen = [fact for fact in seen if fact.at >= weeks_until(AT).starts_at]

    assert report(ana).whole["contacts"].n == len(seen) < report(ines).whole["contacts"].n
    while roll_up_due(at=AT):
        pass
    assert report(ana).whole["contacts"].n == len(seen)


def test_of_a_single_agents_few_values_only_their_number_is_known(
    facts: list[CXFact], ines: Agent, ana: Agent, kofi: Customer
) -> None:
    found = report(ines, by=Dimension.AGENT, filters=Filters(channel="email"))
    shown = [parts.get(str(ana.pk)) for parts in found.parts.values()]
    few = [one for one in shown if one and one.n < 10 and one.metric.shape != "count"]

    assert few
    assert all(one.is_withheld and one.median is None and not one.values for one in few)
    assert {show(one).beside for one in few} == {f"too few to say, n {one.n}" for one in few}


def test_a_week_without_facts_is_no_data_and_no_zero(workspace: None, ines: Agent) -> None:
    found = measure(["first_reply", "csat"], weeks_until(AT), agent=ines, at=AT, by=Step.WEEK)

    assert found.whole["csat"] == Figure(metric=METRICS["csat"])
    weeks = list(by_part(found, "first_reply", Step.WEEK))
    assert len(weeks) == 13
    assert {figure.median for _week, figure in weeks} == {None}


def test_a_customer_who_changes_tier_is_counted_in_the_new_one(
    facts: list[CXFact], ines: Agent, kofi: Customer
) -> None:
    harbour = Organisation.objects.create(name="Harbour", tier="Gold", created_at=AT)
    Customer.objects.filter(pk=kofi.pk).update(organisation=harbour, tier="")
    all_of_them = report(ines).whole["contacts"].n

    assert report(ines, filters=Filters(tier="Gold")).whole["contacts"].n == all_of_them
    update_customer(kofi, changes={"tier": "Plus"}, by=Actor.agent(ines.pk), at=timezone.now())
    assert report(ines, filters=Filters(tier="Gold")).whole["contacts"].n == 0
    plus = Filters(tier="Plus", organisation=str(harbour.pk))
    assert report(ines, filters=plus).whole["contacts"].n == all_of_them


def zones() -> Iterator[tuple[str, datetime, date]]:
    yield "UTC", datetime.fromisoformat("2026-03-02T23:30:00+00:00"), date(2026, 3, 2)
    yield "Asia/Kathmandu", datetime.fromisoformat("2026-03-02T18:20:00+00:00"), date(2026, 3, 3)
    yield "America/Toronto", datetime.fromisoformat("2026-03-02T04:30:00+00:00"), date(2026, 3, 1)


@pytest.mark.parametrize(("zone", "moment", "day"), list(zones()))
def test_a_day_is_a_day_where_the_workspace_is(
    workspace: None, kofi: Customer, ines: Agent, zone: str, moment: datetime, day: date
) -> None:
    CXFact.objects.create(customer=kofi, kind="contact", ref="1", at=moment, ticket_number=1)

    period = Period(day, day, zone)
    assert measure(["contacts"], period, agent=ines, at=AT).whole["contacts"].n == 1


def test_only_metrics_of_customers_are_not_rolled_up() -> None:
    assert {m.key for m in METRICS.values()} - {m.key for m in ROLLED_METRICS} == {
        "contacts_each", "not_repeated", "said_first", "csat", "ces", "nps",
    }  # fmt: skip
