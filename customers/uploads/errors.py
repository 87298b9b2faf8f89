from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class UnreadableTable(DomainError):
    code = "unreadable_table"
    message = _("This is not a table with a line of column names and at least one row.")


class TableTooLarge(DomainError):
    code = "table_too_large"
    message = _("A table may have %(megabytes)s MB at most.")


class IncompleteMapping(DomainError):
    code = "incomplete_mapping"
    message = _("Say which column has: %(missing)s.")


class UnusableRow(DomainError):
    code = "unusable_row"
    message = _("%(column)s: “%(value)s” cannot be read as %(wanted)s.")


class EmptyCell(DomainError):
    code = "empty_cell"
    message = _("%(column)s is empty.")
