"""The hours of a day: its exceptions, else the rules valid on it, else the text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from mapping.hours.holidays import is_holiday
from mapping.hours.schedule import (
    DAY_MINUTES,
    DayException,
    DayHours,
    Locality,
    Reason,
    Schedule,
    Span,
    WeeklyRule,
)
from mapping.hours.spans import closing_note, spans_of_day
from mapping.hours.syntax import read_hours

ORDINARY: frozenset[int] = frozenset()
"""No day around it is a holiday."""


def day_of(schedule: Schedule, day: date) -> DayHours:
    """The hours that begin on a day; what is left of the night before belongs to that night."""
    holiday = is_holiday(schedule.locality.country, day)
    if not schedule.is_working:
        return DayHours(date=day, spans=(), is_holiday=holiday, reason=Reason.SUSPENDED)
    exceptions = [each for each in schedule.exceptions if each.date == day]
    if exceptions:
        return DayHours(
            date=day,
            spans=_exceptional(exceptions),
            is_holiday=holiday,
            reason=Reason.EXCEPTION,
            note="; ".join(dict.fromkeys(each.note for each in exceptions if each.note)),
        )
    rules = rules_in_force(schedule.rules, day)
    if rules:
        return DayHours(date=day, spans=_ruled(rules, day.isoweekday()), is_holiday=holiday)
    return _read(schedule, day, holiday)


def week_of(schedule: Schedule, day: date) -> tuple[DayHours, ...]:
    """Monday to Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return tuple(day_of(schedule, monday + timedelta(days=number)) for number in range(7))


def ordinary_spans(
    text: str, rules: Iterable[WeeklyRule], locality: Locality, day: date
) -> tuple[Span, ...] | None:
    """The day as it would be without exceptions, holidays and monthly days off."""
    in_force = rules_in_force(rules, day)
    if in_force:
        return _ruled(in_force, day.isoweekday())
    return spans_of_day(text, locality, day, ORDINARY, "ordinary_text")


def rules_in_force(rules: Iterable[WeeklyRule], day: date) -> tuple[WeeklyRule, ...]:
    """
    The weekly rules that count on a day.

    Summer hours replace those of the year: of the periods that hold the day the shortest counts.
    """
    valid = [rule for rule in rules if _holds(rule, day)]
    if not valid:
        return ()
    shortest = min(map(_period_days, valid))
    return tuple(rule for rule in valid if _period_days(rule) == shortest)


def period_of(rule: WeeklyRule) -> tuple[date, date]:
    """First and last day; a missing end is that of the calendar."""
    return rule.valid_from or date.min, rule.valid_to or date.max


def _holds(rule: WeeklyRule, day: date) -> bool:
    first, last = period_of(rule)
    return first <= day <= last


def _period_days(rule: WeeklyRule) -> int:
    first, last = period_of(rule)
    return (last - first).days


def _ruled(rules: Iterable[WeeklyRule], weekday: int) -> tuple[Span, ...]:
    return _in_order(
        Span(rule.opens, _after(rule.opens, rule.closes))
        for rule in rules
        if rule.weekday == weekday
    )


def _exceptional(exceptions: Iterable[DayException]) -> tuple[Span, ...]:
    return _in_order(
        Span(each.opens, _after(each.opens, each.closes))
        for each in exceptions
        if each.opens is not None and each.closes is not None
    )


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: (span.opens, span.closes)))


def _after(opens: int, closes: int) -> int:
    return closes if closes > opens else closes + DAY_MINUTES


def _read(schedule: Schedule, day: date, holiday: bool) -> DayHours:
    reading = read_hours(schedule.text)
    if reading is None:
        return DayHours(date=day, spans=None, is_holiday=holiday, reason=Reason.UNKNOWN)
    country = schedule.locality.country
    around = frozenset(
        offset
        for offset in reading.holiday_offsets
        if is_holiday(country, day - timedelta(days=offset))
    )
    spans = spans_of_day(schedule.text, schedule.locality, day, around)
    if spans is None:
        return DayHours(date=day, spans=None, is_holiday=holiday, reason=Reason.UNKNOWN)
    reason = _why(schedule, day, around, spans)
    note = "" if spans or reason is Reason.NONE else closing_note(schedule.text, day, around)
    return DayHours(date=day, spans=spans, is_holiday=holiday, reason=reason, note=note)


def _why(schedule: Schedule, day: date, around: frozenset[int], spans: tuple[Span, ...]) -> Reason:
    """What makes the day differ from the ordinary: its date, a holiday, the month's day off."""
    text, locality = schedule.text, schedule.locality
    if spans == spans_of_day(text, locality, day, ORDINARY, "ordinary_text"):
        return Reason.NONE
    undated = spans_of_day(text, locality, day, around, "undated_text")
    if spans != undated:
        return Reason.EXCEPTION
    everyday = spans_of_day(text, locality, day, ORDINARY, "undated_text")
    return Reason.MONTHLY if undated == everyday else Reason.HOLIDAY
