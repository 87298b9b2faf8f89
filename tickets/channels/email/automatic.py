"""Whether a person wrote a mail. What a machine wrote never gets an automatic answer (RFC 3834)."""

import re

from tickets.channels.email.mime import Fields, Part

OWN_LOOP_FIELD = "x-beforehand-loop"
BOUNCE, AUTO_REPLY, LIST = "bounce", "auto-reply", "list"
FEEDBACK_REPORT, GENERATED, LOOP = "feedback-report", "generated", "loop"

_MACHINE_SENDER = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|mail(?:er)?[-_.]?delivery|mail-?daemon|no-?reply|"
    r"do[-_.]?not[-_.]?reply|donotreply|noreply|bounces?|auto-?reply|root|daemon)"
    r"(?:[+=._-].{0,200})?",
    re.IGNORECASE,
)
_BOUNCE_SENDER = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|mail[-_.]?delivery|mail-?daemon|mdaemon)", re.IGNORECASE
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|(?:mail|message)s? delivery|delivery (?:status|fail|notif|report|problem|"
    r"has|error|unsuccess|delay)|returned (?:mail|to sender)|return(?:ed|ing) (?:e-?mail|message)|"
    r"failure noti|could not be delivered|non-?delivery|mail (?:system )?(?:error|fail)|"
    r"unzustellbar|nicht zustellbar|non remis|unknown (?:address|user)|user unknown",
    re.IGNORECASE,
)
_AUTO_REPLY_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?:re|aw|sv)\s?:\s?)?(?:out of (?:the )?office|auto(?:matic(?:al)?|mated)?[ -]?"
    r"(?:reply|response|antwort|svar)|automatische antwort|abwesenheit|vacation|on vacation|"
    r"away from|r[ée]ponse automatique|absence du bureau|respuesta autom|risposta automatica|"
    r"autosvar|automatisch antwoord|resposta autom|自動返信|不在)",
    re.IGNORECASE,
)
_LIST_FIELDS = {
    "list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "list-owner",
    "mailing-list", "x-mailing-list", "x-beenthere", "x-mailman-version", "feedback-id",
    "x-campaign", "x-campaignid", "x-mailer-recptid", "x-listname", "x-list-id", "list-archive",
}  # fmt: skip
_REPLY_FIELDS = {
    "x-autoreply", "x-autorespond", "x-autoreply-from", "x-autoresponder", "x-mail-autoreply",
    "x-auto-reply", "x-autorespond-from", "x-vacation", "vacation", "x-auto-reply-from",
}  # fmt: skip
_LOOP_FIELDS = {OWN_LOOP_FIELD, "x-loop", "x-rt-loop-prevention", "x-zammad-loop", "x-loop-detect"}
_FAILED_FIELDS = {"x-failed-recipients", "x-original-message-id-of-failed"}
_NO = {"", "no", "none", "false", "0"}


def automatic_kind(
    root: Part, *, from_address: str, subject: str, envelope_from: str | None = None
) -> str:
    """What kind of machine wrote the mail; empty where a person may have.

    `envelope_from` is the address of MAIL FROM where the door knows it, empty for `<>`.
    """
    values = {
        name: value.decode("latin-1").strip().lower() for name, value in reversed(root.fields)
    }
    if report := _report(root, values):
        return report
    if _is_own_or_other_loop(values):
        return LOOP
    null_sender = envelope_from == "" or values.get("return-path", "?").strip() in {"<>", "< >"}
    if _is_bounce(from_address, subject, values, null_sender=null_sender):
        return BOUNCE
    if _is_reply(values, subject):
        return AUTO_REPLY
    if _LIST_FIELDS & values.keys() or values.get("precedence", "") in {"list", "bulk", "junk"}:
        return LIST
    if _is_generated(values, from_address) or null_sender:
        return GENERATED
    return ""


def _report(root: Part, values: dict[str, str]) -> str:
    """Delivery, disposition and feedback reports by their structure (RFC 3464, 8098, 5965)."""
    kinds = {part.content_type for part in root.walk()}
    report_type = root.parameters.get("report-type", "").strip("\"' ").lower()
    if "message/feedback-report" in kinds or report_type == "feedback-report":
        return FEEDBACK_REPORT
    if kinds & {"message/disposition-notification"} or "disposition" in report_type:
        return GENERATED
    if kinds & {"message/delivery-status", "message/global-delivery-status"}:
        return BOUNCE
    if report_type == "delivery-status" or root.content_type == "multipart/report":
        return BOUNCE
    return BOUNCE if _FAILED_FIELDS & values.keys() else ""


def _is_own_or_other_loop(values: dict[str, str]) -> bool:
    return bool(_LOOP_FIELDS & values.keys())


def _is_bounce(
    from_address: str, subject: str, values: dict[str, str], *, null_sender: bool
) -> bool:
    local = from_address.partition("@")[0]
    if _BOUNCE_SENDER.search(local) and "list-id" not in values:
        return True
    return bool(_BOUNCE_SUBJECT.search(subject)) and (
        null_sender or _MACHINE_SENDER.fullmatch(local) is not None or "re:" not in subject.lower()
    )


def _is_reply(values: dict[str, str], subject: str) -> bool:
    submitted = values.get("auto-submitted", "").partition(";")[0].strip()
    if submitted.startswith("auto-replied") or _REPLY_FIELDS & values.keys():
        return True
    return (
        values.get("precedence", "") in {"auto_reply", "auto-reply"}
        or values.get("x-precedence", "") in {"auto_reply", "auto-reply"}
        or _AUTO_REPLY_SUBJECT.search(subject) is not None
    )


def _is_generated(values: dict[str, str], from_address: str) -> bool:
    if values.get("auto-submitted", "no").partition(";")[0].strip() not in _NO:
        return True
    if values.get("x-auto-response-suppress", "none") not in _NO:
        return True
    if values.get("x-auto-generated", "no") not in _NO:
        return True
    return _MACHINE_SENDER.fullmatch(from_address.partition("@")[0]) is not None


def first_field(fields: Fields, name: str) -> bytes:
    """The first field of that (lower-case) name; empty where there is none."""
    return next((value for key, value in fields if key == name), b"")
