"""The OpenStreetMap language of opening hours: mended where its meaning is plain, then read.

A kept parser reads the language; `spans` asks the reading about days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

# its stubs leave the error out
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from mapping.errors import HoursError
from mapping.hours.schedule import Locality

WANTED = "OpenStreetMap opening hours such as Mo-Fr 10:00-19:00; Sa off"
LONGEST_TEXT = 2000
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_WEEKDAYS = rf"{_WEEKDAY}(?:\[[-\d,]+\])?(?:-{_WEEKDAY})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b")
HOLIDAY = re.compile(
    rf"\b(PH|SH)\b(?:\s*([+-]\s*\d+)\s*days?\b)?(?:\s+({_WEEKDAYS}(?:,{_WEEKDAYS})*))?"
)
_SPACED_DAYS = re.compile(rf"(?<=[A-Za-z\]])\s*,\s+(?=(?:{_WEEKDAY}|PH|SH)\b)")
_DAY_AND_COLON = re.compile(rf"(\b(?:{_WEEKDAY}|PH|SH|{_MONTH}))\s*:\s+(?=\d|off|closed)")
_DOTTED_TIME = re.compile(r"\b(\d{1,2})\.(\d{2})(?=\s*(?:-|,|;|$|\+|\s))")
_CLOSING = re.compile(r"^(?P<days>[^:\"|]*?)\s*\b(?:off|closed)\b\s*(?P<comment>\"[^\"]*\")?\s*$")
_NAMED_DAYS = re.compile(rf"\[|\b(?:PH|SH|easter|week|{_MONTH})\b|\b\d{{4}}\b")
_OF_A_MONTH = re.compile(rf"\[|\b{_MONTH} \d+ -1 day|(?:{_MONTH} (?:28|29|3[01])\s*,\s*){{5}}")
_YEAR = re.compile(r"\b\d{4}\b")
_ONE_DATE = re.compile(rf"^\d{{4}} {_MONTH} \d{{1,2}}(?!\s*[-\d])")
_STATE = re.compile(r"\b(?:open|off|closed|unknown)\b|\d:\d\d|24/7|sunrise|sunset|dawn|dusk")
_RUSSIAN = {
    "пн": "Mo",
    "вт": "Tu",
    "ср": "We",
    "чт": "Th",
    "пт": "Fr",
    "сб": "Sa",
    "вс": "Su",
    "выходной": "off",
    "выходные": "off",
    "закрыто": "off",
    "ежедневно": "Mo-Su",
    "круглосуточно": "24/7",
}
_RUSSIAN_WORD = re.compile(r"\b(?:" + "|".join(_RUSSIAN) + r")\b\.?", re.IGNORECASE)

TextForm = Literal["text", "undated_text", "ordinary_text"]


def parse_hours(text: str) -> str:
    """
    The hours as others can read them: spelling mended, words and order kept.

    Long dashes, dots in times, Russian names of days and a colon after a day have one meaning
    only; anything else must be said the way the specification says it.

    Raises
    ------
    HoursError
        If that is still not the language of opening hours.
    """
    mended = _mend(text)
    if not mended:
        return ""
    if len(mended) > LONGEST_TEXT:
        raise HoursError(f"{len(mended)} characters", f"at most {LONGEST_TEXT}")
    evaluator(mended, None)
    return mended


@lru_cache(maxsize=16384)
def evaluator(text: str, place: Locality | None) -> OpeningHours:
    """
    The kept parser's understanding of a text; with a place it knows where the sun stands.

    Raises
    ------
    HoursError
        If the text is not the language of opening hours.
    """
    try:
        if place is None:
            return OpeningHours(text, auto_country=False, auto_timezone=False)
        return OpeningHours(
            text, timezone=ZoneInfo(place.timezone), coords=place.position, auto_country=False
        )
    except ParserError as error:
        raise HoursError(text, WANTED) from error


def _mend(text: str) -> str:
    return outside_comments(text.strip(), _mend_part).strip(" ;")


def _mend_part(part: str) -> str:
    part = re.sub(r"\s*[–—−‒]\s*", "-", part)
    part = re.sub(r"\s+", " ", part)
    part = _RUSSIAN_WORD.sub(lambda match: _RUSSIAN[match[0].lower().rstrip(".")], part)
    part = re.sub(rf"\b{_WEEKDAY}\s+-\s+{_WEEKDAY}\b", lambda m: re.sub(r"\s", "", m[0]), part)
    part = _DOTTED_TIME.sub(r"\1:\2", part)
    part = _DAY_AND_COLON.sub(r"\1 ", part)
    # “Mo-Fr, Su 10:00-11:00”: read to the letter, the comma would open Mo-Fr round the clock
    return _SPACED_DAYS.sub(",", part)


def outside_comments(text: str, change: Callable[[str], str]) -> str:
    parts = text.split('"')
    return '"'.join(part if position % 2 else change(part) for position, part in enumerate(parts))


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A text that can be asked about days.

    Attributes
    ----------
    text
        The rules in the order in which they count.
    undated_text
        The same without what is said of single dates.
    ordinary_text
        Without days off that come once a month either.
    holiday_offsets
        Which days around a holiday the text speaks of, 0 being the holiday itself.
    """

    text: str
    undated_text: str
    ordinary_text: str
    holiday_offsets: tuple[int, ...]
    names_school_holidays: bool
    needs_sun: bool


