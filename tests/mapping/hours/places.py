"""Places whose hours the tests ask."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mapping.hours import Locality, Schedule, day_of

NOVOSIBIRSK = Locality(timezone="Asia/Novosibirsk", country="RU", position=(55.0, 82.9))
HELSINKI = Locality(timezone="Europe/Helsinki", country="FI", position=(60.2, 24.9))


def place(text: str = "", *, locality: Locality = NOVOSIBIRSK, **more) -> Schedule:
    return Schedule(text=text, locality=locality, **{"as_of": date(2026, 11, 22)} | more)


def at(moment: str, locality: Locality = NOVOSIBIRSK) -> datetime:
    """“2026-11-23 13:30” by the clock of the place."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(locality.timezone))


def naive_is_open(schedule, moment):
    """Minute by minute: within hours that began today or yesterday, by the clock on the wall."""
    answers = []
    for ago in (0, 1):
        day = moment.date() - timedelta(days=ago)
        spans = day_of(schedule, day).spans
        minute = moment.hour * 60 + moment.minute + ago * 1440
        if spans is None:
            answers.append(None if ago == 0 else False)
        here = [span for span in spans or () if span.opens <= minute < span.closes]
        answers.extend(True if span.is_known else None for span in here)
    return True if True in answers else (None if None in answers else False)
