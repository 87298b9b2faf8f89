"""What a mailbox is made of beside its address: a door, a way out, and the state of fetching."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.crypto import EncryptedTextField

# Failed this often in a row, or for this long, a mailbox is shown as failing.
FAILING = 2
FAILING_AFTER = timedelta(seconds=45)
# How long a worker holds a mailbox by itself; while it lives it holds it anew before that ends.
LEASE = timedelta(seconds=30)
# After a fault the next try never waits longer than this.
LONGEST_WAIT = timedelta(minutes=15)
# Not fetched for this long, nobody is fetching at all.
STALE = timedelta(minutes=5)
PORT = (MinValueValidator(1), MaxValueValidator(65_535))


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the first byte")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None: in clear, for servers on this machine only")


class ImapDoor(models.Model):
    """How mail is fetched, and what becomes of it on the server afterwards."""

    class Auth(models.TextChoices):
        PASSWORD = "password", _("User and password")
        OAUTH2 = "oauth2", _("Sign in with Microsoft, Google or another provider")

    class AfterFetch(models.TextChoices):
        LEAVE = "leave", _("Leave it as it is")
        SEEN = "seen", _("Mark it as read")
        MOVE = "move", _("Move it to another folder")
        DELETE = "delete", _("Delete it")

    imap_host = models.CharField(_("IMAP server"), max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993, validators=PORT)
    imap_security = models.CharField(
        _("IMAP encryption"), max_length=8, choices=Security, default=Security.TLS
    )
    imap_auth = models.CharField(
        _("IMAP sign-in"), max_length=8, choices=Auth, default=Auth.PASSWORD
    )
    imap_user = models.CharField(_("IMAP user"), max_length=200, blank=True)
    imap_secret = EncryptedTextField(_("IMAP password"), blank=True)
    imap_folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    imap_since = models.DateField(_("fetch mail since"), null=True, blank=True)
    after_fetch = models.CharField(
        _("once a mail is safe here"), max_length=8, choices=AfterFetch, default=AfterFetch.LEAVE
    )
    after_fetch_folder = models.CharField(_("folder to move to"), max_length=200, blank=True)

    # Set while fetching, not stored: why mails could not be moved once they were safe.
    after_fetch_fault = ""

    class Meta:
        abstract = True


class WayOut(models.Model):
    """How mail leaves: by the server of the installation, one of its own, or a provider."""

    class Outgoing(models.TextChoices):
        INSTANCE = "instance", _("The mail server of this installation")
        SMTP = "smtp", _("An SMTP server of its own")
        PROVIDER = "provider", _("A mail provider")

    class Provider(models.TextChoices):
        POSTMARK = "postmark", "Postmark"
        MAILGUN = "mailgun", "Mailgun"
        SENDGRID = "sendgrid", "SendGrid"
        SES = "ses", "Amazon SES"

    outgoing = models.CharField(
        _("mail leaves by"), max_length=8, choices=Outgoing, default=Outgoing.INSTANCE
    )
    smtp_host = models.CharField(_("SMTP server"), max_length=200, blank=True)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587, validators=PORT)
    smtp_security = models.CharField(
        _("SMTP encryption"), max_length=8, choices=Security, default=Security.STARTTLS
    )
    smtp_auth = models.CharField(
        _("SMTP sign-in"), max_length=8, choices=ImapDoor.Auth, default=ImapDoor.Auth.PASSWORD
    )
    smtp_user = models.CharField(_("SMTP user"), max_length=200, blank=True)
    smtp_secret = EncryptedTextField(_("SMTP password"), blank=True)
    provider = models.CharField(_("provider"), max_length=8, choices=Provider, blank=True)
    provider_key = EncryptedTextField(_("API key or token"), blank=True)
    # Mailgun's sending domain.
    provider_domain = models.CharField(_("sending domain"), max_length=200, blank=True)
    # Mailgun's "eu", or the region of Amazon SES and SQS.
    provider_region = models.CharField(_("region"), max_length=40, blank=True)
    # Amazon's access key id belongs to its secret, which is `provider_key`.
    provider_account = models.CharField(_("access key id"), max_length=120, blank=True)
    # What a webhook proves itself with: Mailgun's signing key, else a password in its URL.
    hook_secret = EncryptedTextField(_("webhook secret"), blank=True)
    # SendGrid signs its reports with a key of its own; public, so not sealed.
    hook_public_key = models.CharField(_("verification key"), max_length=400, blank=True)
    queue_url = models.CharField(_("SQS queue"), max_length=400, blank=True)

    class Meta:
        abstract = True


class Fetching(models.Model):
    """Who is fetching, how far they are, and how it went.

    `lease_number` grows with every worker that takes the mailbox. A write of progress names the
    number it was taken with, so that one who lost the mailbox cannot move it any more.
    """

    lease_number = models.PositiveBigIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    uid_validity = models.BigIntegerField(null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    last_fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_fetch_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Mails on the server that are not here yet, and since when the oldest of them waits.
    backlog = models.PositiveIntegerField(default=0, editable=False)
    waiting_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def is_failing(self, at: datetime) -> bool:
        lasts = self.failing_since is not None and self.failing_since < at - FAILING_AFTER
        return self.failures >= FAILING or lasts

    def lag(self, at: datetime) -> timedelta:
        """How long the oldest mail on the server has been waiting to be fetched."""
        return max(timedelta(), at - self.waiting_since) if self.waiting_since else timedelta()
