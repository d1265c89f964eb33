"""The hours of one day out of a text.

The parser is asked about single days, because a day's own hours must be told from what is left of
the night before: a closed Friday does not shorten Thursday's night. So every text has two forms.
The `evening` cuts the hours at midnight; the `night` keeps only what follows midnight, moved to the
same day.

Public holidays are put into the text before it is read: on a given day each `PH` is either that
day's weekday or another one, so that the parser needs no calendar of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from mapping.errors import HoursError
from mapping.hours.schedule import DAY_MINUTES, Locality, Span
from mapping.hours.syntax import (
    HOLIDAY,
    SUN,
    WEEKDAYS,
    Reading,
    TextForm,
    evaluator,
    offset_of,
    outside_comments,
    read_hours,
)

_SENTINEL = "23:58-23:59"
"""Stands for hours that do not pass midnight in the `night` form, where no real hour comes near."""
_SENTINEL_MINUTE = DAY_MINUTES - 2
_TIME = r"(?:\d{1,2}:\d{2}|\(?(?:sunrise|sunset|dawn|dusk)(?:[+-]\d{1,2}:\d{2}\))?)"
_TIMES = re.compile(rf"({_TIME})\s*-\s*({_TIME})(/\d{{1,2}}(?::\d{{2}})?)?(\+)?|({_TIME})\+")


@lru_cache(maxsize=65536)
def spans_of_day(
    text: str, locality: Locality, day: date, holidays: frozenset[int], form: TextForm = "text"
) -> tuple[Span, ...] | None:
    """
    The day's own hours.

    Parameters
    ----------
    holidays
        Those of the reading's `holiday_offsets` that are true of this day.
    form
        Which of the reading's texts is asked.

    Returns
    -------
    spans
        None if the text cannot be read or does not decide the matter.
    """
    reading = read_hours(text)
    if reading is None or (reading.needs_sun and locality.position is None):
        return None
    said = getattr(reading, form)
    # no calendar of school holidays is kept: only what holds either way is known
    cases = (False, True) if reading.names_school_holidays else (False,)
    try:
        either = {
            _own_spans(said, reading, locality, day, holidays, is_school=case) for case in cases
        }
    except HoursError:  # taken as a whole, but not with its holidays named
        return None
    return either.pop() if len(either) == 1 else None


def _own_spans(
    text: str,
    reading: Reading,
    locality: Locality,
    day: date,
    holidays: frozenset[int],
    *,
    is_school: bool,
) -> tuple[Span, ...]:
    placed = outside_comments(
        text, lambda part: _place_holidays(part, day.weekday(), holidays, is_school)
    )
    place = locality if reading.needs_sun else None
    evening = _evaluate(outside_comments(placed, _evening), place, day)
    night = [
        Span(span.opens + DAY_MINUTES, span.closes + DAY_MINUTES, span.is_known, span.note)
        for span in _evaluate(outside_comments(placed, _night), place, day)
        if span.closes < _SENTINEL_MINUTE
    ]
    return _joined([*_open_ended(evening, placed), *night])


def _place_holidays(part: str, weekday: int, holidays: frozenset[int], is_school: bool) -> str:
    today, never = WEEKDAYS[weekday], WEEKDAYS[(weekday + 3) % 7]

    def place(match: re.Match[str]) -> str:
        holds = is_school if match[1] == "SH" else offset_of(match) in holidays
        if not holds:
            return never
        return match[3] or today  # “PH Mo-Fr” is a holiday that falls on Mo-Fr

    return HOLIDAY.sub(place, part)


def _evening(part: str) -> str:
    return _TIMES.sub(_until_midnight, part)


def _night(part: str) -> str:
    return _TIMES.sub(_after_midnight, part)


def _until_midnight(match: re.Match[str]) -> str:
    if match[5]:
        return f"{match[5]}-24:00"
    opens, closes, steps = match[1], match[2], match[3] or ""
    return f"{opens}-24:00" if _passes_midnight(opens, closes) else f"{opens}-{closes}{steps}"


def _after_midnight(match: re.Match[str]) -> str:
    if match[5] or not _passes_midnight(match[1], match[2]):
        return _SENTINEL
    closes = match[2]
    if not closes[0].isdigit():
        return f"00:00-{closes}"
    minutes = _minutes(closes) % DAY_MINUTES
    return f"00:00-{minutes // 60:02}:{minutes % 60:02}" if minutes else _SENTINEL


def _passes_midnight(opens: str, closes: str) -> bool:
    """Whether hours reach into the next day, or right up to it in the spelling 18:00-00:00."""
    return _rank(closes) <= _rank(opens) or _rank(closes) > DAY_MINUTES


def _rank(clock: str) -> int:
    """Minutes of the day; the sun is taken to rise before noon and to set after it."""
    if clock[0].isdigit():
        return _minutes(clock)
    event = SUN.search(clock)
    return 6 * 60 if event is not None and event[0] in {"sunrise", "dawn"} else 18 * 60


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _open_ended(spans: Iterable[Span], text: str) -> list[Span]:
    """“18:00+” tells the opening alone; “18:00-22:00+” leaves open how long after 22:00."""
    bare = re.sub(r'"[^"]*"', "", text)
    ended = [match for match in _TIMES.finditer(bare) if match[4] or match[5]]
    starts = {_minutes(match[5]) for match in ended if match[5] and match[5][0].isdigit()}
    ends = {_minutes(match[2]) for match in ended if match[4] and match[2][0].isdigit()}
    told: list[Span] = []
    for span in spans:
        unsaid = span.closes == DAY_MINUTES and span.opens in starts
        told.append(Span(span.opens, span.closes, span.is_known and not unsaid, span.note))
        if span.closes in ends:
            told.append(Span(span.closes, DAY_MINUTES, False, span.note))
    return told


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.opens, span.closes)):
        last = joined[-1] if joined else None
        alike = last is not None and (last.is_known, last.note) == (span.is_known, span.note)
        if last is not None and alike and span.opens <= last.closes:
            joined[-1] = Span(last.opens, max(last.closes, span.closes), last.is_known, last.note)
        else:
            joined.append(span)
    return tuple(joined)


def _evaluate(text: str, place: Locality | None, day: date) -> list[Span]:
    """Open and perhaps-open spans between one midnight and the next, by the wall clock."""
    start = datetime.combine(day, time.min)
    found = []
    for opens, closes, state, note in evaluator(text, place).intervals(
        start, start + timedelta(days=1)
    ):
        if str(state) in {"open", "unknown"}:
            found.append(
                Span(
                    _minute_of(opens, start), _minute_of(closes, start), str(state) == "open", note
                )
            )
    return found


def _minute_of(moment: datetime, start: datetime) -> int:
    return int((moment.replace(tzinfo=None) - start).total_seconds()) // 60


def closing_note(text: str, day: date, holidays: frozenset[int]) -> str:
    """What the text itself says of a day it closes, such as «санитарный день»."""
    reading = read_hours(text)
    if reading is None or '"' not in reading.text:
        return ""
    placed = outside_comments(
        reading.text, lambda part: _place_holidays(part, day.weekday(), holidays, False)
    )
    noon = datetime.combine(day, time(12))
    state, note = evaluator(placed, None).state(noon)
    return note if str(state) == "closed" else ""
