"""What the reader may mean by what is typed: a place to open, or a place to start from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agenda.maplayers import EVENT_COLOR
from agenda.queries import SEARCHED as EVENTS
from layers import wording
from layers.definitions.places import CENTER_COLOR, STOP_COLOR
from layers.http import language
from mapping.models import City, InstitutionKind
from mapping.queries import layers as queries
from mapping.queries.search import SOURCES, Found, find
from nearby.asking import Asked, Origin
from nearby.links import near_url
from nearby.rows import card_url

SUGGESTED = 10
LEAST_LETTERS = 2
SURE_LEAD = 0.3
"""By so much the first must beat the second to be taken without asking."""
OPENED = ("institution", "center", "event")
"""What is opened; everything else is a place to start from."""
LOOKS = {
    "center": ("neighbour-center", CENTER_COLOR),
    "event": ("event", EVENT_COLOR),
    "metro": ("metro", STOP_COLOR),
    "stop": ("stop", STOP_COLOR),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something found, in the reader's words."""

    found: Found
    label: str
    sort: str
    """What sort of thing it is, in words."""
    where: str
    icon: str
    color: str
    url: str
    """Its card; empty for a place to start from."""
    spans: tuple[tuple[int, int], ...]
    """Parts of the label that were typed, from … to."""

    @property
    def at(self) -> tuple[float, float] | None:
        """Latitude and longitude, where they are known."""
        found = self.found
        return None if found.lat is None or found.lon is None else (found.lat, found.lon)


def suggest(city: City, typed: str) -> list[Suggestion]:
    """At most ten, the likeliest first; nothing for a single letter."""
    if len(typed) < LEAST_LETTERS:
        return []
    found = find(city, typed, limit=SUGGESTED, sources=(*SOURCES, EVENTS))
    kinds = {kind.pk: kind for kind in queries.kinds()} if found else {}
    return [_say(city, each, kinds, typed) for each in found]


def _say(city: City, found: Found, kinds: dict[int, InstitutionKind], typed: str) -> Suggestion:
    kind = kinds.get(found.kind) if found.sort == "institution" and found.kind else None
    is_metro = found.sort == "stop" and found.kind == 1
    icon, color = LOOKS.get("metro" if is_metro else found.sort, ("", ""))
    label = found.label_en if found.label_en and language() == "en" else found.label
    return Suggestion(
        found,
        label=label,
        sort=kind.label if kind else _sort(found.sort, is_metro=is_metro),
        where=_where(found),
        icon=kind.icon if kind else icon,
        color=kind.color if kind else color,
        url=card_url(city, found.sort, found.id, Asked()) if found.sort in OPENED else "",
        spans=spans(label, typed),
    )


def _sort(code: str, *, is_metro: bool) -> str:
    if is_metro:
        return _("metro station")
    return {
        "center": _("neighbour centre"),
        "event": _("event"),
        "street": _("street"),
        "street_name": _("street"),
        "stop": _("stop"),
        "house": _("house"),
        "district": _("district"),
        "tos": _("ТОС territory"),
    }.get(code, "")


def _where(found: Found) -> str:
    """Its address and district; what stands in the label already is not said again."""
    district = found.district_en if found.district_en and language() == "en" else found.district
    district = "" if found.sort == "district" else district or ""
    place = found.place if found.place != district else ""
    return ", ".join(filter(None, [place, district]))


def spans(label: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where the words of what was typed begin words of the label, letter for letter."""
    plain, found = _plain(label), []
    for word in _plain(typed).split():
        begin = plain.find(word)
        while begin > 0 and plain[begin - 1].isalnum():
            begin = plain.find(word, begin + 1)
        if begin >= 0:
            found.append((begin, begin + len(word)))
    return tuple(sorted(set(found)))


def _plain(text: str) -> str:
    return "".join(
        letter.lower() if len(letter.lower()) == 1 else letter for letter in text
    ).replace("ё", "е")


def as_json(each: Suggestion) -> dict[str, Any]:
    """A suggestion for the browser."""
    found = each.found
    return {
        "type": "street" if found.sort == "street_name" else found.sort,
        "id": str(found.id),
        "label": each.label,
        "sort": each.sort,
        "where": each.where,
        "lat": None if found.lat is None else round(found.lat, 6),
        "lon": None if found.lon is None else round(found.lon, 6),
        "accuracy": found.accuracy,
        "approximate": found.accuracy in queries.APPROXIMATE,
        "accuracy_text": wording.accuracy(found.accuracy),
        "icon": each.icon,
        "color": each.color,
        "url": each.url,
        "match": [list(span) for span in each.spans],
    }


def only_one(options: Sequence[Suggestion], typed: str) -> Suggestion | None:
    """The one thing that is surely meant: the only one found, or far ahead of the rest."""
    if not options or (not options[0].spans and len(options) > 1):
        return None
    first = options[0]
    if first.at is None and not first.url:
        return None
    if len(options) == 1 or first.found.score - options[1].found.score >= SURE_LEAD:
        return first
    return None


def address(city: City, asked: Asked, chosen: Suggestion) -> str:
    """Where a choice leads: to a card, or to what is near, filters kept."""
    if chosen.url:
        return chosen.url
    assert chosen.at is not None
    lat, lon = chosen.at
    return near_url(city, asked.but(text="", origin=Origin(lat, lon, chosen.label)))


def choices(city: City, asked: Asked, options: Sequence[Suggestion]) -> list[dict[str, str]]:
    """The list to choose from on a page without scripts."""
    return [
        {
            "label": each.label,
            "sort": each.sort,
            "where": each.where,
            "url": address(city, asked, each),
        }
        for each in options
        if each.url or each.at
    ]
