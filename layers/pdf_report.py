"""
A run on two pages of A4 for the meeting: the finding and its map, then the table and the proof.

Every measure gets it from the same words, tables and colours as its page.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django.contrib.staticfiles import finders
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from shapely.geometry.base import BaseGeometry

from layers import (
    columns,
    findings,
    geojson,
    looks,
    paper_map,
    results,
    run_layers,
    run_tables,
    wording,
)
from layers.http import language
from layers.looks import Look
from layers.pages import attribution
from layers.paper_map import Area, Box, Dot, Picture
from layers.run_tables import Line, RunTable
from layers.sheets import Column
from layers.styles import UNKNOWN
from layers.tiles import MAJOR
from mapping.models import AnalysisRun, City
from mapping.queries import layers as queries
from mapping.queries.institutions import branch_ids

FONT = "golos"
FACES = {"": "vendor/golos-text/golos-text-400.ttf", "B": "vendor/golos-text/golos-text-700.ttf"}
PAGES = 2
MARGIN_MM = 15.0
WIDTH_MM = 210.0 - 2 * MARGIN_MM
# Where the text of a page ends; beneath it stands the foot.
BOTTOM_MM = 297.0 - 17.0
FOOT_MM = 297.0 - 12.0
PT_MM = 25.4 / 72
LEADING = 1.32

INK, SOFT, LINE, ACCENT = "#23211e", "#615b53", "#ddd8d0", "#0b5d63"
ACCENT_SOFT = "#e0eeee"
WARNING, WARNING_SOFT = "#7a4b00", "#fdf0d5"
HEADLINE_PT, LONG_HEADLINE_PT, LONG_HEADLINE = 18.0, 14.0, 200
TEXT_PT, SMALL_PT, TINY_PT, FIGURE_PT, HEADING_PT = 9.0, 8.0, 7.0, 15.0, 12.0
FACTS_SHOWN = 5
LEGEND_LINE_MM = 5.2
NAME_MM = 50.0
COLUMN_MM, COLUMN_GAP_MM = 17.0, 2.0
BAR_MM = 24.0
LEAST_MAP_MM = 70.0
LEAST_TABLE_MM = 90.0
PLOT_MM = 85.0
ROW_GAP_MM = 2.0
# So many rows may be set in larger type.
FEW_ROWS = 24
# Texts that need no heading to be understood.
SPEAKING = ("kind", "address", "accuracy", "district", "facility")
# Simplified in the database to about what the paper can show.
GROUND_TOLERANCE_DEG = 0.0002
DOT_INK = "#23211e"


def render(run: AnalysisRun, key: str = "") -> bytes:
    """
    The report of a run as a PDF, in the reader's language; `key` names the table.

    Raises UnknownNameError for a table that the run does not have.
    """
    table = run_tables.read(run, key)
    drawn, look = _mapped(run, table)
    report = Report(run)
    report.add_page()
    _draw_finding(report, table)
    _draw_map(report, drawn, look)
    report.add_page()
    _draw_table_and_proof(report, table)
    return bytes(report.output())


class Report(FPDF):
    """A4 with the house's type, a foot on every page, and paragraphs that stay within it."""

    def __init__(self, run: AnalysisRun) -> None:
        super().__init__(format="A4", unit="mm")
        self.run = run
        for style, path in FACES.items():
            self.add_font(FONT, style, _static_file(path))
        self.set_font(FONT, size=TEXT_PT)
        self.set_margin(MARGIN_MM)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.set_title(f"{run.city.label}: {findings.headline(run)}")
        self.set_lang(language())
        self.set_creator("Culture Atlas")

    def footer(self) -> None:
        """Whose map it is, which run, which page."""
        self.set_xy(MARGIN_MM, FOOT_MM)
        self.set_text_color(SOFT)
        self.set_font(style="", size=TINY_PT)
        said = _("Culture Atlas · %(city)s · calculation no. %(run)s")
        self.cell(WIDTH_MM, 4, said % {"city": self.run.city.label, "run": self.run.pk})
        self.set_x(MARGIN_MM)
        page = _("Page %(page)s of %(pages)s") % {"page": self.page_no(), "pages": PAGES}
        self.cell(WIDTH_MM, 4, page, align="R")

    def say(
        self,
        text: str,
        size_pt: float = TEXT_PT,
        *,
        bold: bool = False,
        color: str = INK,
        width: float = WIDTH_MM,
        align: str = "L",
    ) -> None:
        """A paragraph at the pen; the pen goes to the line beneath it, to the same place."""
        self.set_text_color(color)
        self.set_font(style="B" if bold else "", size=size_pt)
        self.multi_cell(
            width,
            size_pt * PT_MM * LEADING,
            text,
            align=align,
            new_x=XPos.LEFT,
            new_y=YPos.NEXT,
            padding=0,
        )

    def lines_of(self, text: str, size_pt: float, width: float, *, bold: bool = False) -> list[str]:
        """The text as it will be broken."""
        self.set_font(style="B" if bold else "", size=size_pt)
        return self.multi_cell(
            width, text=text, align="L", dry_run=True, output=MethodReturnValue.LINES
        )

    def height_of(self, text: str, size_pt: float, width: float = WIDTH_MM) -> float:
        """How far `say` would go down, mm."""
        return len(self.lines_of(text, size_pt, width)) * size_pt * PT_MM * LEADING


