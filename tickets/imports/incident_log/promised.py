"""What the log's policy asked, by stored policies and the engine's own targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from helpdesk.lib.actors import Actor
from tickets.metrics.clock import Clock
from tickets.metrics.models import Target
from tickets.metrics.moments import Kind, Moment
from tickets.metrics.replay import Cycle, History
from tickets.metrics.target_keeping import keep_targets
from tickets.models import BusinessCalendar, Category, Measure, SlaPolicy, Ticket
from tickets.operations.calendars import make_calendar
from tickets.operations.policies import make_policy

# The log is measured Monday to Friday, 09 to 17 UTC, without holidays.
SINCE = datetime(2000, 1, 1, tzinfo=UTC)
HOURS = {str(day): [["09:00", "17:00"]] for day in range(1, 6)}
NAME = "Incident log"
HOUR, DAY = 60, 24 * 60  # in minutes
# Minutes to the last solving, by last priority.
MINUTES: dict[str, dict[int, int]] = {
    Measure.CALENDAR: {
        Ticket.Priority.URGENT: 4 * HOUR,
        Ticket.Priority.HIGH: 8 * HOUR,
        Ticket.Priority.NORMAL: 5 * DAY,
        Ticket.Priority.LOW: 10 * DAY,
    },
    Measure.BUSINESS: {
        Ticket.Priority.URGENT: 4 * HOUR,
        Ticket.Priority.HIGH: 8 * HOUR,
        Ticket.Priority.NORMAL: 40 * HOUR,
        Ticket.Priority.LOW: 80 * HOUR,
    },
}


@dataclass(frozen=True)
class Promised:
    """The log's hours, and its policies by the time they are measured in; no clock pauses."""

    calendar: BusinessCalendar
    policies: Mapping[str, Sequence[SlaPolicy]]

    @classmethod
    def stored(cls) -> Promised:
        """Make the rows, for a transaction that is taken back."""
        by = Actor.system()
        calendar = make_calendar(
            name=NAME, time_zone="UTC", hours=HOURS, holidays=[], by=by, at=SINCE
        )
        policies = {
            measure: [
                make_policy(
                    name=f"{NAME}: priority {priority}, {measure}",
                    conditions={"priority": [priority]},
                    solving_minutes=minutes,
                    solving_measure=measure,
                    calendar_name=NAME,
                    by=by,
                    at=SINCE,
                )
                for priority, minutes in asked.items()
            ]
            for measure, asked in MINUTES.items()
        }
        return cls(calendar, policies)

    @property
    def clock(self) -> Clock:
        return Clock.of([self.calendar])

    def outcomes(
        self, tickets: Sequence[Ticket], histories: Mapping[int, History]
    ) -> dict[str, dict[int, str]]:
        """Return how the solving of each ticket ended, by measure: by the log's definition, in
        which an incident is solved once, the last time.
        """
        whole = {pk: _as_one_cycle(history) for pk, history in histories.items()}
        found: dict[str, dict[int, str]] = {}
        for measure, policies in self.policies.items():
            targets = Target.objects.filter(ticket__in=tickets)
            targets.delete()
            keep_targets(tickets, whole, self.clock, policies=policies, write=True)
            found[measure] = dict(targets.values_list("ticket_id", "outcome"))
        return found


def _as_one_cycle(history: History) -> History:
    solved = [stage.started_at for stage in history.stages if stage.category == Category.SOLVED]
    at = max(solved, default=None)
    by: dict[str, Any] = {}
    if at is not None:
        by = {"solved_at": at, "solved_by": Moment(0, at, Kind.SOLVED, "import")}
    whole = Cycle(1, history.opened_at, spans=history.stages[:1], **by)
    return replace(history, cycles=[whole])
