"""
A picture of one place on the map, for links that are shared: 1200 × 630, as Open Graph asks.

Drawn twice as large and made smaller, which is how lines become smooth; the cost grows with what
lies within a kilometre of the place.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.contrib.staticfiles import finders
from PIL import Image, ImageColor, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from layers.tiles import MAJOR, PATHS
from mapping import crs
from mapping.models import BaseFeature, City, Street

WIDTH_PX, HEIGHT_PX = 1200, 630
CONTENT_TYPE = "image/png"
SMOOTH = 2
METRES_PER_PX = 1.6
# The words stand on the left third; the place in the middle of the rest.
WORDS_PX = 460
PADDING_PX = 44
LINE_PX = WORDS_PX - 2 * PADDING_PX
FACES = {
    "regular": "vendor/golos-text/golos-text-400.ttf",
    "bold": "vendor/golos-text/golos-text-700.ttf",
}
OUTSIDE, LAND, INK, SOFT = "#e9e6e1", "#f7f5f2", "#23211e", "#615b53"
ACCENT, WARNING = "#0b5d63", "#7a4b00"
GROUND = {BaseFeature.Kind.PARK: "#dcead5", BaseFeature.Kind.WATER: "#c9dfe8"}
CASING, STREET = "#d3ccc1", "#ffffff"
STREET_PX = {"major": 11, "minor": 6, "path": 2}
TITLE_PX, TEXT_PX, BRAND_PX, SOURCE_PX = (46, 40, 34, 28), 28, 24, 15
MOST_TITLE_LINES, MOST_TEXT_LINES = 5, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the picture tells: the title, a line under it, where, and in which colour."""

    title: str
    text: str
    lat: float
    lon: float
    color: str = ACCENT
    approximate: bool = False
    note: str = ""
    """A mark that must not be missed, such as «demonstration data»."""


def draw(city: City, place: Place, *, brand: str, attribution: str) -> bytes:
    """PNG of the place on its map, with its name, the atlas's and whose map it is beside it."""
    image = Image.new("RGB", (WIDTH_PX * SMOOTH, HEIGHT_PX * SMOOTH), OUTSIDE)
    canvas = ImageDraw.Draw(image)
    frame = _Frame(city, place)
    for color, shapes in _ground(city, frame):
        _fill(canvas, frame.place(shapes), color)
    _draw_streets(canvas, city, frame)
    _draw_pin(canvas, frame.middle, place)
    _write(canvas, place, brand, attribution)
    small = image.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


class _Frame:
    """Degrees → metres of the city → pixels; the place stands in the middle of the map's part."""

    def __init__(self, city: City, place: Place) -> None:
        self.srid = city.metric_srid
        self.middle = ((WORDS_PX + WIDTH_PX) / 2 * SMOOTH, HEIGHT_PX / 2 * SMOOTH)
        self.scale = METRES_PER_PX / SMOOTH
        self.origin = self._metric([shapely.Point(place.lon, place.lat)])[0]
        # Half a degree of longitude is never shorter than the picture outside the polar circles.
        reach_deg = WIDTH_PX * METRES_PER_PX / 111_000
        widen = 1 / max(np.cos(np.radians(place.lat)), 0.1)
        self.window = Polygon.from_bbox(
            (
                place.lon - reach_deg * widen,
                place.lat - reach_deg,
                place.lon + reach_deg * widen,
                place.lat + reach_deg,
            )
        )
        self.window.srid = 4326

    def _metric(self, shapes: Iterable[BaseGeometry]) -> np.ndarray:
        return crs.project(np.array(list(shapes), dtype=object), self.srid)

    def place(self, shapes: Iterable[BaseGeometry]) -> np.ndarray:
        """Shapes in pixels, cut a little outside the picture; array of the same length."""
        metric = self._metric(shapes)
        if not len(metric):
            return metric
        pixels = shapely.transform(metric, self._to_pixels)
        edge = 60 * SMOOTH
        return shapely.clip_by_rect(
            shapely.make_valid(pixels),
            -edge,
            -edge,
            WIDTH_PX * SMOOTH + edge,
            HEIGHT_PX * SMOOTH + edge,
        )

    def _to_pixels(self, metres: np.ndarray) -> np.ndarray:
        x, y = self.middle
        return np.column_stack(
            (
                x + (metres[:, 0] - self.origin.x) / self.scale,
                y - (metres[:, 1] - self.origin.y) / self.scale,
            )
        )


def _ground(city: City, frame: _Frame) -> Iterable[tuple[str, list[BaseGeometry]]]:
    yield LAND, [_shape(city.boundary)] if city.boundary else []
    for kind, color in GROUND.items():
        rows = city.base_features.filter(kind=kind, geometry__bboverlaps=frame.window)
        yield color, [_shape(each) for each in rows.values_list("geometry", flat=True)]


