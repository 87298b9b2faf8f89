from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule of the business said no; the message is fit to show to a person.

    `code` is stable and for programs, `message` is for people and translated when shown.
    """

    code = "refused"
    message: str | Promise = _("That cannot be done.")

    def __init__(self, **params: Any) -> None:
        super().__init__()
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class TransientError(Exception):
    """An outside service failed in a way that is worth trying again."""
