"""Addresses of tiles, and TileJSON that says what is in them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from layers import feature_tiles, http, pages, registry, tile_store, tiles
from layers.registry import Layer
from layers.views import find_loaded, in_readers_language
from mapping.models import City, TilePyramid
from mapping.services.tile_pyramids import LEAST_PX2, MAX_ZOOM, MIN_ZOOM, TILE_PX

Make = Callable[[], bytes]

# An address with the version of the data in it never shows anything else.
VERSIONED_SECONDS = 30 * 24 * 3600
SECONDS = 60
FIELDS = {
    "kind": "code of the kind",
    "name": "name, from the zoom `named_from`",
    "subtitle": "address or place, from the zoom `named_from`",
    "synthetic": "true where the thing is invented for demonstration",
    "approximate": "true where the position is known to the street or district only",
}
CLUSTER_FIELDS = {
    "count": "how many points stand here; below the zoom `single_from`",
    "mix": "kinds of a cluster with their counts, e.g. library:12,museum:3",
}


@require_safe
def base_tile(request: HttpRequest, city: str, z: int, x: int, y: int) -> HttpResponse:
    """One tile of the base map."""
    tile = tiles.Tile(z, x, y)

    def make() -> tuple[TilePyramid, Make]:
        found = find_loaded(city)
        return feature_tiles.base_pyramid(found), lambda: tiles.base_tile(found, tile)

    return _answer(request, (city, "base"), f"{z}/{x}/{y}", make)


@require_safe
@in_readers_language
def feature_tile(
    request: HttpRequest, city: str, layer: str, z: int, x: int, y: int
) -> HttpResponse:
    """One tile of a layer."""
    tile, shown = tiles.Tile(z, x, y), _tiled(layer)

    def make() -> tuple[TilePyramid, Make]:
        found = find_loaded(city)
        pyramid = feature_tiles.pyramid_of(found, shown)
        return pyramid, lambda: feature_tiles.feature_tile(found, shown, pyramid, tile)

    return _answer(request, (city, layer), f"{http.language()}/{z}/{x}/{y}", make)


def _tiled(key: str) -> Layer:
    layer = registry.layers_by_key().get(key)
    if layer is None or layer.tiles is None:
        raise Http404(_("No such layer."))
    return layer


def _answer(
    request: HttpRequest,
    asked: tuple[str, str],
    name: str,
    current: Callable[[], tuple[TilePyramid, Make]],
) -> HttpResponse:
    """The tile: one of a version that the address names and that is at hand needs no database."""
    given = request.GET.get("v", "")
    pyramid = feature_tiles.remembered(*asked, given)
    packed = tile_store.read(str(pyramid.token), name) if pyramid else None
    if packed is None:
        pyramid, make = current()
        packed = tile_store.read(str(pyramid.token), name)
        if packed is None:
            packed = tile_store.keep(str(pyramid.token), name, make())
    return _respond(request, pyramid, name, packed, given == feature_tiles.tag_of(pyramid))


def _respond(
    request: HttpRequest, pyramid: TilePyramid, name: str, packed: bytes, is_versioned: bool
) -> HttpResponse:
    # Weak: with and without compression it is the same tile.
    tag = "W/" + http.etag(pyramid.token, name)
    response = get_conditional_response(request, etag=tag) or _tile(request, packed)
    response["ETag"] = tag
    if is_versioned:
        patch_cache_control(response, public=True, max_age=VERSIONED_SECONDS, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=SECONDS)
    patch_vary_headers(response, ["Accept-Encoding"])
    if "lang" not in request.GET:
        patch_vary_headers(response, ["Accept-Language"])
    return response


def _tile(request: HttpRequest, packed: bytes) -> HttpResponse:
    if not packed or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(tile_store.unpack(packed), content_type=tiles.CONTENT_TYPE)
    return HttpResponse(
        packed, content_type=tiles.CONTENT_TYPE, headers={"Content-Encoding": "gzip"}
    )


@require_safe
@in_readers_language
def tilejson(request: HttpRequest, city: str, layer: str) -> HttpResponse:
    """What the tiles of a layer hold, in TileJSON 3.0."""
    shown, found = _tiled(layer), find_loaded(city)
    pyramid = feature_tiles.pyramid_of(found, shown)
    tag = http.etag("tilejson", pyramid.token, http.language(), request.get_host())
    return http.cached(
        request,
        tag,
        lambda: JsonResponse(_described(request, found, shown, pyramid)),
        seconds=SECONDS,
    )


def _described(
    request: HttpRequest, city: City, layer: Layer, pyramid: TilePyramid
) -> dict[str, Any]:
    path = feature_tiles.tile_address(city, layer, http.language())
    # The pattern holds braces, which an absolute address must keep.
    address = request.build_absolute_uri("/").rstrip("/") + path
    return {
        "tilejson": "3.0.0",
        "name": f"{city.label}: {layer.title}",
        "description": _what_is_left_out(layer),
        "attribution": pages.attribution(city),
        "tiles": [address],
        "minzoom": MIN_ZOOM,
        "maxzoom": MAX_ZOOM,
        "bounds": feature_tiles.bounds(city),
        "vector_layers": [
            {
                "id": layer.key,
                "description": str(layer.title),
                "minzoom": MIN_ZOOM,
                "maxzoom": MAX_ZOOM,
                "fields": _fields(layer),
            }
        ],
        "culture_atlas": {
            "version": pyramid.version,
            "type": layer.tiles.type,
            "single_from": pyramid.single_from,
            "named_from": pyramid.named_from,
            "least_area_m2": pyramid.least_area_m2,
            "kinds": feature_tiles.kind_looks(city, layer),
        },
    }


def _fields(layer: Layer) -> dict[str, str]:
    return FIELDS | (CLUSTER_FIELDS if layer.tiles.shape == "points" else {})


def _what_is_left_out(layer: Layer) -> str:
    if layer.tiles.shape == "points":
        return "Where a tile would hold too many points, they are gathered into clusters."
    return (
        "Simplified to what a pixel can show; areas smaller than "
        f"{LEAST_PX2} pixels of a tile {TILE_PX} pixels wide, and the smallest of the most "
        "crowded tiles, are left out: `least_area_m2` says below which size, from the lowest "
        "zoom up."
    )


@require_safe
def base_tilejson(request: HttpRequest, city: str) -> HttpResponse:
    """What the base map's tiles hold, in TileJSON 3.0."""
    found = find_loaded(city)
    address = request.build_absolute_uri("/").rstrip("/") + feature_tiles.base_address(found)
    return http.cached(
        request,
        http.etag("tilejson", "base", found.pk, found.data_version, request.get_host()),
        lambda: JsonResponse(
            {
                "tilejson": "3.0.0",
                "name": found.label,
                "attribution": pages.attribution(found),
                "tiles": [address],
                "minzoom": MIN_ZOOM,
                "maxzoom": MAX_ZOOM,
                "bounds": feature_tiles.bounds(found),
                "vector_layers": [
                    {"id": name, "fields": fields} for name, fields in tiles.BASE_FIELDS.items()
                ],
            }
        ),
        seconds=SECONDS,
    )
