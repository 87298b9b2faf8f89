"""What a customer answers: stored once, changed for seven days, and followed by a recovery."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from customers.cx.refreshing import refresh_summaries
from customers.feedback.models import Rating
from customers.feedback.operations import Verdict, record_rating, withdraw_rating
from customers.models import Consent, Customer
from customers.operations import give_consent, withdraw_consent
from helpdesk.lib.actors import Actor
from tickets.feedback.errors import AnswerFinal, NotOnScale, NotQuarantined, SurveyExpired
from tickets.feedback.models import Answer, Invitation
from tickets.feedback.recovering import follow_answer
from tickets.feedback.wording import scores
from tickets.models import Ticket, TicketEvent
from tickets.operations import rate_ticket, unrate_ticket

CHANGED_WITHIN = timedelta(days=7)
SENT_TOGETHER = timedelta(seconds=5)
MOST_ANSWERS = 20
Quarantine = Answer.Quarantine


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer as it was sent; what was not asked or not answered is empty."""

    score: int
    solved: str = ""
    repeated: str = ""
    reasons: tuple[str, ...] = ()
    comment: str = ""


@transaction.atomic
def answer_survey(
    invitation: Invitation, *, said: Said, page: str, is_scanned: bool, at: datetime
) -> Answer:
    """Store an answer, once for each `page` it was sent from; the last one counts.

    What a scanner sent (`is_scanned`), and different scores sent within seconds, go to quarantine
    and count for nothing. Raises SurveyExpired, AnswerFinal, NotOnScale.
    """
    Ticket.objects.lock(invitation.ticket_id)
    invitation = Invitation.objects.lock(invitation.pk)
    known = invitation.answers.filter(page=page).first()
    if known is not None:
        return known
    _refuse(invitation, said, at=at)
    together = invitation.answers.filter(at__gt=at - SENT_TOGETHER).exclude(score=said.score)
    quarantine = Quarantine.SCANNER if is_scanned else Quarantine.NONE
    if together.exists():
        quarantine = Quarantine.SEVERAL
        for answer in together.filter(quarantine=""):
            _quarantine(answer, at=at)
    answer = Answer.objects.create(
        invitation=invitation,
        page=page,
        score=said.score,
        solved=said.solved,
        repeated=said.repeated,
        reasons=list(said.reasons),
        comment=said.comment,
        at=at,
        quarantine=quarantine,
    )
    if not quarantine:
        _count(answer, by=Actor.customer(invitation.customer_id), at=at)
    return answer


@transaction.atomic
def release_answer(answer: Answer, *, by: Actor, at: datetime) -> Answer:
    """Let a quarantined answer count after all, unless the customer has answered since.

    Raises NotQuarantined.
    """
    Ticket.objects.lock(answer.invitation.ticket_id)
    answer = Answer.objects.select_for_update(of=("self",), no_key=True).get(pk=answer.pk)
    if not answer.quarantine or answer.released_at is not None:
        raise NotQuarantined
    answer.released_at, answer.released_by_id = at, by.agent_id
    answer.save(update_fields=["released_at", "released_by"])
    if not answer.invitation.answers.filter(stands=True, at__gt=answer.at).exists():
        _count(answer, by=Actor.customer(answer.invitation.customer_id), at=at)
    return answer


def last_change_at(invitation: Invitation) -> datetime | None:
    """Until when the answer that stands may be changed; None while there is none."""
    first = invitation.answers.filter(Q(quarantine="") | Q(released_at__isnull=False))
    moment = first.order_by("at").values_list("at", flat=True).first()
    return moment + CHANGED_WITHIN if moment else None


@transaction.atomic
def stop_surveys(customer: Customer, *, evidence: str, at: datetime) -> None:
    """Send this customer no survey any more. Repeating it changes nothing."""
    by, purpose = Actor.customer(customer.pk), Consent.Purpose.SURVEYS
    told = Consent.objects.filter(customer=customer, purpose=purpose)
    if told.exists() and not told.filter(withdrawn_at=None).exists():
        return
    # Somebody who never agreed and now refuses: what is withdrawn says so and since when.
    give_consent(customer, purpose=purpose, evidence=evidence, by=by, at=at)
    withdraw_consent(customer, purpose=purpose, by=by, at=at)


def _refuse(invitation: Invitation, said: Said, *, at: datetime) -> None:
    if said.score not in scores(invitation.survey.scale):
        raise NotOnScale
    until = last_change_at(invitation)
    if until is None and (invitation.expires_at is None or at > invitation.expires_at):
        raise SurveyExpired
    if (until is not None and at > until) or invitation.answers.count() >= MOST_ANSWERS:
        raise AnswerFinal


def _count(answer: Answer, *, by: Actor, at: datetime) -> None:
    """Make an answer the one that stands, a rating of the customer's, and follow it up."""
    invitation = answer.invitation
    invitation.answers.filter(stands=True).update(stands=False)
    credited = agents_of_cycle(invitation)
    answer.rating = _rate(answer, agent_id=credited[-1] if credited else None, by=by, at=at)
    answer.stands = True
    answer.save(update_fields=["rating", "stands"])
    answer.credited.set(credited)
    follow_answer(answer, at=at)


def _rate(answer: Answer, *, agent_id: int | None, by: Actor, at: datetime) -> Rating:
    invitation = answer.invitation
    verdict = Verdict(
        score=answer.score,
        scale=invitation.survey.scale,
        solved=answer.solved,
        repeated=answer.repeated,
        comment=answer.comment,
    )
    external_id = f"survey:{invitation.pk}"
    if invitation.event_id is not None:
        return rate_ticket(
            invitation.ticket,
            **asdict(verdict),
            agent_id=agent_id,
            external_id=external_id,
            by=by,
            at=at,
        )
    rating = record_rating(
        invitation.customer, verdict=verdict, external_id=external_id, by=by, at=at
    )
    refresh_summaries([invitation.customer_id], at=at)
    return rating


def _quarantine(answer: Answer, *, at: datetime) -> None:
    """Take back an answer that counted before more came from the same machine."""
    rating = answer.rating
    answer.quarantine, answer.stands, answer.rating = Quarantine.SEVERAL, False, None
    answer.save(update_fields=["quarantine", "stands", "rating"])
    if rating is None:
        return
    if answer.invitation.event_id is not None:
        unrate_ticket(answer.invitation.ticket, rating=rating, by=Actor.system(), at=at)
    else:
        withdraw_rating(rating)
        refresh_summaries([answer.invitation.customer_id], at=at)
    follow_answer(answer, at=at)


def agents_of_cycle(invitation: Invitation) -> list[int]:
    """The agents who replied in the solve cycle an invitation is about, the last one last."""
    if invitation.event_id is None:
        return []
    until = Q(pk__lte=invitation.event_id)
    events = TicketEvent.objects.filter(until, ticket=invitation.ticket_id)
    started = events.filter(kind=TicketEvent.Kind.REOPENED).order_by("-pk").first()
    replies = events.filter(
        kind__in=(TicketEvent.Kind.REPLIED, TicketEvent.Kind.CONTACT_LOGGED),
        agent__isnull=False,
        pk__gt=started.pk if started else 0,
        message__withdrawn_at=None,
    )
    newest_first = dict.fromkeys(replies.order_by("-pk").values_list("agent_id", flat=True))
    return [agent_id for agent_id in reversed(newest_first) if agent_id is not None]
