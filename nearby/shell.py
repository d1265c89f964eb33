"""The shell of the resident's pages: the files without which they show nothing."""

import hashlib
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override

from layers.scripts import modules_of
from mapping.version import code_version

WORKER = "js/sw/worker.js"
ENTRIES = ("js/pages/near.js", "js/pages/shell.js")
FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/map.css",
    "css/near.css",
    "css/print.css",
    "leaflet/leaflet.css",
    "leaflet/leaflet.js",
    "vendor/protomaps-leaflet/protomaps-leaflet.js",
    "vendor/golos-text/golos-text-cyrillic.woff2",
    "vendor/golos-text/golos-text-latin.woff2",
    "vendor/icons/sprite.svg",
    "img/ui.svg",
    "img/mark.svg",
    "img/favicon.svg",
)
PAGES = ("nearby:favourites", "nearby:offline")
LANGUAGES = ("ru", "en")


@cache
def shell() -> dict[str, Any]:
    """What the service worker keeps: `version`, addresses of `files` and of `pages`."""
    files = [static(name) for name in (*FILES, *modules_of(ENTRIES, with_later=True))]
    pages = [_in_language(name, code) for code in LANGUAGES for name in PAGES]
    text = "\n".join([code_version(), static(WORKER), *files, *pages])
    return {
        "version": hashlib.blake2s(text.encode(), digest_size=8).hexdigest(),
        "files": files,
        "pages": pages,
    }


def _in_language(name: str, code: str) -> str:
    with override(code):
        return reverse(name)
