"""What follows each ticket event once it has committed. The only place that says so."""

from collections.abc import Callable

from tickets.models import TicketEvent

REACTIONS: dict[str, tuple[Callable[[TicketEvent], None], ...]] = {}
