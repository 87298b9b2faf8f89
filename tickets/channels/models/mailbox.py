from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team
from tickets.channels.models.mailbox_parts import (
    FAILING,
    FAILING_AFTER,
    LEASE,
    LONGEST_WAIT,
    STALE,
    Fetching,
    ImapDoor,
    WayOut,
)
from tickets.models import Topic


def new_hook_key() -> str:
    """A name for a webhook's URL that nobody guesses: 128 bits."""
    return token_urlsafe(16)


# Each is opened when it is used and not before: one that cannot be opened stops nothing else.
SECRETS = ("imap_secret", "smtp_secret", "provider_key", "hook_secret")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def active(self) -> MailboxQuerySet:
        return self.filter(is_active=True)

    def polled(self) -> MailboxQuerySet:
        """Those whose mail we fetch; to the others mail is brought."""
        return self.active().filter(door__in=(Mailbox.Door.IMAP, Mailbox.Door.SQS))

    def due(self, at: datetime) -> MailboxQuerySet:
        """Those to be fetched now, unless somebody is at it.

        A time farther off than any we write is of a clock that has been set back since.
        """
        is_free = Q(leased_until=None) | Q(leased_until__lt=at) | Q(leased_until__gt=at + 2 * LEASE)
        has_waited = Q(next_fetch_at=None) | Q(next_fetch_at__lte=at)
        return self.polled().filter(
            is_free, has_waited | Q(next_fetch_at__gt=at + 2 * LONGEST_WAIT)
        )

    def failing(self, at: datetime) -> MailboxQuerySet:
        """Those that have failed several times in a row, or that nobody fetches any more."""
        is_stale = Q(last_fetched_at__lt=at - STALE, failures=0, door__in=("imap", "sqs"))
        lasts = Q(failing_since__lt=at - FAILING_AFTER)
        return self.active().filter(Q(failures__gte=FAILING) | lasts | is_stale)


_Manager = models.Manager.from_queryset(MailboxQuerySet)


class MailboxManager(_Manager["Mailbox"]):
    def get_queryset(self) -> MailboxQuerySet:
        """Mailboxes whose secrets are not loaded yet."""
        return super().get_queryset().defer(*SECRETS)  # type: ignore[return-value]


class Mailbox(ImapDoor, WayOut, Fetching):
    """An address customers write to, where its mail comes from, and what becomes of it."""

    class Door(models.TextChoices):
        INTAKE = "intake", _("Our SMTP or LMTP intake, a pipe, or HTTP")
        IMAP = "imap", _("IMAP polling")
        WEBHOOK = "webhook", _("A provider's webhook")
        SQS = "sqs", _("Amazon SES through SQS")

    class Quoting(models.TextChoices):
        NONE = "none", _("Nothing")
        LAST = "last", _("The message answered")
        FULL = "full", _("The whole conversation")

    class Taking(models.TextChoices):
        TO_AND_CC = "to-cc", _("Where the address stands in To or Cc")
        TO = "to", _("Only where the address stands in To")

    name = models.CharField(_("name"), max_length=80, unique=True)
    address = models.EmailField(_("address"), unique=True)
    aliases = ArrayField(
        models.EmailField(), verbose_name=_("other addresses"), default=list, blank=True
    )
    door = models.CharField(_("mail comes in by"), max_length=8, choices=Door, default=Door.INTAKE)
    takes = models.CharField(
        _("mail is taken"), max_length=8, choices=Taking, default=Taking.TO_AND_CC
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"))
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, verbose_name=_("topic")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    is_default = models.BooleanField(_("default mailbox"), default=False)
    language = models.CharField(_("language"), max_length=12, blank=True)
    signature = models.TextField(_("signature"), blank=True, max_length=2_000)
    quotes = models.CharField(
        _("replies quote"), max_length=8, choices=Quoting, default=Quoting.NONE
    )
    acknowledges = models.BooleanField(_("acknowledge new tickets"), default=False)
    acknowledges_hourly = models.PositiveSmallIntegerField(
        _("to one address an hour"),
        default=1,
        validators=(MinValueValidator(1), MaxValueValidator(60)),
    )
    acknowledges_daily = models.PositiveSmallIntegerField(
        _("to one address a day"),
        default=5,
        validators=(MinValueValidator(1), MaxValueValidator(200)),
    )
    hook_key = models.CharField(max_length=40, unique=True, default=new_hook_key, editable=False)

    objects: ClassVar[MailboxManager] = MailboxManager()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "mailboxes"
        constraints = (
            models.UniqueConstraint(
                name="one_default_mailbox", fields=("is_default",), condition=Q(is_default=True)
            ),
        )

    def __str__(self) -> str:
        return self.address

    @property
    def is_polled(self) -> bool:
        return self.door in {self.Door.IMAP, self.Door.SQS}
