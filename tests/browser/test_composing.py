"""Journey 1, steps 5 and 6: nobody asks again for what is known, and a promise is tracked."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.embedded.instance import Instance, await_true

MESSAGE_ID = """
from tickets.models import Message

inbound = Message.objects.filter(ticket__number=1192, kind="inbound")
print(inbound.order_by("at").values_list("mail_id", flat=True).first().strip("<>"))
"""
REPEAT_ASKS = """
from tickets.speech.models import RepeatAsk

print(RepeatAsk.objects.count())
"""

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


def test_a_promise_is_moved_by_one_key_and_all_follows(sign_in: Visit, instance: Instance) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/t/1192")
    page.keyboard.press("y")
    expect(page.locator("[data-test=match-decided]")).to_contain_text("same issue")
    reply_with_macro(page, "I'll confirm the refund by Friday 15:00.")
    chip = page.locator("[data-test=suggestion]")
    expect(chip).to_contain_text(re.compile(r"Track as promise, due Fri .* 15:00\?"))
    expect(chip).to_contain_text("Replaces the")
    priya.look()
    page.locator("[data-suggestion]").focus()
    page.keyboard.press("2")
    expect(chip).to_have_count(0)
    expect(page.locator("#ticket-header")).to_contain_text("Open")
    expect(page.locator("#promises")).to_contain_text("I'll confirm the refund")
    page.get_by_role("link", name="What was known").first.click()
    expect(page.locator("#peek")).to_contain_text("3rd contact about")
    priya.go("/desk/promises/?owner=all")
    expect(page.locator("main")).to_contain_text("moved once")
    mail = sent_with(instance, "confirm the refund by Friday")
    asked = written_by_maya(instance)
    assert mail["In-Reply-To"] == asked
    assert asked in str(mail["References"])
    assert "maya@okafor.example" in str(mail["To"])


def test_the_numbers_follow_what_was_promised(sign_in: Visit, instance: Instance) -> None:
    priya = sign_in("priya")
    page = priya.page
    page.goto("/desk/v/mine")
    expect(page.locator("[data-test=queue-row]", has_text="#1192")).to_contain_text("Open")
    page.goto("/desk/t/1192")
    page.locator("a.briefing-name").click()
    promises = page.locator(".cx-cell", has_text="Promises kept in time")
    expect(promises).to_contain_text("1 of 2")
    expect(promises).to_contain_text("1 moved and open")
    issue = page.locator(".timeline-item", has_text="It has been two weeks")
    expect(issue).to_contain_text("Charged twice for order A-1042")
    priya.look()
    assert instance.shell(REPEAT_ASKS).strip() == "0"
    page.goto("/desk/t/1192")
    page.locator("#promises").get_by_role("button", name="Kept").first.click()
    expect(page.locator("#ticket-header")).to_contain_text("Waiting for customer")


def reply_with_macro(page: Page, words: str) -> None:
    """Send what the briefing suggests to write, with words of one's own after it."""
    page.keyboard.press("r")
    body = page.locator(".composer-rich")
    expect(body).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(body).to_have_text("")
    page.locator("[data-test=briefing-macro]").click()
    expect(body).to_contain_text("Hi Maya")
    body.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def sent_with(instance: Instance, words: str) -> EmailMessage:
    """The mail with these words, once it has really left: it is held for some seconds."""
    found: list[EmailMessage] = []

    def has_left() -> bool:
        for path in instance.var.joinpath("outbox").glob("*.log"):
            mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            body = mail.get_body(("plain",))
            if body and words in " ".join(body.get_content().split()):
                found.append(mail)
        return bool(found)

    await_true(has_left)
    return found[0]


def written_by_maya(instance: Instance) -> str:
    """The Message-ID of her mail."""
    return f"<{instance.shell(MESSAGE_ID).strip()}>"


def test_without_scripts_a_promise_is_tracked_by_a_button(sign_in: Visit) -> None:
    page = sign_in("priya", scripts=False).page
    page.goto("/desk/t/1188")
    page.locator("#composer-body").fill("I'll call you tomorrow at 10.")
    page.get_by_role("button", name="Send and wait").click()
    page.get_by_role("button", name="Track").click()
    expect(page.locator("#promises")).to_contain_text("I'll call you tomorrow at 10.")
