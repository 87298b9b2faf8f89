"""Every way a mailbox's settings change; each change is kept, of a secret only that it changed."""

from collections.abc import Mapping
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.actors import Actor
from helpdesk.lib.crypto import CannotUnseal, EncryptedTextField
from helpdesk.lib.errors import DomainError
from tickets.channels.models import Mailbox, MailboxChange, MailboxSignIn
from tickets.channels.models.mailbox_parts import ImapDoor, WayOut

CHANGED = "changed"
_OWN = {field.name for field in Mailbox._meta.concrete_fields if field.editable}  # noqa: SLF001
EDITABLE = frozenset(_OWN - {"id"})
# With another of these it is another folder: what was fetched of the old one says nothing.
_PLACE = {"door", "imap_host", "imap_user", "imap_folder"}
_CONNECTION = {
    field.name
    for part in (ImapDoor, WayOut)
    for field in part._meta.get_fields()  # noqa: SLF001
} | {"door", "is_active"}
SIGN_IN = ("provider", "tenant", "client_id", "client_secret", "authorise_url", "token_url")


class MailboxTaken(DomainError):
    code = "mailbox_taken"
    message = _("Another mailbox has this name or address already.")


class DefaultMailboxNeeded(DomainError):
    code = "default_mailbox_needed"
    message = _("Make another mailbox the default first; it will take over from this one.")


class NoSuchSetting(DomainError):
    code = "no_such_setting"
    message = _("A mailbox has no setting %(name)s.")


@transaction.atomic
def add_mailbox(*, settings: Mapping[str, Any], by: Actor, at: datetime) -> Mailbox:
    """Add a mailbox; the first one is the default. Raises MailboxTaken, NoSuchSetting."""
    _refuse_unknown(settings)
    mailbox = Mailbox(**_lowered(settings))
    mailbox.is_default = mailbox.is_default or not Mailbox.objects.filter(is_default=True).exists()
    if mailbox.is_default:
        Mailbox.objects.filter(is_default=True).update(is_default=False)
    _refuse_taken(mailbox)
    _save(mailbox)
    new = {name: _shown(mailbox, name) for name in settings}
    _record(mailbox, old={}, new=new, by=by, at=at)
    return mailbox


@transaction.atomic
def change_mailbox(
    mailbox: Mailbox, *, changes: Mapping[str, Any], by: Actor, at: datetime
) -> Mailbox:
    """Change settings of a mailbox; what is equal already is left alone.

    Whoever is fetching it loses it, and it is fetched anew at once: with another folder from its
    beginning. Raises MailboxTaken, DefaultMailboxNeeded, NoSuchSetting.
    """
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    _refuse_unknown(changes)
    wanted = _lowered(changes)
    differing = {name for name, value in wanted.items() if _value(mailbox, name) != _id(value)}
    if not differing:
        return mailbox
    _refuse_no_default(mailbox, wanted)
    old = {name: _shown(mailbox, name) for name in sorted(differing)}
    for name in differing:
        setattr(mailbox, name, wanted[name])
    _refuse_taken(mailbox)
    if "is_default" in differing:
        Mailbox.objects.filter(is_default=True).update(is_default=False)
    _save(mailbox, update_fields=[*differing, *_start_anew(mailbox, differing)])
    new = {name: _shown(mailbox, name) for name in sorted(differing)}
    _record(mailbox, old=old, new=new, by=by, at=at)
    return mailbox


@transaction.atomic
def set_sign_in(
    mailbox: Mailbox, *, settings: Mapping[str, Any], by: Actor, at: datetime
) -> MailboxSignIn:
    """Say by which provider and application a mailbox signs in.

    With another provider or application the tokens of the old one are forgotten.
    Raises NoSuchSetting.
    """
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    if unknown := settings.keys() - {*SIGN_IN, "scopes"}:
        raise NoSuchSetting(name=min(unknown))
    sign_in = MailboxSignIn.objects.filter(mailbox=mailbox).first()
    sign_in = sign_in or MailboxSignIn(mailbox=mailbox)
    differing = [name for name, value in settings.items() if getattr(sign_in, name) != value]
    if not differing and sign_in.pk:
        return sign_in
    old = {f"sign_in.{name}": _shown(sign_in, name) for name in differing} if sign_in.pk else {}
    for name in differing:
        setattr(sign_in, name, settings[name])
    if {"provider", "client_id", "tenant", "token_url"} & {*differing}:
        sign_in.refresh_token = sign_in.access_token = ""
        sign_in.signed_in_at = None
    sign_in.refused = ""
    sign_in.version += 1
    sign_in.save()
    _save(mailbox, update_fields=_start_anew(mailbox, {"imap_auth"}))
    new = {f"sign_in.{name}": _shown(sign_in, name) for name in differing}
    _record(mailbox, old=old, new=new, by=by, at=at)
    return sign_in


