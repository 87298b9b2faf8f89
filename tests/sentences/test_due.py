from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tickets.sentences.due import due_in, office_hours

LONDON = ZoneInfo("Europe/London")
# A Thursday.
NOW = datetime(2026, 5, 14, 10, 0, tzinfo=LONDON)


def due(text: str, at: datetime = NOW) -> str:
    found = due_in(text, at=at, hours=office_hours(LONDON))
    return f"{found.at:%a %d %b %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("by Friday 15:00", "Fri 15 May 15:00"),
        ("by Friday", "Fri 15 May 17:00"),
        ("Fri 14:00", "Fri 15 May 14:00"),
        ("within 5 working days", "Thu 21 May 17:00"),
        ("within 3 days", "Sun 17 May 17:00"),
        ("tomorrow", "Fri 15 May 17:00"),
        ("tomorrow at 10", "Fri 15 May 10:00"),
        ("tomorrow morning", "Fri 15 May 12:00"),
        ("this afternoon at 3 pm", "Thu 14 May 15:00"),
        ("by 5 pm today", "Thu 14 May 17:00"),
        ("tonight", "Thu 14 May 23:00"),
        ("by noon", "Thu 14 May 12:00"),
        ("next Monday", "Mon 18 May 17:00"),
        ("on Thursday", "Thu 21 May 17:00"),
        ("before Friday", "Thu 14 May 17:00"),
        ("before Monday", "Sun 17 May 17:00"),
        ("by the end of the week", "Fri 15 May 17:00"),
        ("by the end of the month", "Sun 31 May 17:00"),
        ("next week", "Fri 22 May 17:00"),
        ("on 21 May", "Thu 21 May 17:00"),
        ("by May 21st", "Thu 21 May 17:00"),
        ("by 12 May", "Wed 12 May 17:00"),  # of next year: this one has passed
        ("by the 20th", "Wed 20 May 17:00"),
        ("within 24 hours", "Fri 15 May 10:00"),
        ("within the hour", "Thu 14 May 11:00"),
        ("within one business day", "Fri 15 May 17:00"),
        ("in the next two days", "Sat 16 May 17:00"),
        ("in a week", "Thu 21 May 17:00"),
        ("the day after tomorrow", "Sat 16 May 17:00"),
        ("bis Freitag, 15:00 Uhr", "Fri 15 May 15:00"),
        ("bis Donnerstag 15 Uhr", "Thu 21 May 15:00"),
        ("innerhalb von 3 Werktagen", "Tue 19 May 17:00"),
        ("binnen 10 Tagen", "Sun 24 May 17:00"),
        ("am 21. Mai", "Thu 21 May 17:00"),
        ("bis 21.05.", "Thu 21 May 17:00"),
        ("morgen früh", "Fri 15 May 12:00"),
        ("übermorgen", "Sat 16 May 17:00"),
        ("bis Dienstagmittag", "Tue 19 May 12:00"),
        ("heute um 15 Uhr", "Thu 14 May 15:00"),
        ("heute Abend", "Thu 14 May 20:00"),
        ("zum Monatsende", "Sun 31 May 17:00"),
        ("bis Ende der Woche", "Fri 15 May 17:00"),
        ("nächste Woche", "Fri 22 May 17:00"),
        ("since Monday", ""),
        ("order A-1042 for 15 euros", ""),
        ("soon", ""),
    ],
)
def test_a_due_time_is_read_from_the_words_people_use(words: str, moment: str) -> None:
    assert due(words) == moment


def test_today_is_due_late_when_the_office_has_closed() -> None:
    assert due("today", NOW.replace(hour=18)) == "Thu 14 May 23:59"


def test_working_days_leave_out_weekends_and_count_from_tomorrow() -> None:
    assert due("within 2 working days", NOW.replace(day=15)) == "Tue 19 May 17:00"


def test_of_two_moments_the_marked_one_counts() -> None:
    assert due("I will extend it until Sunday by tomorrow noon") == "Fri 15 May 12:00"
