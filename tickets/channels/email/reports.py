"""Who a returned mail was for and why it came back: RFC 3464 where the report is one, else prose.

Hard is an address that does not exist: no such person, host or domain, or they moved. A full
mailbox, a blocklist or a policy may be over tomorrow, whatever the first digit of the code.
"""

import re
from collections.abc import Iterable, Iterator

from tickets.channels.email.automatic import BOUNCE, FEEDBACK_REPORT
from tickets.channels.email.headers import message_ids
from tickets.channels.email.mime import Part
from tickets.channels.email.report_words import HARD, NO_SUCH_PERSON, SOFT
from tickets.channels.return_report import Returned, ReturnReport

MOST_RECIPIENTS = 100
MOST_CHARACTERS = 60_000
LONGEST_LINE = 1_000
_REASON = 300

_ADDRESS = re.compile(
    r"[\w.!#$%&'*+=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.@-])([45]\d\d)(?=[\s#-](?!\d{2}:))")
# Where the returned mail begins; what stands below was written by us, not by the server.
_QUOTED = re.compile(
    r"^\W{0,10}(?:(?:this is a |below this line is a )?copy of (?:the|your) (?:original )?message"
    r"|original message (?:follows|headers?)|(?:original|returned|undelivered|unsent) message"
    r"|the (?:header|body|text) of (?:the|your) (?:original )?message|message headers? follow"
    r"|included is the (?:message|header)|your (?:original )?message follows"
    r"|received: (?:from|by)|return-path:)",
    re.IGNORECASE,
)
_HARD_STATUS = re.compile(r"[45]\.(?:1\.(?:1|2|3|6|10)|4\.4|0\.911|0\.912)")
# A full mailbox, a message too long, and the codes about our own address as the sender.
_ABOUT_OTHERS = {"5.2.2", "5.2.3", "5.1.7", "5.1.8"}
_NOT_THE_RECIPIENT = re.compile(
    r"^>*\s{0,4}(?:message-id|from|to|cc|de|von|an|para|sender|reply-to|e-?mail)\s{0,3}:"
    r"|mail from\s{0,3}:|contact|question|assistance|further help|more information",
    re.IGNORECASE,
)
_REPORT_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_OUR_SIDE = re.compile(
    r"(?:mailer-daemon|postmaster|bounce|noreply|no-reply|mail-?daemon)", re.IGNORECASE
)


def read_report(root: Part, text: str, *, from_address: str, kind: str) -> ReturnReport | None:
    """What a bounce or complaint says, as far as it can be read; None for another kind of mail.

    Linear in its size. `text` is the readable body. Each recipient is named once, with the
    clearest word on it.
    """
    if kind not in {BOUNCE, FEEDBACK_REPORT}:
        return None
    prose = _prose(text)
    found = list(_from_fields(root, prose)) or list(_from_prose(root, prose, from_address))
    unique: dict[str, Returned] = {}
    for one in found[:MOST_RECIPIENTS]:
        former = unique.get(one.address)
        if former is None or (one.status and not former.status):
            unique[one.address] = one
    return ReturnReport(
        recipients=tuple(unique.values()),
        mail_id=_returned_id(root),
        is_complaint=kind == FEEDBACK_REPORT,
    )


def _from_fields(root: Part, prose: list[str]) -> Iterator[Returned]:
    """RFC 3464: one group of fields for each recipient, after the one about the message."""
    for part in root.walk():
        if part.content_type not in _REPORT_TYPES:
            continue
        for fields in _groups(part.content()):
            final = fields.get("final-recipient") or fields.get("original-recipient", "")
            address = _address_in(fields.get("original-recipient", "")) or _address_in(final)
            if not address:
                continue
            action = fields.get("action", "").split()[:1]
            if action and action[0] in {"delivered", "relayed", "expanded"}:
                continue
            reason = fields.get("diagnostic-code", "")
            yield _returned(
                address,
                status=first_status(fields.get("status", "")),
                reason=reason or _line_about(address, prose),
                is_delayed=action == ["delayed"],
            )


