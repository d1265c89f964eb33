"""What the resident's page says."""

from collections.abc import Sequence
from math import isfinite

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, npgettext

from layers import wording
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from nearby.asking import Asked

METRES_PER_MINUTE = DEFAULT_SPEED_KMH * 1000 / 60
ABOUT = "≈\u00a0"
NEEDS = {
    "wheelchair": lazy("in a wheelchair"),
    "low_vision": lazy("low vision"),
    "hearing": lazy("impaired hearing"),
    "pram": lazy("with a pram"),
}
DAYS = {
    "today": lazy("today"),
    "tomorrow": lazy("tomorrow"),
    "weekend": lazy("at the weekend"),
}
# What was given up because nothing passed, in the sentence “Shown …”.
GIVEN_UP = {
    "pushkin": lazy("also where the Pushkin card is not accepted"),
    "free": lazy("also what is not free"),
    "day": lazy("on any day"),
    "age": lazy("for any age"),
    "is_open": lazy("also what is closed now"),
    "tos": lazy("outside the ТОС territory as well"),
    "district": lazy("in every district"),
    "kinds": lazy("of every kind"),
    "access": lazy("whatever the entrance is like"),
    "minutes": lazy("at any distance"),
}


def walk(minutes: float, *, approximate: bool = False) -> str:
    """“6 min”, “≈ 6 min” to a place of vague position, “over 2 hours”."""
    if not isfinite(minutes):
        return _("over 2 hours")
    return (ABOUT if approximate else "") + wording.walk_minutes(max(1, round(minutes)))


def distance(metres: float) -> str:
    """«480 м», «1,2 км»: nobody needs more digits to decide whether to go."""
    if metres < 995:
        return _("%(metres)s m") % {"metres": max(10, round(metres / 10) * 10)}
    return _("%(km)s km") % {"km": wording.decimal(metres / 1000)}


def walk_and_distance(minutes: float) -> str:
    """«6 минут пешком, 480 м»."""
    rounded = max(1, round(minutes))
    # A context of its own: “in 6 minutes” and “6 minutes” are different words in Russian.
    said = npgettext("how long", "%(number)s minute on foot", "%(number)s minutes on foot", rounded)
    return f"{said % {'number': rounded}}, {distance(minutes * METRES_PER_MINUTE)}"


def found(places: int | None, events: int | None, open_now: int | None = None) -> str:
    """«35 мест, 14 открыто сейчас; 12 событий»."""
    said = []
    if places is not None:
        text = ngettext("%(number)s place", "%(number)s places", places)
        said.append(text % {"number": wording.number(places)})
        if open_now:
            text = ngettext("%(number)s open now", "%(number)s open now", open_now)
            said[0] += ", " + text % {"number": wording.number(open_now)}
    if events is not None:
        text = ngettext("%(number)s event", "%(number)s events", events)
        said.append(text % {"number": wording.number(events)})
    return "; ".join(said)


def unknown(name: str, count: int) -> str:
    """Of how many things a filter cannot say anything, and what that is."""
    said = {
        "hours": ngettext(
            "The hours of %(number)s more place are not known.",
            "The hours of %(number)s more places are not known.",
            count,
        ),
        "access": ngettext(
            "Of %(number)s more it is not known, or only partly, whether one can get in.",
            "Of %(number)s more it is not known, or only partly, whether one can get in.",
            count,
        ),
        "age": ngettext(
            "The age of %(number)s more is not stated.",
            "The age of %(number)s more is not stated.",
            count,
        ),
        "price": ngettext(
            "The price of %(number)s more is not stated.",
            "The price of %(number)s more is not stated.",
            count,
        ),
        "pushkin": ngettext(
            "Of %(number)s more it is not known whether the Pushkin card is accepted.",
            "Of %(number)s more it is not known whether the Pushkin card is accepted.",
            count,
        ),
    }[name]
    return said % {"number": wording.number(count)}


def widened(asked: Asked, shown: Asked) -> list[str]:
    """What was widened because nothing passed, in sentences; nothing where nothing was."""
    if asked == shown:
        return []
    given_up = [name for name in asked.filters if not getattr(shown, name)]
    said = [str(GIVEN_UP[name]) for name in given_up]
    if shown.minutes and shown.minutes != asked.minutes:
        said.insert(0, wording.minutes_limit(shown.minutes))
    if asked.minutes and given_up in ([], ["minutes"]):
        begin = _("Nothing is found within %(walk)s.") % {
            "walk": wording.minutes_choice(asked.minutes)
        }
    else:
        begin = _("Nothing is exactly like that.")
    return [begin + " " + _("Shown: %(what)s.") % {"what": ", ".join(said)}]


def listed(parts: Sequence[str]) -> str:
    """What there is to say, with dots between."""
    return " · ".join(filter(None, parts))
