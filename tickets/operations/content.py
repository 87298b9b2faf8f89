from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from helpdesk.lib.secrets_in_text import mask_secrets


@dataclass(frozen=True, kw_only=True)
class NewAttachment:
    """A file whose bytes are already stored under their SHA-256."""

    name: str
    content_type: str
    size: int
    sha256: str
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """What is to be said on a ticket, in the same words whatever channel it came by.

    `html` is already sanitised. `external_id` is the channel's own name for the message, unique
    within the channel; `mail_id` and `mail_refs` are RFC 5322 Message-IDs. A courtesy is mere
    thanks, which asks for nothing. `mailbox` is the address of ours by which it came. The
    other fields are those of `Message`.
    """

    text: str
    html: str = ""
    visible_text: str = ""
    visible_html: str = ""
    language: str = ""
    mail_kind: str = ""
    authentication: str = ""
    is_courtesy: bool = False
    remote_images: int = 0
    channel: str = "email"
    subject: str = ""
    author_name: str = ""
    author_address: str = ""
    external_id: str = ""
    mail_id: str = ""
    mail_refs: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    claimed_date_at: datetime | None = None
    is_automatic: bool = False
    is_other_sender: bool = False
    mailbox: str = ""
    attachments: tuple[NewAttachment, ...] = ()
    form: dict[str, Any] = field(default_factory=dict)

    def without_secrets(self) -> "NewMessage":
        """The same with payment cards and passwords masked in everything the writer wrote."""
        return replace(
            self,
            text=mask_secrets(self.text),
            html=mask_secrets(self.html),
            visible_text=mask_secrets(self.visible_text),
            visible_html=mask_secrets(self.visible_html),
            subject=mask_secrets(self.subject),
            form={
                name: mask_secrets(value) if isinstance(value, str) else value
                for name, value in self.form.items()
            },
        )

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.attachments
