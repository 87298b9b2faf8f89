"""Journey 1, steps 5 and 6: nobody asks again for what is known, and a promise is tracked."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def begin(page: Page, number: int) -> None:
    """Open a ticket with the cursor in its composer."""
    page.goto(f"/desk/t/{number}")
    page.keyboard.press("r")
    page.locator(".composer-rich").wait_for()


def test_what_is_known_is_not_asked_again(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    begin(page, 1192)
    page.keyboard.type("Hi Maya, sorry. Could you send me your order number? Thank you.")
    lint = page.locator("[data-test=lint]")
    expect(lint).to_contain_text("Already known: order A-1042 (web form")
    priya.look()
    lint.get_by_role("button", name="Insert").click()
    body = page.locator(".composer-rich")
    expect(body).to_have_text("Hi Maya, sorry. I have your order A-1042 here. Thank you.")
    expect(lint).to_have_count(0)


def test_a_macro_is_chosen_by_keyboard(sign_in: Visit) -> None:
    page = sign_in("priya").page
    begin(page, 1192)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("/")
    expect(page.locator("#macro-search")).to_be_focused()
    page.keyboard.type("chase")
    expect(page.locator("#macro-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    body = page.locator(".composer-rich")
    expect(body).to_contain_text("the refund of £64.90 for order A-1042 is still missing")
    expect(body).to_be_focused()


def test_a_promise_is_tracked_by_one_key_and_replaces_the_late_one(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    begin(page, 1192)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("I'll confirm the refund by Friday 15:00.")
    page.keyboard.press("Control+Enter")
    chip = page.locator("[data-test=suggestion]")
    expect(chip).to_contain_text(re.compile(r"Track as promise, due Fri .* 15:00\?"))
    expect(chip).to_contain_text("Replaces the")
    priya.look()
    page.locator("[data-suggestion]").focus()
    page.keyboard.press("2")
    expect(chip).to_have_count(0)
    expect(page.locator("#ticket-header")).to_contain_text("Open")
    expect(page.locator("#promises")).to_contain_text("I'll confirm the refund")
    priya.go("/desk/promises/?owner=all")
    expect(page.locator("main")).to_contain_text("moved once")


def test_without_scripts_a_promise_is_tracked_by_a_button(sign_in: Visit) -> None:
    page = sign_in("priya", scripts=False).page
    page.goto("/desk/t/1188")
    page.locator("#composer-body").fill("I'll call you tomorrow at 10.")
    page.get_by_role("button", name="Send and wait").click()
    page.get_by_role("button", name="Track").click()
    expect(page.locator("#promises")).to_contain_text("I'll call you tomorrow at 10.")
