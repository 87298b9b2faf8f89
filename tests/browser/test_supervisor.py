"""The supervisor's journey: what needs a decision now, how weeks went, and why people come back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = (
    "/desk/insights/now", "/desk/insights/now?kiosk=1", "/desk/insights/now/open",
    "/desk/insights/now/promises", "/desk/insights/cx", "/desk/insights/cx?period=12m",
    "/desk/insights/cx/first_reply", "/desk/insights/cx/first_contact?by=agent",
    "/desk/insights/cx/solved/rows", "/desk/insights/cx/open", "/desk/insights/definitions",
    "/desk/insights/drivers", "/desk/insights/prepared", "/desk/insights/team?team=1",
    "/desk/insights/reports", "/desk/insights/exports", "/desk/insights/kept",
    "/desk/insights/cx/contact_rate", "/desk/insights/cx/lost_buyers/rows",
)  # fmt: skip
BEFORE = "main [data-test=decision]"


def decision(page: Page, number: int) -> str:
    return page.locator(BEFORE, has_text=f"#{number}").inner_text()


def test_every_page_of_insights_is_accessible(sign_in: Visit) -> None:
    ines = sign_in("ines")
    for path in PAGES:
        ines.go(path)


def test_no_page_of_insights_scrolls_sideways_on_a_phone(sign_in: Visit) -> None:
    ines = sign_in("ines", width=390, height=844)
    for path in PAGES:
        ines.go(path)


def test_a_ticket_is_assigned_from_the_list_by_keys(sign_in: Visit) -> None:
    ines = sign_in("ines")
    page = ines.page
    page.goto("/desk/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/insights/now")
    assert "3rd contact" in decision(page, 1192)
    heading = page.locator("#now-decide").bounding_box()

    while "#1192" not in (page.evaluate("document.activeElement.textContent") or ""):
        page.keyboard.press("j")
    page.keyboard.press("a")
    chooser = page.get_by_label("#1192 goes to")
    expect(chooser).to_be_focused()
    name, _separator, _rest = chooser.locator("option").nth(1).inner_text().partition(" (")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(BEFORE, has_text="#1192")).to_contain_text(f"{name} (")
    assert page.locator("#now-decide").bounding_box() == heading
    ines.look()


def test_a_missed_ticket_of_nobody_goes_to_somebody_by_one_menu(sign_in: Visit) -> None:
    ines = sign_in("ines")
    page = ines.page
    page.goto("/desk/insights/now")
    missed = page.locator(BEFORE, has_text="#1140")
    expect(missed).to_contain_text("Rossi")
    expect(missed).to_contain_text("Delivery")
    unassigned = page.locator(".gauge a[href*='/now/unassigned']")
    before, heading = int(unassigned.inner_text()), page.locator("#now-decide").bounding_box()

    missed.locator("summary").click()
    chooser = page.get_by_label("#1140 goes to")
    name, _separator, _rest = chooser.locator("option").nth(1).inner_text().partition(" (")
    chooser.select_option(index=1)
    missed.get_by_role("button", name="Assign", exact=True).click()

    expect(unassigned).to_have_text(str(before - 1))
    assert page.locator("#now-decide").bounding_box() == heading
    expect(missed).to_contain_text(f"{name} (")


def test_a_paused_page_stands_still_and_a_refreshed_one_moves(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.clock.install()
    page.goto("/desk/insights/now")
    as_of = page.locator("#now > p").first
    first = as_of.inner_text()
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(240_000)
    expect(page.locator("[data-now-stale]")).to_be_visible()
    assert as_of.inner_text() == first

    page.keyboard.press(".")

    expect(as_of).not_to_have_text(first)
    page.clock.run_for(6_000)
    expect(page.locator("[data-now-stale]")).to_be_hidden()


def test_the_page_fetches_itself_every_minute(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.clock.install()
    page.goto("/desk/insights/now")
    first = page.locator("#now > p").first.inner_text()
    page.wait_for_timeout(1100)

    page.clock.run_for(66_000)

    expect(page.locator("#now > p").first).not_to_have_text(first)


def test_every_count_of_now_opens_to_as_many_tickets(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.goto("/desk/insights/now")
    counts = {
        link.get_attribute("href"): int(link.inner_text())
        for link in page.locator(".gauge a[href*='/insights/now/']").all()
    }
    assert len(counts) == 6
    for url, count in counts.items():
        page.goto(url or "")
        expect(page.locator("main [data-row]")).to_have_count(count)


def test_numbers_of_weeks_open_to_their_rows(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.goto("/desk/insights/cx")
    for key in ("contacts", "solved"):
        page.goto("/desk/insights/cx")
        number = page.locator(f"[data-test=line-{key}] td a").first
        count = number.inner_text()
        number.click()
        expect(page.locator("[data-test=rows-count]")).to_have_text(count)
        expect(page.locator("main [data-test=fact]")).to_have_count(min(int(count), 50))


def test_a_point_of_a_chart_leads_to_the_rows_of_its_week_by_keyboard(sign_in: Visit) -> None:
    ines = sign_in("ines")
    page = ines.page
    page.goto("/desk/insights/cx/contacts")
    point = page.locator(".chart-plot a").first
    words = point.get_attribute("aria-label") or ""
    point.focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/contacts/rows?**")
    count = re.search(r": (\d+)", words)
    assert count is not None
    expect(page.locator("[data-test=rows-count]")).to_have_text(count[1])


def test_a_topic_with_few_answers_lists_them(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.goto("/desk/insights/drivers")
    rows = page.locator("[data-test=driver]")
    few = rows.filter(has=page.locator("td:nth-child(2)", has_text=re.compile(r"^[1-4]\s*$")))

    expect(few.first).to_contain_text(" of ")
    expect(few.first).not_to_contain_text("%")


def test_the_wall_screen_names_no_customer_and_an_agent_sees_nothing(sign_in: Visit) -> None:
    page = sign_in("ines").page
    page.goto("/desk/insights/now?kiosk=1")
    expect(page.locator(BEFORE).first).to_contain_text("#")
    assert "Okafor" not in page.locator("main").inner_text()

    agent = sign_in("priya").page
    agent.goto("/desk/")
    expect(agent.locator(".rail [href='/desk/insights/now']")).to_have_count(0)
