"""What somebody wrote, told from history and signatures in plain text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.channels.email.written.histories import ATTRIBUTIONS, BLOCKS
from tickets.channels.email.written.kinds import Kind
from tickets.channels.email.written.text import split_text

FOOTERS = """\
Sent from my iPhone
Sent from Yahoo Mail on Android
Get Outlook for iOS<https://aka.ms/o0ukef>
Von meinem iPhone gesendet
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Envoyé de mon iPhone
Enviado desde mi iPhone
Enviado do meu iPhone
Inviato da iPhone
Verstuurd vanaf mijn iPhone
Skickat från min iPhone
Sendt fra min iPhone
Lähetetty iPhonesta
Wysłane z iPhone'a
Odesláno z iPhonu
Отправлено с iPhone
Надіслано з iPhone
iPhone'umdan gönderildi
iPhoneから送信
发自我的 iPhone
나의 iPhone에서 보냄
נשלח מה-iPhone שלי
""".splitlines()

HOSTILE = [
    *(">\n", ">", "On ", "On \n", "On 1 Jan 2020 10:00 x wrote\n", "> a\nb\n", "a", "From: a\n"),
    *("\n", "--\n", "-----\n", " ", "Regards\n", "Sent from my iPhone\n", "To: A: Da: ", "a@"),
    *("x On 1 a@b wrote:", "From: a\n\n", ">" * 900 + "\n", "confidential ", "x On 1 a@b " * 45),
]

ALL_OWN = [
    "I called on 12/05/2024 and Anna wrote:\n\nYour chair is ready.\n\nBut it is not!",
    "Hello.\nOn 12 May 2024 your colleague wrote:\n\nIt will be there tomorrow.\n\nIt was not.",
    "Hello,\nOn 12 May at 10:30 you wrote:\nWe will send it.\nWhere is it?",
    "Please book:\n\nFrom: Berlin\nTo: Hamburg\nDate: 12 May 2024\n\nThanks",
    "Name: Ana Silva\nEmail: ana@example.com\nSubject: chair\n\nPlease call.",
    "Two things\n---\nFirst the chair.\n---\nThen the table, call me at +49 30 1234567 please.",
    "Hi\n\n-- \nWhy is it broken? Please answer.",
    "There are\n\n> 5 chairs broken",
    "Sent from my iPhone\n\nThe chair is broken",
    "Yes\n\nSent from my iPhone\n\nP.S. and the table too",
    "Yes\n\nSent from my desk, where I sit with a broken chair since Monday",
    "Thanks,\nAna\n\nP.S.: please call +49 30 1234567 before Friday.",
    "Best regards\nAna\n\nAlso: can you check https://example.com/order/5?",
    "It says:\n> error 5\n> at line 3\n\nWhat now?",
    "This is on the page:\n\n> error 5\n> at line 3",
    "-----\nBegin log\n-----\nfoo\n-----\nEnd log",
    "Log:\n2024-05-12 10:33:12 user ana@example.com:\nfailed login\n\nplease fix",
    "Am Montag wurde mir geschrieben:\nder Stuhl kommt. Er kam nicht.",
    "From: Ana <ana@example.com>\nSubject: Chair\n\nThe whole mail is this.",
    "Look:\n```\nOn 1 Jan 2024 at 10:00, a@example.com wrote:\n> x\n> y\n```\nWhy?",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("old", ["> Old words\n> and more\n", "Old words\nand more\n"])
def test_history_below_its_attribution_is_folded(attribution: str, old: str) -> None:
    assert split_text(f"My answer.\n\n{attribution}\n\n{old}").visible == "My answer."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_may_be_wrapped(attribution: str) -> None:
    words = attribution.split(" ")
    middle = len(words) // 2
    wrapped = f"{' '.join(words[:middle])}\n{' '.join(words[middle:])}"

    assert split_text(f"My answer.\n\n{wrapped}\n\n> Old words\n").visible in {
        "My answer.",
        f"My answer.\n\n{' '.join(words[:middle])}",  # an unknown beginning is shown, not guessed
    }


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
def test_history_below_a_header_block_is_folded(block: str, rule: str) -> None:
    assert split_text(f"My answer.\n\n{rule}{block}\n\nOld words\n").visible == "My answer."


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_programs_footer_is_signature(footer: str) -> None:
    written = split_text(f"My answer.\n\n{footer}\n")

    assert (written.visible, written.signature.strip()) == ("My answer.", footer)


@pytest.mark.parametrize("text", ALL_OWN)
def test_what_the_customer_wrote_is_never_hidden(text: str) -> None:
    assert split_text(text).visible == text


def test_answers_between_quotes_keep_the_quotes() -> None:
    text = (
        "On Mon, Jan 1, 2024 at 10:00 AM Ana <ana@example.com> wrote:\n> When?\n\nToday.\n\n"
        "> Where?\n\nHere.\n"
    )

    assert split_text(text).visible == "> When?\n\nToday.\n\n> Where?\n\nHere."


def test_an_answer_below_the_whole_quote_stands_alone() -> None:
    text = "On 1 Jan 2024 at 10:00, Ana <ana@example.com> wrote:\n\n> When?\n> Where?\n\nToday.\n"

    assert split_text(text).visible == "Today."


def test_a_signature_is_folded_and_the_closing_stays() -> None:
    written = split_text("It broke.\n\nBest,\nAna\n\nAna Silva\nAcme Inc\n+1 555 123 4567\n")

    assert written.visible == "It broke.\n\nBest,\nAna"
    assert "+1 555 123 4567" in written.signature


def test_what_stands_below_the_delimiter_is_signature() -> None:
    assert split_text("It broke.\n\n-- \nAna\nAcme\n").visible == "It broke."


def test_a_notice_of_confidentiality_is_signature() -> None:
    notice = (
        "This e-mail is confidential and intended only for the addressee. If you received it in "
        "error, please delete it and notify the sender immediately."
    )

    assert split_text(f"It broke.\n\n{notice}\n").visible == "It broke."


def test_a_forward_is_known_as_such() -> None:
    written = split_text(
        "Please look.\n\n---------- Forwarded message ---------\n"
        "From: Ana <ana@example.com>\nSubject: Chair\n\nIt broke.\n"
    )

    assert (written.visible, written.is_forward) == ("Please look.", True)


def test_a_mail_of_quotes_alone_shows_nothing_of_its_own() -> None:
    text = "> On 1 Jan 2024 at 10:00, Ana <ana@example.com> wrote:\n> > When?\n> Today.\n"

    assert split_text(text).visible == ""


@given(st.text(alphabet=st.sampled_from("ab >|-_:@.1\n\r\t\u00a0OFS"), max_size=300))
@settings(max_examples=300, deadline=None)
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in split_text(text).pieces) == text


@pytest.mark.parametrize(
    "unit",
    HOSTILE,
)
def test_five_megabytes_of_anything_take_little_time(unit: str) -> None:
    text = unit * (5_000_000 // len(unit))
    started = time.process_time()

    split_text(text)

    assert time.process_time() - started < 5  # tenths of a second; the rest is for a busy machine


def test_forwarded_words_are_a_kind_of_their_own() -> None:
    pieces = split_text("Look\n\nBegin forwarded message:\n\nFrom: Ana\nSubject: x\n\nOld").pieces

    assert [piece.kind for piece in pieces] == [Kind.OWN, Kind.FORWARDED]


def test_words_between_a_drawn_line_and_a_lists_footer_are_the_writers() -> None:
    own = "Hello\n\n-----\nThe lamp is broken.\nThe switch is not.\nPlease call."

    shown = split_text(f"{own}\nUnsubscribe: https://list.example.org\n").visible

    assert shown == own
