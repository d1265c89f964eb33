"""Places whose hours the tests ask."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from mapping.hours import Locality, Schedule

NOVOSIBIRSK = Locality(timezone="Asia/Novosibirsk", country="RU", position=(55.0, 82.9))
HELSINKI = Locality(timezone="Europe/Helsinki", country="FI", position=(60.2, 24.9))


def place(text: str = "", *, locality: Locality = NOVOSIBIRSK, **more) -> Schedule:
    return Schedule(text=text, locality=locality, **{"as_of": date(2026, 11, 22)} | more)


def at(moment: str, locality: Locality = NOVOSIBIRSK) -> datetime:
    """“2026-11-23 13:30” by the clock of the place."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(locality.timezone))
