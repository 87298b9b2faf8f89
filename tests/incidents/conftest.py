"""A known problem with refunds by PayPal, since Monday at nine."""

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.incidents.models import Incident
from tickets.incidents.operations import open_incident
from tickets.models import Topic


@pytest.fixture
def refunds(db: None) -> Topic:
    billing = Topic.objects.create(name="Billing")
    return Topic.objects.create(name="Refund", parent=billing)


@pytest.fixture
def paypal(refunds: Topic, ana: Agent) -> Incident:
    return open_incident(
        title="Refunds by PayPal are late",
        topic=refunds,
        began_at=MONDAY_9AM,
        fields={"payment_method": "PayPal"},
        cue_words=("Pay Pal", "wallet "),
        by=Actor.agent(ana.pk),
        at=MONDAY_9AM,
    )
