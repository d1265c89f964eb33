"""The OpenStreetMap language of opening hours, one day at a time.

A kept parser reads the language. It is asked about single days, because a day's own hours must be
told from what is left of the night before: a closed Friday does not shorten Thursday's night. So
every reading has two forms. `evening` cuts the hours at midnight, `night` keeps only what follows
midnight, moved to the same day.

Public holidays are put into the text before it is read: on a given day each `PH` is either that
day's weekday or another one, so that the parser needs no calendar of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError

from mapping.errors import HoursError
from mapping.hours.schedule import DAY_MINUTES, Locality, Span

WANTED = "OpenStreetMap opening hours such as Mo-Fr 10:00-19:00; Sa off"
LONGEST_TEXT = 2000
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_SENTINEL = "23:58-23:59"
"""Stands for hours that do not pass midnight in the `night` form, where no real hour comes near."""
_SENTINEL_MINUTE = DAY_MINUTES - 2

_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_WEEKDAYS = rf"{_WEEKDAY}(?:\[[-\d,]+\])?(?:-{_WEEKDAY})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b")
_TIME = r"(?:\d{1,2}:\d{2}|\(?(?:sunrise|sunset|dawn|dusk)(?:[+-]\d{1,2}:\d{2}\))?)"
_TIMES = re.compile(rf"({_TIME})\s*-\s*({_TIME})(/\d{{1,2}}(?::\d{{2}})?)?(\+)?|({_TIME})\+")
_HOLIDAY = re.compile(
    rf"\b(PH|SH)\b(?:\s*([+-]\s*\d+)\s*days?\b)?(?:\s+({_WEEKDAYS}(?:,{_WEEKDAYS})*))?"
)
_SPACED_DAYS = re.compile(rf"(?<=[A-Za-z\]])\s*,\s+(?=(?:{_WEEKDAY}|PH|SH)\b)")
_DAY_AND_COLON = re.compile(rf"(\b(?:{_WEEKDAY}|PH|SH|{_MONTH})\]?)\s*:\s+(?=\d|off|closed)")
_DOTTED_TIME = re.compile(r"\b(\d{1,2})\.(\d{2})(?=\s*(?:-|,|;|$|\+|\s))")
_CLOSING = re.compile(r"^(?P<days>[^:\"|]*?)\s*\b(?:off|closed)\b\s*(?P<comment>\"[^\"]*\")?\s*$")
_NAMED_DAYS = re.compile(rf"\[|\b(?:PH|SH|easter|week|{_MONTH})\b|\b\d{{4}}\b")
_OF_A_MONTH = re.compile(rf"\[|\b{_MONTH} \d+ -1 day|(?:{_MONTH} \d+\s*,\s*){{5}}")
_YEAR = re.compile(r"\b\d{4}\b")
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

Form = Callable[[re.Match[str]], str]


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
    try:
        OpeningHours(mended, auto_country=False, auto_timezone=False)
    except ParserError as error:
        raise HoursError(text, WANTED) from error
    return mended


def _mend(text: str) -> str:
    return _outside_comments(text.strip(), _mend_part).strip(" ;")


def _mend_part(part: str) -> str:
    part = re.sub(r"\s*[–—−‒]\s*", "-", part)
    part = re.sub(r"\s+", " ", part)
    part = _RUSSIAN_WORD.sub(lambda match: _RUSSIAN[match[0].lower().rstrip(".")], part)
    part = re.sub(rf"\b{_WEEKDAY}\s+-\s+{_WEEKDAY}\b", lambda m: re.sub(r"\s", "", m[0]), part)
    part = _DOTTED_TIME.sub(r"\1:\2", part)
    part = _DAY_AND_COLON.sub(r"\1 ", part)
    # “Mo-Fr, Su 10:00-11:00”: read to the letter, the comma would open Mo-Fr round the clock
    return _SPACED_DAYS.sub(",", part)


def _outside_comments(text: str, change: Callable[[str], str]) -> str:
    parts = text.split('"')
    return '"'.join(
        part if position % 2 else change(part) for position, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A text that can be asked about days.

    Attributes
    ----------
    text
        The rules in the order in which they count.
    ordinary_text
        The same without days off that come once a month.
    holiday_offsets
        Which days around a holiday the text speaks of, 0 being the holiday itself.
    """

    text: str
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
    chunks = _by_weight(_chunks(mended))
    whole = "; ".join(map(_mark_unknown, chunks))
    monthly = [chunk for chunk in chunks if _is_monthly(chunk)]
    ordinary = "; ".join(_mark_unknown(chunk) for chunk in chunks if chunk not in monthly)
    bare = re.sub(r'"[^"]*"', "", whole)
    found = list(_HOLIDAY.finditer(bare))
    return Reading(
        text=whole,
        ordinary_text=ordinary or "off",
        holiday_offsets=tuple(sorted({_offset(match) for match in found if match[1] == "PH"})),
        names_school_holidays=any(match[1] == "SH" for match in found),
        needs_sun=bool(_SUN.search(bare)),
    )