def _static_file(path: str) -> str:
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return found


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
    """
    Lines that may lie on one map together: those of the norm that most is known of.

    With several norms a territory stands in several lines.
    """
    norms: dict[Any, list[Line]] = {}
    for line in lines:
        norms.setdefault(line.values.get("norm"), []).append(line)

    def known(part: list[Line]) -> int:
        return sum(look.value(line.values) is not None for line in part)

    return max(norms.values(), key=known, default=[])


def _draw_finding(report: Report, table: RunTable) -> None:
    """Whose city and of what day, the finding, its figures, and how far to trust them."""
    run = report.run
    report.set_xy(MARGIN_MM, MARGIN_MM - 3)
    report.say(f"{run.city.label} · {_day(run)}", SMALL_PT, color=SOFT)
    report.ln(1.5)
    said = findings.headline(run, table.key)
    size = HEADLINE_PT if len(said) < LONG_HEADLINE else LONG_HEADLINE_PT
    report.say(said, size, bold=True)
    report.ln(2)
    _draw_facts(report, findings.facts(run, table.key)[:FACTS_SHOWN])
    _draw_trust(report, table)


def _day(run: AnalysisRun) -> str:
    there = run.finished_at.astimezone(ZoneInfo(run.city.timezone))
    return _("calculated on %(day)s") % {"day": date_format(there, "DATE_FORMAT")}


def _draw_facts(report: Report, facts: Sequence[dict[str, str]]) -> None:
    """Headline figures beside one another."""
    if not facts:
        return
    top, width = report.get_y(), WIDTH_MM / len(facts)
    bottom = top
    for place, fact in enumerate(facts):
        report.set_xy(MARGIN_MM + place * width, top)
        report.say(fact["value"], FIGURE_PT, bold=True, color=ACCENT, width=width - 3)
        report.say(fact["label"], SMALL_PT, color=SOFT, width=width - 3)
        bottom = max(bottom, report.get_y())
    report.set_xy(MARGIN_MM, bottom + 2)


