"""What the figures of runs are called, and how each is said: one list for screens and files."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import wording
from layers.sheets import Column, ColumnKind
from mapping.models import AgeGroup

HEADINGS: Mapping[str, tuple[Any, ColumnKind]] = {
    "rank": (lazy("Place"), "count"),
    "name": (lazy("Name"), "text"),
    "district": (lazy("District"), "text"),
    "people": (lazy("People"), "count"),
    "covered": (lazy("Within reach"), "count"),
    "uncovered": (lazy("Too far"), "count"),
    "unknown": (lazy("Unknown"), "count"),
    "people_unknown": (lazy("Unknown"), "count"),
    "share": (lazy("Share within reach"), "share"),
    "median_minutes": (lazy("Median way, minutes"), "minutes"),
    "mean_minutes": (lazy("Mean way, minutes"), "minutes"),
    "mean_walk_minutes_before": (lazy("Mean way today, minutes"), "number"),
    "mean_walk_minutes": (lazy("Mean way with the places, minutes"), "number"),
    "worst_minutes": (lazy("Longest way, minutes"), "minutes"),
    "people_out_of_reach": (lazy("Nothing in reach"), "count"),
    "nearest_minutes": (lazy("From the middle to the nearest, minutes"), "minutes"),
    "minutes": (lazy("Minutes"), "minutes"),
    "mean": (lazy("Mean access"), "number"),
    "median": (lazy("Median"), "number"),
    "mean_access": (lazy("Mean access"), "number"),
    "mean_per_1000": (lazy("Mean access, capacity per 1,000 people"), "number"),
    "median_per_1000": (lazy("Median access, capacity per 1,000 people"), "number"),
    "people_without": (lazy("People without access"), "count"),
    "people_in_reach": (lazy("People in reach"), "count"),
    "capacity": (lazy("Capacity"), "number"),
    "capacity_is_default": (lazy("Capacity is assumed"), "flag"),
    "load": (lazy("People per unit of capacity"), "number"),
    "facility": (lazy("What the act asks for"), "text"),
    "required_min": (lazy("Required, at least"), "number"),
    "required_max": (lazy("Required, at most"), "number"),
    "existing": (lazy("Existing"), "number"),
    "existing_source": (lazy("Existing counted from"), "text"),
    "complete": (lazy("The list is complete"), "flag"),
    "counted": (lazy("Found in our list"), "number"),
    "shortfall_min": (lazy("Short, at least"), "number"),
    "shortfall_max": (lazy("Short, at most"), "number"),
    "shortfall_at_most": (lazy("Short, no more than"), "number"),
    "share_within_norm_minutes": (lazy("Share within the norm's minutes"), "share"),
    "share_within_norm_minutes_max": (lazy("Share within its longest minutes"), "share"),
    "minutes_mode": (lazy("Way of travel in the act"), "text"),
    "share_group": (lazy("Share is of"), "text"),
    "unit": (lazy("Unit"), "text"),
    "norm": (lazy("Number of the norm"), "text"),
    "per_city": (lazy("So many for the whole city"), "flag"),
    "share_mode": (lazy("Share is of those who go"), "text"),
    "homes_without_population": (lazy("Homes without a known number of people"), "count"),
    "group": (lazy("Whom it counts"), "text"),
    "act": (lazy("Act"), "text"),
    "clause": (lazy("Clause"), "text"),
    "url": (lazy("Address of the act"), "text"),
    "confidence": (lazy("How sure the norm is"), "text"),
    "theil_part": (lazy("Part of inequality (Theil)"), "number"),
    "access_share": (lazy("Share of all access"), "share"),
    "people_share": (lazy("Share of people"), "share"),
    "institutions_median": (lazy("Institutions in reach, median"), "number"),
    "kinds_median": (lazy("Kinds in reach, median"), "number"),
    "diversity_mean": (lazy("Diversity, 0 to 1"), "number"),
    "people_without_any": (lazy("People with nothing in reach"), "count"),
    "kinds": (lazy("Kinds in reach"), "number"),
    "people_5": (lazy("Within 5 minutes"), "count"),
    "people_10": (lazy("Within 10 minutes"), "count"),
    "people_15": (lazy("Within 15 minutes"), "count"),
    "people_30": (lazy("Within 30 minutes"), "count"),
    "only_here_share": (lazy("No other of the kind in reach"), "share"),
    "neighbours": (lazy("Shares its people with"), "text"),
    "homes": (lazy("Homes"), "count"),
    "nearest": (lazy("Nearest of the kind"), "text"),
    "districts": (lazy("Districts it lies in"), "count"),
    "source": (lazy("What is uncertain"), "text"),
    "low": (lazy("From"), "share"),
    "high": (lazy("To"), "share"),
    "width": (lazy("Width"), "share"),
    "added": (lazy("Adds people"), "count"),
    "people_within": (lazy("People within reach of it"), "count"),
    "accuracy": (lazy("How well its position is known"), "text"),
    "address": (lazy("Address"), "text"),
    "false_in": (lazy("Drawn inside, but farther"), "share"),
    "false_out": (lazy("Drawn outside, but nearer"), "share"),
    "late_minutes": (lazy("Way on an unlucky departure, minutes"), "minutes"),
    "walk_covered": (lazy("Within reach on foot alone"), "count"),
    "walk_share": (lazy("Share within reach on foot alone"), "share"),
    "walk_median_minutes": (lazy("Median way on foot alone, minutes"), "minutes"),
    "gained": (lazy("Gain by riding"), "count"),
    "covered_before": (lazy("Within reach today"), "count"),
    "saved_person_minutes": (lazy("Saves person-minutes"), "count"),
    "people_brought": (lazy("Brings within the longest way, people"), "count"),
    "is_chosen": (lazy("Chosen"), "flag"),
    "is_open": (lazy("Open already"), "flag"),
    "off_streets": (lazy("Too far from any street"), "flag"),
    "kind": (lazy("Kind"), "text"),
    "synthetic": (lazy("Demonstration data"), "flag"),
    "modelled": (lazy("Modelled"), "flag"),
    "approximate": (lazy("Approximate position"), "flag"),
    **{
        f"by_group_{group}": (wording.GROUPS_COUNTED[group], "count")
        for group in ("all", *AgeGroup.values)
    },
}

UNCERTAIN = {
    "all": lazy("everything together"),
    "speed": lazy("how fast people walk"),
    "positions": lazy("approximate positions"),
    "population": lazy("modelled numbers of people"),
}
MODES = {"walk": lazy("on foot"), "transit": lazy("by public transport")}
UNITS = {"institutions": lazy("institutions"), "seats": lazy("seats")}
COUNTED_FROM = {"listed": lazy("our list"), "official": lazy("the official count")}
# Codes that stand in the cells of a column → their words.
WORDS: Mapping[str, Mapping[str, Any]] = {
    "source": UNCERTAIN,
    "share_mode": MODES,
    "unit": UNITS,
    "existing_source": COUNTED_FROM,
    "confidence": wording.CONFIDENCES,
    "accuracy": wording.ACCURACIES,
    "group": wording.GROUPS_COUNTED,
    "share_group": wording.GROUPS_COUNTED,
}
# Less than nothing is missing where there is more than the norm asks for.
SHORTFALLS = frozenset({"shortfall_min", "shortfall_max", "shortfall_at_most"})
_SAY: Mapping[ColumnKind, Callable[[Any], str]] = {
    "count": wording.number,
    "share": wording.percent,
    "minutes": wording.walk_minutes,
    "number": wording.quantity,
}


def column(key: str, value: object = None) -> Column:
    """The column of a figure; one nobody has named yet is named by its key."""
    if key in HEADINGS:
        heading, kind = HEADINGS[key]
        return Column(key, str(heading), kind)
    return Column(key, key.replace("_", " ").capitalize(), _kind_of(value))


def _kind_of(value: object) -> ColumnKind:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"


# What a line knows of itself beside its figures.
OWN_WORDS = frozenset({"rank", "name", "id", "type", "synthetic", "approximate", "modelled"})


def flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    """Figures by group become columns of their own; things that have names are named."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if key in OWN_WORDS:
            continue
        if key == "by_group":
            flat.update({f"by_group_{group}": people for group, people in value.items()})
        elif key == "neighbours":
            flat[key] = "; ".join(
                f"{each['name']} ({wording.percent(each['overlap'])})" for each in value
            )
        elif isinstance(value, Mapping):
            flat[key] = value.get("name", "")
        elif not isinstance(value, list):
            flat[key] = _in_words(key, value)
    return flat


def _in_words(key: str, value: object) -> object:
    """A code in the reader's words; a figure stays a figure."""
    words = WORDS.get(key, {})
    return str(words[value]) if isinstance(value, str) and value in words else value


def cell(column: Column, value: Any) -> str:
    """A figure as the screen says it."""
    if value is None:
        return "—"
    if column.key in SHORTFALLS and value <= 0:
        return _("enough")
    if column.kind == "flag":
        return wording.yes_no(value)
    if column.kind in _SAY and isinstance(value, int | float):
        return _SAY[column.kind](value)
    return str(value)
