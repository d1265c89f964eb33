"""The tables of a run on the map: layers with their legends, and features with their colours."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from django.urls import reverse

from layers import cards, findings, geojson, looks, run_tables
from layers import choice as choices
from layers.choice import Choice
from layers.definitions.territories import OUTLINE_TOLERANCE_DEG
from layers.looks import Look
from layers.manifest import city_frame
from layers.manifest import manifest as layer_manifest
from layers.run_tables import Line
from mapping.models import AnalysisRun

# Layers of the map page that a result replaces by its own.
REPLACED = ("access",)
# Where the result itself is points, the places of the map would lie upon them.
POINT_LOOKS = ("points", "picks")


def layers(run: AnalysisRun, language: str) -> dict[str, Any]:
    """The manifest of a run: its own layers first, then the places and outlines of the map."""
    choice = base_choice(run)
    own = [layer for key in run_tables.keys_of(run) for layer in _layers_of(run, key, language)]
    if own:
        own[0]["active"] = True
    base = layer_manifest(choice, language)
    if run.analysis == AnalysisRun.Analysis.UNCERTAINTY:
        # A band has no place of its own: the map shows the figure it is about.
        return base
    if own and own[0]["kind"] in POINT_LOOKS:
        _switch_off_places(base)
    groups = [group for group in base["groups"] if group["key"] not in REPLACED]
    title = str(AnalysisRun.Analysis(run.analysis).label)
    mine = [{"key": "result", "title": title, "layers": own}] if own else []
    return {"city": city_frame(run.city), "groups": [*mine, *groups]}


def _switch_off_places(base: dict[str, Any]) -> None:
    """Pins of the map at the same points would hide the colours of the result."""
    for group in base["groups"]:
        for layer in group["layers"]:
            layer["active"] &= layer["kind"] not in POINT_LOOKS


def base_choice(run: AnalysisRun) -> Choice:
    """The question of the map page that stands nearest to the run's."""
    kind = findings.kind_of(run)
    group = run.parameters.get("group", "all")
    asked = {"kind": kind.code if kind else "", "group": group if group in choices.GROUPS else ""}
    if run.analysis == AnalysisRun.Analysis.UNCERTAINTY and run.parameters["minutes"] >= 1:
        asked["minutes"] = f"{run.parameters['minutes']:g}"
    return choices.read(run.city, asked)


def _layers_of(run: AnalysisRun, key: str, language: str) -> Iterable[dict[str, Any]]:
    look = looks.look_of(run, key)
    if look is None:
        return
    for norm, lines in lines_by_norm(run_tables.read(run, key).lines, look).items():
        yield _layer(run, key, look, lines, norm, language)


def lines_by_norm(lines: Sequence[Line], look: Look) -> dict[str, list[Line]]:
    """
    Lines that may lie on one map together, the norm that most is known of first.

    A table with several norms has each territory once per norm: each norm is a layer of its own.
    """
    by_norm: dict[str, list[Line]] = {}
    for line in lines:
        by_norm.setdefault(str(line.values.get("norm", "")), []).append(line)

    def known(norm: str) -> int:
        return sum(look.value(line.values) is not None for line in by_norm[norm])

    return {norm: by_norm[norm] for norm in sorted(by_norm, key=known, reverse=True)}


def _layer(
    run: AnalysisRun, key: str, look: Look, lines: Sequence[Line], norm: str, language: str
) -> dict[str, Any]:
    path = reverse("data:run_features", args=[run.city.slug, run.pk, key])
    query = f"?lang={language}" + (f"&norm={norm}" if norm else "")
    marks = set().union(*(line.marks for line in lines))
    return {
        "key": "-".join(filter(None, [key, norm])),
        "title": layer_title(run, key, norm, lines),
        "kind": look.kind,
        "url": path + query,
        "active": False,
        "count": len(lines),
        "note": "",
        "badge": next((mark for mark in ("synthetic", "modelled") if mark in marks), ""),
        "legend": legend(run, look, lines),
    }


def layer_title(run: AnalysisRun, key: str, norm: str, lines: Sequence[Line]) -> str:
    """What a layer of a table is called; of a norm, by what its act asks for."""
    title = run_tables.title_of(run, key)
    facility = lines[0].values.get("facility") if norm else ""
    return f"{facility[0].upper()}{facility[1:]}: {title}" if facility else title


def legend(run: AnalysisRun, look: Look, lines: Sequence[Line]) -> dict[str, Any]:
    """What the colours mean, and whose data it is."""
    entries = looks.legend_entries(look, [line.values for line in lines])
    return {
        "title": str(look.title),
        "note": "",
        "entries": [entry.as_json() for entry in entries],
        "sources": [cards.source_line(source) for source in findings.sources(run)],
    }


def features(run: AnalysisRun, key: str, norm: str = "") -> str:
    """A table of a run as GeoJSON; where it has several norms, one of them."""
    look = looks.look_of(run, key)
    if look is None:
        return geojson.EMPTY
    by_norm = lines_by_norm(run_tables.read(run, key).lines, look)
    lines = by_norm.get(norm) or next(iter(by_norm.values()), [])
    classes = look.classes([look.value(line.values) for line in lines])
    drawn = [(line, run_tables.shape(line)) for line in lines]
    found = [(line, shape) for line, shape in drawn if shape is not None]
    if look.kind == "areas":
        # Big ones first, so that small ones lie upon them and can be touched.
        found.sort(key=lambda each: -each[1].area)
    return geojson.join(
        geojson.feature(_outline(shape), _properties(run, line, shape, look, classes))
        for line, shape in found
    )


def _outline(shape: Any) -> str:
    if shape.geom_type != "Point":
        shape = shape.simplify(OUTLINE_TOLERANCE_DEG)
    rounded = shapely.set_precision(shape, 10**-geojson.DECIMALS)
    return json.dumps(shapely.geometry.mapping(rounded), separators=(",", ":"))


def _properties(
    run: AnalysisRun, line: Line, shape: Any, look: Look, classes: Any
) -> Mapping[str, Any]:
    value = look.value(line.values)
    inside = shape.representative_point()
    return {
        **line.values,
        "id": line.id,
        "type": line.type,
        "name": line.name,
        "rank": line.position,
        "label": look.say(value),
        "label_at": [round(inside.x, geojson.DECIMALS), round(inside.y, geojson.DECIMALS)],
        "color": classes.color(value),
        "class": classes.index(value),
        **{mark: mark in line.marks for mark in run_tables.MARKS},
        **(_pin(line) if look.kind in POINT_LOOKS else {}),
    }


def _pin(line: Line) -> dict[str, Any]:
    """What a pin needs beside its colour."""
    institution = getattr(line.row, "institution", None)
    kind = institution.kind if institution else None
    return {
        "asked": True,
        "icon": kind.icon if kind else "",
        "kind": kind.code if kind else "",
        "subtitle": institution.address if institution else "",
    }
