from tickets.channels.models.arrival import Arrival
from tickets.channels.models.attempt import DeliveryAttempt
from tickets.channels.models.discrepancy import Discrepancy
from tickets.channels.models.mail_template import MailTemplate, MailTemplateChange
from tickets.channels.models.mailbox import Mailbox
from tickets.channels.models.provider_event import ProviderEvent
from tickets.channels.models.records import MailboxChange, MailboxSignIn, MailboxTest

__all__ = [
    "Arrival",
    "DeliveryAttempt",
    "Discrepancy",
    "MailTemplate",
    "MailTemplateChange",
    "Mailbox",
    "MailboxChange",
    "MailboxSignIn",
    "MailboxTest",
    "ProviderEvent",
]
