"""Changing our own words for mails, and what a mail with them looks like."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format

from helpdesk.lib.actors import Actor
from helpdesk.lib.html import text_to_html
from tickets.channels.email.layout import frame
from tickets.channels.email.template import Template
from tickets.channels.email.templating import DEFAULTS, filled, render_body
from tickets.channels.models import MailTemplate, MailTemplateChange

_EXAMPLE_DAY = date(2026, 3, 2)
# What stands for the variables in a preview.
EXAMPLE = {
    "number": "1042",
    "subject": "Lamp does not light",
    "name": "Kofi Mensah",
    "mailbox": "Support",
    "agent": "Ana Silva",
    "message": "Dear Kofi,\n\na new lamp leaves us today: https://example.com/parcel/77",
    "signature": "-- \nAna Silva\nSupport",
    "scale": "1 Very bad: https://example.com/s/1\n5 Very good: https://example.com/s/5",
    "stop": "Stop these surveys: https://example.com/s/stop",
    "quote": "> My lamp does not light any more.",
}


@transaction.atomic
def set_mail_template(
    *, kind: str, language: str, subject: str, body: str, by: Actor, at: datetime
) -> MailTemplate:
    """Use these words for one kind of mail in one language from now on; the change is kept."""
    old = _words(_locked(kind, language), kind, language)
    row, is_first = MailTemplate.objects.update_or_create(
        kind=kind, language=language, defaults={"subject": subject, "body": body}
    )
    new = {"subject": subject, "body": body}
    if is_first or old != new:
        _record(kind, language, old=old, new=new, by=by, at=at)
    return row


@transaction.atomic
def reset_mail_template(*, kind: str, language: str, by: Actor, at: datetime) -> None:
    """Go back to the words that come with us, in a language we have none in to none; kept too."""
    row = _locked(kind, language)
    if row is None:
        return
    row.delete()
    old, new = _words(row, kind, language), _words(None, kind, language)
    _record(kind, language, old=old, new=new, by=by, at=at)


def _locked(kind: str, language: str) -> MailTemplate | None:
    rows = MailTemplate.objects.select_for_update()
    return rows.filter(kind=kind, language=language).first()


def _words(row: MailTemplate | None, kind: str, language: str) -> dict[str, str]:
    """What is sent with these words, or with ours; nothing where we have none."""
    words = row or DEFAULTS.get((kind, language)) or Template(subject="", body="")
    return {"subject": words.subject, "body": words.body}


def _record(
    kind: str, language: str, *, old: dict[str, str], new: dict[str, str], by: Actor, at: datetime
) -> None:
    differing = [name for name in new if old[name] != new[name]]
    MailTemplateChange.objects.create(
        kind=kind,
        language=language,
        at=at,
        agent_id=by.agent_id,
        old={name: old[name] for name in differing},
        new={name: new[name] for name in differing},
    )


def preview(template: Template, *, language: str) -> tuple[str, str, str]:
    """Subject, plain text and HTML of a mail with these words around an example."""
    rich = {
        "message": text_to_html(EXAMPLE["message"]),
        "quote": f"<blockquote>{text_to_html(EXAMPLE['quote'].removeprefix('> '))}</blockquote>",
    }
    with translation.override(language):
        values = EXAMPLE | {"reply_by": f"{date_format(_EXAMPLE_DAY, 'l j F')}, 13:00"}
    subject = filled(template.subject, values)
    words = render_body(template.body, values, rich=rich)
    return subject, words.text, frame(words.html, language=language, title=subject)
