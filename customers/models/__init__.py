from customers.models.customer import Customer, CustomerNote
from customers.models.fact import Fact
from customers.models.identity import Identity
from customers.models.mail_return import MailReturn
from customers.models.order import Order
from customers.models.organisation import Organisation, OrganisationDomain
from customers.models.promise import Promise
from customers.models.touchpoint import Touchpoint, TouchpointYear

__all__ = [
    "Customer",
    "CustomerNote",
    "Fact",
    "Identity",
    "MailReturn",
    "Order",
    "Organisation",
    "OrganisationDomain",
    "Promise",
    "Touchpoint",
    "TouchpointYear",
]
