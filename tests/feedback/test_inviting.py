"""Who is asked, when, in which words, and who is left out for which reason."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from customers.models import Customer
from customers.operations import add_customer_note, give_consent, withdraw_consent
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tests.feedback.conftest import ASKED, DAY, HOUR, SOLVED, solved, survey, token_of
from tickets.channels.email.building import build_copy
from tickets.channels.email.templating import template_for
from tickets.feedback.inviting import plan_invitations, plan_relationship, send_invitation
from tickets.feedback.models import Invitation, Survey
from tickets.feedback.tasks import send_surveys
from tickets.feedback.wording import labels_of, question_of, scores, stop_words
from tickets.models import Ticket, TicketEvent
from tickets.operations import promise_on_ticket, reopen_ticket, solve_ticket, tag_ticket

State = Invitation.State


def test_a_solved_ticket_is_asked_about_once_after_its_delay(planned: Invitation) -> None:
    event = TicketEvent.objects.get(kind=TicketEvent.Kind.SOLVED)
    plan_invitations(event)

    assert Invitation.objects.get() == planned
    assert planned.due_at == ASKED


def test_a_survey_that_is_off_asks_nobody(csat: Survey, ticket: Ticket, ana: Agent) -> None:
    Survey.objects.update(is_active=False)
    plan_invitations(solved(ticket, ana))

    assert not Invitation.objects.exists()


def test_what_a_rule_solved_is_not_asked_about_and_counted(csat: Survey, ticket: Ticket) -> None:
    solve_ticket(ticket, by=Actor.rule("quiet"), at=SOLVED)
    plan_invitations(ticket.events.get(kind=TicketEvent.Kind.SOLVED))

    assert Invitation.objects.get().left_out == "auto_closed"


def test_out_of_hours_the_mail_waits_for_the_morning(ticket: Ticket, ana: Agent) -> None:
    survey(in_business_hours=True, delay_hours=10)
    plan_invitations(solved(ticket, ana))

    due = Invitation.objects.get().due_at
    assert due.date().isoformat() == "2026-03-03"
    assert due > datetime(2026, 3, 3, 7, tzinfo=UTC)


def test_a_sample_is_the_same_share_however_often_it_is_taken(ticket: Ticket, ana: Agent) -> None:
    one = survey(share=1)
    event = solved(ticket, ana)
    for _ in range(3):
        plan_invitations(event)

    assert one.invitations.count() <= 1


def test_the_mail_holds_five_links_in_text_and_html_and_is_no_answer_to_machines(
    invited: Invitation,
) -> None:
    assert invited.message is not None
    copy = build_copy(invited.message.deliveries.select_related("message__ticket").get())
    built = copy.mail.message()
    text = str(copy.mail.body)

    link = f"/s/{token_of(invited)}?r="
    assert [f"{link}{score}" in text for score in range(1, 6)] == [True] * 5
    assert "2 Bad" in text
    html = str(copy.mail.alternatives[0][0])
    assert html.count(link) == 5
    assert built["Auto-Submitted"] == "auto-generated"
    assert built["In-Reply-To"]


def test_the_link_is_kept_nowhere_but_as_a_digest(invited: Invitation) -> None:
    assert invited.message is not None
    token = token_of(invited)
    kept = f"{invited.message.text}{invited.message.html}{invited.token_digest}"
    assert token not in kept
    assert "/s/***?r=1" in kept
    assert Invitation.objects.of_token(token) == invited
    other = "b" if token.endswith("a") else "a"
    assert Invitation.objects.of_token(token[:-1] + other) is None


def test_a_mail_goes_out_by_the_task_when_it_is_due(planned: Invitation) -> None:
    Invitation.objects.update(due_at=MONDAY_9AM)
    send_surveys()
    planned.refresh_from_db()
    assert planned.state == State.SENT
    assert not mail.outbox  # delivered by the outbox, as every mail


def leave_out(invitation: Invitation, *, at: datetime = ASKED) -> str:
    sent = send_invitation(invitation, at=at)
    assert sent.state == State.LEFT_OUT
    assert sent.message is None
    return sent.left_out


def test_a_ticket_that_was_reopened_meanwhile_is_not_asked_about(
    planned: Invitation, ticket: Ticket
) -> None:
    reopen_ticket(ticket, by=Actor.customer(ticket.customer_id), at=SOLVED + HOUR)
    assert leave_out(planned) == "reopened"


def test_who_has_said_no_is_not_asked(planned: Invitation, kofi: Customer) -> None:
    by = Actor.system()
    give_consent(kofi, purpose="surveys", by=by, at=MONDAY_9AM)
    withdraw_consent(kofi, purpose="surveys", by=by, at=MONDAY_9AM + HOUR)
    assert leave_out(planned) == "opted_out"


def test_a_guard_keeps_surveys_away(planned: Invitation, kofi: Customer) -> None:
    note = add_customer_note(kofi, text="Only the lawyers", by=Actor.system(), at=MONDAY_9AM)
    type(note).objects.update(is_guard=True)
    assert leave_out(planned) == "guarded"


def test_who_is_owed_something_is_not_asked(planned: Invitation, ticket: Ticket) -> None:
    by = Actor.system()
    promise_on_ticket(ticket, text="Refund", due_at=SOLVED, by=by, at=MONDAY_9AM)
    assert leave_out(planned) == "owed"


@pytest.mark.parametrize("label", ["spam", "test", "legal"])
def test_some_labels_keep_surveys_away(planned: Invitation, ticket: Ticket, label: str) -> None:
    tag_ticket(ticket, add=(label,), by=Actor.system(), at=SOLVED)
    assert leave_out(planned) == "labelled"


def test_nobody_is_asked_twice_within_a_fortnight(
    invited: Invitation, ticket: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    reopen_ticket(ticket, by=by, at=SOLVED + DAY)
    solve_ticket(ticket, by=by, at=SOLVED + 2 * DAY)
    plan_invitations(ticket.events.filter(kind=TicketEvent.Kind.SOLVED).latest("pk"))
    again = Invitation.objects.exclude(pk=invited.pk).get()
    assert leave_out(again, at=SOLVED + 13 * DAY) == "asked_lately"


def test_automatic_mail_is_not_asked_about(planned: Invitation, ticket: Ticket) -> None:
    ticket.messages.filter(kind="inbound").update(is_automatic=True)
    assert leave_out(planned) == "automatic"


def test_a_relationship_is_asked_about_once_in_its_time(
    ticket: Ticket, ana: Agent, kofi: Customer
) -> None:
    survey("nps11", event="first_contact", after_days=90, cap_days=180)
    solved(ticket, ana)

    assert plan_relationship(at=MONDAY_9AM + 89 * DAY) == 0
    assert plan_relationship(at=MONDAY_9AM + 90 * DAY) == 1
    assert plan_relationship(at=MONDAY_9AM + 91 * DAY) == 0
    sent = send_invitation(Invitation.objects.get(), at=MONDAY_9AM + 91 * DAY)
    assert sent.message is not None
    assert not sent.message.mail_refs
    assert plan_relationship(at=MONDAY_9AM + 271 * DAY) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "fr", "es", "nl", "it", "pt"])
@pytest.mark.parametrize("scale", ["csat5", "ces7", "nps11"])
def test_the_languages_customers_write_most_are_asked_in_whole(scale: str, language: str) -> None:
    template, spoken = template_for(f"survey_{scale}", [f"{language}-XX"])
    labels = labels_of(scale, None, f"{language}-xx")

    assert spoken == language
    assert "{scale}" in template.body
    assert "{stop}" in template.body
    assert question_of(scale, None, language) != question_of(scale, None, "en")
    assert list(labels) == list(scores(scale))
    assert labels[max(labels)] != labels_of(scale, None, "en")[max(labels)]
    assert stop_words(language) != stop_words("en")
