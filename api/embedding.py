"""The map on other people's pages: a frame to embed, and oEmbed, which tells how to embed it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import get_language_from_path, gettext_noop, override
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from api.doors import readable
from layers import choice as choices
from layers import http, pages, registry
from layers.http import Wanted
from layers.views import find_loaded
from mapping.errors import ParameterError
from mapping.models import City

# Of our pages, those that a frame can stand for.
EMBEDDED = frozenset({"layers:map", "nearby:near", "layers:card"})
# What of a page's query the frame understands.
KEPT = ("kind", "minutes", "group", "by", "layers", "at", "sel")
WIDTH_PX, HEIGHT_PX = 800, 500
LEAST_PX, MOST_PX = 200, 2000
CACHE_SECONDS = 3600


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def frame(request: HttpRequest, city: str) -> HttpResponse:
    """The map alone, with the layers, question and view of the query; it sets no cookie."""
    choice = choices.read(find_loaded(city), request.GET)
    context = {
        "city": {
            "slug": choice.city.slug,
            "name": choice.city.label,
            "synthetic": choice.city.synthetic,
        },
        "attribution": pages.attribution(choice.city),
        "map_url": f"{reverse('layers:map', args=[city])}?{_kept(request.GET)}".rstrip("?"),
        **pages.map_frame(choice, http.language()),
    }
    return render(request, "api/embed.html", context)


def _kept(query: Mapping[str, str]) -> str:
    return urlencode({name: query[name] for name in KEPT if query.get(name)})


@readable
def oembed(request: HttpRequest) -> HttpResponse:
    """
    https://oembed.com: how to show one of our pages inside somebody else's.

    404 for an address that is not ours or not a page with a map, 501 for an unknown format, as
    the specification wants.
    """
    sort = request.GET.get("format", "json")
    if sort not in {"json", "xml"}:
        return http.error_response(request, 501, _("Formats: json, xml."))
    answer = _describe(request, request.GET.get("url", ""))
    if sort == "xml":
        response = HttpResponse(_as_xml(answer), content_type="text/xml; charset=utf-8")
    else:
        response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    return response


def _describe(request: HttpRequest, url: str) -> dict[str, Any]:
    parts = urlsplit(_check_own(request, url))
    page = _page_at(parts.path)
    with override(get_language_from_path(parts.path) or "ru"):
        city = find_loaded(page.kwargs["city"])
        query = dict(parse_qsl(parts.query))
        title = city.label
        if page.url_name == "card":
            card = _find_card(city, page.kwargs)
            query |= {"sel": f"{card['type']}:{card['id']}", "at": _near(card)}
            title = f"{card['title']} — {title}"
        source = reverse("api_pages:embed", args=[city.slug])
    whole = request.build_absolute_uri(f"{source}?{_kept(query)}".rstrip("?"))
    width, height = (
        int(http.number(request.GET, name, low=LEAST_PX, high=MOST_PX, default=default))
        for name, default in (("maxwidth", WIDTH_PX), ("maxheight", HEIGHT_PX))
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": _("Culture Atlas"),
        "provider_url": request.build_absolute_uri("/"),
        "cache_age": CACHE_SECONDS,
        "width": min(width, WIDTH_PX),
        "height": min(height, HEIGHT_PX),
        "html": format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"'
            ' style="border:0" allowfullscreen></iframe>',
            whole,
            title,
            min(width, WIDTH_PX),
            min(height, HEIGHT_PX),
        ),
    }


def _check_own(request: HttpRequest, url: str) -> str:
    if not url:
        wanted = Wanted(gettext_noop("the address of a page of this atlas"))
        raise ParameterError("url", url, wanted)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or parts.netloc != request.get_host():
        raise Http404(_("This address is not of this atlas."))
    return url


def _page_at(path: str) -> ResolverMatch:
    with override(get_language_from_path(path) or "ru"):
        try:
            page = resolve(path)
        except Resolver404 as error:
            raise Http404(_("There is no such page.")) from error
    if page.view_name not in EMBEDDED:
        raise Http404(_("This page has no map to embed."))
    return page


def _find_card(city: City, named: Mapping[str, str]) -> dict[str, Any]:
    fill = registry.cards().get(named["kind"])
    if fill is None:
        raise Http404(_("No such sort of card."))
    return fill(choices.read(city, {}), named["identifier"])


def _near(card: Mapping[str, Any]) -> str:
    """The view of the map that shows a card's place; empty for things without one."""
    if not card.get("position"):
        return ""
    lat, lon = card["position"]
    return f"{lat},{lon},16"


def _as_xml(answer: Mapping[str, Any]) -> bytes:
    root = Element("oembed")
    for name, value in answer.items():
        SubElement(root, name).text = str(value)
    return tostring(root, encoding="utf-8", xml_declaration=True)
