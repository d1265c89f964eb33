"""What holds at a moment: open, closed or not known, until when, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mapping.hours.days import day_of, ordinary_spans
from mapping.hours.schedule import (
    DAY_MINUTES,
    DayHours,
    Locality,
    Reason,
    Schedule,
    Span,
    State,
    WeeklyRule,
)

SOON_MINUTES = 60
LONGEST_LUNCH_MINUTES = 120
AHEAD_DAYS = 370
"""How far the next opening is looked for: a beach opens again next summer."""
ALWAYS_DAYS = 8
"""Open without a pause for so long counts as never closing."""


def state_at(schedule: Schedule, moment: datetime) -> State:
    """
    What holds at a moment, by the clock of the place.

    Parameters
    ----------
    moment
        With a time zone of its own; any will do.
    """
    now = moment.astimezone(ZoneInfo(schedule.locality.timezone)).replace(second=0, microsecond=0)
    if schedule.exceptions or not schedule.is_working:
        return _state(schedule, now)
    return _shared_state(schedule.text, schedule.rules, schedule.locality, now)


@lru_cache(maxsize=16384)
def _shared_state(
    text: str, rules: tuple[WeeklyRule, ...], locality: Locality, now: datetime
) -> State:
    """Of thousands of places most keep the same few hours: each is worked out once a minute."""
    schedule = Schedule(text=text, rules=rules, locality=locality, as_of=now.date())
    return _state(schedule, now)


def _state(schedule: Schedule, now: datetime) -> State:
    if not schedule.is_working:
        return State(is_open=False, reason=Reason.SUSPENDED)
    zone = ZoneInfo(schedule.locality.timezone)
    today = now.date()
    hours = day_of(schedule, today)
    minute = now.hour * 60 + now.minute
    spans = _around(day_of(schedule, today - timedelta(days=1)), hours)
    here = [span for span in spans if span.opens <= minute < span.closes]
    if any(span.is_known for span in here):
        return _open(schedule, hours, now, here)
    if here:
        until = max(span.closes for span in here)
        return State(
            is_open=None,
            until=_moment(today, until, zone),
            reason=Reason.UNKNOWN,
            note=here[0].note,
        )
    if hours.spans is None:
        return State(is_open=None, reason=Reason.UNKNOWN)
    return _closed(schedule, hours, now, minute)


def is_open_at_weekday(schedule: Schedule, weekday: int, minute: int) -> bool | None:
    """
    Whether it is open on an ordinary week of the season of `schedule.as_of`.

    Parameters
    ----------
    weekday
        1 Monday … 7 Sunday.
    minute
        Of the day, 0 … 1439.

    Returns
    -------
    is_open
        None: not known. Exceptions, holidays and monthly days off are left out.
    """
    if not schedule.is_working:
        return False
    today = _ordinary_day(schedule, weekday)
    before = _ordinary_day(schedule, (weekday - 2) % 7 + 1)
    spans = [*_shifted(before or (), -DAY_MINUTES), *(today or ())]
    here = [span for span in spans if span.opens <= minute < span.closes]
    if any(span.is_known for span in here):
        return True
    return None if here or today is None else False


def _ordinary_day(schedule: Schedule, weekday: int) -> tuple[Span, ...] | None:
    return _usual_spans(schedule.text, schedule.rules, schedule.locality, schedule.as_of, weekday)


@lru_cache(maxsize=65536)
def _usual_spans(
    text: str, rules: tuple[WeeklyRule, ...], locality: Locality, as_of: date, weekday: int
) -> tuple[Span, ...] | None:
    """The hours of a weekday as most of three weeks around a day have them."""
    nearest = as_of + timedelta(days=weekday - as_of.isoweekday())
    days = (nearest, nearest - timedelta(days=7), nearest + timedelta(days=7))
    usual = Counter(ordinary_spans(text, rules, locality, day) for day in days)
    return usual.most_common(1)[0][0]


def _around(yesterday: DayHours, today: DayHours) -> list[Span]:
    """Spans that may hold today, in minutes of today."""
    return [*_shifted(yesterday.spans or (), -DAY_MINUTES), *(today.spans or ())]


def _shifted(spans: Sequence[Span], minutes: int) -> list[Span]:
    return [
        Span(span.opens + minutes, span.closes + minutes, span.is_known, span.note)
        for span in spans
    ]


def _open(schedule: Schedule, hours: DayHours, now: datetime, here: Sequence[Span]) -> State:
    closes = _closing(schedule, now.date(), max(span.closes for span in here if span.is_known))
    note = hours.note or next((span.note for span in here if span.note), "")
    if closes is None:
        return State(is_open=True, reason=hours.reason, note=note)
    zone = ZoneInfo(schedule.locality.timezone)
    until = _moment(now.date(), closes, zone)
    reopens = _reopening(hours, closes)
    return State(
        is_open=True,
        until=until,
        next_open=None if reopens is None else _moment(now.date(), reopens, zone),
        # In one zone Python subtracts clock from clock, and forgets a night of 23 hours.
        closes_soon=until - now.astimezone(UTC) < timedelta(minutes=SOON_MINUTES),
        reason=hours.reason if reopens is None else Reason.LUNCH,
        note=note,
    )


def _closing(schedule: Schedule, today: date, closes: int) -> int | None:
    """The minute, counted from today's midnight, at which nothing is open any more."""
    for number in range(ALWAYS_DAYS):
        day = day_of(schedule, today + timedelta(days=number))
        for span in _shifted(day.spans or (), number * DAY_MINUTES):
            if span.is_known and span.opens <= closes:
                closes = max(closes, span.closes)
        if closes < (number + 1) * DAY_MINUTES:
            return closes
    return None


def _reopening(hours: DayHours, closes: int) -> int | None:
    """When it opens again after a lunch break that begins at `closes`."""
    later = [span.opens for span in hours.spans or () if span.is_known and span.opens > closes]
    own = any(span.closes == closes for span in hours.spans or ())
    return later[0] if own and later and later[0] - closes <= LONGEST_LUNCH_MINUTES else None


def _closed(schedule: Schedule, hours: DayHours, now: datetime, minute: int) -> State:
    opens = _next_opening(schedule, now.date(), minute)
    reason = hours.reason
    ended = [span.closes for span in hours.spans or () if span.is_known and span.closes <= minute]
    if ended and _reopening(hours, max(ended)) is not None:
        reason = Reason.LUNCH
    return State(
        is_open=False,
        until=opens,
        next_open=opens,
        reason=reason,
        note=hours.note,
    )


def _next_opening(schedule: Schedule, today: date, minute: int) -> datetime | None:
    """None where a day that is not known comes first."""
    zone = ZoneInfo(schedule.locality.timezone)
    for number in range(AHEAD_DAYS):
        day = today + timedelta(days=number)
        spans = day_of(schedule, day).spans
        if spans is None:
            return None
        for span in spans:
            if number or span.opens > minute:
                return _moment(day, span.opens, zone) if span.is_known else None
    return None


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute by the clock on the wall, counted from a day's midnight."""
    days, minute_of_day = divmod(minute, DAY_MINUTES)
    clock = time(minute_of_day // 60, minute_of_day % 60)
    return datetime.combine(day + timedelta(days=days), clock, tzinfo=zone)
