"""Mail is read in a process of its own, which may be killed without harm to the worker."""

from tickets.channels.email.apart.pool import ReaderUnavailable, read_apart

__all__ = ["ReaderUnavailable", "read_apart"]
