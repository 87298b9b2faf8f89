"""What time it is where a customer is, and whether people sleep there."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from customers.models import Customer

NIGHT_BEGINS, NIGHT_ENDS = 22, 7  # hours of their own clock


def zone_of(customer: Customer) -> ZoneInfo | None:
    """Return the time zone of a customer, else of their organisation; None where none is known."""
    organisation = customer.organisation
    name = customer.time_zone or (organisation.time_zone if organisation else "")
    return ZoneInfo(name) if name in _zones() else None


@cache
def _zones() -> set[str]:
    """The names of all zones; finding them reads hundreds of files."""
    return available_timezones()


def is_night(local: datetime) -> bool:
    """Whether people sleep at this moment, told by the clock of the place."""
    return not NIGHT_ENDS <= local.hour < NIGHT_BEGINS
