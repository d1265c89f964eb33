"""Pictures of places for links that are shared."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from layers import choice as choices
from layers import feature_tiles, http, pages, place_picture, registry, tile_store
from layers.place_picture import ACCENT, Place
from layers.views import find_loaded, in_readers_language
from mapping.models import City

KEPT_SECONDS = 24 * 3600


@require_safe
@in_readers_language
@http.limited("picture")
def place(request: HttpRequest, city: str, kind: str, identifier: str) -> HttpResponse:
    """PNG of the thing on the map; 404 for what stands nowhere."""
    found = find_loaded(city)
    fill = registry.cards().get(kind)
    if fill is None:
        raise Http404(_("No such sort of card."))
    card = fill(choices.read(found, {}), identifier)
    if not card["position"]:
        raise Http404(_("It is not known where this stands."))
    lat, lon = card["position"]
    shown = Place(
        title=card["title"],
        text=card["subtitle"],
        lat=lat,
        lon=lon,
        color=place_picture.check_color(card.get("color") or ACCENT),
        approximate=any(mark["code"] == "approximate" for mark in card["marks"]),
        note=_("demonstration data") if card["synthetic"] else "",
    )
    # It lies among the tiles of its ground, and is forgotten with them when the data change.
    version = str(feature_tiles.base_pyramid(found).token)
    tag = http.etag("picture", http.language(), shown, version)
    name = "pictures/{}.png".format(tag.strip('"'))
    return http.cached(
        request,
        tag,
        lambda: HttpResponse(
            _drawn(found, shown, version, name),
            content_type=place_picture.CONTENT_TYPE,
        ),
        seconds=KEPT_SECONDS,
    )


def _drawn(city: City, shown: Place, version: str, name: str) -> bytes:
    """The picture, drawn once however many readers and robots ask for it."""
    kept = tile_store.read_file(version, name)
    if kept is None:
        attribution = pages.attribution(city)
        kept = place_picture.draw(city, shown, brand=_("Culture Atlas"), attribution=attribution)
        tile_store.keep_file(version, name, kept)
    return kept
