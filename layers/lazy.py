"""Views whose module is read at their first request: pages without the engine stay light."""

from functools import cache
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse

_modules: set[str] = set()


def lazily(path: str) -> Any:
    """The view `module.name` of this package; the module is imported when it is first asked."""
    module, name = path.rsplit(".", 1)
    _modules.add(f"layers.{module}")

    @cache
    def view() -> Any:
        return getattr(import_module(f"layers.{module}"), name)

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view()(request, *args, **kwargs)

    answer.__name__ = name
    return answer


def import_all() -> None:
    """Import every module that waits for its first request: a server that forks does it once."""
    for module in sorted(_modules):
        import_module(module)
