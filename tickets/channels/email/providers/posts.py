"""What a provider posts to us, proven and taken apart by anymail; raw mails taken as they are."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView, MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView, PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView, SendGridTrackingWebhookView
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tickets.channels.models import Mailbox

HOOK_USER = "beforehand"
_POSTMARK, _MAILGUN = Mailbox.Provider.POSTMARK, Mailbox.Provider.MAILGUN
_SENDGRID = Mailbox.Provider.SENDGRID


class NotProven(Exception):
    """The post does not carry the password or signature it must."""


@dataclass(frozen=True)
class PostedMail:
    """A mail a provider posted. `is_raw`: these are the bytes that came, not a rebuilt mail."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    is_raw: bool


class SendGridMail(SendGridInboundWebhookView):  # type: ignore[misc]
    """SendGrid's posts without the notice that anymail's authors have no account there."""

    def __init__(self, **options: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **options)


class SendGridReports(SendGridTrackingWebhookView):  # type: ignore[misc]
    """SendGrid's reports, likewise; signed with a key of its own where one is set."""

    def __init__(self, *, public_key: str = "", **options: Any) -> None:
        if public_key:
            pem = f"-----BEGIN PUBLIC KEY-----\n{public_key}\n-----END PUBLIC KEY-----"
            self.webhook_verification_key = load_pem_public_key(pem.encode())
            self.warn_if_no_basic_auth = False
        AnymailBaseWebhookView.__init__(self, **options)


def posted_mails(mailbox: Mailbox, request: Any) -> list[PostedMail]:
    """The mails in a post. Raises NotProven before anything of it is believed."""
    view = _inbound_view(mailbox)
    _prove(view, request)
    return list(_READERS[mailbox.provider](view, request))


def reported_events(mailbox: Mailbox, request: Any) -> list[Any]:
    """The events in a post, as anymail reads them. Raises NotProven."""
    view = _tracking_view(mailbox)
    _prove(view, request)
    return list(view.parse_events(request))


def hook_password(mailbox: Mailbox) -> str:
    """What the URL of a hook carries before its host, as `user:password`."""
    return f"{HOOK_USER}:{mailbox.hook_secret}"


def _prove(view: Any, request: Any) -> None:
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure as error:
        raise NotProven(str(error)) from error


def _inbound_view(mailbox: Mailbox) -> Any:
    if not mailbox.hook_secret:
        raise NotProven("this mailbox has no webhook secret")
    if mailbox.provider == _POSTMARK:
        return PostmarkInboundWebhookView(webhook_secret=hook_password(mailbox))
    if mailbox.provider == _MAILGUN:
        return MailgunInboundWebhookView(webhook_signing_key=mailbox.hook_secret)
    if mailbox.provider == _SENDGRID:
        return SendGridMail(webhook_secret=hook_password(mailbox))
    raise NotProven("this mailbox takes no webhooks")


def _tracking_view(mailbox: Mailbox) -> Any:
    if not mailbox.hook_secret and not mailbox.hook_public_key:
        raise NotProven("this mailbox has no webhook secret")
    if mailbox.provider == _POSTMARK:
        return PostmarkTrackingWebhookView(webhook_secret=hook_password(mailbox))
    if mailbox.provider == _MAILGUN:
        return MailgunTrackingWebhookView(webhook_signing_key=mailbox.hook_secret)
    if mailbox.provider == _SENDGRID:
        own = {"webhook_secret": hook_password(mailbox)} if mailbox.hook_secret else {}
        return SendGridReports(public_key=mailbox.hook_public_key, **own)
    raise NotProven("this mailbox takes no webhooks")


def _read_postmark(view: Any, request: Any) -> Iterator[PostedMail]:
    post = json.loads(request.body)
    [event] = view.parse_events(request)
    whole = post.get("RawEmail")
    raw = whole.encode("utf-8", "surrogateescape") if isinstance(whole, str) else None
    yield _posted(event.message, raw, [post.get("OriginalRecipient", "")])


def _read_mailgun(view: Any, request: Any) -> Iterator[PostedMail]:
    [event] = view.parse_events(request)
    whole = request.POST.get("body-mime")
    raw = _bytes_of(whole, request) if whole else None
    yield _posted(event.message, raw, request.POST.get("recipient", "").split(","))


def _read_sendgrid(view: Any, request: Any) -> Iterator[PostedMail]:
    [event] = view.parse_events(request)
    whole = request.POST.get("email")
    raw = _bytes_of(whole, request) if whole else None
    try:
        envelope = json.loads(request.POST.get("envelope", "{}"))
        recipients = [str(address) for address in envelope.get("to", ())]
    except (ValueError, AttributeError):
        recipients = []
    yield _posted(event.message, raw, recipients)


_READERS: dict[str, Callable[[Any, Any], Iterator[PostedMail]]] = {
    _POSTMARK: _read_postmark,
    _MAILGUN: _read_mailgun,
    _SENDGRID: _read_sendgrid,
}


def _posted(message: AnymailInboundMessage, raw: bytes | None, to: list[str]) -> PostedMail:
    return PostedMail(
        raw=raw if raw is not None else message.as_bytes(),
        sender=str(message.envelope_sender or ""),
        recipients=tuple(address.strip() for address in to if address.strip()),
        is_raw=raw is not None,
    )


def _bytes_of(text: str, request: Any) -> bytes:
    """The bytes of a form field again. Mail in 8 bits that is no UTF-8 comes to us mended."""
    return text.encode(request.encoding or "utf-8", "surrogateescape")
