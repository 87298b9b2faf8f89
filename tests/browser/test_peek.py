"""Evidence, timeline and organisation beside the page; the profile, organisation and incidents."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def shoot(page: Page, name: str) -> None:
    """Keep a picture where the variable SCREENSHOTS says."""
    if place := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(place, f"{name}.png")))


def down_to(visitor: Visitor, number: str) -> None:
    page = visitor.page
    for _ in range(12):
        page.keyboard.press("ArrowDown")
        if number in page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"no line led to {number}")


def test_evidence_opens_beside_the_reply_and_escape_returns_to_its_line(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/t/1192")
    page.keyboard.press("b")
    down_to(priya, "#1171")
    line = page.evaluate("document.activeElement.outerHTML")
    page.keyboard.press("Enter")
    peek = page.locator("#peek")
    expect(peek).to_be_visible()
    expect(peek).to_contain_text("Charged twice for order A-1042")
    expect(peek.locator("[data-test=peek-match]")).to_contain_text("charged £64.90 twice")
    expect(page.locator("#peek-title")).to_be_focused()
    expect(page.locator("#composer-body")).to_be_visible()
    shoot(page, "peek")
    priya.look()
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    assert page.evaluate("document.activeElement.outerHTML") == line


def test_timeline_and_organisation_open_by_their_keys(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/t/1192")
    page.keyboard.press("h")
    expect(page.locator("#peek")).to_contain_text("Refund still missing")
    page.locator("#peek a", has_text="#1180").first.click()
    expect(page.locator("#peek-title")).to_contain_text("#1180")
    page.keyboard.press("Escape")
    expect(page.locator("#peek-title")).to_contain_text("Maya Okafor")
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_be_hidden()
    page.keyboard.press("o")
    expect(page.locator("#peek")).to_contain_text("Ben Adeyemi")
    expect(page.locator("#peek")).to_contain_text("#1188 Parcel not moving")
    priya.look()


@pytest.mark.parametrize("width", [390, 1366])
def test_profile_organisation_and_incidents_are_readable_at_any_width(
    sign_in: Visit, width: int
) -> None:
    ines = sign_in("ines", width=width, height=844)
    page = ines.page
    page.goto("/desk/t/1192")
    profile = page.locator("#context a[data-key=h]").get_attribute("href") or ""
    ines.go(profile)
    expect(page.locator("[data-test=buying]")).to_contain_text("4 orders")
    expect(page.locator("[data-test=relations]")).to_contain_text("has as assistant")
    shoot(page, f"profile-{width}")
    ines.go(profile.replace("#timeline", "?open=1&channel=email"))
    page.goto("/desk/t/1188")
    group = page.locator("#context a[data-key=o]").get_attribute("href") or ""
    for name, path in (
        ("organisation", group),
        ("incidents", "/desk/incidents/"),
        ("incident", "/desk/incidents/1"),
        ("incident-new", "/desk/incidents/new"),
        ("uploads", "/desk/uploads/"),
    ):
        ines.go(path)
        shoot(page, f"{name}-{width}")


def test_a_likely_incident_is_linked_with_one_key(sign_in: Visit) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/t/1188")
    expect(page.locator("#ticket-incident")).to_contain_text("Likely part of")
    priya.look()
    page.keyboard.press("w")
    expect(page.locator("#ticket-incident")).to_contain_text("Part of INC-")
    page.keyboard.press("w")
    expect(page.locator("#ticket-incident")).to_contain_text("No known incident")


def test_without_scripts_a_peek_is_a_page_and_an_incident_is_linked(sign_in: Visit) -> None:
    tom = sign_in("tom", scripts=False)
    page = tom.page
    page.goto("/desk/t/1192")
    page.locator("#briefing [data-evidence]", has_text="#1171").first.click()
    expect(page.locator("main")).to_contain_text("charged £64.90 twice")
    expect(page.locator("[data-peek-close]")).to_be_hidden()


def test_a_table_of_events_is_looked_at_and_read(sign_in: Visit) -> None:
    ines = sign_in("ines")
    page = ines.page
    ines.go("/desk/uploads/")
    rows = "id,date,email,status,carrier\nP-9,2026-05-01,ben@okafor.example,lost,DHL\nP-8,x,y,,\n"
    table = {"name": "t.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("input[type=file]").set_input_files(table)  # type: ignore[arg-type]
    page.locator("input[name=source]").fill("carrier")
    page.locator("select[name=kind]").select_option("delivery")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("[data-test=preview]")).to_contain_text("cannot be read")
    shoot(page, "upload")
    ines.look()
    page.get_by_role("button", name="Read 2 rows").click()
    expect(page.locator("[data-test=upload-state]")).to_contain_text("2 of 2 rows")
    expect(page.locator("[data-test=faults]")).to_contain_text("Row 2")
    ines.look()
