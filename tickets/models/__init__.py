from tickets.models.calendar import BusinessCalendar
from tickets.models.delivery import Delivery, worst_state
from tickets.models.event import TicketEvent
from tickets.models.message import Attachment, Draft, Message
from tickets.models.policy import Aim, Measure, Notified, SlaPolicy, Step, TargetKind
from tickets.models.search import MessageWords
from tickets.models.status import FINISHED, OURS, Category, TicketStatus
from tickets.models.ticket import NEVER, Participant, Ticket
from tickets.models.topic import Tag, Topic

__all__ = [
    "FINISHED",
    "NEVER",
    "OURS",
    "Aim",
    "Attachment",
    "BusinessCalendar",
    "Category",
    "Delivery",
    "Draft",
    "Measure",
    "Message",
    "MessageWords",
    "Notified",
    "Participant",
    "SlaPolicy",
    "Step",
    "Tag",
    "TargetKind",
    "Ticket",
    "TicketEvent",
    "TicketStatus",
    "Topic",
    "worst_state",
]
