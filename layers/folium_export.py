"""
The shown map as one HTML file that opens with no network: folium, with everything inside.

Leaflet is the copy that the service itself serves. Nothing is loaded from anywhere, and whatever
comes from the data is escaped: names are written by many hands.
"""

import base64
import json
import re
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import folium
from branca.element import Element
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from layers import geojson, registry, tables, wording
from layers.choice import Choice
from layers.http import language
from layers.manifest import city_frame
from layers.pages import attribution
from layers.styles import UNKNOWN
from layers.tiles import PATHS
from mapping.models import BaseFeature

STYLES = Path(__file__).with_name("folium_export.css")
# About 15 metres: streets are the background here.
BASE_TOLERANCE_DEG = 0.00015
BASE_DECIMALS = 5
# Room for the note over the left edge.
NOTE_MARGIN_PX = (400, 0)
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


def render(choice: Choice) -> str:
    """The file's text. The choice must have a run."""
    frame = city_frame(choice.city)
    west, south, east, north = frame["bounds"]
    chart = OfflineMap(location=frame["center"], prefer_canvas=True)
    chart.fit_bounds([[south, west], [north, east]], padding_top_left=NOTE_MARGIN_PX)
    _add_base(chart, choice)
    for key in ("coverage", "uncovered", "institutions"):
        _add_layer(chart, registry.layers_by_key()[key], choice)
    folium.LayerControl(collapsed=True).add_to(chart)
    _add_note(chart, choice)
    return chart.get_root().render()


def _add_base(chart: folium.Map, choice: Choice) -> None:
    city = choice.city
    features = BaseFeature.objects.filter(city=city)
    background = folium.FeatureGroup(name=_("Base map"), control=False)
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
        shape = {"type": "Feature", "id": "base", "geometry": json.loads(text), "properties": {}}
        folium.GeoJson(shape, style_function=lambda _feature: style, interactive=False).add_to(
            group
        )


def _add_layer(chart: folium.Map, layer: registry.Layer, choice: Choice) -> None:
    collection = json.loads(layer.features(choice))
    if layer.kind == "points":
        collection["features"] = [
            each for each in collection["features"] if each["properties"]["asked"]
        ]
    if not collection["features"]:
        return
    for each in collection["features"]:
        each["id"] = str(each["properties"]["id"])
        each["properties"] = {
            "color": each["properties"]["color"],
            "unknown": each["properties"]["class"] == UNKNOWN,
            "tip": _tip(each["properties"]),
        }
    group = folium.FeatureGroup(name=escape(str(layer.title)), show=layer.starts_on(choice))
    folium.GeoJson(
        collection,
        style_function=_point_style if layer.kind == "points" else _area_style,
        marker=folium.CircleMarker(radius=5) if layer.kind == "points" else None,
        tooltip=folium.GeoJsonTooltip(["tip"], labels=False, sticky=True),
    ).add_to(group)
    group.add_to(chart)


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


def _tip(properties: dict[str, Any]) -> str:
    """What is said of a thing under the pointer, safe to be put into a page."""
    lines = [f"<b>{escape(str(properties['name']))}</b>"]
    if "uncovered" in properties:
        lines += [
            escape(_("too far: %(people)s") % {"people": wording.people(properties["uncovered"])}),
            escape(_("within reach: %(share)s") % {"share": wording.percent(properties["share"])}),
        ]
    else:
        lines += [
            escape(properties[key]) for key in ("subtitle", "accuracy") if properties.get(key)
        ]
    marks = [code for code in ("synthetic", "modelled", "approximate") if properties.get(code)]
    lines += [escape(wording.mark(code)["text"]) for code in marks]
    return "<br>".join(lines)


def _add_note(chart: folium.Map, choice: Choice) -> None:
    """Title, legend, marks, sources and date: the file is read far from the service."""
    table = tables.table_of(choice.run, choice.level)
    layer = registry.layers_by_key()["coverage"]
    note = render_to_string(
        "layers/folium_note.html",
        {
            "title": wording.headline(choice.run, choice.level),
            "city": choice.city,
            "legend": layer.legend(choice),
            "marks": wording.marks_of(choice.run, choice.level),
            "facts": [*tables.fact_lines(table), attribution(choice.city)],
            "notes": tables.note_lines(table),
        },
    )
    root = chart.get_root()
    root.title = f"{choice.city.label}: {choice.kind.plural_label}"
    root.header.add_child(Element(f"<style>{STYLES.read_text()}</style>"))
    root.html.add_child(Element(f'<div lang="{language()}">{note}</div>'))
