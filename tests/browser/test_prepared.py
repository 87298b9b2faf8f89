"""Journey 1: an agent is prepared when the ticket opens, answers it, and the numbers follow."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.embedded.instance import await_true

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_queue_shows_what_is_due_first_and_why(sign_in: Visit) -> None:
    priya = sign_in("priya")
    priya.go("/desk/v/mine")
    rows = priya.page.locator("[data-test=queue-row]")
    expect(rows.nth(0)).to_contain_text("#1188")
    expect(rows.nth(1)).to_contain_text("#1192")
    expect(rows.nth(1)).to_contain_text("3rd contact")
    expect(rows.nth(1)).to_contain_text("promise")


def test_a_ticket_opened_by_keyboard_says_what_was_tried_and_promised(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/v/mine")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/t/1192*")
    expect(page.locator("#headline")).to_be_focused()
    expect(page.locator("#headline")).to_contain_text("3rd contact in 21 days")
    expect(page.locator("#headline")).to_contain_text("overdue")
    expect(page.locator("[data-test=briefing-identity]")).to_contain_text("MY-ah oh-KAH-for")
    expect(page.locator("[data-test=briefing-identity]")).to_contain_text("Toronto")
    expect(page.locator("#briefing")).to_contain_text("A-1042")
    assert priya.is_in_view("#headline")
    assert priya.is_in_view("article.message:has-text('It has been two weeks')")
    priya.look()


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
    assert before["Tickets"].startswith("4 3 solved")
    await_true(lambda: numbers(priya, profile)["Tickets"].startswith("4 4 solved"))
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
