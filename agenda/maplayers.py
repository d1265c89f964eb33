"""Coming events on the map, in the list beside it, and on a card."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from agenda import json_ld, queries
from agenda.models import Event, Occurrence
from layers import cards, geojson, links, wording
from layers.choice import Choice
from layers.definitions.common import name_in_language
from layers.http import language
from layers.registry import Card, Item, KindLook, Layer, Legend, Shown, TileSource
from layers.styles import LegendEntry
from mapping.models import City
from mapping.models.expressions import PointOnSurface
from mapping.queries.layers import sources_of

EVENT_COLOR = "#b0305c"
LIST_LIMIT = 20
TIMES_ON_CARD = 10


def _upcoming(choice: Choice) -> QuerySet[Event]:
    return queries.upcoming(choice.city, timezone.now())


def local(moment: datetime, city: City) -> str:
    """When something happens, in the city's own time: «пт, 5 июня, 18:00»."""
    there = moment.astimezone(ZoneInfo(city.timezone))
    year = "" if there.year == timezone.now().year else " Y"
    if language() == "ru":
        return date_format(there, f"D, j E{year}, H:i").lower()
    return date_format(there, f"D, j N{year}, H:i")


def _shown(choice: Choice) -> Shown:
    rows = _upcoming(choice)
    counts = rows.aggregate(count=Count("pk"), synthetic=Count("pk", filter=Q(synthetic=True)))
    return Shown(
        count=counts["count"],
        synthetic=counts["synthetic"] > 0,
        sources=sources_of([Event.objects.filter(city=choice.city)]),
    )


def _features(choice: Choice) -> str:
    rows = queries.with_place(_upcoming(choice))
    if choice.bbox:
        rows = rows.filter(place__bboverlaps=choice.bbox.as_polygon())
    return geojson.join(_feature(row, choice) for row in rows.annotate(shape=geojson.text("place")))


def _feature(row: Event, choice: Choice) -> str:
    return geojson.feature(
        row.shape,
        {
            "id": row.pk,
            "type": "event",
            "name": row.label,
            "label": row.label,
            "subtitle": f"{local(row.next_at, choice.city)}, {_place(row)}".strip(", "),
            "kind": "event",
            "icon": "event",
            "color": EVENT_COLOR,
            "class": 0,
            "asked": False,
            "accuracy": "",
            "synthetic": row.synthetic,
            "approximate": False,
            "modelled": False,
        },
    )


def _place(row: Event) -> str:
    host = row.institution or row.center
    return host.label if host else ""


def _legend(choice: Choice) -> Legend:
    entry = LegendEntry(label=_("Coming events"), color=EVENT_COLOR, shape="icon", icon="event")
    return Legend(title=_("Coming events"), entries=(entry,))


def _items(choice: Choice) -> tuple[list[Item], int]:
    rows = _upcoming(choice)
    return [_item(row, choice) for row in rows[:LIST_LIMIT]], rows.count()


def _item(row: Event, choice: Choice) -> Item:
    return {
        "type": "event",
        "id": row.pk,
        "title": row.label,
        "when_text": local(row.next_at, choice.city),
        "place": _place(row),
        "age_mark": row.age_mark,
        "is_free": row.is_free,
        "url": links.card_url(choice, "event", row.pk),
        "synthetic": row.synthetic,
    }


def _card(choice: Choice, identifier: str) -> Card:
    rows = Event.objects.filter(city=choice.city)
    row = cards.find(
        rows.select_related("source", "institution", "center", "organizer"), identifier
    )
    ahead = list(row.occurrences.filter(starts_at__gte=timezone.now()))
    place = row.geometry or getattr(row.institution, "point", None)
    place = place or getattr(row.center, "geometry", None)
    return cards.card(
        row,
        "event",
        type_label=_("Event"),
        subtitle=_place(row),
        position=cards.lat_lon(place.centroid) if place else None,
        facts=_facts(row, choice),
        lists=_times(ahead, choice.city),
        json_ld=json_ld.event(
            row, choice, ahead[:TIMES_ON_CARD], links.thing_url(choice.city, "event", row.pk)
        ),
    )


def _facts(row: Event, choice: Choice) -> list[cards.Fact]:
    host = row.institution
    host_url = links.card_url(choice, "institution", host.pk) if host else ""
    return [
        cards.fact(_("Status"), "" if row.status == "scheduled" else row.get_status_display()),
        cards.fact(_("Where"), _place(row), url=host_url),
        cards.fact(_("Age"), row.age_mark or _("not stated")),
        cards.fact(_("Price"), _price(row)),
        cards.fact(_("Pushkin card"), _("accepted") if row.pushkin_card else ""),
        cards.fact(_("About"), row.description),
        cards.fact(_("Web page"), row.url, url=row.url),
    ]


def _price(row: Event) -> str:
    if row.is_free:
        return _("free")
    if row.price_min is None:
        return ""
    return _("from %(price)s ₽") % {"price": wording.number(row.price_min)}


def _times(ahead: list[Occurrence], city: City) -> list[dict[str, object]]:
    items = [{"title": local(each.starts_at, city), "text": ""} for each in ahead[:TIMES_ON_CARD]]
    return [{"title": _("When"), "items": items, "total": len(ahead)}] if items else []


class LocalTime(Func):
    """A moment as the city's clock shows it: “2026-06-05T18:00”."""

    template = """to_char(%(expressions)s, 'YYYY-MM-DD"T"HH24:MI')"""
    output_field = TextField()

    def __init__(self, moment: str, city: City) -> None:
        there = Func(
            Value(city.timezone), moment, function="timezone", output_field=DateTimeField()
        )
        super().__init__(there)


TILES = TileSource(
    rows=lambda city: queries.with_place(queries.upcoming(city, timezone.now())),
    shape="points",
    type="event",
    # A route or an area happens somewhere too.
    geometry=PointOnSurface("place"),
    kind=Value("event"),
    kinds=lambda city: {"event": KindLook(EVENT_COLOR, "event")},
    name=lambda: name_in_language("title", "title_en"),
    subtitle=lambda: Coalesce(
        name_in_language("institution__name", "institution__name_en"), "center__name"
    ),
    more=lambda city: {"at": LocalTime("next_at", city)},
    # What was to come is over an hour later.
    version=lambda city: f"{city.data_version}-{timezone.now():%Y%m%d%H}",
)

LAYERS = (
    Layer(
        key="events",
        title=lazy("Coming events"),
        group="places",
        kind="points",
        shown=_shown,
        features=_features,
        legend=_legend,
        starts_on=lambda choice: False,
        items=_items,
        cards={"event": _card},
        tiles=TILES,
    ),
)
