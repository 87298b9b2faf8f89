from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class EmptyIncident(DomainError):
    code = "empty_incident"
    message = _("Give the incident a title.")


class IncidentResolved(DomainError):
    code = "incident_resolved"
    message = _("%(label)s is resolved; open it again first.")


class PartOfAnother(DomainError):
    code = "part_of_another"
    message = _("This ticket is part of %(label)s; take it off there first.")


class NothingKnown(DomainError):
    code = "nothing_known"
    message = _("Write what has become known.")
