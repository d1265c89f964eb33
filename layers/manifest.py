"""The list of layers for the browser: what there is, how it looks, where it comes from."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from layers import cards, feature_tiles
from layers.choice import Choice
from layers.registry import Layer, Shown, all_layers
from mapping.models import City
from mapping.queries import layers as queries

GROUPS = {
    "access": lazy("Access"),
    "places": lazy("Places"),
    "territories": lazy("Territories"),
    "transport": lazy("Transport"),
}


def manifest(choice: Choice, language: str) -> dict[str, Any]:
    """City and groups of layers; a layer that would show nothing is not offered."""
    described = [
        (layer.group, _describe(layer, layer.shown(choice), choice, language))
        for layer in all_layers()
    ]
    groups = [
        {
            "key": key,
            "title": str(title),
            "layers": [each for group, each in described if group == key and each["count"]],
        }
        for key, title in GROUPS.items()
    ]
    return {
        "city": city_frame(choice.city),
        "groups": [group for group in groups if group["layers"]],
    }


def city_frame(city: City) -> dict[str, Any]:
    """What the map needs to know of the city before it draws anything."""
    lon, lat = city.center.coords
    return {
        "slug": city.slug,
        "name": city.label,
        "bounds": [round(value, 6) for value in queries.bounds(city)],
        "center": [round(lat, 6), round(lon, 6)],
        "synthetic": city.synthetic,
    }


def _describe(layer: Layer, shown: Shown, choice: Choice, language: str) -> dict[str, Any]:
    legend = layer.legend(choice)
    path = reverse("data:features", args=[choice.city.slug, layer.key])
    version = "-".join(map(str, choice.version))
    tiles = {"tiles": feature_tiles.for_browser(choice, layer, language)} if layer.tiles else {}
    return {
        "key": layer.key,
        "title": str(layer.title),
        "kind": layer.kind,
        "url": f"{path}?{choice.query(lang=language, v=version)}",
        **tiles,
        "active": layer.starts_on(choice),
        "count": shown.count,
        "note": legend.note,
        "badge": _badge(shown),
        "legend": {
            "title": str(legend.title),
            "note": legend.note,
            "entries": [entry.as_json() for entry in legend.entries],
            "sources": [cards.source_line(source) for source in shown.sources],
        },
    }


def _badge(shown: Shown) -> str:
    if shown.synthetic:
        return "synthetic"
    return "modelled" if shown.modelled else ""
