"""Whether a person wrote a mail. What a machine wrote never gets an automatic answer (RFC 3834)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tickets.channels.email.mime import Part

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
    r"undeliver(?:ed|able)|(?:mail|message)s? delivery|"
    r"delivery (?:status|fail|notif|report|problem|has|error|unsuccess|delay)|"
    r"returned (?:mail|to sender)|return(?:ed|ing) (?:e-?mail|message)|failure noti|"
    r"could not be delivered|non-?delivery|mail (?:system )?(?:error|fail)|"
    r"unzustellbar|nicht zustellbar|non remis",
    re.IGNORECASE,
)
_AUTO_REPLY_SUBJECT = re.compile(
    r"^\W{0,3}(?:\[[^\]]{1,100}\]\s?)?(?:(?:re|aw|sv)\s?:\s?)?"
    r"(?:out of (?:the )?office|auto(?:matic(?:al)?|mated)?[ -]?(?:reply|response|antwort|svar)|"
    r"automatische antwort|abwesenheits?(?:notiz|meldung|nachricht|assistent|:)|"
    r"vacation (?:reply|message|notice|auto)|away from (?:my |the )?(?:desk|office|e-?mail)|"
    r"r[ée]ponse automatique|absence du bureau|respuesta autom|risposta automatica|"
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
_LOOP_FIELDS = {"x-loop", "x-rt-loop-prevention", "x-zammad-loop", "x-loop-detect"}
_COMPLAINT_FIELDS = {"x-abuse-info", "x-feedback-report", "x-hmxmroriginalrecipient"}
_COMPLAINT_SUBJECTS = ("complaint about message from", "email feedback report for ip")
_FAILED_FIELDS = {"x-failed-recipients", "x-original-message-id-of-failed"}
_NOTICE_FIELDS = {"x-amz-sns-message-id"}
_NOTICE_START = 2_000
_NO = {"", "no", "none", "false", "0"}


def automatic_kind(
    root: Part, *, from_address: str, subject: str, envelope_from: str | None = None
) -> str:
    """What kind of machine wrote the mail; empty where a person may have.

    `envelope_from` is the address of MAIL FROM where the door knows it, empty for `<>`;
    `from_address` may be a bare name where the sender gave no address.
    """
    mail = _Mail(
        values={name: value.decode("latin-1").lower() for name, value in reversed(root.fields)},
        root=root,
        local_part=from_address.partition("@")[0].lower(),
        subject=subject,
        envelope_from=envelope_from,
    )
    return next((kind for kind, is_kind in _KINDS if is_kind(mail)), "")


def is_machine_address(address: str) -> bool:
    """Whether nobody reads what is sent there, as the address itself says: no-reply, postmaster."""
    return _MACHINE_SENDER.fullmatch(address.partition("@")[0]) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mail:
    values: dict[str, str]
    root: Part
    local_part: str
    subject: str
    envelope_from: str | None

    def value(self, name: str) -> str:
        """The field up to its first parameter."""
        return self.values.get(name, "").partition(";")[0].strip()

    def has_any(self, names: set[str]) -> bool:
        return not names.isdisjoint(self.values)

    @property
    def has_null_sender(self) -> bool:
        return self.envelope_from == "" or self.values.get("return-path", "-").strip("<> ") == ""

    @property
    def report_type(self) -> str:
        return self.root.parameters.get("report-type", "").strip("\"' ").lower()

    @property
    def notice(self) -> str:
        """How Amazon SES begins to tell in JSON what became of a mail; empty in other mail."""
        start = self.root.body[:_NOTICE_START] if self.has_any(_NOTICE_FIELDS) else b""
        words = start.decode("ascii", "replace").replace("\\", "").replace(" ", "")
        return words if "notificationType" in words else ""

    def has_part(self, *kinds: str) -> bool:
        return any(part.content_type in kinds for part in self.root.walk())


def _is_loop(mail: _Mail) -> bool:
    return OWN_LOOP_FIELD in mail.values


def _is_feedback_report(mail: _Mail) -> bool:
    return (
        mail.report_type == "feedback-report"
        or mail.has_part("message/feedback-report")
        or mail.has_any(_COMPLAINT_FIELDS)
        or '"notificationType":"Complaint"' in mail.notice
        or mail.subject.lower().startswith(_COMPLAINT_SUBJECTS)
    )


def _is_bounce(mail: _Mail) -> bool:
    """By its structure (RFC 3464), else by a sender only mail servers have, else by its subject."""
    if mail.has_part("message/delivery-status", "message/global-delivery-status") or mail.notice:
        return True
    if mail.report_type in {"delivery-status", "report"} or mail.has_any(_FAILED_FIELDS):
        return True
    if mail.root.content_type == "multipart/report":
        return not mail.report_type
    if _BOUNCE_SENDER.search(mail.local_part):
        return True
    if not _BOUNCE_SUBJECT.search(mail.subject):
        return False
    return (
        mail.has_null_sender
        or _MACHINE_SENDER.fullmatch(mail.local_part) is not None
        or _BOUNCE_SUBJECT.match(mail.subject) is not None
    )


def _is_auto_reply(mail: _Mail) -> bool:
    return (
        mail.value("auto-submitted").startswith("auto-replied")
        or mail.has_any(_REPLY_FIELDS)
        or "auto" in mail.value("precedence")
        or "auto" in mail.value("x-precedence")
        or _AUTO_REPLY_SUBJECT.search(mail.subject) is not None
    )


def _is_list(mail: _Mail) -> bool:
    return mail.has_any(_LIST_FIELDS) or mail.value("precedence") in {"list", "bulk", "junk"}


def _is_foreign_loop(mail: _Mail) -> bool:
    return mail.has_any(_LOOP_FIELDS)


def _is_generated(mail: _Mail) -> bool:
    return (
        mail.value("auto-submitted") not in _NO
        or mail.value("x-auto-response-suppress") not in _NO
        or mail.value("x-auto-generated") not in _NO
        or bool(mail.report_type)
        or mail.has_part("message/disposition-notification")
        or _MACHINE_SENDER.fullmatch(mail.local_part) is not None
        or mail.has_null_sender
    )


_KINDS: tuple[tuple[str, Callable[[_Mail], bool]], ...] = (
    (LOOP, _is_loop),
    (FEEDBACK_REPORT, _is_feedback_report),
    (BOUNCE, _is_bounce),
    (AUTO_REPLY, _is_auto_reply),
    (LIST, _is_list),
    (LOOP, _is_foreign_loop),
    (GENERATED, _is_generated),
)
