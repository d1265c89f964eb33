"""A map drawn on paper: shapes in degrees become millimetres of a PDF page. Reads nothing."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from fpdf import FPDF
from fpdf.enums import PathPaintRule
from shapely.geometry.base import BaseGeometry

from layers import styles
from mapping import crs

# The base map's colours on the screen, stronger where paper would lose them.
GROUND = {"outside": "#efece7", "land": "#f7f5f2", "park": "#dcead5", "water": "#c9dfe8"}
STREET_COLOR = "#6f685f"
STREET_OPACITY = 0.4
BORDER_COLOR = "#4d4841"
INK = "#23211e"
# Finer than a printer's dot.
DETAIL_MM = 0.08
MARGIN = 1.06
HATCH_STEP_MM = 1.5
# Many places must not cover the map.
DOT_MM, SMALL_DOT_MM, MANY_DOTS = 0.95, 0.6, 150
PIN_MM = 2.3
NAME_PT, VALUE_PT, PIN_PT = 6.5, 9.0, 6.5
PT_MM = 25.4 / 72
SCALE_SHARE = 0.22
# Of a label's plate, at least this share lies on its territory.
LABEL_INSIDE = 0.8
# Territories of the first ranks are labelled beside themselves where they have no room.
CALLED_OUT = 5
# A label moves this far to spare one dot.
HIDDEN_COST_MM = 15.0
LATTICE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A coloured territory; `unknown` ones are hatched."""

    shape: BaseGeometry
    color: str
    unknown: bool = False
    name: str = ""
    value: str = ""
    rank: int = 0
    """Of labels that would cover one another the first stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A place; hollow where its position is approximate, with a number where it has a rank."""

    point: BaseGeometry
    color: str
    hollow: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What to draw, in EPSG:4326."""

    metric_srid: int
    ground: Mapping[str, BaseGeometry]
    """Kind of background (land, park, water, street) → one geometry."""
    areas: Sequence[Area] = ()
    dots: Sequence[Dot] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the page, in millimetres from its top left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Least x, least y, greatest x, greatest y."""
        return self.left, self.top, self.left + self.width, self.top + self.height


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees → metres of the city → millimetres inside a box; north is up."""

    box: Box
    srid: int
    middle_m: tuple[float, float]
    metres_per_mm: float

    def place(self, shapes: Iterable[BaseGeometry]) -> Any:
        """Shapes on the page, cut at the edges of the box; array of the same length."""
        metric = crs.project(np.array(list(shapes), dtype=object), self.srid)
        valid = shapely.make_valid(shapely.transform(metric, self._to_page))
        return shapely.clip_by_rect(shapely.simplify(valid, DETAIL_MM), *self.box.edges)

    def _to_page(self, metres: Any) -> Any:
        box = self.box
        x_m, y_m = self.middle_m
        return np.column_stack(
            (
                box.left + box.width / 2 + (metres[:, 0] - x_m) / self.metres_per_mm,
                box.top + box.height / 2 - (metres[:, 1] - y_m) / self.metres_per_mm,
            )
        )


def fit(box: Box, extent: Sequence[BaseGeometry], metric_srid: int) -> Projection:
    """The projection that shows everything of `extent` inside the box."""
    metric = crs.project(np.array(list(extent), dtype=object), metric_srid)
    west, south, east, north = shapely.total_bounds(metric)
    scale = max((east - west) / box.width, (north - south) / box.height, 1.0)
    return Projection(box, metric_srid, ((west + east) / 2, (south + north) / 2), scale * MARGIN)


@dataclass(slots=True)
class Drawing:
    """A map being drawn: the page, where things lie on it, and what labels must heed."""

    pdf: FPDF
    projection: Projection
    taken: list[BaseGeometry] = field(default_factory=list)
    places: list[BaseGeometry] = field(default_factory=list)
    """Dots that labels should not hide."""


def draw(
    pdf: FPDF,
    box: Box,
    picture: Picture,
    *,
    say_km: Callable[[float], str],
    north_label: str,
) -> None:
    """
    Draw the picture into the box, from the ground up.

    `say_km` writes the length of the scale bar. The font family in use must have a bold face.
    """
    extent = [picture.ground["land"]] if "land" in picture.ground else _shapes(picture)
    drawing = Drawing(pdf, fit(box, extent, picture.metric_srid))
    # The clip forgets colours that were set inside it; the context forgets them with it.
    with pdf.local_context(), pdf.rect_clip(*box.edges[:2], box.width, box.height):
        _draw_rectangle(pdf, box, GROUND["outside"])
        _draw_ground(drawing, picture, ("land", "park"))
        outlines = _draw_areas(drawing, picture.areas)
        _draw_ground(drawing, picture, ("water",))
        _draw_streets(drawing, picture)
        _draw_borders(drawing, outlines)
        _draw_scale(drawing, say_km)
        _draw_north(drawing, north_label)
        _draw_dots(drawing, picture.dots)
        _draw_labels(drawing, picture.areas, outlines)
    pdf.set_draw_color(BORDER_COLOR)
    pdf.set_line_width(0.2)
    pdf.rect(box.left, box.top, box.width, box.height)


def _shapes(picture: Picture) -> list[BaseGeometry]:
    return [each.shape for each in picture.areas] + [each.point for each in picture.dots]


def _draw_rectangle(pdf: FPDF, box: Box, color: str) -> None:
    pdf.set_fill_color(color)
    pdf.rect(box.left, box.top, box.width, box.height, style="F")


def _draw_ground(drawing: Drawing, picture: Picture, kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind in picture.ground:
            fill(drawing.pdf, drawing.projection.place([picture.ground[kind]])[0], GROUND[kind])


def _draw_areas(drawing: Drawing, areas: Sequence[Area]) -> Sequence[BaseGeometry]:
    outlines = drawing.projection.place(area.shape for area in areas)
    for area, outline in zip(areas, outlines, strict=True):
        if area.unknown:
            fill(drawing.pdf, outline, "#ffffff")
            hatch(drawing.pdf, outline)
        else:
            fill(drawing.pdf, outline, area.color)
    return outlines


def fill(pdf: FPDF, shape: BaseGeometry, color: str) -> None:
    """Paint every polygon of a shape on the page, holes left out."""
    rings = [
        ring for polygon in _polygons(shape) for ring in (polygon.exterior, *polygon.interiors)
    ]
    if not rings:
        return
    with pdf.new_path(paint_rule=PathPaintRule.FILL_EVENODD) as path:
        path.style.fill_color = color
        for ring in rings:
            (x, y), *rest = shapely.get_coordinates(ring)[:-1].tolist()
            path.move_to(x, y)
            for x, y in rest:
                path.line_to(x, y)
            path.close()


def hatch(pdf: FPDF, shape: BaseGeometry) -> None:
    """The sign of the unknown."""
    left, top, right, bottom = shape.bounds
    run = bottom - top
    starts = np.arange(left - run, right, HATCH_STEP_MM)
    strokes = shapely.linestrings([[(x, bottom), (x + run, top)] for x in starts])
    pdf.set_line_width(0.2)
    pdf.set_draw_color(styles.UNKNOWN_COLOR)
    _stroke(pdf, shapely.intersection(shapely.multilinestrings(strokes), shape))


def _polygons(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    return (part for part in _parts(shape) if part.geom_type == "Polygon")


def _parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            yield from _parts(part)
        elif not part.is_empty:
            yield part


def _stroke(pdf: FPDF, lines: BaseGeometry) -> None:
    for part in _parts(lines):
        if part.geom_type in ("LineString", "LinearRing"):
            pdf.polyline(shapely.get_coordinates(part).tolist())


def _draw_streets(drawing: Drawing, picture: Picture) -> None:
    if "street" not in picture.ground:
        return
    with drawing.pdf.local_context(stroke_opacity=STREET_OPACITY):
        drawing.pdf.set_draw_color(STREET_COLOR)
        drawing.pdf.set_line_width(0.18)
        _stroke(drawing.pdf, drawing.projection.place([picture.ground["street"]])[0])


def _draw_borders(drawing: Drawing, outlines: Sequence[BaseGeometry]) -> None:
    """Hairlines where the shapes are many."""
    drawing.pdf.set_draw_color(BORDER_COLOR)
    drawing.pdf.set_line_width(0.3 if len(outlines) <= 30 else 0.12)
    for outline in outlines:
        _stroke(drawing.pdf, outline.boundary)


def _draw_dots(drawing: Drawing, dots: Sequence[Dot]) -> None:
    size = DOT_MM if len(dots) <= MANY_DOTS else SMALL_DOT_MM
    points = drawing.projection.place(dot.point for dot in dots)
    for dot, point in reversed(list(zip(dots, points, strict=True))):
        if not point.is_empty:
            radius_mm = PIN_MM if dot.number else size
            _draw_dot(drawing, dot, point, radius_mm)
            drawing.places.append(shapely.buffer(point, radius_mm))


def _draw_dot(drawing: Drawing, dot: Dot, point: BaseGeometry, radius_mm: float) -> None:
    pdf = drawing.pdf
    draw_dot(pdf, point.x, point.y, radius_mm, dot.color, hollow=dot.hollow and not dot.number)
    if dot.number:
        pdf.set_font(style="B", size=PIN_PT)
        pdf.set_text_color("#ffffff")
        width = pdf.get_string_width(dot.number)
        pdf.text(point.x - width / 2, point.y + PIN_PT * PT_MM * 0.36, dot.number)


def draw_dot(
    pdf: FPDF, x: float, y: float, radius_mm: float, color: str, *, hollow: bool = False
) -> None:
    """A place on the map or in the legend."""
    pdf.set_line_width(0.35 if hollow else 0.2)
    pdf.set_fill_color("#ffffff" if hollow else color)
    pdf.set_draw_color(color if hollow else "#ffffff")
    pdf.circle(x, y, radius_mm, style="DF")


def _draw_labels(drawing: Drawing, areas: Sequence[Area], outlines: Sequence[BaseGeometry]) -> None:
    """Name and value where there is room for both, else the value, else nothing."""
    for place in sorted(range(len(areas)), key=lambda place: areas[place].rank):
        area, outline = areas[place], outlines[place]
        if area.value and outline.area > 0:
            for name in dict.fromkeys((area.name, "")):
                size = _plate_size(drawing.pdf, name, area.value)
                plate = _find_room(drawing, outline, size)
                if plate is None and area.rank <= CALLED_OUT:
                    plate = _find_room(drawing, outline, size, beside=True)
                if plate:
                    _draw_label(drawing, plate, name, area.value)
                    break


def _plate_size(pdf: FPDF, name: str, value: str) -> tuple[float, float]:
    """Width and height of a label, mm."""
    width = max(_width(pdf, name, "", NAME_PT), _width(pdf, value, "B", VALUE_PT)) + 1.6
    return width, (VALUE_PT + (NAME_PT if name else 0)) * PT_MM * 1.15 + 0.8


def _find_room(
    drawing: Drawing, outline: BaseGeometry, size: tuple[float, float], *, beside: bool = False
) -> BaseGeometry | None:
    """
    Where a label fits, over no other label and hiding the fewest places.

    It lies mostly on its territory, or `beside` it. Of equals the one nearest to the territory's
    middle; None where it fits nowhere.
    """
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(outline, tolerance=0.5))[0]
    width, height = size
    x, y = _lattice(outline.bounds, middle, size if beside else (0.0, 0.0))
    plates = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    shapely.prepare(outline)
    if beside:
        free = ~shapely.intersects(outline, plates)
    else:
        inside = shapely.area(shapely.intersection(plates, outline))
        free = inside >= LABEL_INSIDE * width * height
    free &= shapely.covers(shapely.box(*drawing.projection.box.edges), plates)
    for each in drawing.taken:
        free &= ~shapely.intersects(plates, each)
    if not free.any():
        return None
    hits, _places = shapely.STRtree(drawing.places).query(plates, predicate="intersects")
    hidden = np.bincount(hits, minlength=len(plates))
    distance = np.hypot(x - middle[0], y - middle[1])
    return plates[np.argmin(np.where(free, hidden * HIDDEN_COST_MM + distance, np.inf))]


def _lattice(
    bounds: tuple[float, float, float, float], middle: Any, size: tuple[float, float]
) -> tuple[Any, Any]:
    """x and y of places to try: a lattice over the territory and a label's size around it."""
    left, top, right, bottom = bounds
    steps = np.arange(-LATTICE, LATTICE + 1) / LATTICE
    across = middle[0] + steps * ((right - left) / 2 + size[0])
    along = middle[1] + steps * ((bottom - top) / 2 + size[1])
    x, y = np.meshgrid(across, along)
    return x.ravel(), y.ravel()


