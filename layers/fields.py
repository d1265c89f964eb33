"""The fields of questions in words: one list for forms, for commands and for “how it was asked”."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from layers import moments, wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How a field of a question is asked for and said."""

    label: Any
    help: Any = ""
    options: Mapping[str, Any] | None = None
    """Closed list of values with their words, in the case of the sentence."""
    choices: tuple[float, ...] = ()
    """Numbers worth offering; others may be typed into the address."""
    say: Callable[[Any], str] = str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    input: str = "text"
    """How a text is typed: as the browser names it."""
    size: int | None = None
    """Letters a text has room for."""
    is_advanced: bool = False


METHODS = {
    "2sfca": lazy("two-step catchment (2SFCA)"),
    "e2sfca": lazy("two-step catchment with steps (E2SFCA)"),
    "gravity": lazy("gravity, the farther the weaker"),
    "gaussian": lazy("Gaussian, the farther the weaker"),
    "cumulative": lazy("everything within the minutes"),
}
OBJECTIVES = {
    "mclp": pgettext_lazy("objective", "cover the most people"),
    "p_median": pgettext_lazy("objective", "make the mean way shortest"),
    "p_centre": pgettext_lazy("objective", "make the longest way shortest"),
    "lscp": pgettext_lazy("objective", "cover everybody with the fewest places"),
}
# Aims that count people within the minutes; the others weigh the minutes themselves.
COVERING = ("mclp", "lscp")
CONFIDENCES = {
    "quoted": lazy("only those that stand in the act"),
    "secondary": lazy("those from secondary sources too"),
    "unconfirmed": lazy("unconfirmed ones too"),
}
YES_NO = {"False": lazy("no"), "True": lazy("yes")}
LEVELS = {name: wording.LEVELS_COUNTED[name] for name in ("district", "tos")}

FIELDS: Mapping[str, Field] = {
    "kind": Field(label=lazy("Kind")),
    "minutes": Field(
        label=lazy("Walk"),
        choices=(5, 10, 15, 20, 30),
        say=lambda value: wording.minutes_choice(float(value)),
    ),
    "group": Field(label=lazy("Who is counted"), options=wording.GROUPS_COUNTED),
    "open_at": Field(
        label=lazy("Open"), help=lazy("a weekday and a time, such as sa-18:00"), say=moments.said
    ),
    "speed_kmh": Field(
        label=lazy("Walking speed, km/h"),
        say=lambda value: wording.quantity(float(value)),
        low=0.6,
        high=12,
        step=0.1,
        is_advanced=True,
    ),
    "max_snap_m": Field(
        label=lazy("Farthest a house may be from a street, m"),
        say=lambda value: wording.quantity(float(value)),
        low=1,
        high=5000,
        step=1,
        is_advanced=True,
    ),
    "method": Field(label=lazy("Method"), options=METHODS),
    "level": Field(label=lazy("Compared by"), options=LEVELS),
    "norm_set": Field(label=lazy("Set of norms")),
    "confidence": Field(label=lazy("Which norms"), options=CONFIDENCES),
    "link_m": Field(
        label=lazy("Homes closer than this make one spot, m"),
        low=10,
        high=2000,
        step=10,
        is_advanced=True,
    ),
    "least_people": Field(label=lazy("Smallest spot, people"), low=1, high=100000, step=10),
    "draws": Field(label=lazy("Number of draws"), low=10, high=2000, step=10, is_advanced=True),
    "seed": Field(label=lazy("Seed of the draws"), low=0, high=2**31, step=1, is_advanced=True),
    "objective": Field(label=lazy("Aim"), options=OBJECTIVES),
    "sites": Field(label=lazy("How many places"), low=1, high=500, step=1),
    "candidates": Field(
        label=lazy("Where it could be"),
        help=lazy("existing:KIND,KIND… · institutions:ID,ID… · points:LAT,LON;LAT,LON…"),
    ),
    "fixed_kind": Field(label=lazy("Open already")),
    "time_limit_s": Field(
        label=lazy("Longest search, seconds"), low=1, high=600, step=1, is_advanced=True
    ),
    "bands": Field(label=lazy("Minutes of the areas"), is_advanced=True),
    "institutions": Field(label=lazy("Only these institutions"), is_advanced=True),
    "people_per_site": Field(
        label=lazy("Most people one place can serve, 0 — any number"),
        low=0,
        high=1000000,
        step=100,
        is_advanced=True,
    ),
    "each": Field(label=lazy("Areas of each institution too"), options=YES_NO, is_advanced=True),
    "feed": Field(label=lazy("Timetable"), help=lazy("name of a timetable kept for the city")),
    "date": Field(
        label=lazy("Date"),
        help=lazy("a day of the timetable, YYYY-MM-DD"),
        say=wording.day,
        input="date",
    ),
    "from_time": Field(label=lazy("Leaving from"), help=lazy("HH:MM"), size=5),
    "until_time": Field(label=lazy("Leaving until"), help=lazy("HH:MM"), size=5),
    "max_walk_minutes": Field(
        label=lazy("Longest walk to a stop, minutes"), low=1, high=60, step=1, is_advanced=True
    ),
    "percentile": Field(
        label=lazy("Percentile of departures"), low=1, high=99, step=1, is_advanced=True
    ),
}
# Fields that mean something else in one of the measures, or in “what if”, which has no name.
NARROWER: Mapping[tuple[str, str], Field] = {
    ("", "method"): Field(label=lazy("How seats are shared"), options=METHODS, is_advanced=True),
    ("", "norm_set"): Field(label=lazy("Set of norms"), is_advanced=True),
    ("transit", "minutes"): Field(
        label=lazy("Way from door to door"),
        choices=(15, 20, 30, 45, 60),
        say=lambda value: wording.minutes_door_to_door(float(value)),
    ),
}
# Fields that belong to the question only beside certain values of another.
BELONGS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], bool]] = {
    ("siting", "minutes"): lambda asked: asked.get("objective") in COVERING,
    **{
        ("transit", name): lambda asked: bool(asked.get("feed"))
        for name in ("date", "from_time", "until_time", "percentile", "max_walk_minutes")
    },
}


def belongs(name: str, measure: str, asked: Mapping[str, Any]) -> bool:
    """Whether a field says anything in this question."""
    rule = BELONGS.get((measure, name))
    return rule is None or rule(asked)


def field(name: str, measure: str = "") -> Field:
    """The words of a field; one nobody has named is called by its name and kept aside."""
    narrower = NARROWER.get((measure, name))
    return (
        narrower
        or FIELDS.get(name)
        or Field(label=name.replace("_", " ").capitalize(), is_advanced=True)
    )


def said(name: str, value: Any, measure: str = "") -> str:
    """A value of a field in the reader's words."""
    shown = field(name, measure)
    if shown.options and str(value) in shown.options:
        return str(shown.options[str(value)])
    if isinstance(value, list | tuple):
        return ", ".join(f"{each:g}" if isinstance(each, float) else str(each) for each in value)
    if shown.say is str and isinstance(value, float):
        return f"{value:g}"
    return shown.say(value)


def as_address(value: Any) -> str:
    """A value of a question as addresses and commands write it."""
    if isinstance(value, list | tuple):
        return ",".join(as_address(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
