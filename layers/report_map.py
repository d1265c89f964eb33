"""The map of a run on paper: its coloured table over the city's ground, with its legend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from shapely.geometry.base import BaseGeometry

from layers import findings, geojson, looks, paper_map, run_layers, run_tables, wording
from layers.looks import Look
from layers.pages import attribution
from layers.paper import BOTTOM_MM, MARGIN_MM, SMALL_PT, SOFT, TINY_PT, WIDTH_MM, Report
from layers.paper_map import Area, Box, Dot, Picture
from layers.run_tables import Line, RunTable
from layers.styles import UNKNOWN
from layers.tiles import MAJOR
from mapping.models import AnalysisRun, City
from mapping.queries import layers as queries
from mapping.queries.institutions import branch_ids

LEGEND_LINE_MM = 5.2
LEAST_MAP_MM = 70.0
# Simplified in the database to about what the paper can show.
GROUND_TOLERANCE_DEG = 0.0002
DOT_INK = "#23211e"


def _mapped(run: AnalysisRun, table: RunTable) -> tuple[list[Line], Look | None]:
    """The lines that the map shows with their look: the table's own, else the first drawn one."""
    own = looks.look_of(run, table.key)
    if own:
        return _of_one_norm(table.lines, own), own
    for key in run_tables.keys_of(run):
        look = looks.look_of(run, key)
        if look:
            return _of_one_norm(run_tables.read(run, key).lines, look), look
    return [], None