def _draw_label(drawing: Drawing, plate: BaseGeometry, name: str, value: str) -> None:
    pdf = drawing.pdf
    left, top, right, bottom = plate.bounds
    drawing.taken.append(plate)
    with pdf.local_context(fill_opacity=0.85):
        pdf.set_fill_color("#ffffff")
        pdf.rect(
            left, top, right - left, bottom - top, style="F", round_corners=True, corner_radius=0.8
        )
    pdf.set_text_color(INK)
    baseline, middle = top + 0.4, (left + right) / 2
    for text, style, size in ((name, "", NAME_PT), (value, "B", VALUE_PT)):
        if text:
            baseline += size * PT_MM
            pdf.text(middle - _width(pdf, text, style, size) / 2, baseline, text)


def _width(pdf: FPDF, text: str, style: str, size_pt: float) -> float:
    pdf.set_font(style=style, size=size_pt)
    return pdf.get_string_width(text)


def _draw_scale(drawing: Drawing, say_km: Callable[[float], str]) -> None:
    """A bar of a length that a person can say aloud, in the lower left corner."""
    pdf, projection = drawing.pdf, drawing.projection
    longest_m = projection.box.width * SCALE_SHARE * projection.metres_per_mm
    power = 10.0 ** math.floor(math.log10(longest_m))
    length_m = max(step * power for step in (1, 2, 5) if step * power <= longest_m)
    width = length_m / projection.metres_per_mm
    left, bottom = projection.box.left + 4, projection.box.edges[3] - 4
    pdf.set_draw_color(INK)
    pdf.set_line_width(0.4)
    pdf.polyline(
        [(left, bottom - 1.5), (left, bottom), (left + width, bottom), (left + width, bottom - 1.5)]
    )
    pdf.set_text_color(INK)
    pdf.set_font(style="", size=7)
    pdf.text(left + 1, bottom - 1.5, say_km(length_m / 1000))
    drawing.taken.append(shapely.box(left, bottom - 5, left + width, bottom))


def _draw_north(drawing: Drawing, label: str) -> None:
    """North is up; said by an arrow in the upper right corner."""
    pdf, (_left, top, right, _bottom) = drawing.pdf, drawing.projection.box.edges
    x, y = right - 6, top + 4
    pdf.set_fill_color(INK)
    pdf.polygon([(x, y), (x + 1.6, y + 5), (x, y + 4), (x - 1.6, y + 5)], style="F")
    pdf.set_text_color(INK)
    width = _width(pdf, label, "B", 7)
    pdf.text(x - width / 2, y + 8, label)
    drawing.taken.append(shapely.box(x - 3, y, x + 3, y + 9))
