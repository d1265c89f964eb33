"""
OGC API – Features Part 1: Core (17-069r4), so that GIS programs read the open data as layers.

Geometries are in CRS84; pages follow ids, so a row is neither lost nor doubled when others change.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts import limits
from api import filters, hours
from api.doors import frame, readable
from api.files import feature
from api.resources import COLLECTIONS, Resource
from api.tags import unless_held
from layers import http
from layers.views import in_readers_language
from mapping.errors import ParameterError, UnknownNameError
from mapping.models import City
from mapping.queries import layers as queries

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON, JSON, HTML = "application/geo+json", "application/json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "html", "geojson")
]
USUAL_ROWS, USUAL_PAGE_MOST, MOST_ROWS = 100, 1000, 10_000
# Of the open data's filters, those that collections know beside the standard's own.
FILTERS = ("city", "kind", "bbox", "datetime", "within", "updated_since")
STANDARD = ("limit", "after", "f", "lang")
# Properties that features can be asked for by, with what OpenAPI calls them.
ASKED = {"CharField": "string", "ChoiceField": "string", "IntegerField": "integer"}
LARGEST_INTEGER = 2**31 - 1


def _answer(
    request: HttpRequest, document: dict[str, Any], *, kind: str = JSON, title: str = ""
) -> HttpResponse:
    """The document as JSON, or as a page for those who ask for HTML."""
    form = _form(request)
    if form == "html":
        around = frame(request, "api")
        response = render(request, "api/ogc.html", {**around, "title": title, "document": document})
    else:
        response = JsonResponse(
            document, content_type=kind, json_dumps_params={"ensure_ascii": False}
        )
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def _form(request: HttpRequest) -> str:
    asked = request.GET.get("f", "")
    if asked not in ("", "json", "html"):
        raise UnknownNameError("f", asked, ["json", "html"])
    preferred = request.get_preferred_type([JSON, GEOJSON, OPENAPI, HTML])
    return asked or ("html" if preferred == HTML else "json")


def _link(request: HttpRequest, name: str, rel: str, kind: str, *args: str, title: str = "") -> Any:
    href = request.build_absolute_uri(reverse(f"api:{name}", args=args))
    return {"href": href, "rel": rel, "type": kind} | ({"title": title} if title else {})


def _self_and_other(request: HttpRequest, kind: str) -> list[dict[str, str]]:
    def address(form: str) -> str:
        query = {**request.GET.dict(), "f": form}
        return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")

    shown = _form(request)
    return [
        {"href": address(form), "rel": "self" if form == shown else "alternate", "type": sort}
        for form, sort in (("json", kind), ("html", HTML))
    ]


@readable
@in_readers_language
def landing(request: HttpRequest) -> HttpResponse:
    """What there is."""
    title = _("Culture Atlas")
    document = {
        "title": title,
        "description": _("Institutions of culture, events and territories of cities."),
        "links": [
            *_self_and_other(request, JSON),
            _link(request, "schema_ogc", "service-desc", OPENAPI),
            _link(request, "docs", "service-doc", HTML),
            _link(request, "ogc_conformance", "conformance", JSON),
            _link(request, "ogc_collections", "data", JSON),
        ],
    }
    return _answer(request, document, title=title)


@readable
@in_readers_language
def conformance(request: HttpRequest) -> HttpResponse:
    """Which parts of the standard hold."""
    return _answer(request, {"conformsTo": CONFORMS}, title="Conformance")


@readable
@in_readers_language
def collections(request: HttpRequest) -> HttpResponse:
    """Everything that stands somewhere."""
    document = {
        "links": _self_and_other(request, JSON),
        "collections": [_describe(request, each) for each in COLLECTIONS],
    }
    return _answer(request, document, title=_("Layers"))


@readable
@in_readers_language
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """One layer."""
    resource = _find(name)
    document = _describe(request, resource)
    document["links"] += _self_and_other(request, JSON)
    return _answer(request, document, title=str(resource.title))


def _describe(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    interval = [[None, None]]
    return {
        "id": resource.name,
        "title": str(resource.title),
        "description": _("What stands somewhere: %(shape)s. Rows without a place: %(address)s")
        % {
            "shape": ", ".join(resource.shapes),
            "address": request.build_absolute_uri(reverse(f"api:{resource.name}")),
        },
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "spatial": {"bbox": [_bounds()], "crs": CRS84},
            **({"temporal": {"interval": interval}} if resource.times else {}),
        },
        "links": [
            _link(request, "ogc_items", "items", GEOJSON, resource.name, title=str(resource.title)),
            _link(request, "ogc_collection", "collection", JSON, resource.name),
        ],
    }


def _bounds() -> list[float]:
    """West, south, east, north around every city held here."""
    bounds = [queries.bounds(city) for city in City.objects.all()]
    if not bounds:
        return [-180.0, -90.0, 180.0, 90.0]
    west, south, east, north = zip(*bounds, strict=True)
    return [min(west), min(south), max(east), max(north)]


def _find(name: str) -> Resource:
    for resource in COLLECTIONS:
        if resource.name == name:
            return resource
    known = ", ".join(each.name for each in COLLECTIONS)
    raise Http404(f"collection: got {name[:40]!r}, wanted one of {known}")


@readable
@in_readers_language
def items(request: HttpRequest, name: str) -> HttpResponse:
    """Features of a layer, a page at a time."""
    resource = _find(name)
    if min(_whole(request.GET, "limit", USUAL_ROWS), MOST_ROWS) > USUAL_PAGE_MOST:
        # It costs what a whole file does.
        wait_seconds = limits.take("api_file", request)
        if wait_seconds:
            return http.too_often(request, wait_seconds)
    return unless_held(
        request,
        lambda: _answer(request, _page(request, resource), kind=GEOJSON, title=str(resource.title)),
    )


def _page(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    query = request.GET.dict()
    known = filters_of(resource)
    filters.refuse_unknown(query, (*known, *STANDARD, *properties_of(resource)))
    limit = min(_whole(query, "limit", USUAL_ROWS), MOST_ROWS)
    after = _whole(query, "after", 0)
    named = {name: text for name, text in query.items() if name in known}
    rows = filters.ask(resource, named, query.get("kind", "").split(",")).rows
    for name in set(query) & set(properties_of(resource)) - set(known):
        rows = rows.annotate(asked_for=resource.fields[name][0])
        rows = rows.filter(asked_for=_value(resource, name, query[name]))
    found = _features(request, resource, rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    links = _self_and_other(request, GEOJSON)
    if len(found) > limit:
        links.append(_next(request, found[limit - 1]["id"], limit))
    return {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": rows.count(),
        "numberReturned": min(len(found), limit),
        "features": found[:limit],
        "links": links,
    }


def filters_of(resource: Resource) -> list[str]:
    """Filters of the open data that a collection knows."""
    return [name for name in FILTERS if name in filters.names_of(resource)]


def properties_of(resource: Resource) -> dict[str, str]:
    """
    Name of each property that features can be asked for by (7.15.5), with its type.

    Opening hours are none: they are put together of several tables.
    """
    fields = {name: field for name, (_, field) in resource.fields.items() if name != hours.FIELD}
    kinds = {name: type(field).__name__ for name, field in fields.items()}
    return {name: ASKED[kind] for name, kind in kinds.items() if kind in ASKED}


def _value(resource: Resource, name: str, given: str) -> str | int:
    if properties_of(resource)[name] == "string":
        return given
    if not re.fullmatch(r"\d{1,10}", given, re.ASCII) or int(given) > LARGEST_INTEGER:
        raise ParameterError(name, given[:80], "a whole number")
    return int(given)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    given = query.get(name, str(default))
    least = 1 if name == "limit" else 0
    if not re.fullmatch(r"\d{1,18}", given, re.ASCII) or int(given) < least:
        raise ParameterError(name, given[:80], f"a whole number, at least {least}")
    return int(given)


def _next(request: HttpRequest, after: int, limit: int) -> dict[str, str]:
    form = _form(request)
    query = {**request.GET.dict(), "after": after, "limit": limit, "f": form}
    href = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    return {"href": href, "rel": "next", "type": HTML if form == "html" else GEOJSON}


@readable
@in_readers_language
def item(request: HttpRequest, name: str, identifier: str) -> HttpResponse:
    """One feature."""
    resource = _find(name)
    filters.refuse_unknown(request.GET, ("f", "lang"))
    if not re.fullmatch(r"[1-9]\d{0,17}", identifier, re.ASCII):
        raise Http404(f"feature: got {identifier[:40]!r}, wanted a number")
    found = _features(request, resource, resource.rows().filter(pk=int(identifier)))
    if not found:
        raise Http404(f"feature: got {identifier}, wanted one that {resource.name} hold")
    links = [
        *_self_and_other(request, GEOJSON),
        _link(request, "ogc_collection", "collection", JSON, resource.name),
    ]
    return _answer(
        request,
        {**found[0], "links": links},
        kind=GEOJSON,
        title=found[0]["properties"].get("name", ""),
    )


def _features(request: HttpRequest, resource: Resource, rows: Any) -> list[dict[str, Any]]:
    found = resource.tell(rows)
    for row in found:
        page = reverse("layers:card", args=[row["city"], resource.card, row["id"]])
        row["page"] = request.build_absolute_uri(page)
    return [feature(row) for row in found]


@readable
def schema(request: HttpRequest) -> HttpResponse:
    """The service in OpenAPI 3.0, as requirement class `oas30` wants it."""
    return JsonResponse(
        _openapi(request), content_type=OPENAPI, json_dumps_params={"ensure_ascii": False}
    )


def _openapi(request: HttpRequest) -> dict[str, Any]:
    ok = {"200": {"description": "The document."}}
    said = {"400": {"description": "A parameter makes no sense."}}
    paths: dict[str, Any] = {
        path: {"get": {"operationId": name, "parameters": [_form_parameter()], "responses": ok}}
        for path, name in (
            ("/", "landing"),
            ("/conformance", "conformance"),
            ("/collections", "collections"),
        )
    }
    for each in COLLECTIONS:
        paths |= _paths_of(each, ok, said)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Culture Atlas", "version": "1"},
        "servers": [{"url": request.build_absolute_uri(reverse("api:ogc")).rstrip("/")}],
        "paths": paths,
    }


def _paths_of(resource: Resource, ok: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    path = f"/collections/{resource.name}"
    missing = {"404": {"description": "There is no such feature."}}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    known = {each.name: each.schema for each in filters.of(resource) if each.name in FILTERS}
    by_property = {
        name: {"type": kind} for name, kind in properties_of(resource).items() if name not in known
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS}
    asked = {"limit": limit, **known, **by_property}
    operations = {
        path: (resource.name, [], ok),
        f"{path}/items": (
            f"{resource.name}_items",
            [_parameter(name, schema) for name, schema in asked.items()],
            {**ok, **said},
        ),
        f"{path}/items/{{id}}": (f"{resource.name}_item", [number], {**ok, **missing}),
    }
    return {
        address: {
            "get": {
                "operationId": name,
                "parameters": [*parameters, _form_parameter()],
                "responses": responses,
            }
        }
        for address, (name, parameters, responses) in operations.items()
    }


def _form_parameter() -> dict[str, Any]:
    return _parameter("f", {"type": "string", "enum": ["json", "html"]})


def _parameter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    found = {"name": name, "in": "query", "required": False, "schema": dict(schema)}
    return found | ({"style": "form", "explode": False} if schema["type"] == "array" else {})
