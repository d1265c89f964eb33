"""
OGC API – Features Part 1: Core (17-069r4), so that GIS programs read the open data as layers.

Geometries are in CRS84; pages follow ids, so a row is neither lost nor doubled when others change.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from api import filters
from api.resources import COLLECTIONS, Resource
from api.tags import tag_of
from layers import http, pages
from mapping.errors import UnknownNameError
from mapping.models import City
from mapping.queries import layers as queries

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON, JSON, HTML = "application/geo+json", "application/json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "html", "geojson")
]
USUAL_ROWS, MOST_ROWS = 100, 10_000
# Of the open data's filters, those that collections know beside the standard's own.
FILTERS = ("city", "kind", "bbox", "datetime", "within", "updated_since")
STANDARD = ("bbox", "datetime", "limit", "after", "f", "lang")


def _answer(
    request: HttpRequest, document: dict[str, Any], *, kind: str = JSON, title: str = ""
) -> HttpResponse:
    """The document as JSON, or as a page for those who ask for HTML."""
    form = _form(request)
    if form == "html":
        frame = pages.chrome(request, "api")
        response = render(request, "api/ogc.html", {**frame, "title": title, "document": document})
    else:
        response = JsonResponse(
            document, content_type=kind, json_dumps_params={"ensure_ascii": False}
        )
    response["Access-Control-Allow-Origin"] = "*"
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


@require_safe
@http.limited("api")
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


@require_safe
@http.limited("api")
def conformance(request: HttpRequest) -> HttpResponse:
    """Which parts of the standard hold."""
    return _answer(request, {"conformsTo": CONFORMS}, title="Conformance")


@require_safe
@http.limited("api")
def collections(request: HttpRequest) -> HttpResponse:
    """Everything that stands somewhere."""
    document = {
        "links": _self_and_other(request, JSON),
        "collections": [_describe(request, each) for each in COLLECTIONS],
    }
    return _answer(request, document, title=_("Layers"))


@require_safe
@http.limited("api")
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """One layer."""
    resource = _find(name)
    document = _describe(request, resource)
    document["links"] += _self_and_other(request, JSON)
    return _answer(request, document, title=resource.title)


def _describe(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    interval = [[None, None]]
    return {
        "id": resource.name,
        "title": resource.title,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "spatial": {"bbox": [_bounds()], "crs": CRS84},
            **({"temporal": {"interval": interval}} if resource.times else {}),
        },
        "links": [
            _link(request, "ogc_items", "items", GEOJSON, resource.name, title=resource.title),
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


@require_safe
@http.limited("api")
def items(request: HttpRequest, name: str) -> HttpResponse:
    """Features of a layer, a page at a time."""
    resource = _find(name)
    tag = tag_of(request)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = _answer(request, _page(request, resource), kind=GEOJSON, title=resource.title)
    response["ETag"] = tag
    return response


def _page(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    query = request.GET.dict()
    allowed = [each for each in FILTERS if each in filters.names_of(resource)]
    for given in query:
        if given not in (*allowed, *STANDARD, *resource.fields):
            raise UnknownNameError("parameter", given, [*allowed, *STANDARD])
    limit = min(int(http.number(query, "limit", low=1, high=10**9, default=USUAL_ROWS)), MOST_ROWS)
    after = int(http.number(query, "after", low=0, high=2**62, default=0))
    named = {key: value for key, value in query.items() if key in allowed}
    kinds = [each for each in named.pop("kind", "").split(",") if each]
    rows = filters.ask(resource, named, kinds).rows
    rows = _by_property(resource, rows, query, allowed)
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


def _by_property(resource: Resource, rows: Any, query: Mapping[str, str], taken: list[str]) -> Any:
    """Rows whose property equals what was asked (7.15.5 of the standard): texts only."""
    for name, value in query.items():
        if name in resource.fields and name not in (*taken, *STANDARD):
            source, field = resource.fields[name]
            if type(field).__name__ != "CharField":
                texts = [
                    key
                    for key, (_, kind) in resource.fields.items()
                    if type(kind).__name__ == "CharField"
                ]
                raise UnknownNameError("parameter", name, texts)
            rows = rows.annotate(**{f"asked_{name}": source}).filter(**{f"asked_{name}": value})
    return rows


def _next(request: HttpRequest, after: int, limit: int) -> dict[str, str]:
    query = {**request.GET.dict(), "after": after, "limit": limit, "f": _form(request)}
    href = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    return {"href": href, "rel": "next", "type": GEOJSON}


@require_safe
@http.limited("api")
def item(request: HttpRequest, name: str, identifier: str) -> HttpResponse:
    """One feature."""
    resource = _find(name)
    if not (identifier.isascii() and identifier.isdigit() and len(identifier) < 19):
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
    found = []
    for row in resource.with_row(rows).values_list("row", flat=True):
        page = reverse("layers:card", args=[row["city"], resource.card, row["id"]])
        found.append(
            {
                "type": "Feature",
                "id": row["id"],
                "geometry": row.pop("geometry"),
                "properties": {**row, "page": request.build_absolute_uri(page)},
            }
        )
    return found


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The service in OpenAPI 3.0, as requirement class `oas30` wants it."""
    response = JsonResponse(
        _openapi(request), content_type=OPENAPI, json_dumps_params={"ensure_ascii": False}
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _openapi(request: HttpRequest) -> dict[str, Any]:
    ok = {"200": {"description": "The document."}}
    said = {"400": {"description": "A parameter makes no sense."}}
    paths: dict[str, Any] = {
        path: {"get": {"operationId": name, "responses": ok}}
        for path, name in (
            ("/", "landing"),
            ("/conformance", "conformance"),
            ("/collections", "collections"),
        )
    }
    for each in COLLECTIONS:
        path = f"/collections/{each.name}"
        paths[path] = {"get": {"operationId": each.name, "responses": ok}}
        paths[f"{path}/items"] = {
            "get": {
                "operationId": f"{each.name}_items",
                "parameters": [
                    _parameter(name) for name in ("limit", *FILTERS) if _knows(each, name)
                ],
                "responses": {**ok, **said},
            }
        }
        paths[f"{path}/items/{{id}}"] = {
            "get": {
                "operationId": f"{each.name}_item",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {**ok, "404": {"description": "There is no such feature."}},
            }
        }
    server = request.build_absolute_uri(reverse("api:ogc")).rstrip("/")
    return {
        "openapi": "3.0.3",
        "info": {"title": "Culture Atlas", "version": "1"},
        "servers": [{"url": server}],
        "paths": paths,
    }


def _knows(resource: Resource, name: str) -> bool:
    return name == "limit" or name in filters.names_of(resource)


def _parameter(name: str) -> dict[str, Any]:
    schemas: dict[str, Any] = {
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
        "bbox": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
    }
    found = {"name": name, "in": "query", "required": False}
    if name == "bbox":
        found |= {"style": "form", "explode": False}
    return {**found, "schema": schemas.get(name, {"type": "string"})}
