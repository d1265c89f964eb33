"""Areas people live in: districts and ТОС territories."""

from functools import partial

from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import cards, geojson
from layers.choice import Choice
from layers.definitions.common import APPROXIMATE, name_in_language, shown, within
from layers.registry import KindLook, Layer, Legend, TileSource
from layers.styles import LegendEntry
from mapping.queries import layers as queries

# About ten metres: less than a pixel of a city on a screen.
OUTLINE_TOLERANCE_DEG = 0.0001
DISTRICT_COLOR = "#5b564e"
TOS_COLOR = "#7a4fa3"


def _outline(rows: QuerySet, choice: Choice, **properties: object) -> str:
    geometry = geojson.Simplified("geometry", OUTLINE_TOLERANCE_DEG)
    return geojson.collection(
        within(rows, choice.bbox),
        geometry=geometry,
        properties={
            "id": "pk",
            "class": Value(0),
            "synthetic": F("synthetic"),
            "modelled": Value(False),
            "label_at": geojson.LabelPoint("geometry"),
            **properties,
        },
    )


def _districts(choice: Choice) -> str:
    return _outline(
        queries.districts(choice.city),
        choice,
        type=Value("district"),
        name=name_in_language(),
        label=name_in_language(),
        color=Value(DISTRICT_COLOR),
        approximate=Value(False),
    )


def _tos(choice: Choice) -> str:
    return _outline(
        queries.tos_territories(choice.city),
        choice,
        type=Value("tos"),
        name="name",
        label="name",
        color=Value(TOS_COLOR),
        approximate=APPROXIMATE,
    )


def _legend(title: str, color: str, note: str, choice: Choice) -> Legend:
    entry = LegendEntry(label=str(title), color=color, shape="line")
    return Legend(title=str(title), entries=(entry,), note=str(note))


def _tos_legend(choice: Choice) -> Legend:
    houses_only = queries.tos_territories(choice.city).filter(geometry__isnull=True).count()
    note = (
        _("Not on the map: %(count)s given as a list of houses.") % {"count": houses_only}
        if houses_only
        else ""
    )
    return _legend(_("ТОС territories"), TOS_COLOR, note, choice)


DISTRICT_TILES = TileSource(
    rows=queries.districts,
    shape="areas",
    type="district",
    kind=Value("district"),
    kinds=lambda city: {"district": KindLook(DISTRICT_COLOR)},
    name=name_in_language,
    area_m2="area_m2",
)
TOS_TILES = TileSource(
    rows=queries.tos_territories,
    shape="areas",
    type="tos",
    kind=Value("tos"),
    kinds=lambda city: {"tos": KindLook(TOS_COLOR)},
    name=lambda: "name",
    approximate=APPROXIMATE,
    area_m2="area_m2",
)

LAYERS = (
    Layer(
        key="districts",
        title=lazy("District borders"),
        group="territories",
        kind="outline",
        shown=lambda choice: shown(queries.districts(choice.city)),
        features=_districts,
        legend=partial(_legend, lazy("District borders"), DISTRICT_COLOR, ""),
        # Coloured districts show their borders themselves.
        starts_on=lambda choice: choice.run is None or choice.level == "tos",
        cards={"district": cards.district},
        tiles=DISTRICT_TILES,
    ),
    Layer(
        key="tos",
        title=lazy("ТОС territories"),
        group="territories",
        kind="outline",
        shown=lambda choice: shown(queries.tos_territories(choice.city)),
        features=_tos,
        legend=_tos_legend,
        starts_on=lambda choice: False,
        cards={"tos": cards.tos},
        tiles=TOS_TILES,
    ),
)
