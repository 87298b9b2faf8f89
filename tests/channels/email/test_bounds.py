import time

import pytest

from helpdesk.lib.html import clean_html, text_to_html
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import read_mail

HOSTILE = {
    "brackets": b"To: " + b"<" * 250_000 + b"\n\nx",
    "parentheses": b"To: " + b"(" * 250_000 + b"\n\nx",
    "quotes": b"To: " + b'"\\"' * 80_000 + b"\n\nx",
    "encoded words": b"Subject: " + b"=?a?q?" * 43_000 + b"?=\n\nx",
    "parameters": b"Content-Type: a/b;" + b'a="' * 80_000 + b"\n\nx",
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 700_000,
    "false boundaries": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * 2_000_000,
    "dashes": b"Content-Type: multipart/mixed; boundary=" + b"-" * 60 + b"\n\n" + b"-" * 20_000_000,
    "attributes": b"Content-Type: text/html\n\n<p " + b"a=1 " * 150_000 + b">x",
    "entities": b"Content-Type: text/html\n\n" + b"&amp" * 500_000,
    "lists": b"Content-Type: text/html\n\n" + b"<ul>" * 990 + b"<li>x" * 15_000,
    "ends of nothing": b"Content-Type: text/html\n\n" + b"</div><blockquote>" * 20_000,
    "fonts": b"Content-Type: text/html\n\n" + b"<font size=1>" * 990 + b"<p>x" * 10_000,
    "uuencode": b"\n" + b"begin 644 a\n" * 160_000,
    "links": b"Content-Type: text/html\n\n"
    + b"".join(b'<a href="https://example.com/%d?a=%d">x</a> ' % (n, n) for n in range(40_000)),
    "dots": b"\n" + b"a." * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_and_shown_in_time(name: str) -> None:
    begin = time.process_time()
    try:
        mail = read_mail(b"From: mallory@example.net\n" + HOSTILE[name])
    except UnreadableMail:
        pass
    else:
        clean_html(mail.html or text_to_html(mail.text))

    # Two seconds is what is promised; twice that on a busy machine still shows what is quadratic.
    assert time.process_time() - begin < 4
