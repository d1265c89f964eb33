"""Opening hours in the reader's words: the state of a moment and the table of a week."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from mapping.hours import DayHours, Reason, Schedule, Span, State, day_of, state_at, week_of
from mapping.hours.holidays import holiday_name
from mapping.hours.schedule import DAY_MINUTES
from mapping.hours.syntax import WEEKDAYS, outside_comments, read_hours

LIBRARY_LANGUAGES = {"ru": "ru", "en": "en_US"}
"""Our language → that of the library of holidays."""
COMING_DAYS = 14
COMING_LINES = 4
NEXT_WEEKDAY = {
    1: lazy("opens on Monday at %(time)s"),
    2: lazy("opens on Tuesday at %(time)s"),
    3: lazy("opens on Wednesday at %(time)s"),
    4: lazy("opens on Thursday at %(time)s"),
    5: lazy("opens on Friday at %(time)s"),
    6: lazy("opens on Saturday at %(time)s"),
    7: lazy("opens on Sunday at %(time)s"),
}
_WEEKDAY_OF_MONTH = re.compile(r"\b([A-Z][a-z])\[(-1|[1-5])\]")
_SIGNS = {
    "Mo": pgettext_lazy("opening hours", "Mo"),
    "Tu": pgettext_lazy("opening hours", "Tu"),
    "We": pgettext_lazy("opening hours", "We"),
    "Th": pgettext_lazy("opening hours", "Th"),
    "Fr": pgettext_lazy("opening hours", "Fr"),
    "Sa": pgettext_lazy("opening hours", "Sa"),
    "Su": pgettext_lazy("opening hours", "Su"),
    "Jan": pgettext_lazy("opening hours", "Jan"),
    "Feb": pgettext_lazy("opening hours", "Feb"),
    "Mar": pgettext_lazy("opening hours", "Mar"),
    "Apr": pgettext_lazy("opening hours", "Apr"),
    "May": pgettext_lazy("opening hours", "May"),
    "Jun": pgettext_lazy("opening hours", "Jun"),
    "Jul": pgettext_lazy("opening hours", "Jul"),
    "Aug": pgettext_lazy("opening hours", "Aug"),
    "Sep": pgettext_lazy("opening hours", "Sep"),
    "Oct": pgettext_lazy("opening hours", "Oct"),
    "Nov": pgettext_lazy("opening hours", "Nov"),
    "Dec": pgettext_lazy("opening hours", "Dec"),
    "PH": pgettext_lazy("opening hours", "holidays"),
    "SH": pgettext_lazy("opening hours", "school holidays"),
    "easter": pgettext_lazy("opening hours", "Easter"),
    "sunrise": pgettext_lazy("opening hours", "sunrise"),
    "sunset": pgettext_lazy("opening hours", "sunset"),
    "dawn": pgettext_lazy("opening hours", "dawn"),
    "dusk": pgettext_lazy("opening hours", "dusk"),
    "week": pgettext_lazy("opening hours", "week"),
    "off": pgettext_lazy("opening hours", "closed"),
    "closed": pgettext_lazy("opening hours", "closed"),
    "unknown": pgettext_lazy("opening hours", "not known"),
}
_SIGN = re.compile(r"\b(?:" + "|".join(_SIGNS) + r")\b")
_MONTH_ENDS = re.compile(r"(?:\b[A-Z][a-z]{2} 1 -1 day\s*,?\s*){12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One row of the week's table."""

    name: str
    date: date
    hours: str
    note: str
    is_today: bool
    differs: bool
    """Not as in an ordinary week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursBlock:
    headline: str
    tone: str
    """open, closing, closed or unknown: the colour and the sign beside the headline."""
    remark: str
    days: tuple[DayLine, ...]
    """Empty where a table would say no more than the headline."""
    coming: tuple[DayLine, ...]
    """The next days after this week that are not as usual."""
    said: str
    """The rules as the source gives them, days in the reader's language."""


