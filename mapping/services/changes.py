"""Changes of a scenario: read from what a browser sends, written as they are stored."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from mapping.errors import HoursError, ParameterError
from mapping.hours import parse_hours

MOST_CHANGES = 200
MOST_SEATS = 1_000_000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A new institution; of the kind that is asked about where none is named."""

    lat: float
    lon: float
    kind: str = ""
    name: str = ""
    capacity: int | None = None
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    institution: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    institution: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    institution: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Other opening hours, in the OpenStreetMap syntax: they matter to questions of a moment."""

    institution: int
    hours: str


Change: TypeAlias = Open | Close | Move | Capacity | Hours
DOINGS: dict[str, type[Any]] = {
    "open": Open,
    "close": Close,
    "move": Move,
    "capacity": Capacity,
    "hours": Hours,
}
WHOLE_HOURS = re.compile(r"(?<![\d:.\[-])(\d{1,2})\s*[-–—]\s*(\d{1,2})(?![\d:.\]])")
"""«10–19», as people write it."""


def read_changes(given: Any) -> tuple[Change, ...]:
    """
    Read a list of objects such as `{"do": "move", "institution": 12, "lat": 55.0, "lon": 82.9}`.

    Raises ParameterError naming the change, what was got and what was wanted.
    """
    if not isinstance(given, list):
        raise ParameterError("changes", type(given).__name__, "a list of changes")
    if len(given) > MOST_CHANGES:
        raise ParameterError("changes", f"{len(given)} of them", f"at most {MOST_CHANGES}")
    return tuple(_read_change(f"changes[{number}]", each) for number, each in enumerate(given))


def write_changes(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """Write changes as `read_changes` reads them; what was not said is left out."""
    names = {doing: name for name, doing in DOINGS.items()}
    return [
        {"do": names[type(change)]}
        | {name: value for name, value in asdict(change).items() if value not in ("", None)}
        for change in changes
    ]


def _read_change(where: str, given: Any) -> Change:
    if not isinstance(given, Mapping) or given.get("do") not in list(DOINGS):
        raise ParameterError(where, given, f'an object with "do": {", ".join(DOINGS)}')
    doing = DOINGS[given["do"]]
    readers = {name: _READERS[name] for name in doing.__dataclass_fields__}
    unknown = sorted(set(given) - set(readers) - {"do"})
    if unknown:
        raise ParameterError(where, unknown, f"only {', '.join(readers)}")
    optional = {"kind", "name", "capacity", "hours"} if doing is Open else set()
    missing = [name for name in readers if given.get(name) is None and name not in optional]
    if missing:
        raise ParameterError(f"{where}.{missing[0]}", None, "a value")
    said = {name: given[name] for name in readers if given.get(name) is not None}
    return doing(**{name: readers[name](f"{where}.{name}", value) for name, value in said.items()})


def _degrees(limit: float) -> Any:
    def read(where: str, value: Any) -> float:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (is_number and abs(value) <= limit):
            raise ParameterError(where, value, f"degrees from -{limit:g} to {limit:g}")
        return float(value)

    return read


def _whole(low: int, high: int) -> Any:
    def read(where: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ParameterError(where, value, f"a whole number from {low} to {high}")
        return value

    return read


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME or "\x00" in value:
        raise ParameterError(where, value, f"text of at most {LONGEST_NAME} characters")
    return value.strip()


def _hours(where: str, value: Any) -> str:
    """Hours as people write them, in the syntax they are kept in: «Пн–Пт 10–19»."""
    text = WHOLE_HOURS.sub(r"\1:00-\2:00", _text(where, value))
    try:
        hours = parse_hours(text)
    except HoursError as error:
        raise ParameterError(where, value, "hours such as Mo-Fr 10:00-19:00; Sa off") from error
    if not hours:
        raise ParameterError(where, value, "hours such as Mo-Fr 10:00-19:00; Sa off")
    return hours


_READERS = {
    "lat": _degrees(90),
    "lon": _degrees(180),
    "kind": _text,
    "name": _text,
    "institution": _whole(1, 2**63 - 1),
    "capacity": _whole(0, MOST_SEATS),
    "hours": _hours,
}
