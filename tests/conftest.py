"""The people of the tests. Everything is built through operations, so nothing starts impossible."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tickets.models import Ticket, TicketStatus
from tickets.operations import NewMessage, open_ticket

MONDAY_9AM = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Half a second a password is right for people and took two thirds of the tests' time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(db: None) -> Agent:
    """An agent on the support team."""
    return Agent.objects.create_user("ana@example.com", "a long pass phrase", name="Ana Silva")


@pytest.fixture
def tom(db: None, support: Team) -> Agent:
    """Ana's colleague on the support team."""
    tom = Agent.objects.create_user("tom@example.com", "a long pass phrase", name="Tom Becker")
    support.members.add(tom)
    return tom


@pytest.fixture
def outsider(db: None) -> Agent:
    """An agent of another team."""
    outsider = Agent.objects.create_user("raj@example.com", "a long pass phrase", name="Raj Patel")
    Team.objects.create(name="Delivery").members.add(outsider)
    return outsider


@pytest.fixture
def ines(db: None) -> Agent:
    """A supervisor, who sees every team."""
    return Agent.objects.create_user(
        "ines@example.com", "a long pass phrase", name="Ines Costa", role=Role.SUPERVISOR
    )


@pytest.fixture
def dana(db: None) -> Agent:
    """A technical admin."""
    return Agent.objects.create_superuser("dana@example.com", "a long pass phrase", name="Dana Lee")


@pytest.fixture
def support(ana: Agent) -> Team:
    team = Team.objects.create(name="Support")
    team.members.add(ana)
    return team


@pytest.fixture
def kofi(db: None) -> Customer:
    """A customer."""
    return identify_customer(
        kind="email",
        value="kofi@example.com",
        name="Kofi Mensah",
        by=Actor.system(),
        at=MONDAY_9AM,
    )


@pytest.fixture
def ticket(workspace: None, kofi: Customer, support: Team) -> Ticket:
    """Kofi cannot sign in, and wrote to support on Monday at nine."""
    return open_ticket(
        customer=kofi,
        team=support,
        subject="Cannot sign in",
        content=said("It says my code has expired.", mail_id="<1@example.com>"),
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    ).ticket


@pytest.fixture
def workspace(db: None) -> None:
    """What every installation starts with; tests that really commit begin with empty tables."""
    if not TicketStatus.objects.exists():
        defaults = import_module("tickets.migrations.0003_default_statuses_and_hours")
        defaults.add_defaults(apps, None)


@pytest.fixture
def desk(ana: Agent, client: Client) -> Client:
    """A browser signed in as Ana."""
    client.force_login(ana)
    return client


def said(text: str, **fields: str) -> NewMessage:
    """Words of a message, as a channel would hand them over."""
    return NewMessage(text=text, author_address="kofi@example.com", **fields)  # type: ignore[arg-type]
