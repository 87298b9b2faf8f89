"""Journey 5: nothing is known, a guess is wrong, and what is hidden stays hidden."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.embedded.instance import Instance

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Somebody with sixty solved tickets about things of their own, and some who tell little.
PEOPLE = """
import json
from datetime import timedelta
from django.utils import timezone
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.tokens import issue_token
from helpdesk.lib.actors import Actor
from tickets.briefing.keeping import prepare_all
from tickets.operations import NewMessage, assign_ticket, open_ticket, solve_ticket

priya, raj = (Agent.objects.get(email=f"{who}@harbour.example") for who in ("priya", "raj"))
team, now, by = Team.objects.get(name="Billing"), timezone.now(), Actor.agent(priya.pk)

def wrote(who, subject, text, *, days, is_solved=True):
    address = who.lower() + "@example.net"
    writer = identify_customer(kind="email", value=address, name=who, by=by, at=now)
    content = NewMessage(
        text=text, channel="email", language="en", author_name=who, author_address=address
    )
    ticket = open_ticket(
        customer=writer, subject=subject, content=content, team=team,
        by=Actor.customer(writer.pk), at=now - timedelta(days=days),
    ).ticket
    if is_solved:
        solve_ticket(ticket, by=by, at=now - timedelta(days=days - 0.1))
    else:
        assign_ticket(ticket, agent=priya, by=by, at=now)
    return ticket.number

old = [wrote("Iris", f"Question {n}", f"About thing {n}", days=400 - 6 * n) for n in range(60)]
late = wrote("Jon", "Parcel for my order is late", "The parcel with my order is late.", days=50)
parcel = wrote(
    "Jon", "Order number on the parcel", "Which order number is on the parcel?", days=0.1,
    is_solved=False,
)
calm = wrote("Kim", "Invoice", "Not frustrated at all, take your time.", days=0.1, is_solved=False)
again = wrote(
    "Lea", "Invoice", "Could you try again to send the invoice?", days=0.1, is_solved=False
)
wrote("Jonathan", "Opening hours", "Are you open on Sunday?", days=20)
key = issue_token(raj, name="test", at=now)[1]
prepare_all(at=now)
numbers = {"old": old[15], "late": late, "parcel": parcel, "calm": calm, "again": again}
print(json.dumps(numbers | {"key": key}))
"""
# Jon is Jonathan, who has the record that stays; the briefings are made anew from nothing.
MERGE = """
from django.utils import timezone
from customers.models import Identity
from helpdesk.lib.actors import Actor
from tickets.briefing.keeping import brief_customer
from tickets.briefing.models import StoredBriefing
from tickets.joining.customers import merge_customers

jon, jonathan = (
    Identity.objects.get(value=f"{who}@example.net").customer for who in ("jon", "jonathan")
)
merge_customers(jon, into=jonathan, by=Actor.system(), at=timezone.now())
StoredBriefing.objects.filter(ticket__customer=jonathan).delete()
brief_customer(jonathan.pk, at=timezone.now())
"""
RECOMPUTE = """
from django.utils import timezone
from tickets.briefing.keeping import brief_customer
from tickets.models import Ticket

brief_customer(Ticket.objects.get(number={number}).customer_id, at=timezone.now())
"""
REFUSED = "Priya: different issue"


@pytest.fixture(scope="module")
def people(instance: Instance) -> dict[str, str]:
    """Numbers of tickets: an old one of sixty, a wrong guess, two harmless ones; Raj's API key."""
    told: dict[str, str] = json.loads(instance.shell(PEOPLE).splitlines()[-1])
    return told


def test_a_first_contact_is_one_line(sign_in: Visit) -> None:
    tom = sign_in("tom")
    tom.go("/desk/t/1190")
    page = tom.page
    expect(page.locator("#headline")).to_contain_text("First contact we know of")
    expect(page.locator(".briefing-cells")).to_have_count(0)
    expect(page.locator("[data-test=last-contacts]")).to_have_count(0)
    expect(page.locator("#briefing")).not_to_contain_text("0 %")
    page.locator("a.briefing-name").click()
    numbers = page.get_by_role("region", name="CX summary")
    expect(numbers).to_contain_text("Not enough history")
    for word in ("0 %", "steady", "watch", "at risk"):
        expect(numbers).not_to_contain_text(word)
    tom.look()


def test_an_old_ticket_of_many_lists_those_before_and_after(
    sign_in: Visit, people: dict[str, str]
) -> None:
    priya = sign_in("priya")
    priya.go(f"/desk/t/{people['old']}")
    contacts = priya.page.locator(".last-contact")
    expect(contacts).to_have_count(7)
    priya.page.locator("[data-test=more-contacts] summary").click()
    expect(contacts).to_have_count(59)
    expect(contacts.nth(0)).to_contain_text("later than this")
    expect(contacts.filter(has_text="later than this")).to_have_count(44)
    expect(contacts.filter(has_text="earlier")).to_have_count(15)