def describe(schedule: Schedule, moment: datetime, *, has_phone: bool = False) -> HoursBlock:
    """Everything a card says of the hours of one place."""
    state = state_at(schedule, moment)
    today = moment.astimezone(ZoneInfo(schedule.locality.timezone)).date()
    week = week_of(schedule, today)
    lines = tuple(_line(schedule, day, today) for day in week)
    has_table = any(map(_is_telling, week)) and not _is_always_open(lines)
    return HoursBlock(
        headline=words(state, moment, has_phone=has_phone),
        tone=tone(state),
        remark=_remark(schedule, state, today),
        days=lines if has_table else (),
        coming=tuple(_coming(schedule, today)) if has_table else (),
        said=rules_in_words(schedule.text) if schedule.is_working and not schedule.rules else "",
    )


def _coming(schedule: Schedule, today: date) -> Iterator[DayLine]:
    """On a Sunday this week is over: what awaits next Friday must be told as well."""
    monday = today + timedelta(days=7 - today.weekday())
    days = (day_of(schedule, monday + timedelta(days=ahead)) for ahead in range(COMING_DAYS))
    lines = (_line(schedule, day, today) for day in days)
    return islice((line for line in lines if line.differs), COMING_LINES)


def _is_telling(day: DayHours) -> bool:
    """Whether the day's hours are known; seven times “by appointment” say no more than once."""
    if day.reason is Reason.SUSPENDED or day.spans is None:
        return False
    return not day.spans or any(span.is_known for span in day.spans)


def _is_always_open(lines: Sequence[DayLine]) -> bool:
    return {(line.hours, line.note) for line in lines} == {(_("round the clock"), "")}


def tone(state: State) -> str:
    if state.is_open is None:
        return "unknown"
    if state.is_open:
        return "closing" if state.closes_soon else "open"
    return "closed"


# the state


def words(state: State, moment: datetime, *, has_phone: bool = False) -> str:
    """The state as one says it at the door; `moment` is when it holds."""
    if state.is_open is None:
        return _unknown(state, has_phone)
    return _open(state, moment) if state.is_open else _closed(state, moment)


def _unknown(state: State, has_phone: bool) -> str:
    if state.note:
        return _("Opening hours: %(note)s") % {"note": state.note}
    return (
        _("Opening hours are not known, please call")
        if has_phone
        else _("Opening hours are not known")
    )


def _open(state: State, moment: datetime) -> str:
    if state.until is None:
        return _("Open round the clock")
    times = {"time": _clock(state.until)}
    pauses = state.reason is Reason.LUNCH and state.next_open is not None
    if state.closes_soon:
        return _closes_soon(state, moment, pauses)
    if pauses:
        return _("Open until %(time)s, then a break until %(back)s") % {
            **times,
            "back": _clock(state.next_open),
        }
    days = (state.until.date() - moment.astimezone(state.until.tzinfo).date()).days
    if days > 1 or (days == 1 and state.until.hour >= 12):
        day = date_format(state.until, "j E" if get_language() == "ru" else "j F")
        return _("Open until %(day)s, %(time)s") % {**times, "day": day}
    return _("Open until %(time)s") % times


def _closes_soon(state: State, moment: datetime, pauses: bool) -> str:
    assert state.until is not None
    minutes = max(1, round((state.until - moment).total_seconds() / 60))
    said = (
        ngettext(
            "Closes for a break in %(count)s minute",
            "Closes for a break in %(count)s minutes",
            minutes,
        )
        if pauses
        else ngettext("Closes in %(count)s minute", "Closes in %(count)s minutes", minutes)
    )
    return said % {"count": minutes}


def _closed(state: State, moment: datetime) -> str:
    if state.reason is Reason.SUSPENDED:
        return _("Not working now")
    if state.next_open is None:
        return _why_closed(state)
    now = moment.astimezone(state.next_open.tzinfo)
    days = (state.next_open.date() - now.date()).days
    if state.reason is Reason.LUNCH and not days:
        return _("Break until %(time)s") % {"time": _clock(state.next_open)}
    why = _why_closed(state) if days else _("Closed")
    return f"{why}, {_opens(state.next_open, days)}"


def _why_closed(state: State) -> str:
    if state.reason is Reason.MONTHLY:
        return _("Closed today for the monthly cleaning day")
    if state.reason is Reason.HOLIDAY:
        return _("Closed for the holiday")
    if state.reason is Reason.EXCEPTION:
        return (
            _("Closed today: %(note)s") % {"note": state.note} if state.note else _("Closed today")
        )
    return _("Closed")


