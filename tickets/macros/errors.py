from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class UnknownVariable(DomainError):
    code = "unknown_variable"
    message = _("There is no {%(name)s} here. Use one of those listed.")


class MacroNameTaken(DomainError):
    code = "macro_name_taken"
    message = _("There is a macro of this name already.")


class EmptyMacro(DomainError):
    code = "empty_macro"
    message = _("A macro needs a text in at least one language.")