def _groups(content: bytes) -> Iterator[dict[str, str]]:
    lines = content[: MOST_CHARACTERS * 4].decode("utf-8", "replace").splitlines()
    fields: dict[str, str] = {}
    name = ""
    for whole in [*lines, ""]:
        line = whole[:LONGEST_LINE]
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t" and name:
            fields[name] = f"{fields[name]} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields.setdefault(
                name, value.strip() if name == "diagnostic-code" else value.strip().lower()
            )


def _from_prose(root: Part, prose: list[str], from_address: str) -> Iterator[Returned]:
    """Servers that write reports in words: their own field, else the addresses they speak of."""
    failed = root.field("x-failed-recipients").decode("latin-1")
    addresses = _ADDRESS.findall(failed[:LONGEST_LINE])
    if not addresses:
        addresses = list(_spoken_of(prose, from_address.lower()))
    whole = " ".join(prose)
    for address in dict.fromkeys(address.lower() for address in addresses):
        reason = _line_about(address, prose) or whole[:_REASON]
        yield _returned(address, status=first_status(reason) or first_status(whole), reason=reason)


def _spoken_of(prose: Iterable[str], from_address: str) -> Iterator[str]:
    sender_domain = from_address.rpartition("@")[2]
    for line in prose:
        if _NOT_THE_RECIPIENT.search(line):
            continue
        for address in _ADDRESS.findall(line):
            local = address.partition("@")[0]
            is_server = _OUR_SIDE.match(local) and address.lower().endswith(sender_domain)
            if address.lower() != from_address and not is_server:
                yield address


def _prose(text: str) -> list[str]:
    """The lines above the returned mail, as the server wrote them."""
    lines: list[str] = []
    for whole in text[:MOST_CHARACTERS].splitlines():
        line = whole[:LONGEST_LINE].strip()
        if lines and _QUOTED.match(line):
            break
        if line:
            lines.append(line)
    return lines


def _line_about(address: str, prose: list[str]) -> str:
    """What is said of an address: of the lines that name it, the one with a code, and more."""
    named = [at for at, line in enumerate(prose) if address in line.lower()]
    told = [" ".join(prose[at : at + 4])[: 2 * _REASON] for at in named[:20]]
    with_code = (line for line in told if _STATUS.search(line) or _REPLY_CODE.search(line))
    return next(with_code, next(iter(told), ""))


def _returned(address: str, *, status: str, reason: str, is_delayed: bool = False) -> Returned:
    told = _told_status(status, reason)
    return Returned(
        address=address.lower(),
        status=told,
        is_hard=not is_delayed and is_hard(told, reason),
        is_delayed=is_delayed,
        reason=reason[:_REASON],
    )


def _told_status(status: str, reason: str) -> str:
    """The enhanced code; a vague one (x.0.0) gives way to the one the other server named."""
    named = first_status(reason)
    if named and (not status or status.endswith(".0.0")) and named[0] in "45":
        return named
    return status


def is_hard(status: str, reason: str) -> bool:
    """Whether a code and what was said with it mean that the address does not exist."""
    if _HARD_STATUS.fullmatch(status):
        return True
    if status.startswith("4") or status in _ABOUT_OTHERS:
        return False
    if NO_SUCH_PERSON.search(reason):
        return True
    if status[:4] in {"5.7.", "5.3."}:
        return False
    return bool(HARD.search(reason)) and not SOFT.search(reason)


def first_status(text: str) -> str:
    """The first enhanced code (RFC 3463) in some words; empty where there is none."""
    found = _STATUS.search(text[: 2 * LONGEST_LINE])
    return found[1] if found else ""


def _address_in(value: str) -> str:
    """The address of an RFC 3464 field such as `rfc822; kofi@example.com`."""
    found = _ADDRESS.search(value.partition(";")[2] or value)
    return found[0].lower() if found else ""


def _returned_id(root: Part) -> str:
    """The Message-ID of the mail that came back, from its copy or its header."""
    for part in root.walk():
        if part.content_type in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            for line in part.content()[:MOST_CHARACTERS].split(b"\n"):
                if line[:11].lower() == b"message-id:":
                    return next(iter(message_ids(line[11:])), "")
    return ""
