# ruff: noqa: SLF001
"""Django's admin: looks and repairs, under our content security policy."""

import re

import pytest
from django.contrib import admin
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from helpdesk.accounts.models import Agent, ApiToken, Team
from helpdesk.jobs.models import FailedTask
from tests.conftest import MONDAY_9AM
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival, Mailbox
from tickets.channels.tasks import deliver_message
from tickets.models import Ticket


@pytest.fixture
def office(dana: Agent, client: Client, settings: Settings) -> Client:
    """A browser signed in as the technical admin."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    client.force_login(dana)
    return client


def url(model: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


def test_every_list_and_row_opens(office: Client, ticket: Ticket) -> None:
    keep_arrival(channel="email", key="1", raw=b"\xff\x00<b>", source="smtp", at=MONDAY_9AM)
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        assert office.get(url(name)).status_code == 200, name
        row = model._default_manager.first()
        if row is not None:
            page = office.get(url(name, "change", row.pk))
            assert page.status_code == 200, name
            assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page.content.decode()), name


@pytest.mark.parametrize("who", ["ana", "ines"])
def test_only_admins_come_in(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get("/admin/").status_code == 302


def test_a_new_agent_gets_a_mail_to_set_a_password(
    office: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    team = Team.objects.create(name="Support")
    new = {
        "email": "Priya@example.com",
        "name": "Priya Shah",
        "role": "agent",
        "teams": [team.pk],
        "time_zone": "UTC",
        "language": "en-gb",
        "is_active": "on",
    }
    with django_capture_on_commit_callbacks(execute=True):
        office.post(url("accounts_agent", "add"), new)
    priya = Agent.objects.get(email="priya@example.com")

    assert not priya.has_usable_password()
    assert list(priya.teams.all()) == [team]
    assert mail.outbox[0].to == ["priya@example.com"]
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_keys_secret_is_shown_once(office: Client, dana: Agent) -> None:
    made = office.post(url("accounts_apitoken", "add"), {"agent": dana.pk, "name": "Shop"})
    token = ApiToken.objects.get()
    secret = re.search(r"bfh_\w+", made.content.decode())
    office.post(url("accounts_apitoken"), {"action": "revoke", "_selected_action": [token.pk]})

    token.refresh_from_db()
    assert secret
    assert token.revoked_at
    later = office.get(url("accounts_apitoken", "change", token.pk)).content.decode()
    assert secret[0] not in later


def test_a_mailboxs_password_never_comes_out(office: Client) -> None:
    box = Mailbox.objects.create(name="S", address="s@example.com", imap_secret="hidden words")  # noqa: S106
    page = office.get(url("channels_mailbox", "change", box.pk)).content.decode()

    assert "s@example.com" in page
    assert "hidden words" not in page


def test_tickets_are_solved_through_the_operation(office: Client, ticket: Ticket) -> None:
    office.post(url("tickets_ticket"), {"action": "solve", "_selected_action": [ticket.pk]})

    assert ticket.events.filter(kind="solved").exists()


def test_a_parked_arrival_is_read_again(
    office: Client,
    workspace: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    raw = b"From: maya@example.com\r\nSubject: Lost\r\n\r\nHelp"
    pk = keep_arrival(channel="email", key="1", raw=raw, source="smtp", at=MONDAY_9AM)
    Arrival.objects.update(state="parked", finished_at=MONDAY_9AM)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(url("channels_arrival"), {"action": "retry", "_selected_action": [pk]})

    assert Arrival.objects.get().state == "processed"


def test_a_task_that_fails_is_kept_and_run_again(office: Client) -> None:
    deliver_message.apply(kwargs={"message_id": "not a number"})
    failed = FailedTask.objects.get()
    FailedTask.objects.filter(pk=failed.pk).update(kwargs={"message_id": 0})
    office.post(url("jobs_failedtask"), {"action": "retry", "_selected_action": [failed.pk]})

    failed.refresh_from_db()
    assert "not a number" in failed.error
    assert failed.retried_at
