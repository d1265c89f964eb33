"""`/api/v1/`: the open data for programs, read only."""

import base64
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from api import files, filters
from api.files import MOST_ROWS, TYPES
from api.filters import Asked
from api.resources import Resource
from api.tags import tag_of
from api.throttles import SenderThrottle
from layers import choice as choices
from layers import http
from layers.manifest import manifest
from mapping.errors import ParameterError
from mapping.queries.layers import sources_of

USUAL_ROWS, MOST_ON_PAGE = 100, 1000
KEPT_SECONDS = 60
MAX_ID = 2**63 - 1
READ_METHODS = "GET, HEAD, OPTIONS"


class PublicRenderer(JSONRenderer):
    """JSON as it is: Russian letters stay letters."""

    ensure_ascii = False


class OpenView(ViewSet):
    """Anybody may read, from any page; nobody may write."""

    throttle_classes = (SenderThrottle,)
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (PublicRenderer,)
    http_method_names = ("get", "head", "options")

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = READ_METHODS
        response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
            response["Access-Control-Max-Age"] = "86400"
        return response


class ResourceView(OpenView):
    """One table: a page of rows, one row, or the whole of it as a file."""

    resource: Resource

    def get_renderers(self) -> list[Any]:
        listed = self.action == "find"
        return [PublicRenderer(), *(each() for each in files.renderers(self.resource) if listed)]

    def find(self, request: Request, suffix: str = "") -> HttpResponse:
        """Rows that pass the filters."""
        tag = tag_of(request)
        if fresh := get_conditional_response(request, etag=tag):
            return _kept(fresh, tag)
        asked = filters.ask(self.resource, request.query_params.dict(), _kinds(request))
        form = request.accepted_renderer.format
        answer = self._file(asked, form) if form in TYPES else self._page(request, asked)
        return _kept(answer, tag)

    def show(self, request: Request, pk: str = "", suffix: str = "") -> HttpResponse:
        """One row."""
        rows = self.resource.rows().filter(pk=_read_id(pk))
        found = self._rows(request, Asked(rows))
        if not found:
            raise Http404(f"{self.resource.name}: got id {pk}, wanted one of those listed")
        return _kept(Response(found[0]), tag_of(request))

    def _page(self, request: Request, asked: Asked) -> Response:
        limit = _read_limit(request.query_params)
        rows = asked.rows
        if after := _read_cursor(request.query_params):
            rows = rows.filter(pk__gt=after)
        found = self._rows(request, asked, rows.order_by("pk")[: limit + 1])
        more = found[limit - 1]["id"] if len(found) > limit else None
        envelope: dict[str, Any] = {
            "next": _next(request, more) if more else None,
            "results": found[:limit],
            "sources": _sources(asked.rows),
        }
        if asked.unknown_hours is not None:
            envelope["unknown_hours"] = asked.unknown_hours
        response = Response(envelope)
        if more:
            response["Link"] = f'<{envelope["next"]}>; rel="next"'
        return response

    def _file(self, asked: Asked, form: str) -> HttpResponse:
        rows = self._rows(None, asked, asked.rows.order_by("pk")[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            raise ParameterError("format", form, f"at most {MOST_ROWS} rows in a file: narrow it")
        content = files.write(self.resource, rows, form, files.about(_sources(asked.rows)))
        name = f"{self.resource.name}.{form}"
        return HttpResponse(
            content,
            content_type=TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _rows(
        self, request: Request | None, asked: Asked, rows: QuerySet[Any] | None = None
    ) -> list[dict[str, Any]]:
        rows = self.resource.with_row(asked.rows if rows is None else rows)
        found = list(rows.values_list("row", flat=True))
        for row in found:
            if asked.walk_minutes:
                row["walk_minutes"] = asked.walk_minutes[row["id"]]
            if request and self.resource.card:
                row["page"] = request.build_absolute_uri(
                    reverse("layers:card", args=[row["city"], self.resource.card, row["id"]])
                )
        return found


class LayerView(OpenView):
    """What the map of a city can show, and where to get it."""

    def find(self, request: Request, suffix: str = "") -> Response:
        """Layers of one city."""
        given = request.query_params.get("city", "")
        city = filters.find_city(given)
        if city is None:
            raise ParameterError("city", given, "the slug of a city")
        told = manifest(choices.read(city, {}), http.language())
        layers = [
            {
                "key": layer["key"],
                "title": layer["title"],
                "group": group["key"],
                "kind": layer["kind"],
                "count": layer.get("count"),
                "geojson": request.build_absolute_uri(layer["url"]) if layer.get("url") else None,
            }
            for group in told["groups"]
            for layer in group["layers"]
        ]
        return Response({"next": None, "results": layers, "sources": []})


def _kinds(request: Request) -> list[str]:
    return [
        code for given in request.query_params.getlist("kind") for code in given.split(",") if code
    ]


def _read_limit(query: Mapping[str, str]) -> int:
    return int(http.number(query, "limit", low=1, high=MOST_ON_PAGE, default=USUAL_ROWS))


def _read_cursor(query: Mapping[str, str]) -> int:
    """The id after which a page begins; a cursor is ours to read, and nobody's to build."""
    given = query.get("cursor", "")
    if not given:
        return 0
    try:
        text = base64.urlsafe_b64decode(given.encode("ascii") + b"==").decode("ascii")
        sort, number = text.split(":")
        if sort == "after" and 0 < int(number) <= MAX_ID:
            return int(number)
    except ValueError:
        pass
    raise ParameterError("cursor", given[:80], "the cursor of a page's `next`")


def _next(request: Request, after: int) -> str:
    cursor = base64.urlsafe_b64encode(f"after:{after}".encode()).decode().rstrip("=")
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _read_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MAX_ID):
        raise Http404(f"got id {text[:40]!r}, wanted a number")
    return int(text)


def _sources(rows: QuerySet[Any]) -> list[dict[str, str]]:
    if not any(field.name == "source" for field in rows.model._meta.fields):
        return []
    return [
        {
            "title": source.title,
            "license": source.license,
            "attribution": source.attribution,
            "url": source.url,
        }
        for source in sources_of([rows])
    ]


def _kept(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["Vary"] = "Accept"
    return response
