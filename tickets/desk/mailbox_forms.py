"""What is asked about a mailbox, in three parts. A secret goes in and never comes out."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tickets.channels.models import Mailbox, MailboxSignIn
from tickets.desk.mailbox_fields import AddressesField, PartForm, secret

LOCAL = {"localhost", "127.0.0.1", "::1"}


class NewMailboxForm(PartForm):
    class Meta:
        model = Mailbox
        fields = ("name", "address", "team", "door")
        help_texts = {"name": _("Customers see it as the sender where no agent writes")}
        error_messages = {
            "name": {"required": _("Enter a name.")},
            "address": {"required": _("Enter the address customers write to.")},
        }


class AddressForm(PartForm):
    TITLE = _("Address and answers")

    aliases = AddressesField(
        label=_("Other addresses"),
        required=False,
        help_text=_("One a line; mail to them is ours too"),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the installation")), *settings.LANGUAGES],
        help_text=_("Of what we send by ourselves"),
    )

    class Meta:
        model = Mailbox
        fields = (
            "name",
            "address",
            "aliases",
            "team",
            "topic",
            "is_active",
            "is_default",
            "takes",
            "language",
            "signature",
            "quotes",
            "acknowledges",
            "acknowledges_hourly",
            "acknowledges_daily",
        )
        help_texts = {
            "signature": _("Put under every mail that leaves by this mailbox, as plain text"),
            "is_default": _("Takes what names no mailbox, and sends what belongs to none"),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 4})}
        error_messages = NewMailboxForm.Meta.error_messages


class DoorForm(PartForm):
    TITLE = _("Mail in")
    SECRETS = ("imap_secret", "provider_key", "hook_secret")
    NEEDED = ("imap_host", "imap_user", "imap_secret", "after_fetch_folder", "sign_in_with",
              "client_id", "authorise_url", "token_url", "provider", "hook_secret", "queue_url",
              "provider_account", "provider_key", "provider_region")  # fmt: skip
    SIGN_IN = {"sign_in_with": "provider", "tenant": "tenant", "client_id": "client_id",
               "client_secret": "client_secret", "authorise_url": "authorise_url",
               "token_url": "token_url"}  # fmt: skip

    imap_secret = secret(_("Password"))
    provider_key = secret(_("Secret access key"))
    hook_secret = secret(_("Signing key of the webhook"))
    sign_in_with = forms.ChoiceField(
        label=_("Sign in with"), required=False, choices=MailboxSignIn.Provider
    )
    tenant = forms.RegexField(
        r"\A[A-Za-z0-9.-]+\Z",
        label=_("Tenant"),
        required=False,
        help_text=_("Your organisation's id or domain; empty for any"),
    )
    client_id = forms.CharField(label=_("Client id"), required=False, max_length=200)
    client_secret = secret(_("Client secret"))
    authorise_url = forms.URLField(
        label=_("Sign-in address"), required=False, assume_scheme="https"
    )
    token_url = forms.URLField(label=_("Token address"), required=False, assume_scheme="https")
    scopes = forms.CharField(label=_("Scopes"), required=False, max_length=800)

    class Meta:
        model = Mailbox
        fields = (
            "door",
            "imap_host",
            "imap_port",
            "imap_security",
            "imap_user",
            "imap_auth",
            "imap_folder",
            "imap_since",
            "after_fetch",
            "after_fetch_folder",
            "provider",
            "hook_public_key",
            "queue_url",
            "provider_region",
            "provider_account",
        )
        widgets = {"imap_since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "imap_since": _("Older mail is left out. Empty: everything in the folder"),
            "hook_public_key": _("SendGrid's, for signed reports; optional"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = MailboxSignIn.objects.defer("client_secret", "access_token", "refresh_token")
        known = rows.filter(mailbox=self.instance.pk).first()
        self.sign_in = known or MailboxSignIn(mailbox=self.instance)
        for name, source in self.SIGN_IN.items():
            if source != "client_secret":
                self.fields[name].initial = getattr(self.sign_in, source)
        self.fields["scopes"].initial = " ".join(self.sign_in.scopes)

    def clean(self) -> dict[str, Any]:
        door = self.cleaned_data.get("door")
        if door == Mailbox.Door.IMAP:
            self._clean_imap()
        elif door == Mailbox.Door.WEBHOOK:
            self.need("provider", _("Choose the provider that posts here."))
            if self.cleaned_data.get("provider") == Mailbox.Provider.SES:
                self.add_error("provider", _("Amazon SES comes through SQS: choose that door."))
            if self.cleaned_data.get("provider") == Mailbox.Provider.MAILGUN:
                self.need("hook_secret", _("Enter Mailgun's webhook signing key."))
        elif door == Mailbox.Door.SQS:
            self.need("queue_url", _("Enter the address of the SQS queue."))
            self.need("provider_account", _("Enter the access key id."))
            self.need("provider_key", _("Enter the secret access key."))
        return self.cleaned_data

    def _clean_imap(self) -> None:
        self.need("imap_host", _("Enter the name of the IMAP server."))
        self.need("imap_user", _("Enter the user of the mailbox on the server."))
        self.need("imap_folder", _("Enter the folder, usually INBOX."))
        if self.cleaned_data.get("after_fetch") == Mailbox.AfterFetch.MOVE:
            self.need("after_fetch_folder", _("Enter the folder to move mail to."))
        if self.cleaned_data.get("imap_auth") == Mailbox.Auth.PASSWORD:
            self.need("imap_secret", _("Enter the password."))
            return
        self.need("client_id", _("Enter the client id of your application."))
        if self.cleaned_data.get("sign_in_with") == MailboxSignIn.Provider.OTHER:
            for name in ("authorise_url", "token_url"):
                self.need(name, _("Enter the address your provider names."))
                self._refuse_open_address(name)

    def _refuse_open_address(self, name: str) -> None:
        place = urlsplit(self.cleaned_data.get(name) or "https://")
        if place.scheme != "https" and place.hostname not in LOCAL:
            self.add_error(name, ValidationError(_("Tokens may only go to an https address.")))

    def sign_in_settings(self) -> dict[str, Any]:
        """What the sign-in operation is given; empty where passwords are used."""
        if self.cleaned_data.get("imap_auth") != Mailbox.Auth.OAUTH2:
            return {}
        given = {own: self.cleaned_data[name] for name, own in self.SIGN_IN.items()}
        if not given["client_secret"]:
            del given["client_secret"]
        return given | {"scopes": self.cleaned_data["scopes"].split()}


class WayOutForm(PartForm):
    TITLE = _("Mail out")
    SECRETS = ("smtp_secret", "provider_key")
    NEEDED = ("smtp_host", "provider", "provider_key")

    smtp_secret = secret(_("Password"))
    provider_key = secret(_("API key or token"))

    class Meta:
        model = Mailbox
        fields = (
            "outgoing",
            "smtp_host",
            "smtp_port",
            "smtp_security",
            "smtp_auth",
            "smtp_user",
            "provider",
            "provider_domain",
            "provider_region",
            "provider_account",
        )
        help_texts = {
            "smtp_auth": _("A sign-in uses the application named under “Mail in”"),
            "provider_domain": _("Mailgun's; empty: the domain of the address"),
            "provider_region": _("“eu” at Mailgun, or the region at Amazon"),
            "provider_account": _("Amazon's"),
        }

    def clean(self) -> dict[str, Any]:
        outgoing = self.cleaned_data.get("outgoing")
        if outgoing == Mailbox.Outgoing.SMTP:
            self.need("smtp_host", _("Enter the name of the SMTP server."))
            self._clean_sign_in()
        elif outgoing == Mailbox.Outgoing.PROVIDER:
            self.need("provider", _("Choose the provider."))
            self.need("provider_key", _("Enter the key the provider gave you."))
        return self.cleaned_data

    def _clean_sign_in(self) -> None:
        if self.cleaned_data.get("smtp_auth") != Mailbox.Auth.OAUTH2:
            return
        self.need("smtp_user", _("Enter the user to sign in as."))
        if not MailboxSignIn.objects.filter(mailbox=self.instance).exists():
            text = _("Name the application to sign in with under “Mail in” first.")
            self.add_error("smtp_auth", text)


PARTS: dict[str, type[PartForm]] = {"address": AddressForm, "door": DoorForm, "out": WayOutForm}
