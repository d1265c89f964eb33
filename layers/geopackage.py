"""A GeoPackage of one layer that QGIS opens in the colours of the map."""

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from shapely.geometry.base import BaseGeometry

from layers.styles import LegendEntry

# Where QGIS looks for the style of a layer: the table it makes itself by “Save style in database”.
STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)
"""
REGISTER_STYLES = """
INSERT INTO gpkg_contents (table_name, data_type, identifier)
VALUES ('layer_styles', 'attributes', 'layer_styles')
"""
ADD_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
                          styleName, styleQML, styleSLD, useAsDefault, description, owner)
VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '')
"""
OUTLINE_COLOR = "#4a463f"
SYMBOLS = {
    "fill": ("SimpleFill", "color", {"outline_color": OUTLINE_COLOR, "outline_width": "0.2"}),
    "line": ("SimpleLine", "line_color", {"line_width": "0.5"}),
    "marker": ("SimpleMarker", "color", {"outline_color": OUTLINE_COLOR, "size": "3"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What the file holds: rows with shapes in EPSG:4326, and what they say of themselves."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    shapes: Sequence[BaseGeometry | None]
    about: Sequence[str]


def write(layer: Layer, symbols: str) -> bytes:
    """The file; `symbols` is a style as QGIS keeps it, or empty for none."""
    # Only here: it would cost every web process two seconds and a hundred megabytes.
    import geopandas as gpd

    frame = gpd.GeoDataFrame(
        layer.rows, columns=list(layer.columns), geometry=list(layer.shapes), crs=4326
    )
    metadata = {f"about_{number}": line for number, line in enumerate(layer.about, start=1)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer.name}.gpkg"
        frame.to_file(path, layer=layer.name, driver="GPKG", layer_metadata=metadata)
        if symbols:
            _add_style(path, layer.name, symbols)
        return path.read_bytes()


def _add_style(path: Path, name: str, symbols: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(STYLES_TABLE)
        file.execute(REGISTER_STYLES)
        file.execute(ADD_STYLE, [name, name, symbols])


def qml(expression: str, entries: Sequence[LegendEntry], geometry: str = "fill") -> str:
    """
    A style of QGIS: one rule per line of the legend.

    Parameters
    ----------
    expression
        What is classed, in the language of QGIS: a column in double quotes, or a formula.
    entries
        Lines of the legend; a value equal to a bound belongs to the class below it.
    geometry
        `fill`, `line` or `marker`.
    """
    root = ET.Element("qgis", version="3.22", styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0")
    rules = ET.SubElement(renderer, "rules", key="{root}")
    symbols = ET.SubElement(renderer, "symbols")
    for number, entry in enumerate(entries):
        ET.SubElement(
            rules,
            "rule",
            key=f"{{rule-{number}}}",
            filter=_condition(expression, entry),
            label=entry.label,
            symbol=str(number),
        )
        _symbol(symbols, str(number), entry, geometry)
    return ET.tostring(root, encoding="unicode")


def _condition(expression: str, entry: LegendEntry) -> str:
    if entry.unknown:
        return f"({expression}) IS NULL"
    bounds = [f"({expression}) > {entry.lower:g}"] if entry.lower is not None else []
    bounds += [f"({expression}) <= {entry.upper:g}"] if entry.upper is not None else []
    return " AND ".join(bounds) or f"({expression}) IS NOT NULL"


def _symbol(symbols: ET.Element, name: str, entry: LegendEntry, geometry: str) -> None:
    sort, color_key, properties = SYMBOLS[geometry]
    symbol = ET.SubElement(symbols, "symbol", name=name, type=geometry, alpha="0.85")
    layer = ET.SubElement(symbol, "layer", {"class": sort, "enabled": "1", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    hatched = {"style": "b_diagonal"} if entry.shape == "hatch" and geometry == "fill" else {}
    for key, value in {color_key: _rgba(entry.color), **properties, **hatched}.items():
        text = _rgba(value) if value.startswith("#") else value
        ET.SubElement(options, "Option", name=key, type="QString", value=text)


def _rgba(color: str) -> str:
    """“#1b6e6e” as QGIS writes it: “27,110,110,255”; what is written so already stays."""
    if not color.startswith("#"):
        return color
    return ",".join(str(int(color[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"
