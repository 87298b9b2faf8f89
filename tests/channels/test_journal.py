"""Kept before acknowledged, and from there to an end with a reason."""

from datetime import timedelta

import pytest
from django.test import TestCase
from django.utils import timezone

from tests.channels.conftest import Keep, Read
from tests.channels.mails import arrival_of, mail
from tickets.channels.email.intake import keep_mail
from tickets.channels.journal import ArrivalFinished, drop_arrival, keep_arrival, retry_arrival
from tickets.channels.models import Arrival
from tickets.channels.reading import read_one
from tickets.channels.tasks import sweep_arrivals
from tickets.models import Message

NOBODY = mail("Who am I?", sender="")


def kept_only(raw: bytes) -> Arrival:
    """An arrival whose task was lost."""
    with TestCase.captureOnCommitCallbacks():
        keep_mail(raw, source="smtp", envelope_from="kofi@example.com", envelope_to=[])
    return arrival_of(raw)


def test_what_is_kept_is_kept_byte_for_byte(keep: Keep) -> None:
    raw = mail("Null \x00, eight bits \xe9 and a long line " + "x" * 5_000)

    arrival = keep(raw)

    assert bytes(arrival.raw) == raw
    assert arrival.state == Arrival.State.PROCESSED


def test_a_known_mail_is_not_kept_again(keep: Keep) -> None:
    raw = mail("Known.")
    keep(raw)

    assert not keep_mail(raw, source="smtp", envelope_from="kofi@example.com", envelope_to=[])


def test_a_mail_without_a_sender_is_parked_with_a_reason_for_people(keep: Keep) -> None:
    arrival = keep(NOBODY, envelope_from="")

    assert arrival.state == Arrival.State.PARKED
    assert arrival.reason == "The mail names no sender address, so there is nobody to answer."


def test_a_sender_without_an_address_is_parked_with_a_reason_for_people(keep: Keep) -> None:
    arrival = keep(mail("Hello", sender="Mail Delivery System"), envelope_from="")

    assert arrival.state == Arrival.State.PARKED
    assert arrival.reason == "The mail names no sender address, so there is nobody to answer."


def test_a_parked_arrival_can_be_tried_again(keep: Keep) -> None:
    arrival = keep(NOBODY, envelope_from="")
    Arrival.objects.filter(pk=arrival.pk).update(envelope_from="kofi@example.com")

    with TestCase.captureOnCommitCallbacks(execute=True):
        retry_arrival(arrival)

    assert arrival_of(NOBODY).state == Arrival.State.PROCESSED


def test_a_parked_arrival_can_be_dropped_and_its_bytes_stay(keep: Keep) -> None:
    arrival = drop_arrival(keep(NOBODY, envelope_from=""), reason="Advertising", at=timezone.now())

    assert arrival.state == Arrival.State.IGNORED
    assert bytes(arrival.raw) == NOBODY


def test_what_became_a_message_is_neither_dropped_nor_tried_again(keep: Keep) -> None:
    arrival = keep(mail())

    with pytest.raises(ArrivalFinished):
        drop_arrival(arrival, reason="No", at=timezone.now())
    with pytest.raises(ArrivalFinished):
        retry_arrival(arrival)


def test_the_sweep_takes_up_what_a_dead_worker_left(workspace: None) -> None:
    arrival = kept_only(mail("Left behind."))
    Arrival.objects.update(received_at=timezone.now() - timedelta(minutes=1))

    sweep_arrivals()

    arrival.refresh_from_db()
    assert arrival.state == Arrival.State.PROCESSED


def test_killed_workers_do_not_park_an_innocent_mail(workspace: None) -> None:
    arrival = kept_only(mail("Innocent."))
    Arrival.objects.update(attempts=23)

    assert read_one(arrival.pk, at=timezone.now()) is not None


def test_reading_an_arrival_again_returns_its_message(read: Read) -> None:
    message = read(mail("Once."))

    assert read_one(arrival_of(mail("Once.")).pk, at=timezone.now()) == message
    assert Message.objects.filter(text__contains="Once.").count() == 1


def test_an_unknown_channel_parks_what_it_brought(workspace: None) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        keep_arrival(channel="pigeon", key="1", raw=b"coo", source="http", at=timezone.now())

    arrival = Arrival.objects.get(channel="pigeon")
    assert arrival.state == Arrival.State.PARKED
    assert arrival.reason == "Reading it failed (KeyError)."
