"""The installed application: its manifest, its service worker, the pages it holds on the device."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from layers import pages
from layers.views import in_readers_language
from nearby.shell import WORKER, shell

PAGE_SECONDS = 60
MANIFEST_SECONDS = 3600
ICON_SIDES = (192, 512)
PURPOSES = ("any", "maskable")
ACCENT, PAPER = "#0b5d63", "#ffffff"


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker at the root, so that it may serve every page; changes whenever the shell does."""
    text = f"self.SHELL = {json.dumps(shell())};\nimportScripts({json.dumps(static(WORKER))});\n"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=MANIFEST_SECONDS)
@in_readers_language
def manifest(request: HttpRequest) -> JsonResponse:
    """What a device needs to install the service, in the language asked by `lang`."""
    language = request.GET.get("lang", "ru")
    with override(language):
        home, favourites = reverse("nearby:home"), reverse("nearby:favourites")
    return JsonResponse(
        {
            "id": "/",
            "name": _("Culture Atlas"),
            "short_name": _("Culture Atlas"),
            "description": _("Libraries, clubs, museums and events near you, by minutes on foot."),
            "lang": language,
            "dir": "ltr",
            "start_url": home,
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "categories": ["travel", "education", "entertainment"],
            "icons": [_icon(side, purpose) for side in ICON_SIDES for purpose in PURPOSES],
            "shortcuts": [{"name": _("Favourites"), "url": favourites}],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _icon(side: int, purpose: str) -> dict[str, str]:
    name = f"icon-{side}.png" if purpose == "any" else f"icon-{purpose}-{side}.png"
    return {
        "src": static(f"img/{name}"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }


@require_safe
@cache_control(max_age=PAGE_SECONDS)
def favourites(request: HttpRequest) -> HttpResponse:
    """What the reader keeps on this device; the server knows nothing of it."""
    return render(request, "nearby/favourites.html", pages.chrome(request, "favourites"))


@require_safe
@cache_control(max_age=PAGE_SECONDS)
def offline(request: HttpRequest) -> HttpResponse:
    """Shown by the device where there is no connection and no saved copy."""
    return render(request, "nearby/offline.html", pages.chrome(request, "offline"))
