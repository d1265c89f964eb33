"""Doors of the resident's page: read the request, call one function, answer."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from layers import choice as choices
from layers import http, pages
from layers.views import find_loaded, in_readers_language
from mapping.models import City
from mapping.queries import layers as queries
from nearby import answer, asking, suggestions, ways
from nearby.asking import Asked
from nearby.links import near_url, points_url, search_url
from nearby.walks import warm

POINTS_SECONDS = 60
SUGGESTIONS_SECONDS = 300
WALK_SECONDS = 300


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The default city's page, or what to do when there is no city yet."""
    cities = queries.cities()
    city = cities.filter(slug=settings.DEFAULT_CITY).first() or cities.first()
    if city is None:
        context = pages.chrome(request, "near")
        return render(request, "layers/empty.html", context)
    return near(request, city.slug)


@require_safe
@http.limited("near")
def near(request: HttpRequest, city: str) -> HttpResponse:
    """What is near: a page, or the answer alone for a page that is already open."""
    found = find_loaded(city)
    asked = asking.read(request.GET)
    options: list[suggestions.Suggestion] = []
    if asked.text and asked.origin is None:
        options = suggestions.suggest(found, asked.text)
        sure = suggestions.only_one(options, asked.text)
        if sure:
            return HttpResponseRedirect(suggestions.address(found, asked, sure))
    context = _context(found, asked) | {
        "choices": suggestions.choices(found, asked, options),
    }
    fragment = request.headers.get("X-Requested-With") == "fragment"
    with timezone.override(found.timezone):
        if fragment:
            response = render(request, "nearby/_answer.html", context)
        else:
            response = render(request, "nearby/near.html", context | _frame(request, found))
    response["Vary"] = "X-Requested-With"
    return response


def _context(city: City, asked: Asked) -> dict[str, object]:
    return answer.near(city, asked) | {
        "city": pages.panel.city_words(city),
        "near_url": near_url(city),
        "points_url": points_url(city, asked, http.language()),
        "search_url": search_url(city, http.language()),
    }


def _frame(request: HttpRequest, city: City) -> dict[str, object]:
    """What stands around the answer: the page's head and the map."""
    frame = pages.map_frame(choices.read(city, {}), http.language())
    return frame | pages.chrome(request, "near", city)


@require_safe
@http.limited("near")
@in_readers_language
def points(request: HttpRequest, city: str) -> HttpResponse:
    """What the lists hold, as points of the map."""
    found = find_loaded(city)
    asked = asking.read(request.GET)
    with timezone.override(found.timezone):
        features = answer.points(found, asked)
    text = json.dumps(
        {"type": "FeatureCollection", "features": features},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    response = HttpResponse(text, content_type="application/geo+json")
    response["Cache-Control"] = f"public, max-age={POINTS_SECONDS}"
    return response


@require_safe
@http.limited("search")
@in_readers_language
def search(request: HttpRequest, city: str) -> HttpResponse:
    """Places, streets, houses, stations and territories of a name, typos forgiven."""
    found = find_loaded(city)
    text = asking.text(request.GET, "q")
    items = suggestions.suggest(found, text)
    warm(found)
    answered = {"query": text, "items": [suggestions.as_json(each) for each in items]}
    response = JsonResponse(answered, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"public, max-age={SUGGESTIONS_SECONDS}"
    return response


@require_safe
@http.limited("walk")
@in_readers_language
def walk(request: HttpRequest, city: str) -> HttpResponse:
    """The way on foot from a point to a place or an event, to be drawn."""
    found = find_loaded(city)
    way = ways.read(found, request.GET)
    response = JsonResponse(way, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"public, max-age={WALK_SECONDS}"
    return response
