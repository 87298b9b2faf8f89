"""Every way what we know of a customer can change. Faces call these and nothing lower."""

from customers.operations.addresses import normalise
from customers.operations.details import (
    EDITABLE,
    add_customer_note,
    create_organisation,
    pin_customer_note,
    record_order,
    update_customer,
)
from customers.operations.facts import remember_fact
from customers.operations.identifying import (
    add_identity,
    find_customer,
    identify_customer,
    verify_identity,
)
from customers.operations.ledger import record_identity_event, remove_identity, share_identity
from customers.operations.looking import (
    decide_access,
    keep_viewings,
    note_viewing,
    request_access,
)
from customers.operations.mail_returns import note_mail_return, trust_address
from customers.operations.memberships import join_organisation, leave_organisation
from customers.operations.outside import News, Outcome, Told, record_outside_event
from customers.operations.people import (
    ORGANISATION_EDITABLE,
    end_relationship,
    give_consent,
    relate_customers,
    update_organisation,
    withdraw_consent,
)
from customers.operations.promises import end_promise, keep_promise, make_promise
from customers.operations.recounting import recount_customers
from customers.operations.touchpoints import (
    contacts_since,
    hand_over_traces,
    note_change,
    record_touchpoint,
    withdraw_touchpoint,
)

__all__ = [
    "EDITABLE",
    "ORGANISATION_EDITABLE",
    "News",
    "Outcome",
    "Told",
    "add_customer_note",
    "add_identity",
    "contacts_since",
    "create_organisation",
    "decide_access",
    "end_promise",
    "end_relationship",
    "find_customer",
    "give_consent",
    "hand_over_traces",
    "identify_customer",
    "join_organisation",
    "keep_promise",
    "keep_viewings",
    "leave_organisation",
    "make_promise",
    "normalise",
    "note_change",
    "note_mail_return",
    "note_viewing",
    "pin_customer_note",
    "record_identity_event",
    "record_order",
    "record_outside_event",
    "record_touchpoint",
    "recount_customers",
    "relate_customers",
    "remember_fact",
    "remove_identity",
    "request_access",
    "share_identity",
    "trust_address",
    "update_customer",
    "update_organisation",
    "verify_identity",
    "withdraw_consent",
    "withdraw_touchpoint",
]
