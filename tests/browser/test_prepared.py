"""Journey 1: an agent is prepared when the ticket opens, answers it, and the numbers follow."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.embedded.instance import await_true
from tickets.imports.harbour.cast import ZONE
from tickets.imports.harbour.story import TOLD_ON

VISIBLE_WORDS = """
(part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll(".meta, .visually-hidden").forEach((one) => one.remove());
    return copy.textContent.replace(/\\s+/g, " ");
}
"""
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def is_told_today() -> bool:
    return datetime.now(ZoneInfo(ZONE)).hour >= TOLD_ON.hour


# The story ends at the last ten o'clock: before ten it is a day longer ago.
DAYS = 2 if is_told_today() else 3
HEADLINE = re.compile(
    r"^Looks like the 3rd contact about “Charged twice for order A-1042” in 21 days\. .*"
    rf"Refund promised for \d+ \w+ — {DAYS} days overdue\.",
    re.DOTALL,
)


def test_the_queue_shows_what_is_due_first_and_why(sign_in: Visit) -> None:
    priya = sign_in("priya")
    priya.go("/desk/v/mine")
    rows = priya.page.locator("[data-test=queue-row]")
    expect(rows.nth(0)).to_contain_text("#1188")
    expect(rows.nth(1)).to_contain_text("#1192")
    expect(rows.nth(1)).to_contain_text("3rd contact?")
    expect(rows.nth(1)).to_contain_text("promise")


def opened_by_keyboard(visitor: Visitor) -> Page:
    page = visitor.page
    page.goto("/desk/v/mine")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/t/1192*")
    return page


def test_a_ticket_opened_by_keyboard_says_what_was_tried_and_promised(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = opened_by_keyboard(priya)
    expect(page.locator("#headline")).to_be_focused()
    assert HEADLINE.match(said_in(page, "#headline"))
    who = page.locator("[data-test=briefing-identity]")
    for words in ("MY-ah oh-KAH-for", "Toronto", "prefers e-mail", "knows Tom"):
        expect(who).to_contain_text(words)
    tried = page.locator("[data-test=briefing-tried]")
    for words in ("refund filed", "came back", "asked to wait", "When will my refund arrive?"):
        expect(tried).to_contain_text(words)
    promised = page.locator("[data-test=briefing-promised] li")
    expect(promised.nth(0)).to_contain_text(f"refund — overdue {DAYS} days")
    expect(promised.nth(1)).to_contain_text("receipt — kept")
    mood = page.locator("[data-test=briefing-mood]")
    expect(mood).to_contain_text("strained")
    expect(mood).to_contain_text("rated 2 of 5")
    for words in ("A-1042", "£64.90", "bank statement"):
        expect(page.locator("[data-test=briefing-known]")).to_contain_text(words)
    assert priya.is_in_view("#headline")
    # What was read this morning has a time, yesterday's a date that takes a line more.
    words = "article.message:has-text('It has been two weeks')"
    assert priya.is_in_view(words if is_told_today() else f"{words} h3")
    priya.look()


def test_evidence_opens_beside_the_ticket_and_says_why_it_counts(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = opened_by_keyboard(priya)
    page.keyboard.press("b")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#headline a:focus")).to_contain_text("#1171")
    page.keyboard.press("Enter")
    sheet = page.locator("#peek")
    expect(sheet.locator("[data-test=peek-match]")).to_contain_text("charged £64.90 twice")
    why = sheet.locator("[data-test=peek-why]")
    expect(why).to_contain_text("#1180 ended 6 days before")
    expect(why).to_contain_text("same A-1042; same topic")
    page.keyboard.press("Escape")
    expect(page.locator("#headline a:focus")).to_contain_text("#1171")


def test_a_yes_makes_the_match_sure_and_can_be_taken_back(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = opened_by_keyboard(priya)
    page.keyboard.press("y")
    expect(page.locator("#headline")).to_contain_text("3rd contact about")
    expect(page.locator("#headline")).not_to_contain_text("Looks like")
    expect(page.locator("[data-test=match-decided]")).to_contain_text("Priya: same issue as #1180")
    mood = page.locator("[data-test=briefing-mood]")
    expect(mood).to_contain_text("upset")
    expect(mood).to_contain_text("3 contacts about this")
    expect(page.locator("[data-test=briefing-tried]")).to_contain_text("didn't work")
    page.goto("/desk/v/mine")
    row = page.locator("[data-test=queue-row]", has_text="#1192")
    expect(row).to_contain_text("3rd contact")
    expect(row).not_to_contain_text("3rd contact?")
    page.goto("/desk/t/1192")
    page.locator("[data-test=match-decided] button").click()
    expect(page.locator("#headline")).to_contain_text("Looks like")


def test_without_scripts_all_that_is_known_can_be_read_and_decided(sign_in: Visit) -> None:
    priya = sign_in("priya", scripts=False)
    page = priya.page
    priya.go("/desk/v/mine")
    row = page.locator("[data-test=queue-row]", has_text="#1192")
    expect(row).to_contain_text("3rd contact?")
    row.get_by_role("link").first.click()
    assert HEADLINE.match(said_in(page, "#headline"))
    for slot, words in (
        ("identity", "MY-ah oh-KAH-for"),
        ("tried", "came back"),
        ("promised", f"overdue {DAYS} days"),
        ("mood", "strained"),
        ("known", "A-1042"),
    ):
        expect(page.locator(f"[data-test=briefing-{slot}]")).to_contain_text(words)
    page.locator("#headline a", has_text="#1171").click()
    expect(page.locator("[data-test=peek-match]")).to_contain_text("charged £64.90 twice")
    page.go_back()
    page.locator("[data-test=match-possible]").get_by_role("button", name="Yes").first.click()
    expect(page.locator("#headline")).to_contain_text("3rd contact about")
    expect(page.locator("#headline")).not_to_contain_text("Looks like")
    priya.look()
    page.locator("[data-test=match-decided] button").click()
    expect(page.locator("#headline")).to_contain_text("Looks like")


def said_in(page: Page, selector: str) -> str:
    """The words of a part without those that only readers of screens get, on one line."""
    part = page.locator(selector)
    return str(part.evaluate(VISIBLE_WORDS)).strip()


def test_answering_and_solving_changes_the_customers_numbers(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/t/1192")
    profile = page.locator("a.briefing-name").get_attribute("href") or ""
    before = numbers(priya, profile)
    page.goto("/desk/t/1192")
    page.keyboard.press("r")
    page.keyboard.type("Hi Maya, the refund is on its way.")
    page.get_by_role("button", name="Send and solve").click()
    expect(page.locator("#conversation")).to_contain_text("the refund is on its way")
    expect(page.locator("#ticket-header")).to_contain_text("Solved")
    assert " 2 solved" in before["Issues"]
    await_true(lambda: " 3 solved" in numbers(priya, profile)["Issues"])
    assert before["First reply"] != numbers(priya, profile)["First reply"]
    priya.look()


def test_without_scripts_a_ticket_is_read_and_answered(sign_in: Visit) -> None:
    priya = sign_in("priya", scripts=False)
    page = priya.page
    priya.go("/desk/t/1184")
    expect(page.locator("#headline")).to_contain_text("First contact")
    page.locator("#composer-body").fill("Thank you, a new lid leaves today.")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator("#conversation")).to_contain_text("a new lid leaves today")


def numbers(visitor: Visitor, profile: str) -> dict[str, str]:
    """Return the profile's cells: what each says under its label."""
    visitor.page.goto(profile)
    cells = visitor.page.locator(".cx-cell").all_inner_texts()
    pairs = (" ".join(cell.split("\n")).strip() for cell in cells)
    labels = visitor.page.locator(".cx-cell dt").all_inner_texts()
    return {
        label: text.removeprefix(label).strip() for label, text in zip(labels, pairs, strict=True)
    }