def _opens(opening: datetime, days: int) -> str:
    times = {"time": _clock(opening)}
    if days == 0:
        return _("opens at %(time)s") % times
    if days == 1:
        return _("opens tomorrow at %(time)s") % times
    if days < 7:
        return str(NEXT_WEEKDAY[opening.isoweekday()]) % times
    day = date_format(opening, "j E" if get_language() == "ru" else "j F")
    return _("opens on %(day)s at %(time)s") % {**times, "day": day}


def _remark(schedule: Schedule, state: State, today: date) -> str:
    """What else must be known of today: a note at the door, a holiday the rules do not name."""
    day = day_of(schedule, today)
    if state.is_open is None or not schedule.is_working:
        return ""
    if day.is_holiday and day.reason is Reason.NONE:
        name = _holiday(schedule, today)
        return _("Today is a holiday (%(name)s): the hours may differ") % {"name": name}
    return capfirst(state.note) if state.is_open else ""


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


# the week


def _line(schedule: Schedule, day: DayHours, today: date) -> DayLine:
    return DayLine(
        name=str(_SIGNS[WEEKDAYS[day.date.weekday()]]),
        date=day.date,
        hours=spans_in_words(day.spans),
        note=_day_note(schedule, day),
        is_today=day.date == today,
        differs=day.reason in {Reason.EXCEPTION, Reason.HOLIDAY, Reason.MONTHLY},
    )


def spans_in_words(spans: Sequence[Span] | None) -> str:
    """“10:00–13:00, 14:00–18:00”, «закрыто», «круглосуточно», «неизвестно»."""
    if spans is None:
        return _("not known")
    if not spans:
        return pgettext("opening hours", "closed")
    return ", ".join(map(_span, spans))


def _span(span: Span) -> str:
    opens, closes = _minute(span.opens), _minute(span.closes)
    is_whole = span.opens == 0 and span.closes >= DAY_MINUTES
    if span.is_known:
        return _("round the clock") if is_whole else f"{opens}–{closes}"
    if is_whole:
        return span.note or _("not known")
    if span.closes == DAY_MINUTES:
        return _("from %(time)s, closing time not given") % {"time": opens}
    return _("%(hours)s, to be confirmed") % {"hours": f"{opens}–{closes}"}


def _minute(minute: int) -> str:
    of_day = minute % DAY_MINUTES if minute != DAY_MINUTES else minute
    return f"{of_day // 60:02}:{of_day % 60:02}"


def _day_note(schedule: Schedule, day: DayHours) -> str:
    if day.note:
        return day.note
    if day.reason is Reason.MONTHLY:
        return _("monthly cleaning day")
    if not day.is_holiday:
        return _("changed for this day") if day.reason is Reason.EXCEPTION else _door_note(day)
    name = _holiday(schedule, day.date)
    if day.reason is Reason.NONE and day.spans != ():
        return _("%(holiday)s: the hours may differ") % {"holiday": name}
    return name


def _door_note(day: DayHours) -> str:
    known = [span for span in day.spans or () if span.is_known]
    return "; ".join(dict.fromkeys(span.note for span in known if span.note))


def _holiday(schedule: Schedule, day: date) -> str:
    language = LIBRARY_LANGUAGES.get(get_language() or "", "")
    return holiday_name(schedule.locality.country, day, language)


# the rules


def rules_in_words(text: str) -> str:
    """Hours in the OpenStreetMap syntax with its signs in the reader's language."""
    if read_hours(text) is None:
        return text
    return outside_comments(text, _rules_part)


def _rules_part(part: str) -> str:
    said = _MONTH_ENDS.sub(_("last day of the month") + " ", part)
    said = re.sub(r"(?<=\w)-(?=[A-Z\d])", "–", said)
    said = re.sub(r",(?=\S)", ", ", said)
    said = _WEEKDAY_OF_MONTH.sub(_weekday_of_month, said)
    return _SIGN.sub(lambda match: str(_SIGNS[match[0]]), said)


def _weekday_of_month(match: re.Match[str]) -> str:
    """The sanitary day is mostly the last Friday of a month."""
    day, which = match.groups()
    if which == "-1":
        return pgettext("opening hours", "last %(day)s of the month") % {"day": day}
    return pgettext("opening hours", "%(day)s no. %(which)s of the month") % {
        "day": day,
        "which": which,
    }
