from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from tickets.channels.webform.reply_time import outside_hours
from tickets.models import BusinessCalendar

SUNDAY = datetime(2026, 3, 1, 12, 0, tzinfo=ZoneInfo("Europe/Lisbon"))


@pytest.mark.parametrize(
    ("language", "day"), [("en-gb", "Monday 2 March"), ("de", "Montag 2. März")]
)
def test_a_day_is_written_as_the_language_writes_it(language: str, day: str) -> None:
    weekdays = {str(number): [["09:00", "17:00"]] for number in range(1, 6)}
    calendar = BusinessCalendar(time_zone="Europe/Lisbon", hours=weekdays)

    with translation.override(language):
        assert day in outside_hours(calendar, at=SUNDAY)
