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