def _shape(geometry: object) -> BaseGeometry:
    return shapely.from_wkb(bytes(geometry.wkb))


def _fill(canvas: ImageDraw.ImageDraw, shapes: Iterable[BaseGeometry], color: str) -> None:
    for polygon in shapely.get_parts(np.array(list(shapes), dtype=object)):
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            canvas.polygon(list(polygon.exterior.coords), fill=color)
            for hole in polygon.interiors:
                canvas.polygon(list(hole.coords), fill=LAND)


def _draw_streets(canvas: ImageDraw.ImageDraw, city: City, frame: _Frame) -> None:
    rows = Street.objects.filter(city=city, geometry__bboverlaps=frame.window)
    classed: dict[str, list[BaseGeometry]] = {name: [] for name in STREET_PX}
    for highway, geometry in rows.values_list("highway", "geometry"):
        classed[_class_of(highway)].append(_shape(geometry))
    lines = {
        name: shapely.get_parts(frame.place(shapes)) if shapes else []
        for name, shapes in classed.items()
    }
    for color, more_px in ((CASING, 3), (STREET, 0)):
        for name in ("path", "minor", "major"):
            width = (STREET_PX[name] + more_px) * SMOOTH
            for line in lines[name]:
                if line.geom_type == "LineString" and not line.is_empty:
                    canvas.line(list(line.coords), fill=color, width=width, joint="curve")


def _class_of(highway: str) -> str:
    if highway in MAJOR:
        return "major"
    return "path" if highway in PATHS else "minor"


def _draw_pin(canvas: ImageDraw.ImageDraw, middle: tuple[float, float], place: Place) -> None:
    x, y = middle
    rims = ((34, "#ffffff"), (28, place.color), (11, "#ffffff"))
    if place.approximate:
        rims = ((34, place.color), (28, "#ffffff"), (11, place.color))
    for radius_px, color in rims:
        radius = radius_px * SMOOTH
        canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)


def _write(canvas: ImageDraw.ImageDraw, place: Place, brand: str, attribution: str) -> None:
    canvas.rectangle((0, 0, WORDS_PX * SMOOTH, HEIGHT_PX * SMOOTH), fill="#ffffff")
    canvas.rectangle((0, 0, 10 * SMOOTH, HEIGHT_PX * SMOOTH), fill=place.color)
    size_px = _title_size(place.title)
    top = _paragraph(canvas, place.title, "bold", size_px, INK, PADDING_PX, MOST_TITLE_LINES)
    top = _paragraph(canvas, place.text, "regular", TEXT_PX, SOFT, top + 14, MOST_TEXT_LINES)
    _paragraph(canvas, place.note, "regular", BRAND_PX, WARNING, top + 14, 2)
    _paragraph(canvas, brand, "bold", BRAND_PX, ACCENT, HEIGHT_PX - 110, 1)
    _paragraph(canvas, attribution, "regular", SOURCE_PX, SOFT, HEIGHT_PX - 74, 2)


def _title_size(title: str) -> int:
    """The largest size at which the longest word stands whole on a line."""
    for size_px in TITLE_PX:
        font = _font("bold", size_px)
        if all(font.getlength(word) <= LINE_PX * SMOOTH for word in title.split()):
            return size_px
    return TITLE_PX[-1]


def _paragraph(
    canvas: ImageDraw.ImageDraw,
    text: str,
    face: str,
    size_px: int,
    color: str,
    top_px: float,
    most_lines: int,
) -> float:
    """Write text in lines that fit; returns where it ends, in pixels of the picture."""
    font = _font(face, size_px)
    lines = _wrap(text, font, LINE_PX * SMOOTH, most_lines)
    for line in lines:
        canvas.text((PADDING_PX * SMOOTH, top_px * SMOOTH), line, font=font, fill=color)
        top_px += size_px * 1.22
    return top_px


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: float, most_lines: int) -> list[str]:
    """Whole words to a line; what does not fit ends in «…»."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    lines = [_shorten(line, font, width) for line in lines]
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], _shorten(f"{lines[most_lines - 1]} …", font, width)]
    return lines


def _shorten(line: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1].rstrip(" …")
    return f"{line}…"


@cache
def _font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(finders.find(FACES[face]), size_px * SMOOTH)


def check_color(color: str) -> str:
    """A colour of a kind, or the accent where it is none that can be drawn."""
    try:
        ImageColor.getrgb(color)
    except ValueError:
        return ACCENT
    return color
