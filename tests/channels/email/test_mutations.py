from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.html import sanitise
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.headers import decode_header, parse_addresses, parse_parameters
from tickets.channels.email.keys import arrival_key
from tickets.channels.email.reading import read_mail

MAILS = [path.read_bytes() for path in (Path(__file__).parents[2] / "data/emails").glob("*.eml")]
SPLICES = [b"", b"\n", b"\r", b"\r\n\r\n", b"=?utf-8?q?", b"?=", b'"', b"<", b"\x00", b"\xff\xfe"]
SPLICES += [b"--outer", b"; charset=utf-16", b"=", b"\x1b$B", b"name*9999*=", b"begin 644 x\n"]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(SPLICES)), max_size=8
)


@given(st.sampled_from(MAILS), EDITS)
def test_a_damaged_mail_is_read_or_refused(
    raw: bytes, edits: list[tuple[float, int, bytes]]
) -> None:
    for place, removed, splice in edits:
        at = int(place * len(raw))
        raw = raw[:at] + splice + raw[at + removed :]
    arrival_key(raw)
    try:
        mail = read_mail(raw)
    except UnreadableMail:
        return
    sanitise(mail.html)
    f"{mail.subject}{mail.text}{mail.html}{mail.headers}".encode()


@given(st.binary(max_size=300))
def test_any_bytes_can_be_decoded_as_a_header(raw: bytes) -> None:
    decode_header(raw).encode()
    parse_parameters(raw)
    for name, address in parse_addresses(raw):
        f"{name}{address}".encode()
