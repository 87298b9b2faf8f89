"""Seeded damage to mails that knows of fields, encoded words, boundaries and encodings."""

import random
import re
from collections.abc import Callable, Sequence

LARGEST = 1_000_000
_BREAK = re.compile(rb"\r?\n\r?\n")
_FIELD_START = re.compile(rb"(?m)^(?=[!-9;-~]{1,60}:)")
_BOUNDARY = re.compile(rb'boundary="?([^"\s;]{1,100})')
_CHARSET = re.compile(rb"(?i)(charset=\"?)[\w-]+|(=\?)[\w-]+(?=\?[bq]\?)")
_ENCODING = re.compile(rb"(?i)(content-transfer-encoding:\s*)\S+")
_NAMES = (
    b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"References", b"In-Reply-To",
    b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding", b"Reply-To", b"Sender",
    b"Content-ID", b"Return-Path", b"Auto-Submitted", b"Received",
)  # fmt: skip
_CHARSETS = (
    b"utf-7", b"utf-16", b"utf-32le", b"iso-2022-jp", b"iso-2022-kr", b"hz", b"gb18030", b"big5",
    b"x-unknown", b"us-ascii", b"cp037", b"idna", b"punycode", b"unicode_escape", b"undefined",
    b"rot13", b"zlib", b"utf-8-sig", b"koi8-r", b"", b"a" * 80, b"raw_unicode_escape", b"mbcs",
)  # fmt: skip
_ENCODINGS = (
    b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"binary", b"7bit", b"BASE64;x", b"",
)  # fmt: skip
_VALUES = (
    b'"' * 40, b"(" * 40, b"<" * 40, b"=?utf-8?b?////?=", b"=?utf-8?q?=ff=fe=00?=", b"\x00\x01\x7f",
    b"=?iso-2022-jp?b?GyRC?=", b"multipart/mixed", b"multipart/alternative; boundary=",
    b'multipart/mixed; boundary="a b"', b"message/rfc822", b"text/html; charset=utf-16",
    b"text/calendar; method=REQUEST", b"application/ms-tnef; name=winmail.dat", b"text/",
    b"attachment; filename*0*=utf-8''%41; filename*9999=x; filename*1=y", b"a@b, c@d:;,,<@>",
    b"attachment; filename=\"../../\xff\xfe\"", b"Mon, 99 Foo 99999 99:99:99 +9999",
    b"\xe2\x80\xae",
    b"text/plain; format=flowed; delsp=yes", b"begin 644 x", b"undisclosed-recipients:;",
)  # fmt: skip
_SPLICES = (
    b"\n", b"\r", b"\r\n\r\n", b"\x00", b"\xff", b"--", b"=?", b"?=", b"=\n", b"<table><td>" * 50,
    b"\x1b$B", b"&#x0;", b"<!--", b"]]>", b"begin 644 f\n", b"\nend\n", b"\x80" * 20, b"From \n",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\x78\x9f\x3e\x22",
)  # fmt: skip

Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(mails: Sequence[bytes], *, seed: int, number: int) -> bytes:
    """The numbered mutation of one of the mails; the same for the same mails, seed and number."""
    dice = random.Random(f"{seed}-{number}")  # noqa: S311 - repeatable, no secret
    mail = dice.choice(mails)[:LARGEST]
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        mail = dice.choice(CHANGES)(dice, mail, mails)[:LARGEST]
    return mail


