"""What follows a bad answer: a call by the ticket's owner on the next working day."""

from datetime import datetime, timedelta

from django.db import transaction

from customers.feedback.models import Rating
from helpdesk.lib.actors import Actor
from tickets.feedback.errors import RecoveryClosed
from tickets.feedback.models import Answer, Recovery
from tickets.models import BusinessCalendar

Scale = Rating.Scale
# The highest score of each scale that is a bad one: for NPS, all detractors.
LOW: dict[str, int] = {Scale.CSAT: 2, Scale.CES: 3, Scale.NPS: 6}
_UNSOLVED = (Answer.Solved.NOT_YET, Answer.Solved.CAME_BACK)


def is_low(answer: Answer) -> bool:
    """Whether an answer asks for us to do something: a low score, not solved, or told twice."""
    return (
        answer.score <= LOW[answer.invitation.survey.scale]
        or answer.solved in _UNSOLVED
        or answer.repeated == Answer.Repeated.MORE
    )


def follow_answer(answer: Answer, *, at: datetime) -> None:
    """Open a recovery for a bad answer that stands; drop one nobody began when it is bad no more.

    Part of the operations that count answers, which hold the ticket's lock.
    """
    if answer.stands and is_low(answer):
        Recovery.objects.get_or_create(
            invitation=answer.invitation,
            defaults={
                "owner_id": _owner(answer),
                "opened_at": at,
                "due_at": next_working_day(at),
            },
        )
    else:
        Recovery.objects.filter(invitation=answer.invitation, closed_at=None).delete()


@transaction.atomic
def close_recovery(
    recovery: Recovery, *, outcome: str, note: str = "", by: Actor, at: datetime
) -> Recovery:
    """Say how the call ended. The same outcome again changes nothing. Raises RecoveryClosed."""
    recovery = Recovery.objects.select_for_update(of=("self",), no_key=True).get(pk=recovery.pk)
    outcome = Recovery.Outcome(outcome)
    if recovery.closed_at is not None and recovery.outcome == outcome:
        return recovery
    if recovery.closed_at is not None or not outcome:
        raise RecoveryClosed
    recovery.outcome, recovery.note = outcome, note.strip()[:500]
    recovery.closed_at, recovery.closed_by_id = at, by.agent_id
    recovery.save(update_fields=["outcome", "note", "closed_at", "closed_by"])
    return recovery


def next_working_day(at: datetime) -> datetime:
    """The end of the working day after the one of `at`; without a calendar, a day later."""
    calendar = BusinessCalendar.objects.valid_at(at)
    ends = calendar.business_hours().end_of_next_day(at) if calendar else None
    return ends or at + timedelta(days=1)


def _owner(answer: Answer) -> int | None:
    """Who owns the ticket, else who replied last."""
    ticket = answer.invitation.ticket
    return ticket.assignee_id or (answer.rating.agent_id if answer.rating else None)
