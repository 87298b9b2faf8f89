from datetime import date
from pathlib import Path

import pytest

from helpdesk.lib.days_off import NoCalendar, UnknownCountry, holidays_in, holidays_of

FILE = (Path(__file__).parent.parent / "data" / "days_off.ics").read_bytes()


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    year = range(2026, 2027)

    assert date(2026, 12, 25) in holidays_of("gb", year)
    assert date(2026, 1, 2) in holidays_of("GB-SCT", year)
    assert date(2026, 1, 2) not in holidays_of("GB-ENG", year)


@pytest.mark.parametrize("place", ["Atlantis", "GB-XX", "-"])
def test_an_unknown_place_is_refused(place: str) -> None:
    with pytest.raises(UnknownCountry):
        holidays_of(place, range(2026, 2027))


def test_whole_days_of_a_calendar_file_are_read_with_their_repetitions() -> None:
    assert holidays_in(FILE, range(2026, 2028)) == [
        date(2026, 6, 24),  # every year since 2020
        date(2026, 12, 28),  # three days that end on the 31st, which is not one of them
        date(2026, 12, 29),
        date(2026, 12, 30),
        date(2027, 6, 24),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"no calendar", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\xff\xfe"]
)
def test_what_is_no_calendar_file_is_refused(data: bytes) -> None:
    with pytest.raises(NoCalendar):
        holidays_in(data, range(2026, 2028))


def test_a_rule_that_repeats_without_end_is_read_in_time() -> None:
    rule = b"RRULE:FREQ=SECONDLY"

    assert len(holidays_in(FILE.replace(b"RRULE:FREQ=YEARLY", rule), range(2026, 2028))) == 3