@transaction.atomic
def note_sign_in(sign_in: MailboxSignIn, *, by: Actor, at: datetime) -> None:
    """Keep in a mailbox's history who signed it in; the provider's tokens are here already."""
    _record(sign_in.mailbox, old={}, new={"sign_in.signed_in_at": True}, by=by, at=at)


@transaction.atomic
def renew_hook(mailbox: Mailbox, *, by: Actor, at: datetime) -> str:
    """Give a mailbox's webhook another password and return it; the old one ends at once."""
    secret = token_urlsafe(24)
    change_mailbox(mailbox, changes={"hook_secret": secret}, by=by, at=at)
    return secret


def _start_anew(mailbox: Mailbox, differing: set[str]) -> list[str]:
    """Fence off whoever is fetching, and let the next fetch begin without the old faults."""
    if not differing & _CONNECTION:
        return []
    mailbox.lease_number += 1
    mailbox.leased_until = mailbox.next_fetch_at = mailbox.failing_since = None
    mailbox.failures, mailbox.last_error = 0, ""
    changed = ["lease_number", "leased_until", "next_fetch_at", "failing_since"]
    changed += ["failures", "last_error"]
    if differing & _PLACE:
        mailbox.uid_validity, mailbox.last_uid = None, 0
        mailbox.backlog, mailbox.waiting_since, mailbox.last_fetched_at = 0, None, None
        changed += ["uid_validity", "last_uid", "backlog", "waiting_since", "last_fetched_at"]
    return changed


def _refuse_unknown(settings: Mapping[str, Any]) -> None:
    if unknown := settings.keys() - EDITABLE:
        raise NoSuchSetting(name=min(unknown))


def _refuse_no_default(mailbox: Mailbox, wanted: Mapping[str, Any]) -> None:
    if mailbox.is_default and not wanted.get("is_default", True):
        raise DefaultMailboxNeeded
    if mailbox.is_default and not wanted.get("is_active", True):
        raise DefaultMailboxNeeded


def _refuse_taken(mailbox: Mailbox) -> None:
    """An address leads to one mailbox only, whether it is its own or an alias."""
    addresses = [mailbox.address, *mailbox.aliases]
    same = models.Q(name=mailbox.name) | models.Q(address__in=addresses)
    same |= models.Q(aliases__overlap=addresses)
    if Mailbox.objects.exclude(pk=mailbox.pk).filter(same).exists():
        raise MailboxTaken


def _save(mailbox: Mailbox, **options: Any) -> None:
    try:
        with transaction.atomic():
            mailbox.save(**options)
    except IntegrityError as error:
        raise MailboxTaken from error


def _lowered(settings: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(settings)
    if "address" in given:
        given["address"] = given["address"].strip().lower()
    if "aliases" in given:
        given["aliases"] = [alias.strip().lower() for alias in given["aliases"]]
    return given


def _value(row: models.Model, name: str) -> Any:
    try:
        return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]  # noqa: SLF001
    except CannotUnseal:
        return None  # any other is a change for the better


def _id(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _shown(row: models.Model, name: str) -> Any:
    """A setting as the history keeps it."""
    value = _value(row, name)
    if row._meta.get_field(name).many_to_one:  # noqa: SLF001
        return str(getattr(row, name) or "")
    if isinstance(row._meta.get_field(name), EncryptedTextField):  # noqa: SLF001
        return CHANGED if value else ""
    return value.isoformat() if isinstance(value, date) else value


def _record(
    mailbox: Mailbox, *, old: dict[str, Any], new: dict[str, Any], by: Actor, at: datetime
) -> None:
    MailboxChange.objects.create(mailbox=mailbox, at=at, agent_id=by.agent_id, old=old, new=new)
