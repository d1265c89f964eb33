"""`/api/v1/`: the open data for programs, read only."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import translation
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from api import files, filters, photos, tables
from api.doors import open_wide, preflight
from api.files import MOST_ROWS, TYPES
from api.filters import Asked
from api.resources import RUNS, Resource
from api.tags import unless_held
from api.throttles import FileThrottle, SenderThrottle
from layers import choice as choices
from layers import http
from layers.manifest import manifest
from mapping.errors import ParameterError, UnknownNameError
from mapping.models import City, Source

USUAL_ROWS, MOST_ON_PAGE = 100, 1000
KEPT_SECONDS = 60
CURSOR = r"after-[1-9]\d{0,17}"
PAGING = ("cursor", "limit", "format", "lang")


class PublicRenderer(JSONRenderer):
    """JSON as it is: Russian letters stay letters."""

    ensure_ascii = False


class FormNegotiation(DefaultContentNegotiation):
    """A form that is named in the address is meant, whatever else the reader would accept."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        given = request.query_params.get("format")
        if not format_suffix and given is None:
            return super().select_renderer(request, renderers)
        by_form = {renderer.format: renderer for renderer in renderers}
        if format_suffix and format_suffix not in by_form:
            raise Http404(f"form: got .{format_suffix[:20]}, wanted one of {', '.join(by_form)}")
        form = format_suffix or given
        if form not in by_form:
            raise UnknownNameError("format", str(form)[:80], by_form)
        return by_form[form], by_form[form].media_type


class OpenView(ViewSet):
    """
    Anybody may read, from any page; nobody may write.

    Answers speak the language of `lang`, Russian unless said, and never the browser's: what two
    programs get from one address is the same.
    """

    throttle_classes = (SenderThrottle,)
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (PublicRenderer,)
    content_negotiation_class = FormNegotiation
    http_method_names = ("get", "head", "options")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        known = asked in dict(settings.LANGUAGES)
        with translation.override(asked if known else settings.LANGUAGE_CODE):
            return super().dispatch(request, *args, **kwargs)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """What may be done here, in headers alone: tables and files have no form for more."""
        return preflight()

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        return open_wide(
            super().finalize_response(request, response, *args, **kwargs), request.method
        )


