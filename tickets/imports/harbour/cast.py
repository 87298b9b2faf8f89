"""The people, places and rules of Harbour Kettles, the workspace of the demo."""

from dataclasses import dataclass
from datetime import UTC, datetime

from customers.models import Customer, Organisation
from customers.operations import (
    add_customer_note,
    add_identity,
    create_organisation,
    identify_customer,
    update_customer,
    verify_identity,
)
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tickets.channels.models import Mailbox
from tickets.issues.models import EntityPattern
from tickets.models import BusinessCalendar, Topic

ZONE = "Europe/London"
PASSWORD = "harbour kettles"  # noqa: S105 - the demo's, printed when it starts

AGENTS = (
    # key, name, address, role, teams
    ("priya", "Priya Shah", "priya@harbour.example", Role.AGENT, ("Billing", "Delivery")),
    ("tom", "Tom Becker", "tom@harbour.example", Role.AGENT, ("Billing",)),
    ("ines", "Ines Costa", "ines@harbour.example", Role.SUPERVISOR, ("Billing", "Delivery")),
    ("dana", "Dana Lee", "dana@harbour.example", Role.ADMIN, ()),
    ("raj", "Raj Patel", "raj@harbour.example", Role.AGENT, ("Delivery",)),
)
TOPICS = (
    # name on the form, team, topics below it
    ("An order or delivery", "Delivery", ("Parcel not moving", "Damaged on arrival")),
    ("Payment, refund", "Billing", ("Refund", "Charged twice", "Invoice")),
    ("Using the product", None, ("Descaling", "Warranty")),
    ("Something else", None, ("Change of address",)),
)


# How the shop's own numbers look, in the order in which they are tried.
PATTERNS = (("order_number", "order", "A-####"), ("error_code", "error code", "E-####"))


@dataclass
class Cast:
    """Everybody and everything the story is told with."""

    agents: dict[str, Agent]
    teams: dict[str, Team]
    topics: dict[str, Topic]
    customers: dict[str, Customer]
    organisations: dict[str, Organisation]

    def by(self, key: str) -> Actor:
        """Return who acts: an agent of that name, else the customer of that name."""
        if key in self.agents:
            return Actor.agent(self.agents[key].pk)
        return Actor.customer(self.customers[key].pk)


def assemble(founded: datetime) -> Cast:
    """Create the workspace: agents, teams, mailboxes, topics, hours, Maya and her studio."""
    cast = Cast(agents={}, teams={}, topics={}, customers={}, organisations={})
    _staff(cast)
    _rules(cast, founded)
    _studio(cast, founded)
    return cast


def _staff(cast: Cast) -> None:
    for key, name, email, role, teams in AGENTS:
        agent = Agent.objects.create_user(email, PASSWORD, name=name, role=role, time_zone=ZONE)
        agent.signature = f"{name.split()[0]}\nHarbour Kettles"
        agent.save(update_fields=["signature"])
        cast.agents[key] = agent
        for team in teams:
            cast.teams.setdefault(team, Team.objects.get_or_create(name=team)[0])
            cast.teams[team].members.add(agent)


def _rules(cast: Cast, founded: datetime) -> None:
    BusinessCalendar.objects.all().delete()
    BusinessCalendar.objects.create(
        name="Office hours",
        time_zone=ZONE,
        hours={str(day): [["09:00", "17:00"]] for day in range(1, 6)},
        valid_from=min(founded, datetime(2000, 1, 1, tzinfo=UTC)),
    )
    for position, (name, team, below) in enumerate(TOPICS):
        top = Topic.objects.create(
            name=name, team=cast.teams.get(team or ""), is_public=True, position=position
        )
        cast.topics[name] = top
        for child in below:
            cast.topics[child] = Topic.objects.create(name=child, parent=top, team=top.team)
    cast.topics["Refund"].required_facts = ["order_number"]
    cast.topics["Refund"].save(update_fields=["required_facts"])
    for position, (key, label, mask) in enumerate(PATTERNS):
        EntityPattern.objects.create(key=key, label=label, mask=mask, priority=position)
    for name, address, team, default in (
        ("Harbour Kettles", "support@harbour.example", "Billing", True),
        ("Harbour Kettles Billing", "billing@harbour.example", "Billing", False),
        ("Harbour Kettles Delivery", "delivery@harbour.example", "Delivery", False),
    ):
        Mailbox.objects.create(
            name=name, address=address, team=cast.teams[team], is_default=default
        )


def _studio(cast: Cast, founded: datetime) -> None:
    by = Actor.agent(cast.agents["tom"].pk)
    studio = create_organisation(
        name="Okafor Studio", domains=("okafor.example",), tier="Plus plan", by=by, at=founded
    )
    cast.organisations["studio"] = studio
    maya = meet(cast, "maya", "maya@okafor.example", "Maya Okafor", at=founded)
    update_customer(
        maya,
        changes={
            "how_to_say": "MY-ah oh-KAH-for",
            "pronouns": "she/her",
            "tier": "Plus plan",
            "language": "en",
            "time_zone": "America/Toronto",
            "place": "Toronto",
            "country": "CA",
            "preferred_channel": "e-mail",
            "customer_since_on": founded.date().replace(year=founded.year - 3, day=1),
        },
        by=by,
        at=founded,
    )
    for kind, value, evidence in (
        ("email", "studio@okafor.example", "merged by Tom"),
        ("phone", "+1 416 555 0199", "called from it"),
    ):
        identity = add_identity(maya, kind=kind, value=value, by=by, at=founded)
        verify_identity(identity, evidence=evidence, by=by, at=founded)
    add_customer_note(
        maya, text="Runs the studio alone on Thursdays.", is_pinned=True, by=by, at=founded
    )
    meet(cast, "ben", "ben@okafor.example", "Ben Adeyemi", at=founded)
    meet(cast, "ada", "ada@okafor.example", "Ada Nwosu", at=founded)


def meet(cast: Cast, key: str, email: str, name: str, *, at: datetime) -> Customer:
    """Let a customer turn up for the first time."""
    cast.customers[key] = identify_customer(
        kind="email", value=email, name=name, by=Actor.system(), at=at
    )
    return cast.customers[key]
