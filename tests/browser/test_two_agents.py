"""Journey 3: two agents on one ticket do not talk over each other or over the customer."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_reply_that_was_overtaken_stops_and_keeps_its_words(sign_in: Visit) -> None:
    tom, ines = sign_in("tom"), sign_in("ines")
    for visitor in (tom, ines):
        visitor.page.goto("/desk/t/1186")
    ines.page.keyboard.press("r")
    ines.page.keyboard.type("The invoice comes by noon.")
    tom.page.keyboard.press("r")
    tom.page.keyboard.type("Here is your invoice.")
    tom.page.keyboard.press("Control+Enter")
    expect(tom.page.locator("#conversation")).to_contain_text("Here is your invoice.")
    expect(ines.page.locator("[data-live-refresh]")).to_be_visible()
    ines.page.keyboard.press("Control+Enter")
    stop = ines.page.locator("[data-test=stale-send]")
    expect(stop).to_be_visible()
    expect(ines.page.locator("#composer")).to_contain_text("Here is your invoice.")
    expect(ines.page.locator("#composer-body")).to_have_value("The invoice comes by noon.")
    ines.look()
    stop.get_by_role("button", name="Send anyway").click()
    expect(ines.page.locator("#conversation")).to_contain_text("The invoice comes by noon.")


def test_agents_see_each_other_on_a_ticket(sign_in: Visit) -> None:
    priya, ines = sign_in("priya"), sign_in("ines")
    priya.page.goto("/desk/t/1188")
    ines.page.goto("/desk/t/1188")
    expect(priya.page.locator("[data-presence]")).to_contain_text("Ines Costa")
    ines.page.keyboard.press("r")
    ines.page.keyboard.type("Hello")
    expect(priya.page.locator("[data-presence]")).to_contain_text("writing")
