"""
What the map can show, and what cards say of it.

Each module of `settings.LAYER_MODULES` holds a LAYERS tuple, each of `settings.CARD_PART_MODULES`
a PARTS tuple.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Literal

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict

from layers.choice import Choice
from layers.styles import LegendEntry
from mapping.models import City, Source

Kind = Literal["choropleth", "cells", "points", "outline"]
Card = dict[str, Any]
Item = dict[str, Any]
Part = dict[str, Any]
"""What another app adds to a card: `template` and what it shows, `slot` "top" or "end"."""
MakePart = Callable[[Choice, QueryDict, Card], Part | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What the colours and shapes of a layer mean."""

    title: str
    entries: tuple[LegendEntry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How much a layer shows for a choice, how true it is, and where it comes from."""

    count: int
    synthetic: bool = False
    modelled: bool = False
    sources: QuerySet[Source]


@dataclass(frozen=True, slots=True)
class KindLook:
    """How the things of one kind are drawn."""

    color: str
    icon: str = ""


def _data_version(city: City) -> str:
    return str(city.data_version)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileSource:
    """
    Things cut into vector tiles: all there are in a city, whatever the reader asks about them.

    Columns are names of the rows' fields or expressions over them; those with words are made for
    each request, in its language.
    """

    rows: Callable[[City], QuerySet]
    shape: Literal["points", "areas"]
    type: str
    """Of the card that opens."""
    geometry: Any = "geometry"
    kind: Any
    kinds: Callable[[City], Mapping[str, KindLook]]
    name: Callable[[], Any]
    subtitle: Callable[[], Any] | None = None
    more: Callable[[City], Mapping[str, Any]] = lambda city: {}
    """What else is told where there is room for names."""
    approximate: Q | None = None
    area_m2: str = ""
    """Column of the size of an area; small ones wait for a zoom that shows them."""
    asked: Callable[[Choice], Collection[str]] = lambda choice: ()
    """Kinds that the reader's question is about."""
    version: Callable[[City], str] = _data_version
    """Changes whenever the rows could have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One thing on the map: what it shows, how it looks, what stands in the list for it."""

    key: str
    title: str
    group: str
    """Key of the group in the layer switch."""
    kind: Kind
    shown: Callable[[Choice], Shown]
    features: Callable[[Choice], str]
    """GeoJSON text of what is shown."""
    legend: Callable[[Choice], Legend]
    starts_on: Callable[[Choice], bool] = lambda choice: True
    """Whether it is shown to a reader who has switched nothing."""
    items: Callable[[Choice], tuple[list[Item], int]] | None = None
    """The same things as a list: the first of them, and how many there are."""
    cards: Mapping[str, Callable[[Choice, str], Card]] = field(default_factory=dict)
    """Type of a card → how to fill it for an id; raises ObjectDoesNotExist."""
    tiles: TileSource | None = None
    """Its things as vector tiles; where there are any, the browser draws these."""


@cache
def all_layers() -> tuple[Layer, ...]:
    """Every layer of every module, in the order of the settings."""
    return tuple(layer for name in settings.LAYER_MODULES for layer in import_module(name).LAYERS)


@cache
def layers_by_key() -> dict[str, Layer]:
    """Layers by the name they have in addresses."""
    return {layer.key: layer for layer in all_layers()}


@cache
def cards() -> dict[str, Callable[[Choice, str], Card]]:
    """Card type → how to fill it."""
    return {kind: fill for layer in all_layers() for kind, fill in layer.cards.items()}


@cache
def card_parts() -> tuple[MakePart, ...]:
    """What other apps add to cards, in the order of the settings."""
    return tuple(make for name in settings.CARD_PART_MODULES for make in import_module(name).PARTS)
