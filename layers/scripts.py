"""Which scripts a page needs: found by following imports from its entry, so none is forgotten."""

import re
from collections.abc import Iterable
from pathlib import Path

from django.contrib.staticfiles import finders

AT_ONCE = re.compile(r'from "#(js/[\w/.-]+)"')
AT_ONCE_OR_LATER = re.compile(r'(?:from |import\()"#(js/[\w/.-]+)"')


def modules_of(entries: Iterable[str], *, with_later: bool = False) -> list[str]:
    """
    The entries and every module they import, directly or not, each once.

    `with_later`: those too that are fetched only when they are needed. Raises FileNotFoundError.
    """
    imports = AT_ONCE_OR_LATER if with_later else AT_ONCE
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += imports.findall(_source(name))
    return list(found)


def _source(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"static file: got {name}, wanted one of the static folders")
    return Path(path).read_text(encoding="utf-8")
