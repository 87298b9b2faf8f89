"""Faults on the way from an arrival to a message."""

from helpdesk.lib.errors import TransientError


class NoAnswerInTime(TransientError):
    """Whoever reads arrivals did not answer in time: a slow machine, or this very arrival."""
