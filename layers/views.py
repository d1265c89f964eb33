"""Doors: read the request, call one function, answer. No decisions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from layers import choice as choices
from layers import http, links, pages, panel, registry, run_pages, tables
from layers.manifest import manifest as layer_manifest
from mapping.models import AnalysisRun, City
from mapping.queries import layers as queries

View = Callable[..., HttpResponse]

PAGE_SECONDS = 60
# Addresses of features carry the version of what they show, so they may be kept long.
FEATURES_SECONDS = 3600
CACHE_SECONDS = 3600


def find_loaded(slug: str) -> City:
    """The city of an address; 404 where it is not loaded."""
    city = queries.cities().filter(slug=slug).first()
    if city is None:
        raise Http404(_("No city “%(slug)s” is loaded.") % {"slug": slug})
    return city


def _choice(request: HttpRequest, slug: str) -> choices.Choice:
    return choices.read(find_loaded(slug), request.GET)


def in_readers_language(view: View) -> View:
    """Speak the language asked by `lang`, else the browser's: data addresses carry no language."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        default = translation.get_language_from_request(request)
        code = http.choice(request.GET, "lang", dict(settings.LANGUAGES), default)
        with translation.override(code):
            return view(request, *args, **kwargs)

    return wrapped


def _page(
    request: HttpRequest, template: str, page: str, city: City | None, context: dict[str, Any]
) -> HttpResponse:
    with timezone.override(city.timezone if city else None):
        return render(request, template, {**pages.chrome(request, page, city), **context})


@require_safe
def map_page(request: HttpRequest, city: str) -> HttpResponse:
    """The map with the panel beside it."""
    choice = _choice(request, city)
    context = pages.map_page(choice, http.language())
    return _page(request, "layers/map.html", "map", choice.city, context)


@require_safe
def panel_fragment(request: HttpRequest, city: str) -> HttpResponse:
    """The panel alone, for a page that is already open."""
    choice = _choice(request, city)
    with timezone.override(choice.city.timezone):
        return render(request, "layers/_panel.html", panel.context(choice))


@require_safe
def card(request: HttpRequest, city: str, kind: str, identifier: str) -> HttpResponse:
    """Everything known of one thing: a page, or a fragment for a page that is already open."""
    fill = registry.cards().get(kind)
    if fill is None:
        raise Http404(_("No such sort of card."))
    choice = _choice(request, city)
    filled = fill(choice, identifier)
    filled["parts"] = [
        part for make in registry.card_parts() if (part := make(choice, request.GET, filled))
    ]
    back_urls = [part["back_url"] for part in filled["parts"] if "back_url" in part]
    context = {
        "card": filled,
        "city": panel.city_words(choice.city),
        "back_url": (back_urls or [links.map_url(choice)])[0],
    }
    if request.headers.get("X-Requested-With") == "fragment":
        response = render(request, "layers/_card.html", context)
    else:
        context["head"] = pages.card_head(request, choice, filled)
        response = _page(request, "layers/card.html", "card", choice.city, context)
    response["Vary"] = "X-Requested-With"
    return response


@require_safe
def run_page(request: HttpRequest, city: str, run: int) -> HttpResponse:
    """How one figure was computed."""
    stored = (
        AnalysisRun.objects.filter(city=find_loaded(city), pk=run).select_related("city").first()
    )
    if stored is None:
        raise Http404(_("No such calculation."))
    if stored.analysis == AnalysisRun.Analysis.COVERAGE:
        context = pages.run_page(choices.of_run(stored, request.GET))
    else:
        context = run_pages.context(stored)
    return _page(request, "layers/run.html", "run", stored.city, context)


@require_safe
def about(request: HttpRequest, city: str) -> HttpResponse:
    """Where everything comes from and how complete it is."""
    choice = _choice(request, city)
    return _page(request, "layers/about.html", "about", choice.city, pages.about_page(choice))


def _answered(choice: choices.Choice) -> choices.Choice:
    if choice.run is None:
        raise Http404(panel.empty(choice, []))
    return choice


@require_safe
def export_map(request: HttpRequest, city: str) -> HttpResponse:
    """The shown map as one file that opens without a network."""
    choice = _answered(_choice(request, city))
    # Only here: folium brings pandas, which no other page needs.
    from layers import folium_export

    html = folium_export.render(choice.run, choice.level)
    name = f"{tables.file_stem(choice)}.html"
    return http.attachment(html, "text/html; charset=utf-8", name)


@require_safe
def export_coverage(request: HttpRequest, city: str, extension: str) -> HttpResponse:
    """The shown table as a file."""
    choice = _answered(_choice(request, city))
    known = http.choice({"format": extension}, "format", tables.CONTENT_TYPES)
    content = tables.encode(tables.table_of(choice.run, choice.level), known)
    name = f"{tables.file_stem(choice)}.{known}"
    return http.attachment(content, tables.CONTENT_TYPES[known], name)


@require_safe
@in_readers_language
def manifest(request: HttpRequest, city: str) -> HttpResponse:
    """What layers there are, how they look, where they come from."""
    choice = _choice(request, city)
    language = http.language()
    tag = http.etag("manifest", language, choice.query(), *choice.version, hour())
    return http.cached(
        request,
        tag,
        lambda: JsonResponse(layer_manifest(choice, language)),
        seconds=PAGE_SECONDS,
    )


def hour() -> str:
    """Coming events change with the clock."""
    return timezone.now().strftime("%Y%m%d%H")


@require_safe
@in_readers_language
def features(request: HttpRequest, city: str, layer: str) -> HttpResponse:
    """What one layer shows, as GeoJSON."""
    shown = registry.layers_by_key().get(layer)
    if shown is None:
        raise Http404(_("No such layer."))
    choice = _choice(request, city)
    tag = http.etag(
        layer,
        http.language(),
        choice.query(),
        choice.bbox,
        *choice.version,
        choice.city.pk,
        hour(),
    )
    return http.cached(
        request,
        tag,
        lambda: HttpResponse(
            cache.get_or_set(f"features:{tag}", lambda: shown.features(choice), CACHE_SECONDS),
            content_type="application/geo+json",
        ),
        seconds=FEATURES_SECONDS if "v" in request.GET else PAGE_SECONDS,
    )


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request nobody should send."""
    return http.error_response(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not allowed; the reason where it was said in words."""
    return http.error_response(request, 403, _said(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing there; the reason where it was said in words."""
    return http.error_response(request, 404, _said(exception))


def _said(exception: Exception) -> str:
    return exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    return http.error_response(request, 500)
