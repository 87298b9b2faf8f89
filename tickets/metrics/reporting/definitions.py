"""What each number of the reports counts (METRICS 5.1 to 5.4): said once, for pages, exports, API.

A metric is made of facts (customers.cx.models.CXFact); its terms say in SQL what a fact `f` adds.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tickets.metrics.reopening import REOPENED_WITHIN
from tickets.metrics.reporting.buying import BUYING
from tickets.metrics.reporting.metric import Group, Metric, Shape, Term
from tickets.metrics.reporting.terms import (
    ANSWERED,
    DECIDED,
    ENDED,
    REPLIED,
    SOLVED,
    TURNED,
    answers,
    hits,
    matches,
    number,
    of_solving,
    repeats,
    scores,
    time,
)

_ALL = (
    Metric(
        key="contacts", label=_("Contacts"), group=Group.VOLUME, shape=Shape.COUNT,
        terms=(Term(kinds=("contact",)),), dated=TURNED,
        meaning=_("How often customers turned to us, on any channel: one a burst of messages."),
    ),
    Metric(
        key="contacts_each", label=_("Contacts of each customer"), group=Group.VOLUME, per=1,
        shape=Shape.RATE, terms=(Term(kinds=("contact",), total="1"),), dated=TURNED, since=3,
        each_customer=True, is_lower_better=True,
        meaning=_(
            "Contacts for each customer who turned to us at all in the period. No contact rate: "
            "who did not turn to us is not among them."
        ),
    ),
    Metric(
        key="opened", label=_("Tickets opened"), group=Group.VOLUME, shape=Shape.COUNT,
        terms=(Term(kinds=("opened",)),), dated=_("by when they were opened"),
        meaning=_("Tickets created, by customers or by us; merged ones count as the one they are."),
    ),
    Metric(
        key="solved", label=_("Solved"), group=Group.VOLUME, shape=Shape.COUNT,
        terms=(Term(kinds=("solved",)),), dated=SOLVED,
        meaning=_("Solve cycles ended, each from opening or reopening; thank-yous are none."),
    ),
    Metric(
        key="reopened", label=_("Reopened"), group=Group.VOLUME, shape=Shape.COUNT,
        terms=(Term(kinds=("reopened",)),), dated=_("by when they were reopened"),
        meaning=_("Returns from solved; thank-yous solved again without a reply are none."),
        is_lower_better=True,
    ),
    Metric(
        key="first_reply", label=_("First reply"), group=Group.SPEED, shape=Shape.TIME,
        terms=time("first_response"), dated=REPLIED, is_lower_better=True,
        meaning=_("Our first public reply by a person, minus the customer's first message."),
    ),
    Metric(
        key="cycle_reply", label=_("Reply after reopening"), group=Group.SPEED, shape=Shape.TIME,
        terms=time("cycle_response"), dated=REPLIED, is_lower_better=True,
        meaning=_("Our first reply to the message that reopened a solved ticket."),
    ),
    Metric(
        key="next_reply", label=_("Later replies"), group=Group.SPEED, shape=Shape.TIME,
        terms=time("next_response"), dated=REPLIED, is_lower_better=True,
        meaning=_("For each later turn of the customer: our reply minus its first message."),
    ),
    Metric(
        key="first_solve", label=_("Time to first solving"), group=Group.SPEED, shape=Shape.TIME,
        terms=time("solved", where="f.data->>'cycle' = '1'"), dated=SOLVED, since=2,
        meaning=_("From opening to the first solving, whatever came after."), is_lower_better=True,
    ),
    Metric(
        key="time_to_solve", label=_("Time to solve"), group=Group.SPEED, shape=Shape.TIME,
        terms=time("time_to_solve"), dated=SOLVED, is_lower_better=True,
        meaning=_(
            "From opening to the last solving, of tickets that are solved now; open ones are "
            "listed, never averaged in."
        ),
    ),
    Metric(
        key="our_time", label=_("Customer waited on us"), group=Group.SPEED, shape=Shape.TIME,
        terms=of_solving(
            f"{number('on_us_c')} + {number('on_others')}",
            f"{number('on_us')} + {number('on_others_b')}",
        ),
        dated=SOLVED, is_lower_better=True, since=2,
        meaning=_("Time of solved tickets in new, open and waiting for others."),
    ),
    Metric(
        key="own_time", label=_("Waited on us alone"), group=Group.SPEED, shape=Shape.TIME,
        terms=of_solving(number("on_us_c"), number("on_us")), dated=SOLVED, since=2,
        meaning=_("Time of solved tickets in new and open; others we waited for left out."),
        is_lower_better=True,
    ),
    Metric(
        key="customer_time", label=_("We waited on the customer"), group=Group.SPEED,
        shape=Shape.TIME, terms=of_solving(number("on_customer"), number("on_customer")),
        dated=SOLVED, meaning=_("Calendar time of solved tickets in waiting for customer."),
    ),
    Metric(
        key="unanswered", label=_("Words stood unanswered"), group=Group.SPEED, shape=Shape.TIME,
        terms=of_solving(number("unanswered_c"), number("unanswered")), dated=SOLVED,
        meaning=_("Time from unanswered messages to our replies, whatever the status said."),
        is_lower_better=True, since=2,
    ),
    Metric(
        key="first_contact", label=_("Solved first time"), group=Group.QUALITY, shape=Shape.SHARE,
        terms=hits("first_contact"), since=2,
        dated=_("by when it was decided: a miss at once, a success when nobody came back in time"),
        meaning=_(
            "Came to us, got exactly one reply, was solved, and did not come back with the same "
            "issue or topic within 7 days, or as many as the company has chosen. Not asked of "
            "tickets we opened or that were withdrawn."
        ),
    ),
    Metric(
        key="first_contact_one", label=_("Solved first time by one hand"), group=Group.QUALITY,
        shape=Shape.SHARE, since=3, dated=_("as solved first time"),
        terms=(
            Term(
                kinds=("first_contact",),
                total=f"(f.value = 1 AND coalesce({number('transfers')}, 0) = 0)::int",
            ),
        ),
        meaning=_("Solved first time without a change of agent or team, of all it is asked of."),
    ),
    Metric(
        key="one_touch", label=_("One-touch"), group=Group.QUALITY, shape=Shape.SHARE,
        terms=hits("one_touch"), dated=SOLVED,
        meaning=_("Solved with exactly one reply and never reopened, of solved tickets."),
    ),
    Metric(
        key="zero_touch", label=_("Zero-touch"), group=Group.QUALITY, shape=Shape.SHARE,
        terms=(Term(kinds=("time_to_solve",), total=f"({number('replies')} = 0)::int"),),
        dated=SOLVED, meaning=_("Solved without any reply, of solved tickets."),
    ),
    Metric(
        key="reopen_rate", label=_("Came back within 14 days"), group=Group.QUALITY,
        shape=Shape.SHARE, dated=SOLVED, is_lower_better=True, since=2,
        terms=(
            Term(
                kinds=("solved",),
                total=f"coalesce({number('back')} <= {REOPENED_WITHIN.total_seconds():.0f}, false)"
                "::int",
            ),
        ),
        unfinished_days=REOPENED_WITHIN.days,
        meaning=_("Solve cycles reopened within 14 days; those younger than that are left out."),
    ),
    Metric(
        key="repeat_7", label=_("Repeat contacts, 7 days"), group=Group.QUALITY, since=2,
        shape=Shape.SHARE, terms=repeats(timedelta(days=7)), dated=TURNED, is_lower_better=True,
        meaning=_("Contacts with an earlier one about the same problem in the 7 days before."),
    ),
    Metric(
        key="repeat_30", label=_("Repeat contacts, 30 days"), group=Group.QUALITY, since=2,
        shape=Shape.SHARE, terms=repeats(timedelta(days=30)), dated=TURNED, is_lower_better=True,
        meaning=_("Contacts with an earlier one about the same problem in the 30 days before."),
    ),
    Metric(
        key="replies", label=_("Replies to solve"), group=Group.QUALITY, shape=Shape.NUMBER,
        terms=of_solving(number("replies")), dated=SOLVED, is_lower_better=True,
        meaning=_("Public replies by people on solved tickets."),
    ),
    Metric(
        key="chasers", label=_("Chasers"), group=Group.QUALITY, shape=Shape.NUMBER, since=2,
        terms=of_solving(number("chasers")), dated=SOLVED, is_lower_better=True,
        meaning=_("How often customers asked again while they waited for us, on solved tickets."),
    ),
    Metric(
        key="transfers", label=_("Transfers"), group=Group.QUALITY, shape=Shape.NUMBER, since=2,
        terms=of_solving(number("transfers")), dated=SOLVED, is_lower_better=True,
        meaning=_("Changes of agent or team after a person first owned the ticket."),
    ),
    Metric(
        key="transferred", label=_("Transferred twice or more"), group=Group.QUALITY, since=2,
        shape=Shape.SHARE, dated=SOLVED, is_lower_better=True,
        terms=(Term(kinds=("time_to_solve",), total=f"({number('transfers')} >= 2)::int"),),
        meaning=_("Solved tickets with two transfers or more."),
    ),
    *(
        Metric(
            key=f"target_{kind}", label=label, group=Group.TARGETS, shape=Shape.SHARE,
            terms=hits(f"target_{kind}"), dated=ENDED, since=2,
            meaning=_("Targets met, of those met or breached; a late reply is a breach."),
        )
        for kind, label in (
            ("first_reply", _("First reply in time")),
            ("next_reply", _("Later replies in time")),
            ("solving", _("Solved in time")),
        )
    ),
    Metric(
        key="not_repeated", label=_("Did not have to repeat"), group=Group.PERCEPTION,
        shape=Shape.SHARE, terms=answers("repeated", "no"), dated=ANSWERED, one_vote=True,
        meaning=_("Answers “No” to “Did you have to repeat yourself?”, of all answers to it."),
    ),
    Metric(
        key="said_first", label=_("Solved first time, customers say"), group=Group.PERCEPTION,
        shape=Shape.SHARE, terms=answers("solved", "first"), dated=ANSWERED, one_vote=True,
        meaning=_("Answers “Yes, the first time I asked”, of all answers to it."),
    ),
    Metric(
        key="csat", label=_("CSAT"), group=Group.PERCEPTION, shape=Shape.CSAT,
        terms=scores("rating"), dated=ANSWERED, one_vote=True,
        meaning=_("Ratings 4 and 5 of 5, of all ratings; each customer's last in the period."),
    ),
    Metric(
        key="ces", label=_("CES 2.0"), group=Group.PERCEPTION, shape=Shape.CES,
        terms=scores("ces"), dated=ANSWERED, one_vote=True,
        meaning=_("Mean of “made it easy for me”, 1 to 7; each customer's last in the period."),
    ),
    Metric(
        key="nps", label=_("NPS®"), group=Group.PERCEPTION, shape=Shape.NPS,
        terms=scores("nps"), dated=ANSWERED, one_vote=True,
        meaning=_("Share of 9 and 10 less share of 0 to 6; each customer's last in the period."),
    ),
    Metric(
        key="promises", label=_("Promises kept in time"), group=Group.PROMISES, shape=Shape.SHARE,
        terms=(
            Term(
                kinds=("promise",), total="coalesce(f.value, 0)",
                where="(f.value IS NOT NULL OR f.at <= :at)",
            ),
        ),
        dated=_("by when they were due"),
        meaning=_("Promises kept by their time, of those that fell due; withdrawn ones left out."),
    ),
    Metric(
        key="repeat_asks", label=_("Asked for what we knew"), group=Group.PREPARED,
        shape=Shape.SHARE, terms=hits("prepared"), dated=REPLIED, is_lower_better=True, since=2,
        meaning=_("Replies that asked for something the writer could have known, of all replies."),
    ),
    Metric(
        key="seen_first", label=_("Briefing seen before replying"), group=Group.PREPARED,
        shape=Shape.SHARE, dated=REPLIED, since=2,
        terms=(
            Term(
                kinds=("prepared",), total="(f.data->>'seen')::boolean::int",
                where=f"f.data ? 'seen' AND {number('attempt')} >= 2",
            ),
        ),
        meaning=_(
            "Replies to the second contact about an issue and later ones whose writer had the "
            "briefing on screen for two seconds since the reply before, of all such replies."
        ),
    ),
    Metric(
        key="match_sure", label=_("Sure matches confirmed"), group=Group.PREPARED,
        shape=Shape.SHARE, terms=matches("'certain', 'strong'"), dated=DECIDED, since=2,
        meaning=_("Links the rules were sure of that agents called the same issue, of all judged."),
    ),
    Metric(
        key="match_possible", label=_("Possible matches confirmed"), group=Group.PREPARED,
        shape=Shape.SHARE, terms=matches("'possible'"), dated=DECIDED, since=2,
        meaning=_("Possible links that agents called the same issue, of all they judged."),
    ),
    *BUYING,
)  # fmt: skip

METRICS: dict[str, Metric] = {metric.key: metric for metric in _ALL}
