"""Whether a returned mail says that the address does not exist: by its codes, then by its words.

Hard is an address that does not exist: no such person, host or domain, or they moved. A full
mailbox, a blocklist or a policy may be over tomorrow, whatever the first digit of the code.
"""

import re

from tickets.channels.email.report_words import (
    BROKEN_NAME_SERVICE,
    HARD,
    NO_SUCH_PERSON,
    SOFT,
    UNKNOWN_USER,
)

RCPT, DATA = "rcpt", "data"
LONGEST = 2_000

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_HARD_STATUS = re.compile(r"[45]\.(?:1\.(?:1|2|3|6|10)|4\.4|0\.911|0\.912)")
# A full mailbox, a message too long, and the codes about our own address as the sender.
_ABOUT_OTHERS = {"5.2.2", "5.2.3", "5.1.7", "5.1.8"}
_SAID_AFTER = re.compile(
    r"(?:in reply to|after|like our|response to) (?:the )?(?:end of )?(data|rcpt)\b", re.IGNORECASE
)
_SENT = re.compile(r"[>\s]{0,10}>>> ?(\w{4})", re.IGNORECASE)
_REFUSED = re.compile(r"[>\s]{0,10}<<< ?[45]\d\d")


def is_hard(status: str, reason: str, *, stage: str = "") -> bool:
    """Whether a code and what was said with it mean that the address does not exist.

    `stage` is the SMTP command that was refused, RCPT or DATA; empty where it is not told. Who
    refuses an "unknown user" only after the data has read the mail: that is a filter speaking.
    """
    if reason.lower().startswith("x-unix") or BROKEN_NAME_SERVICE.search(reason):
        return False  # a program of the recipient, or the name service, failed for the moment
    if _HARD_STATUS.fullmatch(status) or status.startswith("4") or status in _ABOUT_OTHERS:
        return _HARD_STATUS.fullmatch(status) is not None
    if UNKNOWN_USER.search(reason):
        is_about_more = status.startswith(("5.2.", "5.7."))  # a mailbox that exists, or a policy
        return stage != DATA and (stage == RCPT or not is_about_more)
    if NO_SUCH_PERSON.search(reason):
        return True
    if status[:4] in {"5.7.", "5.3."}:
        return False
    return bool(HARD.search(reason)) and not SOFT.search(reason)


def told_status(status: str, diagnostic: str, reason: str) -> str:
    """The enhanced code of a recipient: what the other server said last is nearer to the cause
    than what the reporting one made of it, and a vague code (x.0.0) gives way to words."""
    named: list[str] = [code for code in _STATUS.findall(diagnostic[:LONGEST]) if code[0] in "45"]
    if named:
        return named[-1]
    if not status or status.endswith(".0.0"):
        told = first_status(reason)
        return told if told[:1] in {"4", "5"} else status
    return status


def first_status(text: str) -> str:
    """The first enhanced code (RFC 3463) of a failure in some words, else the first of all; empty
    where there is none."""
    found: list[str] = _STATUS.findall(text[:LONGEST])
    return next((code for code in found if code[0] in "45"), next(iter(found), ""))


def stage_of(told: str, prose: list[str]) -> str:
    """The command that was refused, from what is said of the recipient or a server's transcript."""
    if said := _SAID_AFTER.search(told):
        return said[1].lower()
    sent = ""
    for line in prose:
        if command := _SENT.match(line):
            sent = command[1].lower()
        elif sent and _REFUSED.match(line):
            return sent
    return ""
