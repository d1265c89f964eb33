"""A table that leaves the house: one shape, and every form it is written in."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import shapely
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from shapely.geometry.base import BaseGeometry

from layers import geopackage, wording
from layers.styles import LegendEntry
from mapping.errors import UnknownNameError

ColumnKind = Literal["text", "count", "number", "share", "minutes", "flag"]

EXCEL_BOM = "\ufeff"
NUMBER_FORMATS = {"share": "0%", "minutes": "0.0"}


@dataclass(frozen=True, slots=True)
class Column:
    """What stands under each other: its name in files, its heading, and how it is said."""

    key: str
    heading: str
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Colours of the rows by class of one value, as on the map."""

    expression: str
    """What is classed: a column in double quotes, or a formula over them, as QGIS writes them."""
    entries: tuple[LegendEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with its headings, what it says of itself, and shapes where there are any."""

    name: str
    """Latin word for the layer and the file."""
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    """One mapping per row with every column's key."""
    shapes: Sequence[BaseGeometry | None] = ()
    """One per row, EPSG:4326; empty when nothing can be drawn."""
    head: Mapping[str, Any] = field(default_factory=dict)
    """What the JSON form says before its rows."""
    rows_key: str = "rows"
    about: tuple[str, ...] = ()
    """Question, sources, licences and marks in words."""
    style: Style | None = None


def encode(sheet: Sheet, form: str) -> bytes:
    """The sheet in a form of CONTENT_TYPES; raises UnknownNameError for any other."""
    if form not in _ENCODERS:
        raise UnknownNameError("format", form, CONTENT_TYPES)
    return _ENCODERS[form](sheet)


def forms(sheet: Sheet) -> list[str]:
    """The forms that make sense: those of maps only where there is something to draw."""
    drawn = any(shape is not None for shape in sheet.shapes)
    return [form for form in CONTENT_TYPES if drawn or form not in ("geojson", "gpkg")]


def _json(sheet: Sheet) -> bytes:
    document = {**sheet.head, sheet.rows_key: list(sheet.rows)}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _csv(sheet: Sheet) -> bytes:
    """
    For Excel as it is set up in Russia: `;` between cells, a decimal comma, a byte order mark.

    With a point, Excel would read 12.5 minutes as the twelfth of May.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerow([column.heading for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_cell(row[column.key]) for column in sheet.columns])
    return (EXCEL_BOM + file.getvalue()).encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return wording.yes_no(value)
    if isinstance(value, float):
        said = f"{value:.4g}" if abs(value) < 1 else f"{value:.2f}".removesuffix(".00")
        return said.replace(".", ",")
    text = str(value)
    # A name that begins like a formula must stay a name.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and isinstance(value, str) else text


def _xlsx(sheet: Sheet) -> bytes:
    book = Workbook()
    page = book.active
    # What Excel allows as the name of a sheet.
    page.title = sheet.title[:31]
    page.append([column.heading for column in sheet.columns])
    for row in sheet.rows:
        page.append([_excel(row[column.key]) for column in sheet.columns])
    _dress(page, sheet.columns)
    notes = book.create_sheet(_("About"))
    for line in sheet.about:
        notes.append([_cell(line)])
    notes.column_dimensions["A"].width = 100
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _excel(value: object) -> object:
    return _cell(value) if isinstance(value, str | bool) else value


def _dress(page: Any, columns: Sequence[Column]) -> None:
    page.freeze_panes = "C2"
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        page[f"{letter}1"].font = Font(bold=True)
        page.column_dimensions[letter].width = 40 if column.key == "name" else 18
        if column.kind in NUMBER_FORMATS:
            for cell in page[letter][1:]:
                cell.number_format = NUMBER_FORMATS[column.kind]


def _geojson(sheet: Sheet) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shape) if shape else None,
            "properties": dict(row),
        }
        for row, shape in zip(sheet.rows, _drawn(sheet), strict=True)
    ]
    document = {
        "type": "FeatureCollection",
        "features": features,
        "summary": dict(sheet.head),
        "about": list(sheet.about),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _geopackage(sheet: Sheet) -> bytes:
    keys = [column.key for column in sheet.columns]
    rows = [{key: row[key] for key in keys} for row in sheet.rows]
    content = geopackage.Layer(
        name=sheet.name, columns=keys, rows=rows, shapes=_drawn(sheet), about=sheet.about
    )
    return geopackage.write(content, _symbols(sheet))


def _symbols(sheet: Sheet) -> str:
    if sheet.style is None:
        return ""
    kinds = {shape.geom_type for shape in sheet.shapes if shape is not None}
    geometry = "marker" if kinds and kinds <= {"Point", "MultiPoint"} else "fill"
    return geopackage.qml(sheet.style.expression, sheet.style.entries, geometry)


def _drawn(sheet: Sheet) -> Sequence[BaseGeometry | None]:
    return sheet.shapes or [None] * len(sheet.rows)


_ENCODERS: dict[str, Callable[[Sheet], bytes]] = {
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "geojson": _geojson,
    "gpkg": _geopackage,
}
CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
