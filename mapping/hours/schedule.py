"""What is known of a place's hours, and the shapes of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

DAY_MINUTES = 24 * 60


class Reason(StrEnum):
    """Why a day or a moment is not as the ordinary week has it."""

    NONE = ""
    LUNCH = "lunch"
    MONTHLY = "monthly"
    """A day off that comes once a month: «санитарный день»."""
    HOLIDAY = "holiday"
    EXCEPTION = "exception"
    SUSPENDED = "suspended"
    """The place does not work at all: planned, under repair, closed for good."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """Where the clock and the holidays are taken from."""

    timezone: str
    country: str = ""
    """ISO 3166-1 alpha-2; empty means that no public holiday is known."""
    position: tuple[float, float] | None = None
    """Latitude, longitude: hours such as `sunrise-sunset` are not known without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRule:
    """Open on a weekday; minutes of the day, closing at or before opening is past midnight."""

    weekday: int
    """1 Monday … 7 Sunday."""
    opens: int
    closes: int
    valid_from: date | None = None
    valid_to: date | None = None
    """Both days included; missing means without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayException:
    """One day that differs; without hours it is closed."""

    date: date
    opens: int | None = None
    closes: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    Everything known of one place's hours.

    For a day the exceptions of that day count first, then the weekly rules valid on it, then the
    text. Nothing of the three means not known, never closed.
    """

    text: str
    """OpenStreetMap syntax; what cannot be read is not known."""
    rules: tuple[WeeklyRule, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    locality: Locality
    as_of: date
    """The day in whose season the ordinary week is asked."""
    is_working: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """From minute to minute of the day it begins on; over 1440 is past midnight."""

    opens: int
    closes: int
    is_known: bool = True
    """False where the source itself says it may be open."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHours:
    date: date
    spans: tuple[Span, ...] | None
    """In the order of the clock; empty is closed, None is not known."""
    is_holiday: bool = False
    reason: Reason = Reason.NONE
    note: str = ""
    """The reason in the source's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    is_open: bool | None
    """None: not known."""
    until: datetime | None = None
    """When this state ends, in the city's zone; None: never within a year, or not known."""
    next_open: datetime | None = None
    """When it opens again: told of a closed place, and of an open one before its lunch break."""
    closes_soon: bool = False
    reason: Reason = Reason.NONE
    """Of an open place `lunch` means that it closes for lunch at `until`."""
    note: str = ""