def _draw_trust(report: Report, table: RunTable) -> None:
    """Completeness and marks on a tinted ground, so that nobody reads past them."""
    known = findings.completeness(report.run)
    marks = [
        f"{mark['text'].capitalize()}. {mark['note']}"
        for mark in findings.marks(report.run, table.key)
    ]
    said = [*([known["text"]] if known else []), *marks]
    if not said:
        return
    inner = WIDTH_MM - 6
    height = sum(report.height_of(text, SMALL_PT, inner) for text in said) + 3
    report.set_fill_color(WARNING_SOFT if marks else "#f6f4f1")
    top = report.get_y()
    report.rect(MARGIN_MM, top, WIDTH_MM, height, style="F", round_corners=True, corner_radius=1.5)
    report.set_xy(MARGIN_MM + 3, top + 1.5)
    for text in said:
        report.say(text, SMALL_PT, color=WARNING if marks else INK, width=inner)
    report.set_xy(MARGIN_MM, top + height + 3)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the printed legend."""

    label: str
    color: str
    shape: str


def _draw_map(report: Report, lines: Sequence[Line], look: Look | None) -> None:
    """The map on what is left of the page, its legend and whose data it shows beneath it."""
    run = report.run
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
    name = _territory(line) if look.kind == "choropleth" else ""
    value = look.say(look.value(line.values)) if look.kind == "choropleth" else ""
    if line.type == "spot":
        value = str(line.position)
    return Area(
        shape=shape, color=color, unknown=unknown, name=name, value=value, rank=line.position
    )


def _territory(line: Line) -> str:
    """The territory of a line, whatever the line itself is called."""
    territory = line.row.district or line.row.tos
    return territory.label if territory and line.type in ("district", "tos") else ""


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
    rows = queries.institutions(run.city).filter(point__isnull=False)
    if kind:
        rows = rows.filter(kind_id__in=branch_ids(kind))
    return [
        Dot(
            point=shapely.Point(each.point.x, each.point.y),
            color=kind.color if kind else DOT_INK,
            hollow=each.is_approximate,
        )
        for each in rows
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
    land = _land(city)
    return ground | ({"land": land} if land is not None else {})


def _land(city: City) -> BaseGeometry | None:
    """The city's boundary; where nobody gave one, its districts."""
    if city.boundary:
        return shapely.from_wkb(bytes(city.boundary.wkb))
    outlines = queries.districts(city).values_list("geometry", flat=True)
    shapes = [shapely.from_wkb(bytes(each.wkb)) for each in outlines]
    return shapely.union_all(shapes) if shapes else None


