"""Files and words inside winmail.dat, rich text and calendar files."""

import struct
from base64 import encodebytes

import pytest

from tickets.channels.email.reading import ParsedMail, read_mail
from tickets.channels.email.rich_text import decompressed, rich_text_to_text
from tickets.channels.email.tnef import SIGNATURE, read_tnef

HELLO = bytes.fromhex(  # the first example of [MS-OXRTFCP], 4.1.1
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d"
    "0a800fa0"
)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("<BII", 2, kind, len(value)) + value + b"\x00\x00"


def properties(*found: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(found))
    for kind, number, value in found:
        out += struct.pack("<HHII", kind, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)
    return out


WORDS = "Grüße aus Köln".encode("utf-16-le") + b"\0\0"
LONG_NAME = "Übersicht 2026.xlsx".encode("utf-16-le") + b"\0\0"
WINMAIL = (
    SIGNATURE
    + b"\x01\x00"
    + attribute(0x69003, properties((0x1F, 0x1000, WORDS)))
    + attribute(0x69002, b"\0" * 14)
    + attribute(0x18010, b"UEBERS~1.XLS\0")
    + attribute(0x6800F, bytes(range(256)))
    + attribute(0x69005, properties((0x1F, 0x3707, LONG_NAME), (0x1E, 0x370E, b"text/x-table\0")))
)


def with_file(content_type: str, data: bytes, text: str = "") -> ParsedMail:
    body = b"--b\r\n\r\n" + text.encode() + b"\r\n" if text else b""
    return read_mail(
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + body
        + b"--b\r\nContent-Type: "
        + content_type.encode()
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encodebytes(data)
        + b"--b--\r\n"
    )


def test_files_in_winmail_dat_come_with_their_names_and_bytes() -> None:
    mail = with_file("application/ms-tnef; name=winmail.dat", WINMAIL, "See the file.")

    [file] = mail.attachments
    assert (file.name, file.content_type) == ("Übersicht 2026.xlsx", "text/x-table")
    assert file.data == bytes(range(256))
    assert mail.text == "See the file."


def test_words_in_winmail_dat_are_shown_where_there_are_no_others() -> None:
    assert with_file("application/ms-tnef", WINMAIL).text == "Grüße aus Köln"


def test_a_winmail_dat_that_cannot_be_read_stays_a_file() -> None:
    mail = with_file("application/ms-tnef; name=winmail.dat", b"not one")

    assert [(file.name, file.data) for file in mail.attachments] == [("winmail.dat", b"not one")]


@pytest.mark.parametrize("end", range(0, len(WINMAIL), 7))
def test_a_cut_winmail_dat_is_read_as_far_as_it_goes(end: int) -> None:
    found = read_tnef(WINMAIL[:end])

    assert found is None or len(found.files) < 2


def test_compressed_rich_text_is_read() -> None:
    rich = decompressed(HELLO, limit=1_000)

    assert rich == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rich_text_to_text(rich, limit=1_000) == "hello world"


def test_rich_text_becomes_its_words() -> None:
    rich = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1{\fonttbl{\f0 Arial;}}Gr\'fc\'dfe\par "
        rb"\u8364? 5 {\*\htmltag <b>}off\htmlrtf \b\htmlrtf0 er {\b now}\{\}}"
    )

    assert rich_text_to_text(rich, limit=1_000) == "Grüße\n€ 5 offer now{}"


INVITATION = """BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
SUMMARY:Visit\\, at la\r
 st\r
DTSTART;TZID=Europe/Berlin:20260105T090000\r
DTEND;TZID=Europe/Berlin:20260105T100000\r
LOCATION:Room 3\r
ORGANIZER;CN="Ana Silva":mailto:ana@example.org\r
ATTENDEE;PARTSTAT=ACCEPTED;CN=Kofi:mailto:kofi@example.org\r
ATTENDEE:mailto:sam@example.org\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_an_invitation_is_told_in_words_and_kept_as_a_file() -> None:
    mail = with_file("text/calendar; method=REQUEST", INVITATION.encode())

    assert mail.text.split("\n") == [
        "Invitation: Visit, at last",
        "When: 2026-01-05 09:00 – 10:00 (Europe/Berlin)",  # noqa: RUF001
        "Where: Room 3",
        "From: Ana Silva",
        "With: Kofi (accepts), sam@example.org",
    ]
    assert [(file.display_name, file.data) for file in mail.attachments] == [
        ("attachment.ics", INVITATION.encode())
    ]


def test_the_words_of_a_mail_stay_as_they_are_beside_an_invitation() -> None:
    mail = with_file("text/calendar", INVITATION.encode(), "Please come.")

    assert mail.text == "Please come."
    assert mail.invitation.startswith("Invitation: Visit")
