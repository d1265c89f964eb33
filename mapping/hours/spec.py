"""Hours for others: in the OpenStreetMap syntax and as schema.org writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from mapping.hours.days import day_of, ordinary_spans, period_of
from mapping.hours.schedule import DAY_MINUTES, DayException, Schedule, Span, WeeklyRule
from mapping.hours.syntax import days_in_words, parse_hours, read_hours

AHEAD_DAYS = 366
SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_MINUTE = "23:59"
"""How schema.org's readers want the end of a day said."""


def to_osm(schedule: Schedule) -> str:
    """
    Text, rules and exceptions as one text that says the same days.

    Empty where nothing is known, as for a text that cannot be read.
    """
    periods = sorted({period_of(rule) for rule in schedule.rules}, key=_length, reverse=True)
    chunks = [] if (date.min, date.max) in periods else _text_of(schedule)
    for period in periods:
        chunks += _season([rule for rule in schedule.rules if period_of(rule) == period], period)
    by_date = groupby(sorted(schedule.exceptions, key=_moment_of), key=lambda each: each.date)
    chunks += [_dated(day, list(exceptions)) for day, exceptions in by_date]
    return parse_hours("; ".join(chunks))


def _length(period: tuple[date, date]) -> tuple[int, date]:
    return (period[1] - period[0]).days, period[0]


def _text_of(schedule: Schedule) -> list[str]:
    return [parse_hours(schedule.text)] if read_hours(schedule.text) is not None else []


def _moment_of(exception: DayException) -> tuple[date, int]:
    return exception.date, exception.opens or 0


def _season(rules: Sequence[WeeklyRule], period: tuple[date, date]) -> list[str]:
    """A period's own week; what it does not name is closed, whatever was said before."""
    dates = _dates(period)
    by_day = {day: _clocks(rule for rule in rules if rule.weekday == day) for day in range(1, 8)}
    week = [
        f"{dates}{days_in_words([day - 1 for day in run])} {hours}"
        for hours, run in _same_hours(by_day)
        if hours
    ]
    return [f"{dates}off", *week] if dates else week


def _same_hours(by_day: dict[int, str]) -> list[tuple[str, list[int]]]:
    runs: list[tuple[str, list[int]]] = []
    for day, hours in by_day.items():
        if runs and runs[-1][0] == hours:
            runs[-1][1].append(day)
        else:
            runs.append((hours, [day]))
    return runs


def _clocks(rules: Iterable[WeeklyRule]) -> str:
    spans = sorted((rule.opens, rule.closes) for rule in rules)
    return ",".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in spans)


def _dates(period: tuple[date, date]) -> str:
    first, last = period
    if (first, last) == (date.min, date.max):
        return ""
    start = _date(first if first > date.min else date(1970, 1, 1))
    return f"{start}+ " if last == date.max else f"{start}-{_date(last)} "


def _date(day: date) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.year} {months[day.month - 1]} {day.day:02}"


def _dated(day: date, exceptions: Sequence[DayException]) -> str:
    hours = ",".join(
        f"{_clock(each.opens)}-{_clock(each.closes)}"
        for each in exceptions
        if each.opens is not None and each.closes is not None
    )
    notes = "; ".join(dict.fromkeys(each.note for each in exceptions if each.note))
    comment = f' "{notes.replace(chr(34), "”")}"' if notes else ""
    return f"{_date(day)} {hours or 'off'}{comment}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# schema.org


@dataclass(slots=True)
class _Season:
    """Days in a row that keep one week."""

    first: date
    last: date
    week: dict[int, tuple[Span, ...]] = field(default_factory=dict)

    def takes(self, day: date, spans: tuple[Span, ...]) -> bool:
        return self.week.get(day.isoweekday(), spans) == spans


def to_schema_org(schedule: Schedule, day: date) -> dict[str, Any]:
    """
    `openingHoursSpecification` and `specialOpeningHoursSpecification` of the coming year.

    Seasons carry `validFrom` and `validThrough`; days that differ (exceptions, holidays, monthly
    days off) are special ones. Empty where the hours of any day are not known, or hold only
    perhaps: these words can say “open” and “closed” alone.
    """
    days = [day + timedelta(days=number) for number in range(AHEAD_DAYS)]
    usual = {each: _usual(schedule, each) for each in days}
    actual = {each: day_of(schedule, each).spans for each in days}
    seasons = _seasons(usual)
    if not seasons or not schedule.is_working or not all(map(_is_sure, actual.values())):
        return {}
    answer: dict[str, Any] = {
        "openingHoursSpecification": [
            line for season in seasons for line in _season_lines(season, bounded=len(seasons) > 1)
        ]
    }
    special = [
        line
        for each in days
        if actual[each] != usual[each]
        for line in _special(each, actual[each])
    ]
    return answer | ({"specialOpeningHoursSpecification": special} if special else {})


def _usual(schedule: Schedule, day: date) -> tuple[Span, ...] | None:
    return ordinary_spans(schedule.text, schedule.rules, schedule.locality, day)


def _is_sure(spans: tuple[Span, ...] | None) -> bool:
    return spans is not None and all(span.is_known for span in spans)


def _seasons(usual: dict[date, tuple[Span, ...] | None]) -> list[_Season]:
    """Empty as soon as one day is not known."""
    seasons: list[_Season] = []
    for day, spans in usual.items():
        if spans is None or not _is_sure(spans):
            return []
        if not seasons or not seasons[-1].takes(day, spans):
            seasons.append(_Season(day, day))
        seasons[-1].last = day
        seasons[-1].week[day.isoweekday()] = spans
    return seasons


def _season_lines(season: _Season, *, bounded: bool) -> list[dict[str, Any]]:
    days_of: dict[tuple[str, str], list[str]] = {}
    for weekday in sorted(season.week):
        for span in season.week[weekday]:
            days_of.setdefault(_said(span), []).append(SCHEMA_DAYS[weekday - 1])
    valid = (
        {"validFrom": season.first.isoformat(), "validThrough": season.last.isoformat()}
        if bounded
        else {}
    )
    return [
        _line(opens, closes) | {"dayOfWeek": days} | valid
        for (opens, closes), days in days_of.items()
    ]


def _special(day: date, spans: tuple[Span, ...] | None) -> list[dict[str, Any]]:
    valid = {"validFrom": day.isoformat(), "validThrough": day.isoformat()}
    said = [_said(span) for span in spans or ()]
    return [_line(opens, closes) | valid for opens, closes in said or [("00:00", "00:00")]]


def _said(span: Span) -> tuple[str, str]:
    """Closing before opening means past midnight; a whole day ends at its last minute."""
    closes = span.closes % DAY_MINUTES
    if span.closes - span.opens >= DAY_MINUTES or span.closes == DAY_MINUTES:
        return _clock(span.opens), _LAST_MINUTE
    return _clock(span.opens), _clock(closes)


def _line(opens: str, closes: str) -> dict[str, Any]:
    return {"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes}