@lru_cache(maxsize=8192)
def read_hours(text: str) -> Reading | None:
    """The reading of a text; None if there is none."""
    try:
        mended = parse_hours(text)
    except HoursError:
        return None
    if not mended:
        return None
    chunks = [_mark_unknown(chunk) for chunk in _by_weight(_chunks(mended))]
    undated = [chunk for chunk in chunks if not _ONE_DATE.match(chunk)]
    ordinary = [chunk for chunk in undated if not _is_monthly(chunk)]
    whole = "; ".join(chunks)
    bare = re.sub(r'"[^"]*"', "", whole)
    found = list(HOLIDAY.finditer(bare))
    return Reading(
        text=whole,
        undated_text="; ".join(undated) or "off",
        ordinary_text="; ".join(ordinary) or "off",
        holiday_offsets=tuple(sorted({offset_of(match) for match in found if match[1] == "PH"})),
        names_school_holidays=any(match[1] == "SH" for match in found),
        needs_sun=bool(SUN.search(bare)),
    )


def _chunks(text: str) -> list[str]:
    """Rules between semicolons, comments unhurt."""
    marked = outside_comments(text, lambda part: part.replace(";", "\0"))
    return [chunk.strip() for chunk in marked.split("\0") if chunk.strip()]


def _by_weight(chunks: list[str]) -> list[str]:
    """
    Rules that close named days count after those of the ordinary week, dated years last.

    By the letter “PH off; Mo-Fr 10:00-18:00” opens on a holiday Monday; nobody who writes it means
    that.
    """
    return sorted(chunks, key=_weight)


def _weight(chunk: str) -> int:
    if _YEAR.search(re.sub(r'"[^"]*"', "", chunk)):
        return 2
    closing = _CLOSING.match(chunk)
    return int(closing is not None and _NAMED_DAYS.search(closing["days"]) is not None)


def _is_monthly(chunk: str) -> bool:
    closing = _CLOSING.match(chunk)
    return closing is not None and (
        _OF_A_MONTH.search(closing["days"]) is not None
        or "санитарн" in (closing["comment"] or "").lower()
    )


def _mark_unknown(chunk: str) -> str:
    """A rule of a comment alone (“by appointment”) says nothing about the clock."""
    parts = re.split(r"(\|\|)", chunk)
    return "".join(_mark_rule(part) for part in parts)


def _mark_rule(rule: str) -> str:
    before, quote, comment = rule.partition('"')
    if quote and not _STATE.search(before):
        return f'{before}unknown "{comment}'
    return rule


def offset_of(match: re.Match[str]) -> int:
    return int(match[2].replace(" ", "")) if match[2] else 0


def days_in_words(run: Sequence[int]) -> str:
    """Neighbouring days, 0 being Monday, as the syntax names them: “Mo-Fr”."""
    first, last = WEEKDAYS[run[0]], WEEKDAYS[run[-1]]
    return first if first == last else f"{first}-{last}"
