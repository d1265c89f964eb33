"""What the reader asked to see near: one frozen value read from the query, and written back."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_noop

from layers import http
from mapping.errors import ParameterError

SHOWS = ("", "places", "events")
PROFILES = ("wheelchair", "low_vision", "hearing", "pram")
ALSO = ("hours", "access", "age", "price", "pushkin")
DAYS = ("today", "tomorrow", "weekend")
MINUTES = (5, 10, 15, 30, 60)
MARKS = ("0+", "6+", "12+", "16+", "18+")
CENTER = "center"
"""Neighbour centres have no kind of their own; in the query they are one."""
MAX_TEXT = 200
MAX_MINUTES = 120
MAX_PAGE = 1000
MAX_CHOSEN = 60
MAX_DIGITS = 12
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the reader starts from, in degrees, and how it is called (empty = a point)."""

    lat: float
    lon: float
    label: str = ""

    def __str__(self) -> str:
        return f"{self.lat:.6g},{self.lon:.7g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where from, what, and which of it; everything a link must carry to show the same again."""

    origin: Origin | None = None
    text: str = ""
    show: str = ""
    kinds: tuple[str, ...] = ()
    is_open: bool = False
    also: tuple[str, ...] = ()
    """Filters that let pass what is unknown to them."""
    age: str = ""
    free: bool = False
    pushkin: bool = False
    access: tuple[str, ...] = ()
    day: str = ""
    district: int | None = None
    tos: int | None = None
    minutes: float | None = None
    page: int = 1

    @property
    def years(self) -> int | None:
        """The age asked about, a mark being the age it begins at."""
        return int(self.age.rstrip("+")) if self.age else None

    @property
    def filters(self) -> tuple[str, ...]:
        """Names of the filters that are on, the most important last."""
        return tuple(name for name in FILTERS if getattr(self, name))

    @property
    def is_about_events(self) -> bool:
        """Whether a filter is on that only an event can pass."""
        return bool(self.age or self.free or self.pushkin or self.day)

    def but(self, **changes: Any) -> "Asked":
        """The same question with some of it changed, from its first page."""
        return replace(self, **{"page": 1, **changes})

    def without(self, name: str) -> "Asked":
        """The same question without one filter."""
        return self.but(**{name: getattr(EMPTY, name)})

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the query, in one fixed order."""
        given: list[tuple[str, object]] = [
            ("from", self.origin or ""),
            ("place", self.origin.label if self.origin else ""),
            ("q", "" if self.origin else self.text),
            ("show", self.show),
            *(("kind", code) for code in self.kinds),
            ("open", "1" if self.is_open else ""),
            ("age", self.age),
            ("free", "1" if self.free else ""),
            ("pushkin", "1" if self.pushkin else ""),
            *(("access", profile) for profile in self.access),
            ("date", self.day),
            ("district", self.district or ""),
            ("tos", self.tos or ""),
            ("minutes", f"{self.minutes:g}" if self.minutes else ""),
            *(("also", name) for name in self.also),
            ("page", self.page if self.page > 1 else ""),
        ]
        return [(name, str(value)) for name, value in given if str(value)]

    def query(self) -> str:
        """The canonical query, without a question mark."""
        return urlencode(self.pairs(), safe=",:+")


FILTERS = (
    "pushkin",
    "free",
    "day",
    "age",
    "is_open",
    "tos",
    "district",
    "kinds",
    "access",
    "minutes",
)
"""Filters in the order they are given up when nothing passes; minutes are widened first."""
EMPTY = Asked()


def read(params: QueryDict) -> Asked:
    """
    Read and check the query. Names that mean nothing here are left alone.

    Raises ParameterError or UnknownNameError, saying what was got and what was wanted.
    """
    return Asked(
        origin=_origin(params),
        text=text(params, "q"),
        show=http.choice(params, "show", SHOWS),
        kinds=_several(params, "kind"),
        is_open=_flag(params, "open"),
        also=_some_of(params, "also", ALSO),
        age=_age(params),
        free=_flag(params, "free"),
        pushkin=_flag(params, "pushkin"),
        access=_some_of(params, "access", PROFILES),
        day=_day(params),
        district=_number(params, "district"),
        tos=_number(params, "tos"),
        minutes=http.number(params, "minutes", low=0, high=MAX_MINUTES, default=0) or None,
        page=_number(params, "page", most=MAX_PAGE) or 1,
    )


def text(params: QueryDict, name: str) -> str:
    """Words of the reader: short, without control characters. Raises ParameterError."""
    given = params.get(name, "")
    if len(given) > MAX_TEXT or any(ord(letter) < 32 or letter == "\x7f" for letter in given):
        wanted = http.Wanted(gettext_noop("at most {most} letters"), most=str(MAX_TEXT))
        raise ParameterError(name, f"{given[:40]!r}, {len(given)}", wanted)
    return " ".join(given.split())


def point(params: QueryDict, name: str) -> tuple[float, float] | None:
    """`lat,lon` in degrees, None when not given. Raises ParameterError."""
    given = params.get(name, "").strip()
    if not given:
        return None
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    on_earth = len(numbers) == 2 and all(map(math.isfinite, numbers))
    if not on_earth or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        wanted = http.Wanted(gettext_noop("latitude,longitude in degrees, e.g. 55.03,82.92"))
        raise ParameterError(name, given[:MAX_TEXT], wanted)
    return numbers[0], numbers[1]


def days_of(day: str, today: date) -> tuple[date, date]:
    """First and last day that a date filter means; the weekend that is on, or the next one."""
    if day == "tomorrow":
        return today + timedelta(days=1), today + timedelta(days=1)
    if day == "weekend":
        saturday = today + timedelta(days=SATURDAY - today.weekday())
        return max(today, saturday), saturday + timedelta(days=1)
    asked = today if day == "today" else date.fromisoformat(day)
    return asked, asked


def _origin(params: QueryDict) -> Origin | None:
    found = point(params, "from")
    return Origin(*found, label=text(params, "place")) if found else None


def _flag(params: QueryDict, name: str) -> bool:
    return http.choice(params, name, ("0", "1"), "0") == "1"


def _several(params: QueryDict, name: str) -> tuple[str, ...]:
    """Values given once each or with commas between them, every one once, in their order."""
    parts = [part.strip() for given in params.getlist(name) for part in given.split(",")]
    found = tuple(dict.fromkeys(filter(None, parts)))
    if len(found) > MAX_CHOSEN:
        wanted = http.Wanted(gettext_noop("at most {most} values"), most=str(MAX_CHOSEN))
        raise ParameterError(name, str(len(found)), wanted)
    return found


def _some_of(params: QueryDict, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    given = _several(params, name)
    for each in given:
        http.choice({name: each}, name, tuple(allowed))
    return tuple(each for each in allowed if each in given)


def _age(params: QueryDict) -> str:
    given = params.get("age", "").replace(" ", "+").strip()
    if given in MARKS:
        return given
    years = http.number({"age": given}, "age", low=0, high=120, default=-1) if given else -1
    if years != int(years):
        wanted = http.Wanted(gettext_noop("whole years"))
        raise ParameterError("age", given, wanted)
    return "" if years < 0 else f"{years:.0f}"


def _day(params: QueryDict) -> str:
    given = params.get("date", "").strip()
    if not given or given in DAYS:
        return given
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        wanted = http.Wanted(gettext_noop("today, tomorrow, weekend or a day such as 2026-06-05"))
        raise ParameterError("date", given[:MAX_TEXT], wanted) from None


def _number(params: QueryDict, name: str, *, most: int = 2**31) -> int | None:
    given = params.get(name, "").strip()
    if not given:
        return None
    is_short = given.isascii() and given.isdigit() and len(given) <= MAX_DIGITS
    if not is_short or not 1 <= int(given) <= most:
        wanted = http.Wanted(gettext_noop("a whole number from 1"))
        raise ParameterError(name, given[:MAX_TEXT], wanted)
    return int(given)
