"""Admins change the words of mails and see what they look like; others do not."""

import pytest
from django.test import Client

from helpdesk.accounts.models import Agent
from tickets.channels.models import MailTemplate, MailTemplateChange

URL = "/desk/mail-words/reply/de"


@pytest.fixture
def head(client: Client, dana: Agent) -> Client:
    client.force_login(dana)
    return client


def test_words_are_changed_and_reset(head: Client) -> None:
    head.post(URL, {"subject": "{subject}", "body": "Hallo {name},\n\n{message}"})
    assert MailTemplate.objects.get().body == "Hallo {name},\n\n{message}"

    head.post(f"{URL}/reset")

    assert not MailTemplate.objects.exists()


def test_who_changed_the_words_from_what_to_what_is_kept_and_shown(head: Client) -> None:
    words = {"subject": "{subject}", "body": "Hallo {name},\n\n{message}"}
    for body in (words["body"], words["body"], "Guten Tag,\n\n{message}"):
        head.post(URL, words | {"body": body})
    head.post(f"{URL}/reset")

    reset, second, first = MailTemplateChange.objects.all()
    assert first.old["subject"] == "{subject} [#{number}]"
    assert second.old == {"body": words["body"]}
    assert reset.new["body"] == first.old["body"]
    page = head.get(URL).content.decode()
    assert page.count("Dana Lee") >= 3
    assert "Guten Tag" in page


def test_words_in_a_language_of_our_own_come_from_nothing(head: Client) -> None:
    head.post("/desk/mail-words/reply/fr", {"subject": "{subject}", "body": "{message}"})

    assert MailTemplateChange.objects.get().old == {"subject": "", "body": ""}


@pytest.mark.parametrize(
    ("body", "words"), [("Hello", "needs {message}"), ("{message} {password}", "There is no")]
)
def test_words_that_would_lose_or_leak_something_are_refused(
    head: Client, body: str, words: str
) -> None:
    answer = head.post(URL, {"subject": "Re", "body": body})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MailTemplate.objects.exists()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_preview_is_the_mail_and_can_do_nothing(head: Client, theme: str) -> None:
    MailTemplate.objects.create(
        kind="reply", language="de", subject="x", body="<script>alert(1)</script>\n\n{message}"
    )

    answer = head.get(f"{URL}/{theme}")

    html = answer.content.decode()
    assert f'name="color-scheme" content="{theme}"' in html
    assert "<script>" not in html
    assert "sandbox" in answer["Content-Security-Policy"]


def test_every_kind_is_listed(head: Client) -> None:
    html = head.get("/desk/mail-words/").content.decode()

    assert html.count("/desk/mail-words/") >= 6
