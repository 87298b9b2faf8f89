from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from helpdesk.accounts.models import Agent

SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Rate limits live in the cache, which outlasts a test."""
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str) -> int:
    return client.post(SIGN_IN, {"login": email, "password": password}).status_code


def test_an_agent_signs_in_by_address_whatever_its_case(client: Client, ana: Agent) -> None:
    assert sign_in(client, "ANA@example.com", "a long pass phrase") == 302

    assert client.get("/desk/v/mine").status_code == 200


def test_the_session_is_another_one_after_signing_in(client: Client, ana: Agent) -> None:
    client.get(SIGN_IN)
    before = client.session.session_key

    sign_in(client, ana.email, "a long pass phrase")

    assert client.session.session_key != before


def test_wrong_passwords_are_throttled_even_for_the_right_one(client: Client, ana: Agent) -> None:
    for _ in range(12):
        sign_in(client, ana.email, "wrong")

    answer = client.post(SIGN_IN, {"login": ana.email, "password": "a long pass phrase"})

    assert answer.status_code in {200, 429}
    assert client.get("/desk/v/mine").status_code == 302


def test_somebody_who_left_cannot_sign_in(client: Client, ana: Agent) -> None:
    ana.is_active = False
    ana.save(update_fields=["is_active"])

    sign_in(client, ana.email, "a long pass phrase")

    assert client.get("/desk/v/mine").status_code == 302


def test_somebody_who_left_is_out_at_once(desk: Client, ana: Agent) -> None:
    assert desk.get("/desk/v/mine").status_code == 200
    Agent.objects.filter(pk=ana.pk).update(is_active=False)

    assert desk.get("/desk/v/mine").status_code in {302, 403}


def test_signing_out_takes_a_post(desk: Client) -> None:
    desk.get("/accounts/logout/")
    assert desk.get("/desk/v/mine").status_code == 200

    desk.post("/accounts/logout/")

    assert desk.get("/desk/v/mine").status_code == 302


def test_nobody_signs_up(client: Client, db: None) -> None:
    client.post("/accounts/signup/", {"email": "eve@example.com", "password1": "let me in please"})

    assert not Agent.objects.exists()


def test_a_reset_answers_alike_for_known_and_unknown_addresses(
    client: Client, ana: Agent, mailoutbox: list[EmailMessage]
) -> None:
    known = client.post("/accounts/password/reset/", {"email": ana.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [mail.to for mail in mailoutbox if ana.email in mail.to] == [[ana.email]]


def test_the_link_of_a_reset_sets_a_new_password(
    client: Client, ana: Agent, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/accounts/password/reset/", {"email": ana.email})
    link = next(word for word in str(mailoutbox[0].body).split() if "/reset/key/" in word)
    path = "/" + link.split("/", 3)[3]

    form = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another long phrase", "password2": "another long phrase"})

    ana.refresh_from_db()
    assert ana.check_password("another long phrase")
