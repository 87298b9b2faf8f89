from customers.models.customer import Customer, CustomerNote
from customers.models.duplicate import Duplicate
from customers.models.fact import Fact
from customers.models.identity import Identity
from customers.models.identity_event import IdentityEvent
from customers.models.looking import AccessRequest, Viewing
from customers.models.mail_return import MailReturn
from customers.models.membership import Membership
from customers.models.order import Order
from customers.models.organisation import Organisation, OrganisationDomain
from customers.models.outside import EventKind, OutsideEvent
from customers.models.person import Attribute, Consent, Relationship
from customers.models.promise import Promise
from customers.models.touchpoint import Touchpoint, TouchpointYear

__all__ = [
    "AccessRequest",
    "Attribute",
    "Consent",
    "Customer",
    "CustomerNote",
    "Duplicate",
    "EventKind",
    "Fact",
    "Identity",
    "IdentityEvent",
    "MailReturn",
    "Membership",
    "Order",
    "Organisation",
    "OrganisationDomain",
    "OutsideEvent",
    "Promise",
    "Relationship",
    "Touchpoint",
    "TouchpointYear",
    "Viewing",
]
