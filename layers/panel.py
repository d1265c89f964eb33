"""The panel beside the map: the question, the answer and the lists, for one template."""

from typing import Any

import h3
from django.urls import reverse
from django.utils.translation import gettext as _

from layers import links, wording
from layers.choice import GROUPS, LEVELS, Choice
from layers.http import language
from layers.registry import all_layers
from mapping.models import City, CoverageRow
from mapping.queries import coverage
from mapping.queries import layers as queries

# A ranking is read from its worst end; tables of every row are for download.
RANKING_LIMIT = 200


def context(choice: Choice) -> dict[str, Any]:
    """Everything `_panel.html` shows for a choice."""
    rows = ranking(choice)
    return {
        "city": city_words(choice.city),
        "form": form(choice),
        "run": answer(choice, rows) if choice.run else None,
        "rows": rows,
        "level_label": str(wording.LEVEL_NAMES[choice.level]),
        "empty": empty(choice, rows),
        "exports": exports(choice) if choice.run else [],
        **lists(choice),
    }


def city_words(city: City) -> dict[str, Any]:
    """What pages say of the city."""
    return {"slug": city.slug, "name": city.label, "synthetic": city.synthetic}


def lists(choice: Choice) -> dict[str, Any]:
    """Per layer that is also a list: its items, and how many there are in all."""
    found: dict[str, Any] = {}
    for layer in all_layers():
        if layer.items:
            found[layer.key], found[f"{layer.key}_total"] = layer.items(choice)
    return found


def form(choice: Choice) -> dict[str, list[dict[str, Any]]]:
    """
    The choices of the sentence, in the grammatical case the sentence needs.

    Only questions with an answer are offered, and the one that was asked.
    """
    answered = coverage.answered(choice.city)
    kinds = {kind for kind, _, _ in answered} | {choice.kind.code}
    minutes = {minutes for _, minutes, _ in answered} | {choice.minutes}
    groups = {group for _, _, group in answered} | {choice.group}
    return {
        "kinds": [
            _option(kind.code, kind.genitive_label, selected=kind == choice.kind)
            for kind in choice.kinds
            if kind.code in kinds
        ],
        "minutes": [
            _option(f"{each:g}", wording.minutes_choice(each), selected=each == choice.minutes)
            for each in sorted(minutes)
        ],
        "groups": [
            _option(group, wording.GROUPS_COUNTED[group], selected=group == choice.group)
            for group in GROUPS
            if group in groups
        ],
        "levels": [
            _option(level, wording.LEVELS_COUNTED[level], selected=level == choice.level)
            for level in LEVELS
        ],
    }


def _option(value: object, label: object, *, selected: bool) -> dict[str, Any]:
    return {"value": value, "label": str(label), "selected": selected}


def ranking(choice: Choice) -> list[dict[str, Any]]:
    """Territories of the level, most people left out first."""
    if choice.run is None:
        return []
    rows = coverage.rows_of(choice.run, choice.level).defer("district__geometry", "tos__geometry")[
        :RANKING_LIMIT
    ]
    worst = max((row.uncovered for row in rows), default=0)
    places = _cell_places(choice, [row.cell for row in rows if row.cell])
    return [_ranked(row, choice, worst, places) for row in rows]


def _cell_places(choice: Choice, cells: list[str]) -> dict[str, str]:
    """In which district each cell lies, by its centre."""
    centres = {cell: h3.cell_to_latlng(cell) for cell in cells}
    english = language() == "en"
    return queries.districts_at(choice.city, centres, english=english) if cells else {}


def _ranked(
    row: CoverageRow, choice: Choice, worst: float, places: dict[str, str]
) -> dict[str, Any]:
    territory = row.district or row.tos
    identifier = territory.pk if territory else row.cell
    kind = "cell" if row.level == "grid" else row.level
    return {
        "type": kind,
        "id": identifier,
        "name": wording.territory_name(row, places.get(row.cell, "")),
        "url": links.card_url(choice, kind, identifier),
        "people": row.people,
        "covered": row.covered,
        "uncovered": row.uncovered,
        "unknown": row.unknown,
        "share": row.share,
        "median_minutes": row.median_minutes,
        "rank": row.rank,
        "bar": row.uncovered / worst if worst else 0.0,
        "synthetic": territory.synthetic if territory else choice.city.synthetic,
    }


def answer(choice: Choice, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The headline of the run with everything needed to judge it."""
    totals = choice.totals
    return {
        "id": choice.run.pk,
        "url": links.run_url(choice),
        "headline": headline(choice, rows),
        "share": totals["share"],
        "share_text": wording.percent(totals["share"]),
        "people": totals["people"],
        "covered": totals["covered"],
        "uncovered": totals["uncovered"],
        "unknown": totals["unknown"],
        "completeness": completeness(choice),
        "marks": wording.marks_of(choice.run, choice.level),
        "computed_at": choice.run.finished_at,
        "kind_label": choice.kind.plural_label,
    }


def headline(choice: Choice, rows: list[dict[str, Any]]) -> str:
    """The finding in one sentence; the worst named where they have names."""
    named = [row["name"] for row in rows if row["uncovered"] >= 1 and row["type"] != "cell"]
    return wording.finding(
        kind_name=choice.kind.label,
        minutes=choice.minutes,
        group=choice.group,
        share=choice.totals["share"],
        uncovered=choice.totals["uncovered"],
        level=choice.level,
        worst=named[: wording.WORST_NAMED],
    )


def completeness(choice: Choice) -> dict[str, Any]:
    """How many institutions the figure rests on, against how many officially exist."""
    known = choice.run.summary["completeness"]
    total = known["listed"] if known["official"] is None else known["official"]
    return {
        **known,
        "missing": max(0, total - known["located"]),
        "text": wording.completeness(
            located=known["located"],
            listed=known["listed"],
            official=known["official"],
            kind_plural=choice.kind.genitive_label,
        ),
    }


def empty(choice: Choice, rows: list[dict[str, Any]]) -> str | None:
    """What to do next when there is nothing to show."""
    if choice.run is None:
        return _("This has not been calculated yet. Choose other minutes or another kind.")
    if not rows:
        return _("The city has no territories of this sort. Choose another way to count.")
    return None


def exports(choice: Choice) -> list[dict[str, str]]:
    """What can be taken away."""
    tables = {
        "xlsx": _("Table for Excel"),
        "csv": _("Table (CSV)"),
        "gpkg": _("Layer for QGIS (GeoPackage)"),
        "geojson": _("Layer (GeoJSON)"),
        "json": _("Figures (JSON)"),
    }
    offered = [
        {
            "label": _("Report for the meeting (PDF)"),
            "url": f"{reverse('layers:export_report', args=[choice.city.slug])}?{choice.query()}",
        },
        {
            "label": _("Map as one file"),
            "url": f"{reverse('layers:export_map', args=[choice.city.slug])}?{choice.query()}",
        },
    ]
    for extension, label in tables.items():
        path = reverse("layers:export_coverage", args=[choice.city.slug, extension])
        offered.append({"label": label, "url": f"{path}?{choice.query()}"})
    return offered
