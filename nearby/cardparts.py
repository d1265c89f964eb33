"""What the resident's page adds to cards: the way there, what one can do with it, the doors."""

from typing import Any
from urllib.parse import quote

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from layers.choice import Choice
from layers.registry import Card, Part
from mapping.models import Institution, NeighborCenter
from mapping.models.institutions import Accessibility
from nearby import asking, words
from nearby.answer import sieve_of
from nearby.asking import Asked, Origin
from nearby.catalogue import CAN, CANNOT
from nearby.links import near_url
from nearby.rows import coming_at
from nearby.walks import way_to

KEPT = ("institution", "center", "event")
"""Cards of things a resident goes to."""
EVENTS_SHOWN = 5
PARTLY = {"wheelchair": {Accessibility.WHEELCHAIR_LIMITED}}


def actions(choice: Choice, params: QueryDict, card: Card) -> Part | None:
    """Back to the list it was opened from, how far it is, and what one can do with it."""
    if card["type"] not in KEPT and not card["position"]:
        return None
    asked = _opened_from(params)
    part: Part = {
        "slot": "top",
        "template": "nearby/_card_actions.html",
        "walk": _walk(choice, asked, card),
        "url": reverse("layers:card", args=[choice.city.slug, card["type"], card["id"]]),
        "is_kept": card["type"] in KEPT,
        "note": " · ".join(filter(None, [card["type_label"], card["subtitle"]])),
        "geo_url": _geo_url(card),
        "around_url": _around_url(choice, card),
        "report_url": _report_url(choice, card),
    }
    if "kind" not in params:  # not opened from the map of who lacks what
        part["back_url"] = near_url(choice.city, asked)
    return part


def _opened_from(params: QueryDict) -> Asked:
    """The list that the card was opened from. Raises ParameterError as the list itself would."""
    return asking.read(QueryDict(params.get("near", "")))


def _walk(choice: Choice, asked: Asked, card: Card) -> dict[str, Any] | None:
    if asked.origin is None or not card["position"]:
        return None
    way = way_to(choice.city, (asked.origin.lat, asked.origin.lon), tuple(card["position"]))
    place = asked.origin.label or _("the chosen point")
    text = words.walk_and_distance(way.minutes) if way else _("no way on foot")
    return {"text": text, "from": place, "approximate": "approximate" in _marks(card)}


def _marks(card: Card) -> set[str]:
    return {mark["code"] for mark in card["marks"]}


def _geo_url(card: Card) -> str:
    """For the device's own map: position and name."""
    if not card["position"]:
        return ""
    lat, lon = card["position"]
    return f"geo:{lat},{lon}?q={lat},{lon}({quote(card['title'])})"


def _around_url(choice: Choice, card: Card) -> str:
    if not card["position"]:
        return ""
    origin = Origin(*card["position"], label=card["title"][: asking.MAX_TEXT])
    return near_url(choice.city, Asked(origin=origin))


def _report_url(choice: Choice, card: Card) -> str:
    return reverse("participation:report", args=[choice.city.slug, card["type"], card["id"]])


def doors(choice: Choice, params: QueryDict, card: Card) -> Part | None:
    """Who is known to get in, who is known not to, and what nobody has said."""
    known = _known_doors(card)
    if known is None:
        return None
    return {
        "slot": "end",
        "template": "nearby/_card_doors.html",
        "doors": [_door(need, known) for need in asking.PROFILES] + [_toilet(known)],
    }


def _known_doors(card: Card) -> frozenset[str] | None:
    if card["type"] == "institution":
        row = Institution.objects.filter(pk=card["id"]).values_list("accessibility", flat=True)
        return frozenset(row.first() or ())
    if card["type"] == "center":
        hosts = NeighborCenter.objects.filter(pk=card["id"])
        row = hosts.values_list("host__accessibility", flat=True)
        return frozenset(row.first() or ())
    return None


def _door(need: str, known: frozenset[str]) -> dict[str, str]:
    labels = {
        "wheelchair": _("In a wheelchair"),
        "low_vision": _("For people with low vision"),
        "hearing": _("For people with impaired hearing"),
        "pram": _("With a pram"),
    }
    if known & PARTLY.get(need, set()):
        return _line(labels[need], "partly", _("partly without steps"))
    if known & CAN[need]:
        return _line(labels[need], "yes", pgettext("door", "yes"))
    if known & CANNOT.get(need, set()):
        return _line(labels[need], "no", pgettext("door", "no: steps at the entrance"))
    return _line(labels[need], "unknown", pgettext("door", "not known"))


def _toilet(known: frozenset[str]) -> dict[str, str]:
    if Accessibility.TOILET in known:
        return _line(_("Accessible toilet"), "yes", pgettext("door", "yes"))
    return _line(_("Accessible toilet"), "unknown", pgettext("door", "not known"))


def _line(label: str, code: str, text: str) -> dict[str, str]:
    return {"label": label, "code": code, "text": text}


def events(choice: Choice, params: QueryDict, card: Card) -> Part | None:
    """What is on there next."""
    if card["type"] not in ("institution", "center"):
        return None
    sieve = sieve_of(choice.city, Asked(), timezone.now())
    items, total = coming_at(sieve, card["type"], card["id"], EVENTS_SHOWN)
    if not items:
        return None
    return {
        "slot": "end",
        "template": "nearby/_card_events.html",
        "items": items,
        "total": total,
    }


PARTS = (actions, doors, events)