def _chunks(text: str) -> list[str]:
    """Rules between semicolons, comments unhurt."""
    marked = _outside_comments(text, lambda part: part.replace(";", "\0"))
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


def _offset(match: re.Match[str]) -> int:
    return int(match[2].replace(" ", "")) if match[2] else 0


# one day


@lru_cache(maxsize=65536)
def spans_of_day(
    text: str, locality: Locality, day: date, holidays: frozenset[int], *, ordinary: bool = False
) -> tuple[Span, ...] | None:
    """
    The day's own hours.

    Parameters
    ----------
    holidays
        Those of the reading's `holiday_offsets` that are true of this day.
    ordinary
        Leave out the days off that come once a month.

    Returns
    -------
    spans
        None if the text cannot be read or does not decide the matter.
    """
    reading = read_hours(text)
    if reading is None or (reading.needs_sun and locality.position is None):
        return None
    said = reading.ordinary_text if ordinary else reading.text
    # no calendar of school holidays is kept: only what holds either way is known
    cases = (False, True) if reading.names_school_holidays else (False,)
    try:
        either = {
            _own_spans(said, reading, locality, day, holidays, is_school=case) for case in cases
        }
    except ParserError:  # taken as a whole, but not with its holidays named
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
    placed = _outside_comments(
        text, lambda part: _place_holidays(part, day.weekday(), holidays, is_school)
    )
    place = locality if reading.needs_sun else None
    evening = _evaluate(_outside_comments(placed, _evening), place, day)
    night = [
        Span(span.opens + DAY_MINUTES, span.closes + DAY_MINUTES, span.is_known, span.note)
        for span in _evaluate(_outside_comments(placed, _night), place, day)
        if span.closes < _SENTINEL_MINUTE
    ]
    return _joined([*_open_ended(evening, placed), *night])


def _place_holidays(part: str, weekday: int, holidays: frozenset[int], is_school: bool) -> str:
    today, never = WEEKDAYS[weekday], WEEKDAYS[(weekday + 3) % 7]

    def place(match: re.Match[str]) -> str:
        holds = is_school if match[1] == "SH" else _offset(match) in holidays
        if not holds:
            return never
        return match[3] or today  # “PH Mo-Fr” is a holiday that falls on Mo-Fr

    return _HOLIDAY.sub(place, part)


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


def _rank(time: str) -> int:
    """Minutes of the day; the sun is taken to rise before noon and to set after it."""
    if time[0].isdigit():
        return _minutes(time)
    event = _SUN.search(time)
    return 6 * 60 if event is not None and event[0] in {"sunrise", "dawn"} else 18 * 60


def _minutes(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _open_ended(spans: Iterable[Span], text: str) -> list[Span]:
    """“18:00+” says when it opens and leaves the rest unsaid; so does “18:00-22:00+” after 22:00."""
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
    start = datetime(day.year, day.month, day.day)
    found = []
    for opens, closes, state, note in _evaluator(text, place).intervals(
        start, start + timedelta(days=1)
    ):
        if str(state) in {"open", "unknown"}:
            found.append(
                Span(_minute_of(opens, start), _minute_of(closes, start), str(state) == "open", note)
            )
    return found


def _minute_of(moment: datetime, start: datetime) -> int:
    return int((moment.replace(tzinfo=None) - start).total_seconds()) // 60


@lru_cache(maxsize=16384)
def _evaluator(text: str, place: Locality | None) -> OpeningHours:
    if place is None:
        return OpeningHours(text, auto_country=False, auto_timezone=False)
    return OpeningHours(
        text, timezone=ZoneInfo(place.timezone), coords=place.position, auto_country=False
    )


def closing_note(text: str, day: date, holidays: frozenset[int]) -> str:
    """What the text itself says of a day it closes, such as «санитарный день»."""
    reading = read_hours(text)
    if reading is None or '"' not in reading.text:
        return ""
    placed = _outside_comments(
        reading.text, lambda part: _place_holidays(part, day.weekday(), holidays, False)
    )
    noon = datetime(day.year, day.month, day.day, 12)
    state, note = _evaluator(placed, None).state(noon)
    return note if str(state) == "closed" else ""
