"""«Where am I?»: the district and the ТОС territories around a place."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from api.doors import frame, readable
from api.filters import read_place
from layers import links, pages
from layers.views import in_readers_language
from mapping.queries.areas import Areas, areas_at


@readable
@in_readers_language
def at(request: HttpRequest, place: str) -> HttpResponse:
    """JSON for programs, a page for those who ask for HTML."""
    lat, lon = read_place("place", place)
    found = areas_at(lat, lon)
    if found is None:
        raise Http404(_("No city of this atlas lies there."))
    answer = describe(lat, lon, found, request)
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        around = frame(request, "areas", found.city)
        response = render(request, "api/areas.html", {**around, "areas": answer})
    else:
        response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def describe(lat: float, lon: float, found: Areas, request: HttpRequest) -> dict[str, Any]:
    """The territories in words, each with the address of its card."""
    city = found.city

    def territory(kind: str, row: Any) -> dict[str, Any]:
        url = request.build_absolute_uri(links.thing_url(city, kind, row.pk))
        return {"id": row.pk, "name": row.label, "url": url, "synthetic": row.synthetic}

    return {
        "lat": lat,
        "lon": lon,
        "city": {"slug": city.slug, "name": city.label, "synthetic": city.synthetic},
        "district": territory("district", found.district) if found.district else None,
        "tos": [territory("tos", each) for each in found.tos],
        "attribution": pages.attribution(city),
    }
