"""When a place is open: pure answers about rules, exceptions and public holidays.

`schedule` says what is known of a place, `syntax` reads the OpenStreetMap language of opening
hours and `spans` takes single days out of it, `holidays` knows the public holidays, `days` tells
the hours of a day and `states` what holds at a moment; `spec` writes hours for others, `mkrf` reads
those of PRO.Культура.РФ.
"""

from mapping.hours.days import day_of, week_of
from mapping.hours.schedule import (
    DayException,
    DayHours,
    Locality,
    Reason,
    Schedule,
    Span,
    State,
    WeeklyRule,
)
from mapping.hours.states import is_open_at_weekday, state_at
from mapping.hours.syntax import parse_hours

__all__ = [
    "DayException",
    "DayHours",
    "Locality",
    "Reason",
    "Schedule",
    "Span",
    "State",
    "WeeklyRule",
    "day_of",
    "is_open_at_weekday",
    "parse_hours",
    "state_at",
    "week_of",
]
