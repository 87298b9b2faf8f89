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
