"""Who a returned mail was for, why it came back: RFC 3464 where the report is one, else prose."""

import re
from collections.abc import Iterable, Iterator

from tickets.channels.email.automatic import BOUNCE, FEEDBACK_REPORT
from tickets.channels.email.charsets import decode_text
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.headers import message_ids
from tickets.channels.email.mime import Part, read_structure
from tickets.channels.email.report_codes import first_status, is_hard, stage_of, told_status
from tickets.channels.return_report import Returned, ReturnReport

MOST_RECIPIENTS = 100
MOST_CHARACTERS = 60_000
LONGEST_LINE = 1_000
_REASON = 300

_ADDRESS = re.compile(
    r"[\w.!#$%&'*+=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
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
_NOT_THE_RECIPIENT = re.compile(
    r"^from\s|^>*\s{0,4}(?:message-id|from|to|cc|de|von|an|para|sender|reply-to|e-?mail)\s{0,3}:"
    r"|mail from\s{0,3}:|^\W{0,6}2\d\d\b.{0,300}sender ok"
    r"|contact|question|assistance|further help|more information",
    re.IGNORECASE,
)
_CONCERNED = re.compile(r'"(?:bounced|complained)Recipients"')
# What PowerMTA says of an address in a field of its own.
_VERDICTS = {"bad-mailbox": True, "bad-domain": True, "quota-issues": False}
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
    if '"notificationType' in text[:MOST_CHARACTERS].replace("\\", ""):
        found = list(_from_notice(text))
    else:
        found = list(_from_fields(root, prose)) or list(_from_embedded(root))
        found = found or list(_from_prose(root, prose, from_address))
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
            reason = fields.get("diagnostic-code", "") or _line_about(address, prose)
            yield _returned(
                address,
                status=told_status(
                    first_status(fields.get("status", "")),
                    fields.get("diagnostic-code", ""),
                    reason,
                ),
                reason=reason,
                is_delayed=action == ["delayed"],
                prose=prose,
                verdict=_VERDICTS.get(fields.get("x-powermta-bouncecategory", "")),
            )


def _from_embedded(root: Part) -> Iterator[Returned]:
    """A report that a filter on the way has put into a mail of its own."""
    part = next((part for part in root.walk() if part.content_type == "message/rfc822"), None)
    try:
        inner = read_structure(part.content()) if part is not None else None
    except UnreadableMail:
        return
    if inner is not None and inner.content_type == "multipart/report":
        yield from _from_fields(inner, [])


def _from_notice(text: str) -> Iterator[Returned]:
    """What Amazon SES says in JSON to those who have its notices sent by mail."""
    told = _CONCERNED.split(text[:MOST_CHARACTERS].replace("\\", ""), maxsplit=1)[-1]
    for chunk in told.partition("]")[0].split('"emailAddress"')[1:]:
        if address := _ADDRESS.search(chunk):
            reason = chunk.partition('"diagnosticCode"')[2].strip('":{} ')
            yield _returned(address[0], status=first_status(chunk), reason=reason, prose=[])


def _groups(content: bytes) -> Iterator[dict[str, str]]:
    start = content[: MOST_CHARACTERS * 4]
    charset = "iso-2022-jp" if b"\x1b$" in start else ""
    lines = decode_text(start, charset).splitlines()
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
        status = first_status(reason)
        if status[:1] not in {"4", "5"}:
            status = first_status(whole) or status
        diagnostic = reason.partition("Diagnostic-Code:")[2].partition("Status:")[0]
        status = told_status(status, diagnostic, "")
        yield _returned(address, status=status, reason=reason, prose=prose)


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
    named = [at for at in named if not _NOT_THE_RECIPIENT.search(prose[at])] or named
    told = [" ".join(prose[at : at + 4])[: 2 * _REASON] for at in named[:20]]
    with_code = (line for line in told if first_status(line) or _REPLY_CODE.search(line))
    return next(with_code, next(iter(told), ""))


def _returned(
    address: str,
    *,
    status: str,
    reason: str,
    prose: list[str],
    is_delayed: bool = False,
    verdict: bool | None = None,
) -> Returned:
    if verdict is None:
        told = f"{reason} {_line_about(address, prose)}"
        verdict = is_hard(status, reason, stage=stage_of(told, prose))
    return Returned(
        address=address.lower(),
        status=status,
        is_hard=not is_delayed and verdict,
        is_delayed=is_delayed,
        reason=reason[:_REASON],
    )


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
