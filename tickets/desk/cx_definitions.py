"""What the numbers of the CX summary mean, for whoever reads a profile (docs/metrics.md)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from customers.cx.health_display import HEALTH_WORDS
from helpdesk.web import AgentRequest, agent_required

SHORT, YEAR, ALL = _("90 days, or as switched"), _("12 months"), _("all time")

# The number, what it counts, and over which time; in the order of the profile.
BLOCKS = (
    (_("Contacts"), _("Times they turned to us: one a burst of messages, by any channel."), SHORT),
    (
        _("Issues"),
        _(
            "Problems they turned to us about; several tickets of one are one issue. Solved "
            "means that no ticket of it is open."
        ),
        SHORT,
    ),
    (
        _("First reply"),
        _("Business time from their first words to the first public reply by a person."),
        YEAR,
    ),
    (
        _("Time to solve"),
        _(
            "Business time from opening to the last solving; a reopening goes on counting. What is "
            "still open is listed and never averaged in."
        ),
        YEAR,
    ),
    (
        _("Waited on us"),
        _("Business time in new and open; what was spent waiting for them is said apart."),
        YEAR,
    ),
    (
        _("Solved first time"),
        _(
            "Solved with one reply, not reopened, and no further contact about the same within 7 "
            "days; undecided until then."
        ),
        YEAR,
    ),
    (
        _("Reopened"),
        _("Returns from solved, mere thanks left out; beside it, transfers to others."),
        YEAR,
    ),
    (
        _("Promises kept in time"),
        _("Kept by their time, of those that fell due; moved after their time is not kept."),
        YEAR,
    ),
    (_("Targets met"), _("Response targets met, of those met or breached."), YEAR),
    (
        _("Ratings"),
        _(
            "The last five, with how many of the surveys that reached them were answered, the last "
            "NPS® and CES, and how often they said that they had to repeat themselves."
        ),
        ALL,
    ),
    (
        _("Contacts per issue"),
        _("Beside it: changes of channel within an issue, and questions asked again."),
        YEAR,
    ),
    (
        _("Bought, less returns"),
        _(
            "Orders the company tells us of. Quiet means silent for more than three times their "
            "own usual gap, and for 90 days. No lifetime value: it needs margins."
        ),
        ALL,
    ),
)
HEALTH = (
    (
        HEALTH_WORDS["at_risk"],
        _(
            "They spoke of leaving in the last 30 days; a promise is overdue by more than 5 working"
            " days; two of the last three ratings are 2 or less; or three contacts or more on an"
            " open issue and a target missed on it."
        ),
    ),
    (
        HEALTH_WORDS["watch"],
        _(
            "A promise is overdue; three contacts or more on an open issue; the last rating is 2 or"
            " less; an open ticket is older than nine of ten get; or two reopenings in 90 days."
        ),
    ),
    (
        HEALTH_WORDS["steady"],
        _("Three issues or more solved in 12 months, and none of the above."),
    ),
    (HEALTH_WORDS["unknown"], _("Anything else.")),
)
SHOWN = (
    (_("1 to 4 values"), _("each of them with its date")),
    (_("5 to 9"), _("median and both ends; a share as a fraction")),
    (
        _("10 to 29"),
        _(
            "median and middle half; a share as a percentage with its 95 % interval; an arrow only "
            "where the intervals of this year and the year before lie apart"
        ),
    ),
    (_("30 and more"), _("an arrow only where a control chart signals a change")),
)


@require_safe
@agent_required
def cx_definitions(request: AgentRequest) -> HttpResponse:
    """What every number of the CX summary means."""
    context = {"blocks": BLOCKS, "health": HEALTH, "shown": SHOWN, "section": "customers"}
    return render(request, "tickets/desk/customer_cx_definitions.html", context)
