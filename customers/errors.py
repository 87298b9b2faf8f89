from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class IdentityTaken(DomainError):
    code = "identity_taken"
    message = _("%(value)s already belongs to another customer.")


class NotAnAddress(DomainError):
    code = "not_an_address"
    message = _("“%(value)s” is not an address we can recognise somebody by.")


class EmptyPromise(DomainError):
    code = "empty_promise"
    message = _("Say what is promised.")


class PromiseClosed(DomainError):
    code = "promise_closed"
    message = _("This promise is already closed.")


class UnknownEventKind(DomainError):
    code = "unknown_event_kind"
    message = _("There is no kind of event “%(kind)s”; there are: %(known)s.")


class CustomerUnknown(DomainError):
    code = "customer_unknown"
    message = _("No customer is known by %(address)s.")


class NobodyNamed(DomainError):
    code = "nobody_named"
    message = _("It does not say whose it is: give an e-mail address, number, handle or id.")


class ConsentMissing(DomainError):
    code = "consent_missing"
    message = _("%(kind)s: kept only of customers who agreed to it, and this one has not.")


class TooManyFields(DomainError):
    code = "too_many_fields"
    message = _("A card has %(most)s fields at most.")


class IncompleteOrder(DomainError):
    code = "incomplete_order"
    message = _("An order needs a total and a currency of three letters.")


class OrderTaken(DomainError):
    code = "order_taken"
    message = _("Order %(number)s belongs to another customer.")


class NotRelated(DomainError):
    code = "not_related"
    message = _("Nobody is related to themselves.")


class CannotMerge(DomainError):
    code = "cannot_merge_customers"
    message = _("These two records cannot be merged: one of them is gone, or they are one already.")


class VerifiedConflict(CannotMerge):
    """Both have a proven id of one kind, and not the same: they cannot be one person."""

    code = "verified_conflict"
    message = _("Both have a proven id, %(one)s and %(other)s. One person cannot have both.")


class ConfirmationDiffers(DomainError):
    code = "confirmation_differs"
    message = _("What you typed is not what the page asks for. Nothing was erased.")


class AlreadyErased(DomainError):
    code = "already_erased"
    message = _("This person has been erased.")
