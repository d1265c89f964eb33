"""
The shown map as one HTML file that opens with no network: folium, with everything inside.

Leaflet is the copy that the service itself serves. Nothing is loaded from anywhere, and whatever
comes from the data is escaped: names are written by many hands.
"""

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import folium
import shapely
from branca.element import Element
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from layers import (
    columns,
    findings,
    geojson,
    looks,
    registry,
    run_layers,
    run_tables,
    tables,
    wording,
)
from layers.http import language
from layers.manifest import city_frame
from layers.pages import attribution
from layers.run_tables import MARKS, Line
from layers.sheets import Column
from layers.styles import UNKNOWN
from layers.tiles import PATHS
from mapping.errors import UnknownNameError
from mapping.models import AnalysisRun, BaseFeature, City
from mapping.queries import layers as queries

STYLES = Path(__file__).with_name("folium_export.css")
# About 15 metres: streets are the background here.
BASE_TOLERANCE_DEG = 0.00015
BASE_DECIMALS = 5
LAND_STYLE = {"color": "#b8b1a5", "weight": 1, "fillColor": "#fdfcfa", "fillOpacity": 1}
LINE_COLORS = {"street": "#c9c3b8", "railway": "#8f8a81"}
AREA_COLORS = {"water": "#cfe3ee", "park": "#dcebd3"}


def _static_file(path: str) -> Path:
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return Path(found)


