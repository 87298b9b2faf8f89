"""Journey 6: the contact form at 320 px, without scripts, by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def fill(page: Page, **answers: str) -> None:
    for name, answer in answers.items():
        page.locator(f"#id_{name}").fill(answer)


def choose_payment(page: Page) -> None:
    page.get_by_label("Payment, refund").focus()
    page.keyboard.press("Space")


def send(page: Page) -> None:
    page.locator("#id_email").focus()
    page.keyboard.press("Enter")


def test_the_form_says_what_is_missing_and_keeps_the_rest(visit: Visit) -> None:
    maya = visit(width=320, height=640, scripts=False)
    page = maya.page
    maya.go("/contact")
    choose_payment(page)
    fill(page, name="Maya Okafor", email="maya at okafor")
    send(page)
    expect(page).to_have_title(re.compile(r"^Error:"))
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("There is a problem")
    expect(summary.locator("a")).to_have_count(2)
    assert page.evaluate("document.activeElement.closest('[data-error-summary]') !== null")
    expect(page.locator("#id_email")).to_have_value("maya at okafor")
    expect(page.get_by_label("Payment, refund")).to_be_checked()
    maya.look()


def test_a_file_that_is_too_large_is_named_and_the_rest_kept(visit: Visit) -> None:
    maya = visit(width=320, height=640, scripts=False)
    page = maya.page
    page.goto("/contact")
    choose_payment(page)
    fill(page, message="Still no refund.", order_number="A-1042", name="Maya")
    fill(page, email="maya@okafor.example")
    large = {"name": "video.mp4", "mimeType": "video/mp4", "buffer": b"0" * 12_000_000}
    page.locator("#id_files").set_input_files(large)  # type: ignore[arg-type]
    send(page)
    expect(page.locator("[data-error-summary]")).to_contain_text("video.mp4")
    expect(page.locator("[data-error-summary]")).to_contain_text("10 MB")
    expect(page.locator("#id_order_number")).to_have_value("A-1042")


def test_a_sent_message_has_a_reference_and_is_sent_once(visit: Visit) -> None:
    maya = visit(width=320, height=640, scripts=False)
    page = maya.page
    page.goto("/contact")
    choose_payment(page)
    fill(page, message="Still no refund.", order_number="A-1042", name="Nadia")
    fill(page, email="nadia@example.org")
    page.wait_for_timeout(2_000)  # faster is taken for a robot
    send(page)
    page.wait_for_url("**/contact/sent/*")
    reference = page.locator(".reference").inner_text()
    page.reload()
    expect(page.locator(".reference")).to_have_text(reference)
    expect(page.locator("main")).to_contain_text("nadia@example.org")
    maya.look()


def test_a_robot_is_thanked_and_parked(visit: Visit, sign_in: Visit) -> None:
    page = visit(scripts=False).page
    page.goto("/contact")
    choose_payment(page)
    fill(page, message="Buy now", name="Bot", email="bot@example.org")
    page.locator("[name=website]").evaluate("field => { field.value = 'http://spam.example' }")
    send(page)
    expect(page.locator("h1")).to_have_text("Message sent")
    assert page.locator(".reference").count() == 0
    dana = sign_in("dana")
    dana.go("/desk/arrivals/")
    expect(dana.page.locator("main")).to_contain_text("bot@example.org")


def test_the_form_is_accessible_in_every_state(visit: Visit) -> None:
    maya = visit(width=320, height=640)
    maya.go("/contact")
    maya.page.get_by_role("button", name="Send my message").click()
    expect(maya.page.locator("[data-error-summary]")).to_be_focused()
    maya.look()