class ResourceView(OpenView):
    """One table: a page of rows, one row, or the whole of it as a file."""

    resource: Resource

    def get_throttles(self) -> list[Any]:
        """Whole files have a ration of their own; a part of one is a page like any other."""
        is_whole = self.action == "find" and "limit" not in self.request.query_params
        is_file = is_whole and self.request.accepted_renderer.format in TYPES
        return [FileThrottle() if is_file else SenderThrottle()]

    def get_renderers(self) -> list[Any]:
        # Not only of `find`: a method that is refused, or OPTIONS, is no action of ours.
        is_table = self.action != "show"
        return [PublicRenderer(), *(files.renderers(self.resource) if is_table else ())]

    def find(self, request: Request, suffix: str = "") -> HttpResponse:
        """Rows that pass the filters."""
        query = _read_query(request, (*filters.names_of(self.resource), *PAGING))
        return _kept(request, lambda: self._found(request, query))

    def show(self, request: Request, pk: str = "", suffix: str = "") -> HttpResponse:
        """One row."""
        _read_query(request, ("format", "lang"))
        return _kept(request, lambda: self._one(request, pk))

    def _one(self, request: Request, pk: str) -> Response:
        found = self._rows(request, self.resource.rows().filter(pk=_read_id(pk)))
        if not found:
            raise Http404(f"{self.resource.name}: got id {pk}, wanted one of those listed")
        return Response(found[0])

    def _found(self, request: Request, query: Mapping[str, str]) -> HttpResponse:
        asked = filters.ask(self.resource, query, _kinds(request))
        form = request.accepted_renderer.format
        if form in TYPES:
            return self._file(query, asked, form)
        return self._page(request, query, asked)

    def _page(self, request: Request, query: Mapping[str, str], asked: Asked) -> Response:
        limit = _read_limit(query, USUAL_ROWS)
        found = self._rows(request, _after(query, asked)[: limit + 1], asked)
        page, more = found[:limit], len(found) > limit
        envelope: dict[str, Any] = {
            "next": _next(request, page[-1]["id"]) if more else None,
            "results": page,
            "sources": self._sources(page),
        }
        if asked.unknown_hours is not None:
            envelope["unknown_hours"] = asked.unknown_hours
        response = Response(envelope)
        if more:
            response["Link"] = f'<{envelope["next"]}>; rel="next"'
        return response

    def _file(self, query: Mapping[str, str], asked: Asked, form: str) -> HttpResponse:
        """All rows, unless a part of them is asked for as pages are."""
        limit = _read_limit(query, MOST_ROWS + 1)
        rows = self._rows(None, _after(query, asked)[:limit], asked)
        if len(rows) > MOST_ROWS:
            raise ParameterError("format", form, f"at most {MOST_ROWS} rows in a file: narrow it")
        content = files.write(self.resource, rows, form, files.about(self._sources(rows)))
        name = f"{self.resource.name}.{form}"
        return http.attachment(content, TYPES[form], name)

    def _rows(
        self, request: Request | None, rows: QuerySet[Any], asked: Asked | None = None
    ) -> list[dict[str, Any]]:
        """Rows as they are told; addresses are given to those who read JSON."""
        found = self.resource.tell(rows)
        if asked and asked.walk_minutes is not None:
            for row in found:
                row["walk_minutes"] = asked.walk_minutes[row["id"]]
        if request and self.resource.card:
            for row in found:
                row["page"] = request.build_absolute_uri(
                    reverse("layers:card", args=[row["city"], self.resource.card, row["id"]])
                )
        if request and self.resource.photos:
            photos.add_to(found, self.resource.photos, request)
        if request and self.resource is RUNS:
            tables.add_to(found, request)
        return found

    def _sources(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Where these rows were taken from."""
        if "source" not in self.resource.fields or not rows:
            return []
        ids = [row["id"] for row in rows]
        used = self.resource.rows().order_by().filter(pk__in=ids).values("source")
        return [
            {
                "title": source.title,
                "license": source.license,
                "attribution": source.attribution,
                "url": source.url,
            }
            for source in Source.objects.filter(pk__in=used).order_by("title", "pk")
        ]


class LayerView(OpenView):
    """What the map of a city can show, and where to get it."""

    def find(self, request: Request, suffix: str = "") -> HttpResponse:
        """Layers of one city."""
        query = _read_query(request, ("city", "format", "lang"))
        if "city" not in query:
            raise ParameterError("city", "", "the slug of a city")
        city = filters.find_city(query["city"])
        return _kept(request, lambda: self._told(request, city))

    def _told(self, request: Request, city: City) -> Response:
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


def _read_query(request: Request, known: Sequence[str]) -> dict[str, str]:
    """What is asked, each name once. Raises UnknownNameError, ParameterError."""
    query = request.query_params.dict()
    filters.refuse_unknown(query, known)
    if "lang" in query:
        http.choice(query, "lang", dict(settings.LANGUAGES))
    for name in query:
        if name != "kind" and len(request.query_params.getlist(name)) > 1:
            raise ParameterError(name, request.query_params.getlist(name), "one value")
        if not query[name].strip():
            raise ParameterError(name, query[name], "a value, or no such parameter")
    return query


def _kinds(request: Request) -> list[str]:
    return [code for given in request.query_params.getlist("kind") for code in given.split(",")]


def _after(query: Mapping[str, str], asked: Asked) -> QuerySet[Any]:
    """Rows after the cursor, if there is one, in their order."""
    rows = asked.rows.order_by("pk")
    return rows.filter(pk__gt=_read_cursor(query["cursor"])) if "cursor" in query else rows


def _read_limit(query: Mapping[str, str], usual: int) -> int:
    if "limit" not in query:
        return usual
    given = query["limit"]
    if not re.fullmatch(r"[1-9]\d{0,3}", given, re.ASCII) or int(given) > MOST_ON_PAGE:
        raise ParameterError("limit", given[:80], f"a whole number from 1 to {MOST_ON_PAGE}")
    return int(given)


def _read_cursor(given: str) -> int:
    """The id after which a page begins."""
    if not re.fullmatch(CURSOR, given, re.ASCII):
        raise ParameterError("cursor", given[:80], "the cursor of a page's `next`")
    return int(given.removeprefix("after-"))


def _next(request: Request, after: int) -> str:
    query = request.query_params.copy()
    query["cursor"] = f"after-{after}"
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _read_id(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,17}", text, re.ASCII):
        raise Http404(f"id: got {text[:40]!r}, wanted a number")
    return int(text)


def _kept(request: Request, make: Callable[[], HttpResponse]) -> HttpResponse:
    response = unless_held(request, make)
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["Vary"] = "Accept"
    return response


class SchemaView(SpectacularAPIView):
    """The schema, in English and for everybody."""

    throttle_classes = (SenderThrottle,)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override("en"):
            return open_wide(super().dispatch(request, *args, **kwargs), request.method)
