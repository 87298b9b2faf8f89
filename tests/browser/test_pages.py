"""Every page of the desk holds together: at phone width, in both colour schemes, for everybody."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DESK = (
    "/desk/", "/desk/v/all", "/desk/t/1180", "/desk/c/", "/desk/c/1", "/desk/o/1", "/desk/search/",
    "/desk/new/", "/desk/new/log", "/desk/deliveries/", "/desk/me/", "/desk/settings/sla",
    "/desk/settings/sla/new", "/desk/settings/hours", "/desk/settings/hours/new",
    "/desk/t/1180/targets",
)  # fmt: skip


def test_every_page_of_the_desk_is_accessible(sign_in: Visit) -> None:
    ines = sign_in("ines")
    for path in DESK:
        ines.go(path)


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_of_the_desk_scrolls_sideways(sign_in: Visit, width: int) -> None:
    ines = sign_in("ines", width=width, height=844, scripts=False)
    for path in DESK:
        ines.go(path)


def test_the_pages_of_signing_in_are_accessible(visit: Visit) -> None:
    somebody = visit(width=390)
    somebody.go("/accounts/login/")
    somebody.go("/accounts/password/reset/")


def test_the_api_describes_itself(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.goto("/api/v1/")
    expect(page.locator("#swagger-ui")).to_contain_text("/api/v1/tickets")


def test_a_word_finds_the_ticket_it_was_said_in(sign_in: Visit) -> None:
    ines = sign_in("ines")
    page = ines.page
    page.goto("/desk/v/mine")
    page.keyboard.press("/")
    page.wait_for_url("**/desk/search/**")
    page.locator("main input[type=search]").fill("boiling")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("#1190")
    ines.look()


def test_a_first_mail_to_a_customer_opens_a_ticket(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.goto("/desk/new/")
    page.get_by_label("To", exact=True).fill("grace@example.org")
    page.get_by_label("Subject").fill("Your order is ready")
    page.locator("textarea").fill("Come by when you like.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/desk/t/*")
    expect(page.locator("#conversation")).to_contain_text("Come by when you like.")


def test_a_profiles_history_is_searched(sign_in: Visit) -> None:
    ines = sign_in("ines")
    page = ines.page
    page.goto("/desk/t/1180")
    page.locator("a.briefing-name").click()
    page.locator("#timeline-words").fill("receipt")
    page.keyboard.press("Enter")
    expect(page.locator("#timeline-title")).to_be_visible()
    expect(page.locator("main")).to_contain_text("#1171")
    ines.look()