def test_a_wrong_guess_stays_refused(
    sign_in: Visit, instance: Instance, people: dict[str, str]
) -> None:
    priya = sign_in("priya")
    page = priya.page
    here, headline = f"/desk/t/{people['parcel']}", page.locator("#headline")
    priya.go(here)
    expect(headline).to_contain_text("Looks like the 2nd contact")
    match = page.locator("[data-test=match-possible]")
    for words in ("possibly related:", "parcel", "order"):
        expect(match).to_contain_text(words)
    page.keyboard.press("Shift+Y")
    for follows in ("", RECOMPUTE.format(number=people["parcel"]), MERGE):
        if follows:
            instance.shell(follows)
            page.goto(here)
        expect(page.locator("[data-test=match-decided]").first).to_contain_text(REFUSED)
        expect(headline).not_to_contain_text("2nd contact")
        listed = page.locator("[data-test=last-contacts]")
        expect(listed).to_contain_text("Parcel for my order is late")
    expect(page.locator("#conversation")).to_contain_text(f"Different issue than #{people['late']}")
    priya.look()


@pytest.mark.parametrize("which", ["calm", "again"])
def test_harmless_words_are_no_mood(sign_in: Visit, people: dict[str, str], which: str) -> None:
    page = sign_in("priya").page
    page.goto(f"/desk/t/{people[which]}")
    expect(page.locator("#headline")).to_contain_text("First contact")
    for mood in ("upset", "strained", "content"):
        expect(page.locator("#briefing")).not_to_contain_text(mood)


def test_another_team_learns_only_that_there_is_more(sign_in: Visit) -> None:
    profile = sign_in("priya").page
    profile.goto("/desk/t/1192")
    to = profile.locator("a.briefing-name").get_attribute("href") or ""
    raj = sign_in("raj")
    page = raj.page
    raj.go(to)
    expect(page.locator("#timeline")).to_contain_text("4 more contacts in a team you can't see")
    for hidden in ("Money back", "Charged twice", "1192", "1171", "two weeks", "RF-7731"):
        expect(page.locator("main")).not_to_contain_text(hidden)
    for words in ("Money back", "two weeks", "1192", "1171"):
        raj.go(f"/desk/search/?q={words}")
        expect(page.locator("main")).to_contain_text("Nothing was found")
    raj.go("/desk/search/?q=Okafor")
    expect(page.locator("main a[href*='/desk/t/']:not([href*='1188'])")).to_have_count(0)
    for path in ("/desk/t/1192", "/desk/t/1171/peek"):
        assert page.goto(path).status == 404  # type: ignore[union-attr]


def test_the_api_reveals_nothing_of_other_teams(
    visit: Visit, sign_in: Visit, people: dict[str, str]
) -> None:
    page = sign_in("priya").page
    page.goto("/desk/t/1192")
    to = page.locator("a.briefing-name").get_attribute("href") or ""
    customer = to.rstrip("/").rpartition("/")[2]
    api, key = visit().context.request, {"Authorization": f"Bearer {people['key']}"}
    for path in (f"customers/{customer}", f"customers/{customer}/timeline", "tickets"):
        answer = api.get(f"/api/v1/{path}/", headers=key)
        assert answer.ok
        told = answer.text()
        assert not any(hidden in told for hidden in ("Money back", "1192", "1171", "two weeks"))
    assert api.get("/api/v1/tickets/1192/", headers=key).status == 404


def test_a_request_for_access_reaches_the_supervisor(sign_in: Visit) -> None:
    raj = sign_in("raj")
    raj.page.goto("/desk/c/")
    raj.page.get_by_role("link", name="Maya Okafor").first.click()
    raj.page.locator("summary", has_text="Request access").click()
    raj.page.get_by_label("Why").fill("Ben asks for her parcel")
    raj.page.get_by_role("button", name="Request access").click()
    expect(raj.page.locator("#toasts")).to_contain_text("A supervisor decides")
    ines = sign_in("ines")
    ines.page.goto("/desk/v/mine")
    ines.page.get_by_role("link", name="Decide").click()
    waiting = ines.page.locator("[data-test=access-request]")
    expect(waiting).to_contain_text("Raj Patel")
    expect(waiting).to_contain_text("Ben asks for her parcel")
    ines.look()
    waiting.get_by_role("button", name="Grant for a week").click()
    raj.page.reload()
    expect(raj.page.locator("#timeline")).to_contain_text("Money back")
