"""Whom a reply goes to is seen before it is sent, and for ten seconds it can be taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_reply_is_taken_back_by_key_and_its_words_are_in_the_composer(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/t/1188")
    expect(page.locator("[data-test=recipients] input[name=to]")).to_be_checked()
    page.keyboard.press("r")
    page.keyboard.type("This goes too early.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-test=undo-sending]")).to_contain_text("Sent in")
    priya.look()
    page.locator("[data-test=undo-sending] button").press("Enter")
    expect(page.locator("#composer-body")).to_have_value("This goes too early.")
    expect(page.locator("#conversation")).not_to_contain_text("This goes too early.")
    expect(page.locator(".composer-rich")).to_be_focused()


def test_without_scripts_a_reply_is_sent_and_taken_back(sign_in: Visit) -> None:
    page = sign_in("priya", scripts=False).page
    page.goto("/desk/t/1188")
    page.locator("#composer-body").fill("This too.")
    page.get_by_role("button", name="Send and keep open").click()
    page.locator("[data-test=undo-sending] button").click()
    expect(page.locator("#composer-body")).to_have_value("This too.")
