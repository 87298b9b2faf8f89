"""What follows each ticket event once it has committed. The only place that says so."""

from collections.abc import Callable

from tickets.channels.acknowledging import acknowledge
from tickets.channels.tasks import deliver_message
from tickets.models import TicketEvent


def deliver(event: TicketEvent) -> None:
    deliver_message.delay(message_id=event.message_id)


REACTIONS: dict[str, tuple[Callable[[TicketEvent], None], ...]] = {
    TicketEvent.Kind.OPENED: (acknowledge,),
    TicketEvent.Kind.REPLIED: (deliver,),
    TicketEvent.Kind.ACKNOWLEDGED: (deliver,),
    TicketEvent.Kind.DELIVERY_RETRIED: (deliver,),
}
