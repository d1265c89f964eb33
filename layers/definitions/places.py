"""Places one can go to: institutions, neighbour centres, stops."""

from collections.abc import Callable

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import cards, geojson, listing
from layers.choice import Choice
from layers.definitions.common import (
    APPROXIMATE,
    accuracy_words,
    name_in_language,
    shown,
    within,
    words_for,
)
from layers.registry import KindLook, Layer, Legend, Shown, TileSource
from layers.styles import LegendEntry
from mapping.models import City, Stop
from mapping.queries import layers as queries

CENTER_COLOR = "#b3590c"
STOP_COLOR = "#5b7083"


def _shown_institutions(choice: Choice) -> Shown:
    return shown(queries.institutions(choice.city))


def _institutions(choice: Choice) -> str:
    return _places(queries.institutions(choice.city), choice)


def _public_buildings(choice: Choice) -> str:
    return _places(queries.public_buildings(choice.city), choice)


def _places(rows: QuerySet, choice: Choice) -> str:
    return geojson.collection(
        within(rows, choice.bbox, "point"),
        geometry="point",
        properties={
            "id": "pk",
            "type": Value("institution"),
            "name": name_in_language(),
            "label": name_in_language(),
            "subtitle": "address",
            "kind": "kind__code",
            "icon": "kind__icon",
            "color": "kind__color",
            "class": Value(0),
            "asked": Q(kind__in=choice.asked_kinds),
            "accuracy": accuracy_words(),
            "synthetic": F("synthetic"),
            "approximate": APPROXIMATE,
            "modelled": Value(False),
        },
    )


def _institutions_legend(choice: Choice) -> Legend:
    rows = queries.institutions(choice.city)
    return _places_legend(_("Institutions of culture"), rows, choice)


def _public_buildings_legend(choice: Choice) -> Legend:
    rows = queries.public_buildings(choice.city)
    return _places_legend(_("Public buildings"), rows, choice)


def _places_legend(title: str, rows: QuerySet, choice: Choice) -> Legend:
    present = set(rows.values_list("kind", flat=True))
    entries = tuple(
        LegendEntry(label=kind.plural_label, color=kind.color, shape="icon", icon=kind.icon)
        for kind in choice.kinds
        if kind.pk in present
    )
    hidden = rows.filter(geometry__isnull=True).count()
    note = _("Not on the map: %(count)s without a position.") % {"count": hidden} if hidden else ""
    return Legend(title=title, entries=entries, note=note)


def _points(rows: QuerySet, choice: Choice, **properties: object) -> str:
    return geojson.collection(
        within(rows, choice.bbox),
        geometry="geometry",
        properties={
            "id": "pk",
            "name": "name",
            "label": "name",
            "class": Value(0),
            "asked": Value(False),
            "synthetic": F("synthetic"),
            "modelled": Value(False),
            **properties,
        },
    )


def _centers(choice: Choice) -> str:
    return _points(
        queries.centers(choice.city),
        choice,
        type=Value("center"),
        subtitle="address",
        kind=Value("neighbour_center"),
        icon=Value("neighbour-center"),
        color=Value(CENTER_COLOR),
        accuracy=accuracy_words(),
        approximate=APPROXIMATE,
    )


def _centers_legend(choice: Choice) -> Legend:
    entry = LegendEntry(
        label=_("Neighbour centres"), color=CENTER_COLOR, shape="icon", icon="neighbour-center"
    )
    return Legend(title=_("Neighbour centres"), entries=(entry,))


def _stops(choice: Choice) -> str:
    return _points(
        queries.stops(choice.city),
        choice,
        type=Value("stop"),
        subtitle=words_for("mode", dict(Stop.Mode.choices)),
        kind="mode",
        icon=Case(When(mode="metro", then=Value("metro")), default=Value("bus")),
        color=Value(STOP_COLOR),
        accuracy=Value(""),
        approximate=Value(False),
    )


def _stops_legend(choice: Choice) -> Legend:
    entries = (
        LegendEntry(label=_("Metro stations"), color=STOP_COLOR, shape="icon", icon="metro"),
        LegendEntry(label=_("Stops"), color=STOP_COLOR, shape="icon", icon="bus"),
    )
    return Legend(title=_("Public transport"), entries=entries)


def _kind_looks(city: City) -> dict[str, KindLook]:
    return {kind.code: KindLook(kind.color, kind.icon) for kind in queries.kinds()}


def _asked_codes(choice: Choice) -> list[str]:
    return [kind.code for kind in choice.kinds if kind.pk in choice.asked_kinds]


def _place_tiles(rows: Callable[[City], QuerySet]) -> TileSource:
    return TileSource(
        rows=rows,
        shape="points",
        type="institution",
        geometry="point",
        kind="kind__code",
        kinds=_kind_looks,
        name=name_in_language,
        subtitle=lambda: "address",
        approximate=APPROXIMATE,
        asked=_asked_codes,
    )


CENTER_TILES = TileSource(
    rows=queries.centers,
    shape="points",
    type="center",
    kind=Value("neighbour_center"),
    kinds=lambda city: {"neighbour_center": KindLook(CENTER_COLOR, "neighbour-center")},
    name=lambda: "name",
    subtitle=lambda: "address",
    approximate=APPROXIMATE,
)
STOP_TILES = TileSource(
    rows=queries.stops,
    shape="points",
    type="stop",
    kind="mode",
    kinds=lambda city: {
        mode: KindLook(STOP_COLOR, "metro" if mode == Stop.Mode.METRO else "bus")
        for mode in ("", *Stop.Mode)
    },
    name=lambda: "name",
    subtitle=lambda: words_for("mode", dict(Stop.Mode.choices)),
)

LAYERS = (
    Layer(
        key="institutions",
        title=lazy("Institutions of culture"),
        group="places",
        kind="points",
        shown=_shown_institutions,
        features=_institutions,
        legend=_institutions_legend,
        items=listing.institutions,
        cards={"institution": cards.institution},
        tiles=_place_tiles(queries.institutions),
    ),
    Layer(
        key="centers",
        title=lazy("Neighbour centres"),
        group="places",
        kind="points",
        shown=lambda choice: shown(queries.centers(choice.city)),
        features=_centers,
        legend=_centers_legend,
        starts_on=lambda choice: False,
        items=listing.centers,
        cards={"center": cards.center},
        tiles=CENTER_TILES,
    ),
    Layer(
        key="public-buildings",
        title=lazy("Public buildings"),
        group="places",
        kind="points",
        shown=lambda choice: shown(queries.public_buildings(choice.city)),
        features=_public_buildings,
        legend=_public_buildings_legend,
        starts_on=lambda choice: not queries.institutions(choice.city).exists(),
        cards={"institution": cards.institution},
        tiles=_place_tiles(queries.public_buildings),
    ),
    Layer(
        key="stops",
        title=lazy("Public transport stops"),
        group="transport",
        kind="points",
        shown=lambda choice: shown(queries.stops(choice.city)),
        features=_stops,
        legend=_stops_legend,
        starts_on=lambda choice: False,
        cards={"stop": cards.stop},
        tiles=STOP_TILES,
    ),
)
