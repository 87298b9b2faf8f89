"""Journey 5: nothing is known, a guess is wrong, and what is hidden stays hidden."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.embedded.instance import Instance

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Somebody with sixty solved tickets about things of their own, and one who tells little.
PEOPLE = """
import json
from datetime import timedelta
from django.utils import timezone
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tickets.briefing.keeping import prepare_all
from tickets.models import Topic
from tickets.operations import NewMessage, assign_ticket, open_ticket, solve_ticket

priya = Agent.objects.get(email="priya@harbour.example")
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
wrote("Jon", "Parcel for my order is late", "The parcel with my order is late.", days=50)
parcel = wrote(
    "Jon", "Order number on the parcel", "Which order number is on the parcel?", days=0.1,
    is_solved=False,
)
calm = wrote("Kim", "Invoice", "Not frustrated at all, take your time.", days=0.1, is_solved=False)
again = wrote(
    "Lea", "Invoice", "Could you try again to send the invoice?", days=0.1, is_solved=False
)
prepare_all(at=now)
print(json.dumps({"old": old[15], "parcel": parcel, "calm": calm, "again": again}))
"""


@pytest.fixture(scope="module")
def people(instance: Instance) -> dict[str, int]:
    """Numbers of tickets: an old one of sixty, a wrong guess, and two harmless ones."""
    numbers: dict[str, int] = json.loads(instance.shell(PEOPLE).splitlines()[-1])
    return numbers


def test_a_first_contact_is_one_line(sign_in: Visit) -> None:
    priya = sign_in("tom")
    priya.go("/desk/t/1190")
    page = priya.page
    expect(page.locator("#headline")).to_contain_text("First contact we know of")
    expect(page.locator("[data-test=briefing-mood]")).to_have_count(0)
    expect(page.locator("#briefing")).not_to_contain_text("0 %")
    page.locator("a.briefing-name").click()
    expect(page.locator("#cx, .cx")).to_contain_text("Not enough history")


def test_an_old_ticket_of_many_lists_the_others(sign_in: Visit, people: dict[str, int]) -> None:
    priya = sign_in("priya")
    priya.go(f"/desk/t/{people['old']}")
    contacts = priya.page.locator(".last-contact")
    expect(contacts).to_have_count(59)
    expect(contacts.nth(0)).to_contain_text("later")


def test_a_wrong_guess_is_refused_with_one_key_and_stays_refused(
    sign_in: Visit, people: dict[str, int]
) -> None:
    priya = sign_in("priya")
    priya.go(f"/desk/t/{people['parcel']}")
    page = priya.page
    expect(page.locator("#headline")).to_contain_text("Looks like the 2nd contact")
    page.keyboard.press("Shift+Y")
    expect(page.locator("[data-test=match-decided]")).to_contain_text("Priya: different issue")
    expect(page.locator("#headline")).not_to_contain_text("2nd contact")
    expect(page.locator("[data-test=last-contacts]")).to_contain_text("Parcel for my order is late")


def test_harmless_words_are_no_mood(sign_in: Visit, people: dict[str, int]) -> None:
    page = sign_in("priya").page
    for which in ("calm", "again"):
        page.goto(f"/desk/t/{people[which]}")
        expect(page.locator("#headline")).to_contain_text("First contact")
        expect(page.locator("[data-test=briefing-mood]")).to_have_count(0)


def test_another_team_learns_only_that_there_is_more(sign_in: Visit) -> None:
    profile = sign_in("priya").page
    profile.goto("/desk/t/1192")
    to = profile.locator("a.briefing-name").get_attribute("href") or ""
    raj = sign_in("raj")
    raj.go(to)
    expect(raj.page.locator("main")).to_contain_text("in a team you can't see")
    expect(raj.page.locator("main")).not_to_contain_text("Money back")
    raj.go("/desk/search?q=Money+back")
    expect(raj.page.locator("main")).not_to_contain_text("#1192")
