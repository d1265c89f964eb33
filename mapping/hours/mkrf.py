"""Working schedules of PRO.Культура.РФ and opendata.mkrf.ru in the OpenStreetMap syntax."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mapping.errors import HoursError
from mapping.hours.schedule import DAY_MINUTES
from mapping.hours.syntax import days_in_words

WANTED = "days 0 (Monday) … 6 → {from, to} as HH:MM or milliseconds of the day"
MINUTE_MS = 60_000
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?", re.ASCII)


def read_working_schedule(schedule: Mapping[str, Any]) -> str:
    """
    A week of hours; a day that is missing or empty is closed.

    Parameters
    ----------
    schedule
        `{"0": {"from": "10:00:00", "to": "18:00:00"}, …}`, or flat as `{"0.from": …, "0.to": …}`.

    Raises
    ------
    HoursError
        If a day is no day or a time no time. An empty schedule is refused as well: it says
        nothing, and a place without hours is not a closed one.
    """
    hours = {day: _hours(given) for day, given in _by_day(schedule).items() if _is_given(given)}
    if not hours:
        raise HoursError(dict(schedule), WANTED)
    return "; ".join(f"{days} {said}" for days, said in _runs(hours))


def _by_day(schedule: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    days: dict[int, dict[str, Any]] = {}
    for key, value in schedule.items():
        day, dot, end = str(key).partition(".")
        given = {end: value} if dot else value
        if day not in set("0123456") or not isinstance(given or {}, dict):
            raise HoursError({key: value}, WANTED)
        days.setdefault(int(day), {}).update(given or {})
    return days


def _is_given(given: Mapping[str, Any]) -> bool:
    """Midnight counted in milliseconds is 0, and something that was said."""
    return any(value not in (None, "") for value in given.values())


def _hours(given: Mapping[str, Any]) -> str:
    opens, closes = _minute(given.get("from")), _minute(given.get("to"))
    if opens in (closes, DAY_MINUTES):  # round the clock to some, a day off to others
        raise HoursError(dict(given), "from and to that differ")
    return f"{_clock(opens)}-{_clock(closes)}"


def _minute(given: Any) -> int:
    if isinstance(given, str) and (clock := CLOCK.fullmatch(given)):
        minute = int(clock[1]) * 60 + int(clock[2])
    elif str(given).isdecimal() and int(given) % MINUTE_MS == 0:
        minute = int(given) // MINUTE_MS
    else:
        minute = -1
    if not 0 <= minute <= DAY_MINUTES:
        raise HoursError(given, WANTED)
    return minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _runs(hours: Mapping[int, str]) -> list[tuple[str, str]]:
    """Days that follow each other with the same hours as one: Mo-Fr."""
    runs: list[list[int]] = []
    for day in sorted(hours):
        if runs and runs[-1][-1] == day - 1 and hours[runs[-1][-1]] == hours[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [(days_in_words(run), hours[run[0]]) for run in runs]
