"""What belongs to a mailbox and changes apart from it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Agent
from helpdesk.lib.crypto import EncryptedTextField
from tickets.channels.models.change import Change
from tickets.channels.models.mailbox import Mailbox


class MailboxSignIn(models.Model):
    """How a mailbox signs in by OAuth 2 (RFC 6749), and the tokens it has got.

    `version` grows with every change of the tokens: a worker that refreshed older ones does not
    overwrite newer.
    """

    class Provider(models.TextChoices):
        MICROSOFT = "microsoft", _("Microsoft 365")
        GOOGLE = "google", _("Google")
        OTHER = "other", _("Another one")

    mailbox = models.OneToOneField(Mailbox, models.CASCADE, related_name="sign_in")
    provider = models.CharField(
        _("provider"), max_length=10, choices=Provider, default=Provider.MICROSOFT
    )
    tenant = models.CharField(_("tenant"), max_length=120, blank=True)
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedTextField(_("client secret"), blank=True)
    authorise_url = models.URLField(_("sign-in address"), max_length=400, blank=True)
    token_url = models.URLField(_("token address"), max_length=400, blank=True)
    scopes = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    refresh_token = EncryptedTextField(blank=True, editable=False)
    access_token = EncryptedTextField(blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_in_at = models.DateTimeField(_("signed in"), null=True, blank=True, editable=False)
    # Empty while the provider takes what we have; else why somebody must sign in again.
    refused = models.CharField(max_length=300, blank=True, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    refreshing_until = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.provider} sign-in of mailbox {self.mailbox_id}"


class MailboxChange(Change):
    """One change of a mailbox's settings."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="changes")

    def __str__(self) -> str:
        return f"change of mailbox {self.mailbox_id}"


class MailboxTest(models.Model):
    """One guided test: a mail sent by a mailbox's way out that must come in by its door.

    `steps` is a list of {"name", "state", "text"}, in the order they are taken.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="tests")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    token = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    steps = models.JSONField(default=list)
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"test {self.pk} of mailbox {self.mailbox_id}"
