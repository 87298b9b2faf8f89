"""Journey 4: duplicates and identities, with a way back; and a person's data."""

import hashlib
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.embedded.instance import Instance, await_true

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WRITER = "maya.okafor@gmail.example"
LETTER = f"""From: Maya Okafor <{WRITER}>
To: support@harbour.example
Subject: My refund
Message-ID: <gmail-1@gmail.example>
Date: Thu, 14 May 2026 09:50:00 +0100
Content-Type: text/plain; charset=utf-8

Writing from my private address about #1192: the refund for order A-1042 is still missing.

Maya Okafor
"""


def deliver(instance: Instance) -> None:
    """A mail arrives."""
    instance.shell(
        "from tickets.channels.email.intake import keep_mail;"
        f"keep_mail({LETTER.encode()!r}, source='pipe', envelope_from={WRITER!r},"
        " envelope_to=['support@harbour.example'])"
    )


def profile_of(page: Page, number: int) -> str:
    page.goto(f"/desk/t/{number}")
    return page.locator("a.briefing-name").get_attribute("href") or ""


def fingerprint(page: Page, profile: str) -> str:
    """A hash of a profile's numbers and timeline as they are shown, but for how long ago."""
    page.goto(profile)
    parts = page.locator(".cx-cell, #timeline .timeline-item").all_inner_texts()
    shown = re.sub(r"^.* ago$", "", "\n".join(parts), flags=re.MULTILINE)
    return hashlib.sha256(shown.encode()).hexdigest()


def newest_ticket(page: Page) -> int:
    """The number of the ticket the mail became."""
    link = page.get_by_role("link", name=re.compile("My refund")).first
    await_true(lambda: bool(page.goto("/desk/search/?q=My+refund")) and link.count() > 0)
    found = re.search(r"/t/(\d+)", link.get_attribute("href") or "")
    assert found
    return int(found[1])


def test_a_second_address_is_suggested_merged_and_undone(
    sign_in: Visit, instance: Instance
) -> None:
    priya = sign_in("priya")
    page = priya.page
    maya = profile_of(page, 1192)
    before = fingerprint(page, maya)
    deliver(instance)
    number = newest_ticket(page)
    is_suggested(priya, number)
    twin = profile_of(page, number)
    twin_before = fingerprint(page, twin)
    merge_ticket(priya, number)
    merge_person(priya, twin, maya)

    page.locator("summary:has-text('History of identities')").click()
    page.locator("[data-test=undo-merge] button").click()
    page.wait_for_url(f"**{twin}")
    page.goto("/desk/t/1192")
    page.locator("[data-test=merged] button").click()
    page.wait_for_url(f"**/desk/t/{number}")
    await_true(lambda: fingerprint(page, maya) == before)
    await_true(lambda: fingerprint(page, twin) == twin_before)


def is_suggested(priya: Visitor, number: int) -> None:
    """The suggestion stands on the ticket with its reasons; nothing is merged by itself."""
    page = priya.page
    page.goto(f"/desk/t/{number}")
    same = page.locator("[data-test=same-person]")
    await_true(lambda: bool(page.reload()) and same.count() == 1)
    expect(same).to_contain_text("quoted #1192, same name, order A-1042")
    priya.look()


def merge_ticket(priya: Visitor, number: int) -> None:
    """Two actions: look at what comes of it, and do it."""
    page = priya.page
    page.goto(f"/desk/t/{number}")
    page.locator("[data-test=merge-ticket]").click()
    expect(page.locator("[data-test=merge-preview]")).to_contain_text("Nobody is told")
    priya.look()
    page.locator("[data-test=merge]").click()
    page.wait_for_url("**/desk/t/1192*")
    expect(page.locator("#conversation")).to_contain_text("Writing from my private address")
    expect(page.locator("#conversation")).to_contain_text(f"from #{number}")
    priya.look()
    page.goto(f"/desk/t/{number}")
    assert "/desk/t/1192" in page.url


def merge_person(priya: Visitor, twin: str, maya: str) -> None:
    """The second record becomes part of the first, and its address leads there."""
    page = priya.page
    page.goto(twin)
    page.locator("[data-test=same-person] a").first.click()
    priya.look()
    page.locator("[data-test=merge]").click()
    page.wait_for_url(f"**{maya}")
    expect(page.locator("main")).to_contain_text(WRITER)
    expect(page.locator("main")).to_contain_text("Identities (4)")
    priya.look()
    page.goto(twin)
    assert page.url.endswith(maya)


def test_a_person_is_exported_and_erased(sign_in: Visit, tmp_path: Path) -> None:
    dana = sign_in("dana")
    page = dana.page
    profile = profile_of(page, 1190)
    page.goto(f"{profile}/data")
    dana.look()
    page.locator("[data-test=export]").click()
    link = page.locator("[data-test=download]")
    link.wait_for()
    with page.expect_download() as started:
        link.click()
    path = tmp_path / "person.zip"
    started.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert {"data.json", "data.html"} <= set(archive.namelist())
        assert "Omar Haddad" in archive.read("data.html").decode()

    page.locator("#erase-typed").fill("Omar Haddad")
    page.locator("[data-test=erase]").click()
    await_true(lambda: bool(page.reload()) and page.locator("[data-test=erased]").count() == 1)
    dana.look()
    page.goto("/desk/search/?q=Haddad")
    expect(page.locator("main")).not_to_contain_text("omar.haddad@example.com")
    page.goto(profile)
    expect(page.locator("[data-test=ledger]")).to_contain_text("Exported")
    expect(page.locator("[data-test=ledger]")).to_contain_text("Erased")


def test_access_to_hidden_history_is_asked_for_and_granted(sign_in: Visit) -> None:
    maya = profile_of(sign_in("priya").page, 1192)
    raj = sign_in("raj")
    raj.page.goto(maya)
    expect(raj.page.locator("main")).to_contain_text("in a team you can't see")
    expect(raj.page.locator("main")).not_to_contain_text("Charged twice")
    raj.page.locator("summary:has-text('Request access')").click()
    raj.page.locator("#access-reason").fill("Her parcel")
    raj.page.locator("[data-test=ask-access] button").click()
    ines = sign_in("ines")
    ines.page.goto("/desk/v/mine")
    ines.page.get_by_role("link", name="Decide").click()
    ines.look()
    ines.page.locator("[data-test=access-request] button").first.click()
    raj.page.goto(maya)
    expect(raj.page.locator("#timeline")).to_contain_text("Charged twice")
