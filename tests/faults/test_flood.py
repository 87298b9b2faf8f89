"""F15: a flood from one sender holds up nobody else's mail."""

import pytest

from tests.channels.mails import arrival_of, mail
from tickets.channels import journal
from tickets.channels.email.intake import keep_mail
from tickets.channels.tasks import read_arrival


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Which line each arrival waits in; nobody reads them."""
    chosen: dict[int, str] = {}

    def note(*, kwargs: dict[str, int], queue: str) -> None:
        chosen[kwargs["arrival_id"]] = queue

    monkeypatch.setattr(read_arrival, "apply_async", note)
    return chosen


def keep(number: int, sender: str) -> int:
    raw = mail(f"Mail {number}", sender=sender)
    keep_mail(raw, source="smtp", envelope_from=sender, envelope_to=["support@localhost.example"])
    return arrival_of(raw).pk


@pytest.mark.django_db(transaction=True)
def test_what_one_sender_sends_too_much_of_waits_in_its_own_line(lines: dict[int, str]) -> None:
    flood = [keep(number, "bot@flood.example") for number in range(journal.MOST_A_MINUTE + 5)]
    other = keep(0, "kofi@example.com")

    assert [lines[pk] for pk in flood].count("bulk") == 5
    assert lines[flood[-1]] == "bulk"
    assert lines[other] == "intake"
