from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class SuggestionDecided(DomainError):
    code = "suggestion_decided"
    message = _("This was decided already.")


class EmptyHandOver(DomainError):
    code = "empty_hand_over"
    message = _("Say who takes it over, and what they must know.")
