"""The contact form, journey J6: errors, files, robots, limits, sent once."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from customers.models import Fact
from helpdesk.accounts.models import Team
from tickets.channels.models import Arrival
from tickets.channels.webform.files import MOST_BYTES
from tickets.channels.webform.keeping import ROBOT, Stamp
from tickets.channels.webform.limits import FORMS_PER_ADDRESS
from tickets.models import Message, Ticket, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(settings: Settings, workspace: None) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture
def payment(db: None) -> Topic:
    team = Team.objects.create(name="Billing")
    return Topic.objects.create(name="Payment, refund", team=team, is_public=True)


def stamp(seconds: int = 60) -> str:
    return Stamp.new(at=timezone.now() - timedelta(seconds=seconds)).signed()


def answers(**changed: object) -> dict[str, object]:
    given = {
        "message": "I paid twice. Please look.",
        "name": "Maya Okafor",
        "email": "maya@example.com",
        "stamp": stamp(),
    }
    return given | changed


def send(client: Client, **changed: object) -> str:
    return client.post("/contact", answers(**changed), follow=True).content.decode()


def test_the_page_says_how_soon_we_reply(client: Client) -> None:
    html = client.get("/contact").content.decode()

    assert "We usually reply within 4 working hours (Mon\u2013Fri 9\u201317)." in html
    assert "csrftoken" in client.cookies
    assert "sessionid" not in client.cookies


def test_mistakes_are_listed_linked_and_nothing_typed_is_lost(
    client: Client, payment: Topic
) -> None:
    wrong = answers(message="", email="maya@", topic=payment.pk, order_number="A-1042")
    response = client.post("/contact", wrong)
    html = response.content.decode()

    assert response.status_code == 422
    assert "<title>Error: Contact us" in html
    assert html.count("Tell us what happened.") == 2
    assert html.count("Enter an e-mail address like name@example.com.") == 2
    assert '<a href="#id_message">' in html
    assert 'value="A-1042"' in html
    assert 'value="maya@"' in html
    assert "checked" in html


def test_a_file_too_large_is_named_and_the_others_stay(client: Client) -> None:
    large = SimpleUploadedFile("film.mov", b"x" * (MOST_BYTES + 1))
    small = SimpleUploadedFile("bill.pdf", b"%PDF", content_type="application/pdf")
    html = client.post("/contact", answers(files=[large, small])).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', html)

    assert "“film.mov” is larger than 10 MB." in html
    assert "bill.pdf" in html
    assert kept
    send(client, kept=kept[1])
    assert [file.name for file in Message.objects.get().attachments.all()] == ["bill.pdf"]


def test_a_forged_list_of_files_brings_none(client: Client) -> None:
    send(client, kept="W10:forged:signature")

    assert not Message.objects.get().attachments.exists()


def test_a_sent_form_is_a_ticket_with_topic_facts_and_a_reference(
    client: Client, payment: Topic
) -> None:
    html = send(client, topic=payment.pk, order_number="A-1042", tried="Called the bank")
    ticket = Ticket.objects.get()

    assert f'<p class="reference">{ticket.number}</p>' in html
    assert "We expect to reply by" in html
    assert (ticket.channel, ticket.topic, ticket.team) == ("form", payment, payment.team)
    assert Fact.objects.get().value == "A-1042"
    assert ticket.messages.get(kind="inbound").form["tried"] == "Called the bank"


def test_sending_twice_is_one_ticket_and_other_words_are_another(client: Client) -> None:
    same = stamp()
    first = client.post("/contact", answers(stamp=same), follow=True).content
    second = client.post("/contact", answers(stamp=same), follow=True).content

    assert first == second
    assert Ticket.objects.count() == 1
    send(client, stamp=same, message="And another thing.")
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("robot", [{"website": "http://spam.example"}, {"stamp": "fast"}])
def test_a_robot_gets_a_page_but_no_ticket_and_no_mail(
    client: Client,
    robot: dict[str, str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    robot = {"stamp": stamp(0)} if "stamp" in robot else robot
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/contact", answers(**robot))

    assert response.status_code == 200
    assert "Message sent" in response.content.decode()
    assert (Arrival.objects.get().state, Arrival.objects.get().reason) == ("parked", ROBOT)
    assert not Ticket.objects.exists()
    assert not mail.outbox


def test_too_many_forms_keep_the_text_and_name_another_way(client: Client) -> None:
    for n in range(FORMS_PER_ADDRESS):
        send(client, message=f"Number {n}")
    response = client.post("/contact", answers(message="The last straw"))

    assert response.status_code == 429
    assert "The last straw" in response.content.decode()
    assert "mailto:" in response.content.decode()
    assert Ticket.objects.count() == FORMS_PER_ADDRESS


def test_the_writer_gets_one_mail_with_the_facts_and_none_of_their_words(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for words in ("I paid twice", "I said: I paid twice"):
        with django_capture_on_commit_callbacks(execute=True):
            send(client, message=words)
    sent = mail.outbox[0]
    number = Ticket.objects.order_by("pk").values_list("number", flat=True)[0]

    assert len(mail.outbox) == 1
    assert sent.to == ["maya@example.com"]
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"
    assert str(number) in sent.body
    assert "We expect to reply by" in sent.body
    assert "paid twice" not in str(sent.message())


def test_an_earlier_number_joins_only_the_writers_own_ticket(client: Client) -> None:
    send(client)
    number = Ticket.objects.get().number

    assert "We added it to your earlier request" in send(
        client, earlier=f"#{number}", message="More"
    )
    send(client, earlier=str(number), email="eve@example.com", message="Mine too")
    assert Ticket.objects.count() == 2


def test_an_old_or_forged_stamp_asks_to_send_again(client: Client) -> None:
    response = client.post("/contact", answers(stamp="forged"))

    assert response.status_code == 422
    assert "open for too long" in response.content.decode()
    assert not Arrival.objects.exists()


def test_the_page_says_so_when_the_number_is_not_known_yet(client: Client) -> None:
    send(client)
    Arrival.objects.update(state="stored", message=None, finished_at=None)
    url = client.post("/contact", answers(message="x"))["Location"]
    Arrival.objects.update(state="parked", message=None)

    assert "The reference follows by mail" in client.get(url).content.decode()
    assert json.loads(bytes(Arrival.objects.latest("pk").raw))["message"] == "x"


def test_a_forged_confirmation_is_not_found(client: Client) -> None:
    assert client.get("/contact/sent/1").status_code == 404


def test_an_expired_form_comes_back_with_its_words_and_a_fresh_token(payment: Topic) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/contact", answers(topic=payment.pk))

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "I paid twice. Please look." in page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    again = answers(topic=payment.pk, csrfmiddlewaretoken=token[1])
    assert strict.post("/contact", again).status_code == 302
    assert Ticket.objects.count() == 1
