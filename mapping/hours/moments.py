"""A moment of an ordinary week, such as “sa-18:00”."""

import re
from dataclasses import dataclass

from mapping.errors import ParameterError

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
MOMENT = re.compile(r"(mo|tu|we|th|fr|sa|su)-(\d{1,2}):(\d{2})")
HOURS_A_DAY, MINUTES_AN_HOUR = 24, 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A weekday, 1 Monday to 7 Sunday, and a minute of the day, 0 to 1439."""

    weekday: int
    minute: int

    def __str__(self) -> str:
        hour, minute = divmod(self.minute, MINUTES_AN_HOUR)
        return f"{WEEKDAYS[self.weekday - 1]}-{hour:02}:{minute:02}"


def read_moment(text: str) -> Moment | None:
    """
    Read “sa-18:00”; nothing said is any time, None.

    Raises ParameterError for anything else.
    """
    if not text:
        return None
    parts = MOMENT.fullmatch(text.strip().lower())
    if not parts or not (int(parts[2]) < HOURS_A_DAY and int(parts[3]) < MINUTES_AN_HOUR):
        raise ParameterError("open_at", text, "a weekday and a time, such as sa-18:00, or nothing")
    minute = int(parts[2]) * MINUTES_AN_HOUR + int(parts[3])
    return Moment(WEEKDAYS.index(parts[1]) + 1, minute)