def _of_one_norm(lines: Sequence[Line], look: Look) -> list[Line]:
    """Paper has one map: that of the norm that most is known of."""
    return next(iter(run_layers.lines_by_norm(lines, look).values()), [])


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the printed legend."""

    label: str
    color: str
    shape: str


def draw_map(report: Report, table: RunTable) -> None:
    """The map on what is left of the page, its legend and whose data it shows beneath it."""
    run = report.run
    lines, look = _mapped(run, table)
    dots = _asked_places(run) if look is None or look.kind not in run_layers.POINT_LOOKS else []
    entries = _legend(run, lines, look, dots)
    title = _legend_title(lines, look)
    owners = attribution(run.city)
    rows = math.ceil(len(entries) / _legend_columns(report, entries)) if entries else 0
    beneath = rows * LEGEND_LINE_MM + 9 + report.height_of(owners, TINY_PT)
    top = report.get_y()
    box = Box(MARGIN_MM, top, WIDTH_MM, max(BOTTOM_MM - beneath - top, LEAST_MAP_MM))
    paper_map.draw(
        report,
        box,
        _picture(run.city, lines, look, dots),
        say_km=lambda km: _("%(number)s km") % {"number": wording.trimmed(km)},
        north_label=pgettext("compass", "N"),
    )
    report.set_xy(MARGIN_MM, box.edges[3] + 2)
    report.say(title, SMALL_PT, bold=True)
    report.ln(0.5)
    _draw_legend(report, entries)
    report.say(owners, TINY_PT, color=SOFT)


def _legend_title(lines: Sequence[Line], look: Look | None) -> str:
    """What is coloured; of which norm where there is one."""
    if look is None:
        return _("Legend")
    facility = lines[0].values.get("facility") if lines else None
    return f"{facility}: {look.title}" if facility else str(look.title)


def _legend(
    run: AnalysisRun, lines: Sequence[Line], look: Look | None, dots: Sequence[Dot]
) -> list[Entry]:
    classes = looks.legend_entries(look, [line.values for line in lines]) if look else ()
    shape = "dot" if look and look.kind in run_layers.POINT_LOOKS else "fill"
    entries = [
        Entry(each.label, each.color, "hatch" if each.unknown else shape) for each in classes
    ]
    if dots:
        kind = findings.kind_of(run)
        label = kind.plural_label if kind else _("Institutions")
        entries.append(Entry(label, dots[0].color, "dot"))
    if any(dot.hollow for dot in dots):
        entries.append(Entry(_("approximate position"), dots[0].color, "hollow"))
    return entries


def _legend_columns(report: Report, entries: Sequence[Entry]) -> int:
    report.set_font(style="", size=SMALL_PT)
    longest = max(report.get_string_width(entry.label) for entry in entries) + 11
    return max(1, min(len(entries), int(WIDTH_MM // longest)))


def _draw_legend(report: Report, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    count, top = _legend_columns(report, entries), report.get_y()
    width = WIDTH_MM / count
    for place, entry in enumerate(entries):
        row, column = divmod(place, count)
        x, y = MARGIN_MM + column * width, top + row * LEGEND_LINE_MM
        _draw_swatch(report, entry, x, y)
        report.set_xy(x + 7.5, y)
        report.say(entry.label, SMALL_PT, width=width - 8)
    report.set_xy(MARGIN_MM, top + math.ceil(len(entries) / count) * LEGEND_LINE_MM + 0.5)


def _draw_swatch(report: Report, entry: Entry, x: float, y: float) -> None:
    if entry.shape in ("dot", "hollow"):
        hollow = entry.shape == "hollow"
        paper_map.draw_dot(report, x + 3, y + 1.9, 1.2, entry.color, hollow=hollow)
        return
    swatch = shapely.box(x, y + 0.3, x + 6, y + 3.6)
    if entry.shape == "hatch":
        paper_map.hatch(report, swatch)
    else:
        paper_map.fill(report, swatch, entry.color)
    report.set_draw_color(SOFT)
    report.set_line_width(0.1)
    report.rect(x, y + 0.3, 6, 3.3)


def _picture(city: City, lines: Sequence[Line], look: Look | None, dots: Sequence[Dot]) -> Picture:
    shapes = [(line, run_tables.shape(line)) for line in lines]
    found = [(line, shape) for line, shape in shapes if shape is not None]
    is_points = look is not None and look.kind in run_layers.POINT_LOOKS
    classes = look.classes([look.value(line.values) for line in lines]) if look else None
    areas, places = [], list(dots)
    for line, shape in found:
        value = look.value(line.values)
        color = classes.color(value)
        if is_points:
            places.append(_place(line, shape, look, color))
        else:
            unknown = classes.index(value) == UNKNOWN
            areas.append(_area(line, shape, look, color, unknown=unknown))
    if look is not None and look.kind == "areas":
        areas.sort(key=lambda area: -area.shape.area)
    return Picture(metric_srid=city.metric_srid, ground=_ground(city), areas=areas, dots=places)


def _area(line: Line, shape: BaseGeometry, look: Look, color: str, *, unknown: bool) -> Area:
    """Territories are named, spots numbered as in the table; cells and bands have colour alone."""
    name = line.name if look.kind == "choropleth" else ""
    value = look.say(look.value(line.values)) if look.kind == "choropleth" else ""
    if line.type == "spot":
        value = str(line.position)
    return Area(
        shape=shape, color=color, unknown=unknown, name=name, value=value, rank=line.position
    )


def _place(line: Line, point: BaseGeometry, look: Look, color: str) -> Dot:
    return Dot(
        point=shapely.point_on_surface(point),
        color=color,
        hollow="approximate" in line.marks,
        number=str(line.position) if look.kind == "picks" else "",
    )


def _asked_places(run: AnalysisRun) -> list[Dot]:
    """Institutions of the kind that was asked about, where they are known to lie."""
    kind = findings.kind_of(run)
    rows = queries.institutions(run.city)
    if kind:
        rows = queries.places(run.city).filter(kind_id__in=branch_ids(kind))
    return [
        Dot(
            point=shapely.Point(each.point.x, each.point.y),
            color=kind.color if kind else DOT_INK,
            hollow=each.is_approximate,
        )
        for each in rows.filter(point__isnull=False)
    ]


def _ground(city: City) -> dict[str, BaseGeometry]:
    """The background: the city's land, parks, water and streets; where classed, the main ones."""
    streets = city.streets.all()
    if streets.exclude(highway="").exists():
        streets = streets.filter(highway__in=MAJOR)
    rows = {
        "park": city.base_features.filter(kind="park"),
        "water": city.base_features.filter(kind="water"),
        "street": streets,
    }
    merged = {
        kind: geojson.merged(each, tolerance_deg=GROUND_TOLERANCE_DEG, decimals=geojson.DECIMALS)
        for kind, each in rows.items()
    }
    ground = {kind: shapely.from_geojson(text) for kind, text in merged.items() if text}
    land = queries.land(city)
    return ground | ({"land": land} if land is not None else {})
