"""Moments of the week in words, and what is known of who is open then."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from layers import wording
from mapping.hours.moments import WEEKDAYS, read_moment
from mapping.models import AnalysisRun, Institution

if TYPE_CHECKING:  # the engine comes with it, and pages that compute nothing do without
    from mapping.services.moments import OpenThen

# After “open”.
AT_ANY_TIME = pgettext_lazy("moment", "at any time")
ON_WEEKDAYS = (
    pgettext_lazy("moment", "on Monday at %(time)s"),
    pgettext_lazy("moment", "on Tuesday at %(time)s"),
    pgettext_lazy("moment", "on Wednesday at %(time)s"),
    pgettext_lazy("moment", "on Thursday at %(time)s"),
    pgettext_lazy("moment", "on Friday at %(time)s"),
    pgettext_lazy("moment", "on Saturday at %(time)s"),
    pgettext_lazy("moment", "on Sunday at %(time)s"),
)
# Mornings and evenings people ask about; an address or a command may name any other.
OFFERED = (
    "mo-12:00",
    "mo-18:00",
    "we-12:00",
    "we-19:00",
    "fr-18:00",
    "fr-20:00",
    "sa-12:00",
    "sa-18:00",
    "su-12:00",
    "su-18:00",
)
# Chosen by a weekday and an hour of one's own.
OTHER = "other"
DAYS = (
    pgettext_lazy("moment", "on Monday"),
    pgettext_lazy("moment", "on Tuesday"),
    pgettext_lazy("moment", "on Wednesday"),
    pgettext_lazy("moment", "on Thursday"),
    pgettext_lazy("moment", "on Friday"),
    pgettext_lazy("moment", "on Saturday"),
    pgettext_lazy("moment", "on Sunday"),
)
# Where one starts from, and hours at which something may be open.
USUAL_DAY, USUAL_TIME = "sa", "16:00"
FIRST_HOUR, LAST_HOUR = 7, 23
MOST_NAMED = 12


def said(text: str) -> str:
    """“sa-18:00” → “on Saturday at 18:00”; nothing → “at any time”."""
    moment = read_moment(text)
    if moment is None:
        return str(AT_ANY_TIME)
    time = str(moment).removeprefix(f"{WEEKDAYS[moment.weekday - 1]}-")
    return str(ON_WEEKDAYS[moment.weekday - 1]) % {"time": time}


def options() -> dict[str, str]:
    """Moments worth offering."""
    return {text: said(text) for text in ("", *OFFERED)}


def choices() -> dict[str, str]:
    """What a form offers: moments worth offering, and one of one's own."""
    return {**options(), OTHER: pgettext("moment", "at another time")}


def choice(text: str) -> str:
    """Which of `choices` a moment is: itself, or one of one's own."""
    return text if text in ("", *OFFERED) else OTHER


def composed(day: str, time: str) -> str:
    """A weekday and a time chosen apart, as questions write them."""
    return f"{day or USUAL_DAY}-{time or USUAL_TIME}"


def day_and_time(text: str) -> dict[str, Any]:
    """The two lists of a moment of one's own, at the moment asked or at a usual one."""
    day, _dash, time = text.partition("-")
    day, time = (day, time) if day in WEEKDAYS and time else (USUAL_DAY, USUAL_TIME)
    times = sorted({f"{hour:02}:00" for hour in range(FIRST_HOUR, LAST_HOUR + 1)} | {time})
    return {
        "is_other": choice(text) == OTHER,
        "days": [
            {"value": code, "label": str(label), "selected": code == day}
            for code, label in zip(WEEKDAYS, DAYS, strict=True)
        ],
        "times": [
            {
                "value": each,
                "label": pgettext("moment", "at %(time)s") % {"time": each},
                "selected": each == time,
            }
            for each in times
        ],
    }


def heading(run: AnalysisRun) -> str:
    """“On Saturday at 18:00”: how the finding of a moment begins; nothing at any time."""
    text = said(run.parameters["open_at"]) if run.parameters.get("open_at") else ""
    return text[:1].upper() + text[1:]


def lines_of_run(run: AnalysisRun) -> list[str]:
    """Who was open then, and whose hours nobody knows; nothing at any time."""
    then = run.summary.get("open_then")
    if not then:
        return []
    named = Institution.objects.filter(pk__in=then["unknown_ids"][:MOST_NAMED]).order_by("name")
    return _lines(then, [row.label for row in named.defer("geometry")])


def line_of(then: "OpenThen") -> str:
    """Who is open then, and how many of unknown hours are not counted."""
    counts = {
        "moment": str(then.moment),
        "open": len(then.open_ids),
        "shut": len(then.shut_ids),
        "unknown": len(then.unknown_ids),
    }
    return " ".join(_lines(counts, []))


def _lines(then: Mapping[str, Any], names: list[str]) -> list[str]:
    total = then["open"] + then["shut"] + then["unknown"]
    lines = [
        _("Known to be open %(moment)s: %(open)s of %(total)s.")
        % {
            "moment": said(then["moment"]),
            "open": wording.number(then["open"]),
            "total": wording.number(total),
        }
    ]
    if not then["unknown"]:
        return lines
    rest = ngettext(
        "The hours of %(number)s are not known: it is not counted as open.",
        "The hours of %(number)s are not known: they are not counted as open.",
        then["unknown"],
    ) % {"number": wording.number(then["unknown"])}
    more = "…" if then["unknown"] > len(names) else ""
    return [*lines, f"{rest} {', '.join(names)}{more}" if names else rest]
