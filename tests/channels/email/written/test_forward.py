"""Who wrote a forwarded message first."""

import time

import pytest

from helpdesk.lib.html import html_to_text
from tests.channels.email.written.histories import ATTRIBUTIONS, BLOCKS
from tickets.channels.email.written.forward import read_forward, subject_says, without_prefixes
from tickets.channels.email.written.headers import read_glued

ADDRESSED = [line for line in ATTRIBUTIONS if "@" in line]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("marks", ["", "> "])
def test_a_forward_is_read_in_every_language(block: str, marks: str) -> None:
    block = block.replace("Ana Silva", "Ana Silva <ana@example.com>", 1)
    quoted = "\n".join(f"{marks}{line}" for line in [*block.split("\n"), "", "It broke."])

    found = read_forward("", f"Please look.\n\n{quoted}\n")

    assert found is not None
    assert (found.from_name, found.from_address) == ("Ana Silva", "ana@example.com")
    assert (found.comment, found.body) == ("Please look.", "It broke.")
    assert found.subject
    assert found.date_text


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_in_one_line_is_read_too(block: str) -> None:
    block = block.replace("Ana Silva", "Ana Silva <ana@example.com>", 1).replace("\n", "")

    found = read_forward("", f"  ----- Forwarded Message ----- {block}\n It broke.")

    assert found is not None
    assert (found.from_address, found.body) == ("ana@example.com", "It broke.")


@pytest.mark.parametrize("attribution", ADDRESSED)
def test_the_subject_tells_a_forward_from_a_reply(attribution: str) -> None:
    text = f"Please look.\n\n{attribution}\n\n    It broke.\n"

    forward = read_forward("WG: Chair", text)

    assert forward is not None
    assert (forward.from_address, forward.subject) == ("ana@example.com", "Chair")
    assert (forward.comment, forward.body) == ("Please look.", "It broke.")
    assert read_forward("Re: Chair", text) is None
    assert read_forward("Chair", text) is None


def test_an_outlook_reply_is_no_forward() -> None:
    text = f"Yes.\n\n{BLOCKS[0]}\n\nOld words"

    assert read_forward("RE: Chair", text) is None
    assert read_forward("FW: Chair", text) is not None


def test_of_nested_forwards_the_outermost_is_read() -> None:
    inner = "---------- Forwarded message ---------\nFrom: Kofi <kofi@example.com>\nSubject: B\n\nb"
    text = f"---------- Forwarded message ---------\nFrom: ana@example.com\nSubject: A\n\n{inner}"

    found = read_forward("Fwd: A", text)

    assert found is not None
    assert (found.from_address, found.subject) == ("ana@example.com", "A")
    assert "kofi@example.com" in found.body


def test_recipients_are_read_with_their_names() -> None:
    found = read_forward(
        "",
        "---------- Forwarded message ---------\nFrom: Silva, Ana <ana@example.com>\n"
        'To: "Kofi" <kofi@example.com>; team@example.com\nCc: x@example.com <x@example.com>\n\nHi',
    )

    assert found is not None
    assert found.from_name == "Silva, Ana"
    assert found.to == (("Kofi", "kofi@example.com"), ("", "team@example.com"))
    assert found.cc == (("", "x@example.com"),)


def test_a_forward_is_read_from_html_where_there_is_no_text() -> None:
    html = (
        "<p>---------- Forwarded message ---------<br>From: Ana &lt;ana@example.com&gt;</p><p>x</p>"
    )

    found = read_forward("", "", html_to_text(html))

    assert found is not None
    assert found.from_address == "ana@example.com"


def test_words_of_ones_own_are_no_forward() -> None:
    assert read_forward("Chair", "It broke.\n\nAna\nana@example.com") is None


def test_prefixes_are_known() -> None:
    assert subject_says("TR: Chaise") == (True, False)
    assert subject_says("AW: WG: Stuhl") == (False, True)
    assert subject_says("Regarding: chair") == (False, False)
    assert without_prefixes("Fwd: RE[2]: WG: Chair: broken") == "Chair: broken"


def test_a_block_run_together_is_taken_apart_at_its_first_labels() -> None:
    fields = read_glued("From: Ana <ana@example.com>To: KofiSent: 9:30Subject: To: be mended")

    assert fields == {
        "from": "Ana <ana@example.com>",
        "to": "Kofi",
        "date": "9:30",
        "subject": "To: be mended",
    }


def test_a_last_label_without_its_colon_is_known_behind_a_time_zone() -> None:
    fields = read_glued("De: Ana <ana@example.com>Enviado: 2 de novembro, 09:26:50 CETAssunto Luz")

    assert (fields["date"], fields["subject"]) == ("2 de novembro, 09:26:50 CET", "Luz")


def test_words_without_labels_are_no_block() -> None:
    assert read_glued("Ana said that the lamp is broken.") == {}


def test_a_long_line_is_taken_apart_in_time() -> None:
    begin = time.process_time()
    read_glued("From:To" * 200_000)

    assert time.process_time() - begin < 1
