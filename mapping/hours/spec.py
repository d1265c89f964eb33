"""Hours for others: in the OpenStreetMap syntax and as schema.org writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby, zip_longest
from typing import Any

from mapping.hours.days import day_of, ordinary_spans, period_of, rules_in_force
from mapping.hours.schedule import DAY_MINUTES, DayException, Schedule, Span, WeeklyRule
from mapping.hours.syntax import days_in_words, evaluator, parse_hours, read_hours

_Period = tuple[date, date]
ALWAYS: _Period = (date.min, date.max)
EARLIEST = date(1970, 1, 1)
"""Readers of the syntax know no years of long ago, and nobody asks for the hours of then."""
AHEAD_DAYS = 366
SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_MINUTE = "23:59"
"""How schema.org's readers want the end of a day said."""


@lru_cache(maxsize=16384)
def to_osm(schedule: Schedule) -> str:
    """
    Text, rules and exceptions as one text that says the same days.

    Empty where nothing is known, as for a text that cannot be read; days that nothing speaks of
    are `unknown` beside others, never closed. A place that does not work is `off`. Thousands of
    places keep the same few hours, so equal ones are written once.
    """
    if not schedule.is_working:
        return "off"
    layers = list(_layers(schedule.rules))
    by_date = groupby(sorted(schedule.exceptions, key=_moment_of), key=lambda each: each.date)
    chunks = [
        *(chunk for period, rules in layers for chunk in _season(rules, period)),
        *(_dated(day, list(exceptions)) for day, exceptions in by_date if day >= EARLIEST),
    ]
    is_ruled_always = any(period == ALWAYS for period, _ in layers)
    said = "; ".join([*([] if is_ruled_always else _ground(schedule.text, chunks)), *chunks])
    if said:
        evaluator(said, None)
    return said


def _ground(text: str, above: Sequence[str]) -> list[str]:
    """What holds on the days that nothing above speaks of."""
    if read_hours(text) is not None:
        return [parse_hours(text)]
    return ["unknown"] if above else []


def _layers(rules: Sequence[WeeklyRule]) -> Iterator[tuple[_Period, tuple[WeeklyRule, ...]]]:
    """Periods and their rules, the longest first: what is said later counts, as the shorter do."""
    held = [rule for rule in rules if _length(rule) >= 0]
    for _, alike in groupby(sorted(held, key=_length, reverse=True), key=_length):
        yield from _parted(list(alike))


def _parted(rules: Sequence[WeeklyRule]) -> Iterator[tuple[_Period, tuple[WeeklyRule, ...]]]:
    """Equally long periods count together where they overlap: parted where any begins or ends."""
    periods = {period_of(rule) for rule in rules}
    ends = {last + timedelta(days=1) for _, last in periods if last < date.max}
    starts = sorted({first for first, _ in periods} | ends)
    for first, after in zip_longest(starts, starts[1:]):
        in_force = rules_in_force(rules, first)
        last = after - timedelta(days=1) if after else date.max
        if in_force and last >= EARLIEST:
            yield (first, last), in_force


def _length(rule: WeeklyRule) -> int:
    first, last = period_of(rule)
    return (last - first).days


def _moment_of(exception: DayException) -> tuple[date, int]:
    return exception.date, exception.opens or 0


def _season(rules: Sequence[WeeklyRule], period: _Period) -> list[str]:
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
    return ",".join(_span(*span) for span in sorted((rule.opens, rule.closes) for rule in rules))


def _span(opens: int, closes: int) -> str:
    return f"{_clock(opens)}-{_clock(closes or DAY_MINUTES)}"


def _dates(period: _Period) -> str:
    first, last = period
    if period == ALWAYS:
        return ""
    start = _date(max(first, EARLIEST))
    return f"{start}+ " if last == date.max else f"{start}-{_date(last)} "


def _date(day: date) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.year} {months[day.month - 1]} {day.day:02}"


def _dated(day: date, exceptions: Sequence[DayException]) -> str:
    hours = ",".join(
        _span(each.opens, each.closes)
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
