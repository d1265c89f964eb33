"""
The shell of the resident's pages: the files without which they show nothing.

Scripts are found by following imports from the pages' entries, so the list cannot forget one.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override

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
IMPORT = re.compile(r'(?:from |import\()"#(js/[\w/.-]+)"')


def modules_of(entries: Iterable[str]) -> list[str]:
    """The entries and every module they import, directly or not, each once."""
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += IMPORT.findall(_source(name))
    return list(found)


def _source(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"static file: got {name}, wanted one of the static folders")
    return Path(path).read_text(encoding="utf-8")


@cache
def shell() -> dict[str, Any]:
    """What the service worker keeps: `version`, addresses of `files` and of `pages`."""
    files = [static(name) for name in (*FILES, *modules_of(ENTRIES))]
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
