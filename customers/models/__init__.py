from customers.models.customer import Customer, CustomerNote
from customers.models.fact import Fact
from customers.models.identity import Identity
from customers.models.mail_return import MailReturn
from customers.models.order import Order
from customers.models.organisation import Organisation, OrganisationDomain
from customers.models.outside import EventKind, OutsideEvent
from customers.models.person import Attribute, Consent, Relationship
from customers.models.promise import Promise
from customers.models.touchpoint import Touchpoint, TouchpointYear

__all__ = [
    "Attribute",
    "Consent",
    "Customer",
    "CustomerNote",
    "EventKind",
    "Fact",
    "Identity",
    "MailReturn",
    "Order",
    "Organisation",
    "OrganisationDomain",
    "OutsideEvent",
    "Promise",
    "Relationship",
    "Touchpoint",
    "TouchpointYear",
]