def _draw_table_and_proof(report: Report, table: RunTable) -> None:
    """The table has what the proof beneath it and the sources at the foot leave."""
    proof, sources = _proof(report.run), _sources(report.run)
    foot = BOTTOM_MM - _heights(report, sources)
    plot_mm = PLOT_MM if _has_plot(report.run) else 0.0
    until = max(foot - _heights(report, proof) - plot_mm, LEAST_TABLE_MM)
    report.set_xy(MARGIN_MM, MARGIN_MM)
    _draw_table(report, table, until=until)
    if plot_mm:
        _draw_plot(report, results.context(report.run, table.key)["plot"])
    _write(report, proof)
    report.set_xy(MARGIN_MM, foot)
    _write(report, sources)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text with its look and the space before it, mm."""

    text: str
    size_pt: float = SMALL_PT
    bold: bool = False
    color: str = INK
    before: float = 0.0


def _heights(report: Report, paragraphs: Sequence[Paragraph]) -> float:
    return sum(report.height_of(each.text, each.size_pt) + each.before for each in paragraphs)


def _write(report: Report, paragraphs: Sequence[Paragraph]) -> None:
    for each in paragraphs:
        report.ln(each.before)
        report.say(each.text, each.size_pt, bold=each.bold, color=each.color)


def _heading(text: str) -> Paragraph:
    return Paragraph(text, HEADING_PT, bold=True, before=4)


def _proof(run: AnalysisRun) -> list[Paragraph]:
    """How it was computed and what is unknown."""
    asked = [f"{label}: {value}" for label, value in findings.parameters(run)]
    unknown = findings.unknown(run)
    return [
        _heading(_("How this was computed")),
        Paragraph(" · ".join(asked)),
        Paragraph(_("Minutes are counted over the street network, not as the crow flies.")),
        Paragraph(_("Version of the code: %(version)s") % {"version": run.code_version}),
        *([_heading(_("What is unknown"))] if unknown else []),
        *(Paragraph(f"• {text}") for text in unknown),
    ]


def _sources(run: AnalysisRun) -> list[Paragraph]:
    """Whose data it is, under which licences."""
    return [
        _heading(_("Sources and licences")),
        *(Paragraph(text, TINY_PT, color=SOFT) for text in findings.source_lines(run)),
    ]


def _has_plot(run: AnalysisRun) -> bool:
    """Whether its plot says more than the bars of its table."""
    curved = run.analysis in (AnalysisRun.Analysis.EQUITY, AnalysisRun.Analysis.CHOICE)
    return curved or "distribution" in run.summary


def _draw_plot(report: Report, plot: dict[str, Any]) -> None:
    """The plot of the result's page, at the size that paper has for it."""
    report.ln(4)
    report.say(plot["title"], HEADING_PT, bold=True)
    report.ln(1)
    size = plot["svg"]
    scale = min(WIDTH_MM / 2 / size["width"], (PLOT_MM - 18) / size["height"])
    left, top = MARGIN_MM, report.get_y()
    pen = _Pen(report, left, top, scale)
    for path in size["paths"]:
        pen.path(path["d"], filled=path["class"] == "plot-area")
    for line in size["lines"]:
        pen.path(f"M{line['x1']},{line['y1']} L{line['x2']},{line['y2']}", filled=False)
    for bar in size["bars"]:
        pen.bar(bar)
    for tick in size["ticks"]:
        pen.text(tick["x"], tick["y"], tick["text"], tick["anchor"])
    report.set_xy(MARGIN_MM + WIDTH_MM / 2 + 6, top)
    report.say(plot["desc"], SMALL_PT, color=SOFT, width=WIDTH_MM / 2 - 6)
    report.set_xy(MARGIN_MM, max(report.get_y(), top + size["height"] * scale))


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws a plot's shapes at a place of the page; `scale` is millimetres per pixel."""

    report: Report
    left: float
    top: float
    scale: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.scale, self.top + y * self.scale

    def path(self, drawing: str, *, filled: bool) -> None:
        """A path of straight pieces: “M0,0 L1,1 Z”."""
        corners = re.findall(r"([\d.]+),([\d.]+)", drawing)
        points = [self.at(float(x), float(y)) for x, y in corners]
        if filled:
            self.report.set_fill_color(ACCENT_SOFT)
            self.report.polygon(points, style="F")
        else:
            self.report.set_draw_color(ACCENT)
            self.report.set_line_width(0.3)
            self.report.polyline(points)

    def bar(self, bar: dict[str, Any]) -> None:
        """A bar with its name before it and its length after it."""
        self.report.set_fill_color(ACCENT)
        width, height = bar["width"] * self.scale, bar["height"] * self.scale
        self.report.rect(*self.at(bar["x"], bar["y"]), width, height, style="F")
        self.text(bar["label_x"], bar["label_y"], bar["label"], "end")
        self.text(bar["value_x"], bar["label_y"], bar["value_text"], "start")

    def text(self, x: float, y: float, text: str, anchor: str) -> None:
        """A word whose start, middle or end stands at the place."""
        self.report.set_font(style="", size=TINY_PT)
        self.report.set_text_color(INK)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        left, baseline = self.at(x, y)
        self.report.text(left - before * self.report.get_string_width(text), baseline, text)


def _draw_table(report: Report, table: RunTable, *, until: float) -> None:
    """The ranking from its worst end, as many rows as there is room for."""
    report.say(table.title, HEADING_PT, bold=True)
    report.ln(1)
    figures = _figures(table)
    _draw_heads(report, figures)
    longest = max((_length(table, line) for line in table.lines), default=0.0)
    shown = 0
    for line in table.lines:
        row = _Row(report, table, line, figures)
        if report.get_y() + row.height > until - 5:
            break
        row.draw(longest)
        shown += 1
    if shown < table.total:
        rest = _("The first %(shown)s of %(total)s; files hold all of them.")
        report.ln(1)
        report.say(rest % {"shown": shown, "total": table.total}, SMALL_PT, color=SOFT)


