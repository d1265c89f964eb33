"""How the tables of runs look on a map: what is coloured, in which classes, under which words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import fields, styles, wording
from layers.sheets import Style
from layers.styles import Classes, LegendEntry
from mapping.models import AnalysisRun

Values = Mapping[str, Any]
LookKind = Literal["choropleth", "cells", "areas", "points", "picks"]

PICK_COLOR = "#0b5f63"
PLACE_COLOR = "#5b7083"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way to draw a table."""

    kind: LookKind
    title: Any
    expression: str
    """What is coloured, over the columns of the table, as QGIS writes formulas."""
    value: Callable[[Values], float | None]
    """The same in Python; None where it is not known."""
    classes: Callable[[Sequence[float | None]], Classes]
    say: Callable[[float | None], str]
    """The label on the map."""
    range_label: styles.RangeLabel


def share_of(part: str, whole: str) -> Callable[[Values], float | None]:
    """One figure over another, at least 0; None where either is unknown or there is nobody."""

    def value(values: Values) -> float | None:
        above, below = values.get(part), values.get(whole)
        return max(0.0, above) / below if above is not None and below else None

    return value


def share_beside(part: str, rest: str) -> Callable[[Values], float | None]:
    """One figure over the two together; None where either is unknown or both are nothing."""

    def value(values: Values) -> float | None:
        some, others = values.get(part), values.get(rest)
        known = some is not None and others is not None
        return max(0.0, some) / (some + others) if known and some + others else None

    return value


def _share(title: Any, part: str, whole: str) -> Look:
    return _share_look(title, f'max(0, "{part}") / nullif("{whole}", 0)', share_of(part, whole))


def _share_of_known(title: Any, part: str, rest: str) -> Look:
    """Of those whose way is known, as the headline counts: who has no path is in neither part."""
    return _share_look(
        title,
        f'max(0, "{part}") / nullif("{part}" + "{rest}", 0)',
        share_beside(part, rest),
    )


def _share_look(title: Any, expression: str, value: Callable[[Values], float | None]) -> Look:
    return Look(
        kind="choropleth",
        title=title,
        expression=expression,
        value=value,
        classes=lambda values: styles.SHARE_UNCOVERED,
        say=wording.percent,
        range_label=wording.share_range,
    )


def _minutes(title: Any, key: str, kind: LookKind = "choropleth") -> Look:
    return Look(
        kind=kind,
        title=title,
        expression=f'"{key}"',
        value=lambda values: values.get(key),
        classes=lambda values: styles.WALK_MINUTES,
        say=wording.walk_minutes,
        range_label=wording.minutes_range,
    )


def _count(title: Any, key: str, kind: LookKind) -> Look:
    return Look(
        kind=kind,
        title=title,
        expression=f'"{key}"',
        value=lambda values: values.get(key),
        classes=lambda values: styles.count_classes(
            [value for value in values if value is not None]
        ),
        say=wording.number,
        range_label=wording.count_range,
    )


def _pick(title: Any, key: str) -> Look:
    return Look(
        kind="picks",
        title=title,
        expression=f'"{key}"',
        value=lambda values: values.get(key),
        classes=lambda values: Classes((), (PICK_COLOR,)),
        say=lambda value: "" if value is None else f"+{wording.number(value)}",
        range_label=lambda lower, upper: _("chosen place"),
    )


def _place(title: Any) -> Look:
    return Look(
        kind="points",
        title=title,
        expression="1",
        value=lambda values: 1.0,
        classes=lambda values: Classes((), (PLACE_COLOR,)),
        say=lambda value: "",
        range_label=lambda lower, upper: _("place to choose from"),
    )


_WITHOUT = _share(lazy("Without access: share of people"), "people_without", "people")
_MEAN_MINUTES = _minutes(lazy("Mean way on foot"), "mean_minutes")
_NOTHING = _share(lazy("Nothing in reach: share of people"), "people_without_any", "people")
_UNCOVERED = _share_of_known(lazy("Too far: share of people"), "uncovered", "covered")
LOOKS: Mapping[tuple[str, str], Look] = {
    ("coverage", "district"): _UNCOVERED,
    ("coverage", "tos"): _UNCOVERED,
    ("coverage", "grid"): _count(lazy("Too far: people per cell"), "uncovered", "cells"),
    ("accessibility", "district"): _WITHOUT,
    ("accessibility", "tos"): _WITHOUT,
    ("accessibility", "institution"): _count(
        lazy("Load: people per unit of capacity"), "load", "points"
    ),
    ("equity", "district"): _MEAN_MINUTES,
    ("equity", "tos"): _MEAN_MINUTES,
    ("provision", "district"): _share(
        lazy("Missing, of what the norm requires"), "shortfall_min", "required_min"
    ),
    ("choice", "district"): _NOTHING,
    ("choice", "tos"): _NOTHING,
    ("audience", "institution"): _count(lazy("People within 15 minutes"), "people_15", "points"),
    ("white_spots", "spot"): _count(lazy("White spots: people"), "people", "areas"),
    ("service_areas", "area"): _minutes(lazy("Minutes on foot"), "minutes", "areas"),
    ("service_areas", "institution_area"): _minutes(lazy("Minutes on foot"), "minutes", "areas"),
    ("siting", "pick"): _pick(lazy("Chosen places and the people each adds"), "added"),
    ("siting", "district"): _UNCOVERED,
    ("siting:p_median", "pick"): _pick(
        lazy("Chosen places and the person-minutes each saves"), "saved_person_minutes"
    ),
    ("siting:p_centre", "pick"): _pick(
        lazy("Chosen places and the people each brings near enough"), "people_brought"
    ),
    ("siting:by_minutes", "district"): _minutes(
        lazy("Mean way on foot with the places"), "mean_walk_minutes"
    ),
    ("siting:by_minutes", "candidate"): _place(lazy("Candidates")),
    ("siting", "candidate"): _count(lazy("People within reach"), "people_within", "points"),
    ("transit", "district"): _minutes(lazy("Median way"), "median_minutes"),
    ("transit", "tos"): _minutes(lazy("Median way"), "median_minutes"),
}


def subjects(run: AnalysisRun) -> tuple[str, ...]:
    """What a run is about, for lists of tables and looks; the more particular word first."""
    if run.analysis == AnalysisRun.Analysis.TRANSIT and not run.summary.get("timetable"):
        return (f"{run.analysis}:on_foot", run.analysis)
    if run.analysis != AnalysisRun.Analysis.SITING:
        return (run.analysis,)
    aim = run.parameters.get("objective")
    if aim in fields.COVERING:
        return (run.analysis,)
    return (f"{run.analysis}:{aim}", f"{run.analysis}:by_minutes", run.analysis)


def look_of(run: AnalysisRun, key: str) -> Look | None:
    """How a table of a run is drawn; None for what is no map."""
    return next((LOOKS[name, key] for name in subjects(run) if (name, key) in LOOKS), None)


def legend_entries(look: Look, rows: Sequence[Values]) -> tuple[LegendEntry, ...]:
    """Lines of the legend; the unknown only where something is."""
    values = [look.value(row) for row in rows]
    entries = look.classes(values).entries(look.range_label, _("no data"))
    return entries if None in values else entries[:-1]


def style_of(run: AnalysisRun, key: str, rows: Sequence[Values]) -> Style | None:
    """The same colours for a file that QGIS opens."""
    look = look_of(run, key)
    if look is None:
        return None
    return Style(expression=look.expression, entries=legend_entries(look, rows))