def _times(piece: bytes, count: int) -> bytes:
    """The piece repeated, but not beyond what is cut off anyway."""
    return piece * min(count, LARGEST // max(len(piece), 1) + 1)


def _halves(mail: bytes) -> tuple[list[bytes], bytes]:
    found = _BREAK.search(mail)
    end = found.end() if found else len(mail)
    return [field for field in _FIELD_START.split(mail[:end]) if field], mail[end:]


def _fields(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    """Drop, repeat, move or rename a field, or give it a strange value."""
    fields, body = _halves(mail)
    if not fields:
        return mail
    place = dice.randrange(len(fields))
    name, _colon, value = fields[place].partition(b":")
    kind = dice.randrange(6)
    if kind == 0:
        fields[place] = b""
    elif kind == 1:
        fields[place] = _times(fields[place], dice.choice((2, 3, 50, 1_200)))
    elif kind == 2:
        fields.insert(dice.randrange(len(fields)), fields.pop(place))
    elif kind == 3:
        fields[place] = dice.choice(_NAMES) + b":" + value
    elif kind == 4:
        fields[place] = name + b": " + dice.choice(_VALUES) + b"\r\n"
    else:
        fields[place] = name + b":" + _times(value.rstrip(), dice.choice((2, 9, 99, 999))) + b"\r\n"
    return b"".join(fields) + body


def _new_field(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    """Put a field of ours on top of a part."""
    field = dice.choice(_NAMES) + b": " + dice.choice(_VALUES) + b"\r\n"
    starts = [0, *(found.end() for found in re.finditer(rb"(?m)^--\S{1,90}\r?\n", mail))]
    place = dice.choice(starts)
    return mail[:place] + field + mail[place:]


def _boundaries(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    """Make boundaries equal, wrong, missing, unfinished or many."""
    known = _BOUNDARY.findall(mail)
    if not known:
        return mail
    one, other = dice.choice(known), dice.choice(known)
    line = b"--" + one
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: mail.replace(one, other),
        lambda: mail.replace(line, line[:-1], dice.randint(1, 3)),
        lambda: mail.replace(line + b"--", b""),
        lambda: mail.replace(line, line + b"--", 1),
        lambda: mail.replace(line, (line + b"\r\n") * dice.choice((2, 20, 600)), 1),
        lambda: mail.replace(one, one[: dice.randint(0, len(one))]),
        lambda: mail.replace(line, b" " + line, 1),
    )
    return dice.choice(changes)()


def _charsets(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    new = dice.choice(_CHARSETS)
    return _CHARSET.sub(lambda m: (m[1] or m[2]) + new, mail, count=dice.randint(1, 5))


def _encodings(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    new = dice.choice(_ENCODINGS)
    return _ENCODING.sub(lambda m: m[1] + new, mail, count=dice.randint(1, 3))


def _truncate(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    return mail[: dice.randrange(len(mail) + 1)]


def _cut_out(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    start = dice.randrange(len(mail) + 1)
    return mail[:start] + mail[start + dice.choice((1, 10, 100, 1_000)) :]


def _repeat(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    start = dice.randrange(len(mail) + 1)
    piece = mail[start : start + dice.choice((1, 2, 20, 200, 2_000))]
    return mail[:start] + _times(piece, dice.choice((2, 10, 100, 1_000, 20_000))) + mail[start:]


def _flip(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    data = bytearray(mail)
    for _time in range(dice.choice((1, 5, 50)) if data else 0):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def _splice(dice: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    place = dice.randrange(len(mail) + 1)
    return mail[:place] + dice.choice(_SPLICES) * dice.choice((1, 1, 3, 300)) + mail[place:]


def _other_body(dice: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    return b"".join(_halves(mail)[0]) + _halves(dice.choice(mails)[:LARGEST])[1]


def _nest(dice: random.Random, mail: bytes, mails: Sequence[bytes]) -> bytes:
    """Wrap the mail, beside another one, in containers."""
    for level in range(dice.choice((1, 2, 5, 25))):
        kind = dice.choice((b"mixed", b"alternative", b"related", b"digest", b"signed", b"report"))
        inner = dice.choice((b"Content-Type: message/rfc822\r\n\r\n", b"", b"\r\n"))
        line = b"\r\n--n%d" % level
        head = b"From: n@example.org\r\nContent-Type: multipart/%s; boundary=n%d\r\n" % (
            kind,
            level,
        )
        beside = dice.choice(mails)[:2_000]
        mail = head + line + b"\r\n" + inner + mail + line + b"\r\n" + beside + line + b"--\r\n"
    return mail


CHANGES: tuple[Change, ...] = (
    _fields, _fields, _fields, _new_field, _boundaries, _boundaries, _charsets, _charsets,
    _encodings, _truncate, _cut_out, _repeat, _flip, _flip, _splice, _splice, _other_body, _nest,
)  # fmt: skip