def _data_address(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _script() -> str:
    return _data_address(_static_file("leaflet/leaflet.js").read_bytes(), "text/javascript")


def _style() -> str:
    """Leaflet's style sheet with its pictures inside."""
    sheet = _static_file("leaflet/leaflet.css")

    def picture(match: re.Match[str]) -> str:
        content = (sheet.parent / match[1]).read_bytes()
        return f"url({_data_address(content, 'image/png')})"

    text = re.sub(r"url\((images/[\w@-]+\.png)\)", picture, sheet.read_text())
    return _data_address(text.encode(), "text/css")


class OfflineMap(folium.Map):
    """A folium map that brings its own Leaflet and asks nobody for anything else."""

    default_js: ClassVar = []
    default_css: ClassVar = []

    def __init__(self, **options: Any) -> None:
        self.default_js = [("leaflet", _script())]
        self.default_css = [("leaflet_css", _style())]
        super().__init__(
            tiles=None, max_zoom=19, zoom_snap=0.25, attribution_control=False, **options
        )


def render(run: AnalysisRun, key: str = "") -> str:
    """
    The file's text, in the reader's language; `key` names the table that is shown first.

    Raises UnknownNameError for a table that the run does not have or that is no map.
    """
    drawn = [each for each in run_tables.keys_of(run) if looks.look_of(run, each)]
    key = key or next(iter(drawn), "")
    if key not in drawn:
        raise UnknownNameError("table", key, drawn)
    frame = city_frame(run.city)
    west, south, east, north = frame["bounds"]
    chart = OfflineMap(location=frame["center"], prefer_canvas=True)
    chart.fit_bounds([[south, west], [north, east]])
    _add_base(chart, run.city)
    drawn.sort(key=lambda each: each != key)
    for each in drawn:
        _add_table(chart, run, each, show=each == key)
    places = _places(run, key)
    _add_group(chart, _places_title(), places, is_points=True, show=True)
    folium.LayerControl(collapsed=True).add_to(chart)
    _add_note(chart, run, drawn, places)
    return chart.get_root().render()


def _add_base(chart: folium.Map, city: City) -> None:
    features = BaseFeature.objects.filter(city=city)
    background = folium.FeatureGroup(name=_("Base map"), control=False)
    land = queries.land(city)
    if land is not None:
        _add_shape(background, shapely.to_geojson(land.simplify(BASE_TOLERANCE_DEG)), LAND_STYLE)
    for kind in ("park", "water"):
        _add_background(
            background,
            features.filter(kind=kind),
            {"stroke": False, "fillColor": AREA_COLORS[kind], "fillOpacity": 1},
        )
    lines = {
        "railway": features.filter(kind="railway"),
        "street": city.streets.exclude(highway__in=PATHS),
    }
    for kind, rows in lines.items():
        _add_background(background, rows, {"color": LINE_COLORS[kind], "weight": 1, "fill": False})
    background.add_to(chart)


def _add_background(group: folium.FeatureGroup, rows: Any, style: dict[str, Any]) -> None:
    text = geojson.merged(rows, tolerance_deg=BASE_TOLERANCE_DEG, decimals=BASE_DECIMALS)
    if text:
        _add_shape(group, text, style)


def _add_shape(group: folium.FeatureGroup, text: str, style: dict[str, Any]) -> None:
    shape = {"type": "Feature", "id": "base", "geometry": json.loads(text), "properties": {}}
    folium.GeoJson(shape, style_function=lambda _feature: style, interactive=False).add_to(group)


def _add_table(chart: folium.Map, run: AnalysisRun, key: str, *, show: bool) -> None:
    """One table of the run; of several norms, each is a layer and the first is shown."""
    look = looks.look_of(run, key)
    table = run_tables.read(run, key)
    is_points = look.kind in run_layers.POINT_LOOKS
    for norm, lines in run_layers.lines_by_norm(table.lines, look).items():
        features = json.loads(run_layers.features(run, key, norm))["features"]
        said = {line.id: line for line in lines}
        for each in features:
            each["properties"]["tip"] = _line_tip(said[each["properties"]["id"]], table.columns)
        title = run_layers.layer_title(run, key, norm, lines)
        _add_group(chart, title, features, is_points=is_points, show=show)
        show = False


def _places(run: AnalysisRun, key: str) -> list[dict[str, Any]]:
    """
    The institutions that the run asked about, as features.

    Nothing where the result itself is points: they would lie upon them.
    """
    if looks.look_of(run, key).kind in run_layers.POINT_LOOKS:
        return []
    layer = registry.layers_by_key()["institutions"]
    has_kind = findings.kind_of(run) is not None
    features = json.loads(layer.features(run_layers.base_choice(run)))["features"]
    shown = [each for each in features if each["properties"]["asked"] or not has_kind]
    for each in shown:
        each["properties"]["tip"] = _place_tip(each["properties"])
    return shown


def _places_legend(places: list[dict[str, Any]]) -> dict[str, Any]:
    present = {each["properties"]["kind"] for each in places}
    entries = [
        {"label": kind.plural_label, "color": kind.color}
        for kind in queries.kinds()
        if kind.code in present
    ]
    return {"layer": _places_title(), "entries": entries}


def _places_title() -> str:
    return str(registry.layers_by_key()["institutions"].title)


def _add_group(
    chart: folium.Map,
    title: str,
    features: list[dict[str, Any]],
    *,
    is_points: bool,
    show: bool,
) -> None:
    if not features:
        return
    drawn = [{**each, **_drawn(each["properties"])} for each in features]
    group = folium.FeatureGroup(name=escape(title), show=show)
    folium.GeoJson(
        {"type": "FeatureCollection", "features": drawn},
        style_function=_point_style if is_points else _area_style,
        marker=folium.CircleMarker(radius=5) if is_points else None,
        tooltip=folium.GeoJsonTooltip(["tip"], labels=False, sticky=True),
    ).add_to(group)
    group.add_to(chart)


def _drawn(given: Mapping[str, Any]) -> dict[str, Any]:
    """Of a feature, what the file needs."""
    unknown = given["class"] == UNKNOWN
    properties = {"color": given["color"], "unknown": unknown, "tip": given["tip"]}
    return {"id": str(given["id"]), "properties": properties}


def _area_style(feature: dict[str, Any]) -> dict[str, Any]:
    unknown = feature["properties"]["unknown"]
    return {
        "color": "#5b564e",
        "weight": 1,
        "dashArray": "4 4" if unknown else None,
        "fillColor": feature["properties"]["color"],
        "fillOpacity": 0.25 if unknown else 0.6,
    }


def _point_style(feature: dict[str, Any]) -> dict[str, Any]:
    return {
        "color": "#ffffff",
        "weight": 1.5,
        "fillColor": feature["properties"]["color"],
        "fillOpacity": 1,
        "fill": True,
    }


def _line_tip(line: Line, columns_shown: Sequence[Column]) -> str:
    """Its figures, as the table on the screen has them."""
    figures = [
        f"{column.heading}: {columns.cell(column, line.values[column.key])}"
        for column in columns_shown
        if line.values.get(column.key) is not None
    ]
    return _tip(line.name, figures, line.marks)


def _place_tip(properties: Mapping[str, Any]) -> str:
    said = [properties[key] for key in ("subtitle", "accuracy") if properties.get(key)]
    return _tip(properties["name"], said, {mark for mark in MARKS if properties.get(mark)})


def _tip(name: str, said: Sequence[str], marks: Collection[str]) -> str:
    """What is said of a thing under the pointer, safe to be put into a page."""
    lines = [*said, *(wording.mark(mark)["text"] for mark in MARKS if mark in marks)]
    return "<br>".join([f"<b>{escape(str(name))}</b>", *(escape(str(line)) for line in lines)])


def _add_note(
    chart: folium.Map, run: AnalysisRun, drawn: Sequence[str], places: list[dict[str, Any]]
) -> None:
    """Finding, legends, marks, question, sources: the file is read far from the service."""
    key = drawn[0]
    known = findings.completeness(run)
    note = render_to_string(
        "layers/folium_note.html",
        {
            "title": findings.headline(run, key),
            "legend": _legend(run, key),
            "other_legends": [
                *(_legend(run, each) for each in drawn[1:]),
                *([_places_legend(places)] if places else []),
            ],
            "marks": findings.marks(run, key),
            "facts": [tables.run_line(run), *([known["text"]] if known else [])],
            # The finding is the title already.
            "notes": [*run_tables.about_lines(run)[1:], attribution(run.city)],
        },
    )
    root = chart.get_root()
    root.title = f"{run.city.label}: {AnalysisRun.Analysis(run.analysis).label}"
    root.header.add_child(Element(f"<style>{STYLES.read_text()}</style>"))
    root.html.add_child(Element(f'<div lang="{language()}">{note}</div>'))


def _legend(run: AnalysisRun, key: str) -> dict[str, Any]:
    look = looks.look_of(run, key)
    by_norm = run_layers.lines_by_norm(run_tables.read(run, key).lines, look)
    norm, lines = next(iter(by_norm.items()))
    return {
        **run_layers.legend(run, look, lines),
        "layer": run_layers.layer_title(run, key, norm, lines),
    }
