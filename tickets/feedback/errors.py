from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class SurveyExpired(DomainError):
    code = "survey_expired"
    message = _("This survey is over. Nothing was stored.")


class AnswerFinal(DomainError):
    code = "answer_final"
    message = _("Your answer can no longer be changed. Nothing was stored.")


class NotOnScale(DomainError):
    code = "not_on_scale"
    message = _("Choose one of the answers. Nothing was stored.")


class NotQuarantined(DomainError):
    code = "not_quarantined"
    message = _("This answer is not in quarantine. Nothing was changed.")


class RecoveryClosed(DomainError):
    code = "recovery_closed"
    message = _("This was closed already. Nothing was changed.")


class UnreadableReviews(DomainError):
    code = "unreadable_reviews"
    message = _("This table cannot be read, and nothing was kept. %(why)s")


class SurveyNameTaken(DomainError):
    code = "survey_name_taken"
    message = _("There is a survey “%(name)s” already. Choose another name.")


class NpsOfTicket(DomainError):
    code = "nps_of_ticket"
    message = _("NPS asks about the relationship: not after each ticket.")


class LabelsDiffer(DomainError):
    code = "labels_differ"
    message = _("This scale has %(n)s answers: give as many, or none.")