def _figures(table: RunTable) -> list[Column]:
    """Columns of numbers that fit beside the name; texts go beneath the name."""
    room = WIDTH_MM - NAME_MM - (BAR_MM if table.bar else 0)
    numbers = [column for column in table.columns if column.kind not in ("text", "flag")]
    return numbers[: int(room // COLUMN_MM)]


def _column_left(place: int, count: int) -> float:
    """Columns of figures stand at the right edge."""
    return MARGIN_MM + WIDTH_MM - (count - place) * COLUMN_MM


def _draw_heads(report: Report, figures: Sequence[Column]) -> None:
    top, bottom = report.get_y(), report.get_y() + TINY_PT * PT_MM * LEADING
    for place, column in enumerate(figures):
        report.set_xy(_column_left(place, len(figures)) + COLUMN_GAP_MM, top)
        width = COLUMN_MM - COLUMN_GAP_MM
        report.say(column.heading, TINY_PT, color=SOFT, width=width, align="R")
        bottom = max(bottom, report.get_y())
    report.set_draw_color(SOFT)
    report.set_line_width(0.3)
    report.line(MARGIN_MM, bottom + 1, MARGIN_MM + WIDTH_MM, bottom + 1)
    report.set_xy(MARGIN_MM, bottom + 1.6)


def _length(table: RunTable, line: Line) -> float:
    value = line.values.get(table.bar)
    return float(value) if isinstance(value, int | float) else 0.0


class _Row:
    """One row of the printed table, measured before it is drawn."""

    def __init__(
        self, report: Report, table: RunTable, line: Line, figures: Sequence[Column]
    ) -> None:
        self.report, self.table, self.line, self.figures = report, table, line, figures
        bar = BAR_MM if table.bar else 0.0
        self.detail_width = WIDTH_MM - len(figures) * COLUMN_MM
        self.size_pt = TEXT_PT if table.total <= FEW_ROWS else SMALL_PT
        self.name_width = WIDTH_MM - len(figures) * COLUMN_MM - bar
        names = dict.fromkeys(filter(None, (_territory(line), line.name)))
        self.name = f"{line.position}. {': '.join(names)}"
        self.detail = _detail(table, line)
        self.height = (
            report.height_of(self.name, self.size_pt, self.name_width)
            + (report.height_of(self.detail, TINY_PT, self.detail_width - 2) if self.detail else 0)
            + ROW_GAP_MM
        )

    def draw(self, longest: float) -> None:
        report, top = self.report, self.report.get_y()
        report.set_xy(MARGIN_MM, top + ROW_GAP_MM / 2)
        report.say(self.name, self.size_pt, width=self.name_width)
        if self.detail:
            report.say(self.detail, TINY_PT, color=SOFT, width=self.detail_width - 2)
        self._draw_bar(top, longest)
        for place, column in enumerate(self.figures):
            report.set_xy(_column_left(place, len(self.figures)), top + ROW_GAP_MM / 2)
            said = columns.cell(column, self.line.values.get(column.key))
            report.say(said, self.size_pt, width=COLUMN_MM, align="R")
        bottom = top + self.height
        report.set_draw_color(LINE)
        report.set_line_width(0.1)
        report.line(MARGIN_MM, bottom, MARGIN_MM + WIDTH_MM, bottom)
        report.set_xy(MARGIN_MM, bottom)

    def _draw_bar(self, top: float, longest: float) -> None:
        length = _length(self.table, self.line)
        if longest <= 0 or length <= 0:
            return
        self.report.set_fill_color(ACCENT)
        left = MARGIN_MM + self.name_width + 1
        self.report.rect(left, top + 1.4, (BAR_MM - 2) * length / longest, 2.2, style="F")


def _detail(table: RunTable, line: Line) -> str:
    """What the row says in words: a norm's act and clause, how well a position is known."""
    texts = [
        (column, columns.cell(column, line.values[column.key]))
        for column in table.columns
        if column.kind == "text" and line.values.get(column.key) not in ("", None, line.name)
    ]
    return " · ".join(
        said if column.key in SPEAKING else f"{column.heading}: {said}" for column, said in texts
    )
