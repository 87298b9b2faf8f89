"""The same mail delivered twice, told from two mails that share a Message-ID."""

import hashlib
import re

_BLOCK_LIMIT = 1_048_576
_BLANK_LINE = re.compile(rb"(?:\A|\n)(?=\n|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]{0,20}:[ \t]*")
# What servers on the way add or rewrite; all else is the sender's and counts.
_TRACE = re.compile(
    rb"received|return-path|delivered-to|envelope-to|envelope-from|envelope-recipient|"
    rb"delivery-date|deliverydate|original-recipient|apparently-to|authentication-results|"
    rb"received-spf|dkim-signature|dkim-filter|domainkey-signature|domainkey-status|"
    rb"arc-[a-z0-9-]{1,40}|x-original-(?:to|recipient|helo|senderip|arrivaltime)|x-originalarrivaltime|"
    rb"x-received|x-delivered-to|x-envelope-(?:to|from)|x-resolved-to|x-forwarded-(?:to|for)|"
    rb"x-gm-[a-z0-9-]{1,40}|x-google-[a-z0-9-]{1,40}|x-(?:spam|virus|rspamd|amavis|bogosity|antivirus|"
    rb"clamav|barracuda|ironport|proofpoint|scanned|sieve|dspam|greylist)[a-z0-9-]{0,60}|"
    rb"x-ms-exchange-[a-z0-9-]{1,80}|x-authentication-[a-z-]{1,40}|status|x-status|x-uid|x-uidl|"
    rb"x-keywords|x-mozilla-[a-z0-9-]{1,20}|content-length|lines|x-evolution-source",
    re.IGNORECASE,
)


def arrival_key(raw: bytes) -> str:
    """A key of 64 characters that is equal for redeliveries of one mail, and only for them.

    Line ends, folding, blank lines at the end and the fields that servers add on the way do not
    count; every other field and byte does. Linear in the size of the mail; never raises.
    """
    mail = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw
    start = len(mail) - len(mail.lstrip(b"\n"))
    while mail.startswith((b"From ", b">From "), start):
        start = mail.find(b"\n", start) + 1 or len(mail)
    blank = _BLANK_LINE.search(mail, start, start + _BLOCK_LIMIT)
    end = blank.end() if blank else start
    digest = hashlib.sha256()
    for name, value in _own_fields(mail[start:end]):
        digest.update(b"%s:%s\n" % (name, value))
    digest.update(b"\n")
    digest.update(memoryview(mail)[end : max(len(mail.rstrip(b"\n \t")), end)])
    return digest.hexdigest()


def _own_fields(block: bytes) -> list[tuple[bytes, bytes]]:
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in block.split(b"\n"):
        field = _FIELD.match(line)
        if field:
            fields.append((field[1].lower(), [line[field.end() :]]))
        elif fields:
            fields[-1][1].append(line)
        elif line:
            fields.append((b"", [line]))
    return [
        (name, b" ".join(b" ".join(value).split()))
        for name, value in fields
        if not _TRACE.fullmatch(name)
    ]
