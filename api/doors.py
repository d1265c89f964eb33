"""Anybody may read the open data, from a page of any site; nobody may write."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.csrf import csrf_exempt

from api.problems import handle
from layers import http, pages
from mapping.models import City

View = Callable[..., HttpResponse]
READ_METHODS = "GET, HEAD, OPTIONS"
DAY_SECONDS = 86_400


def open_wide(response: HttpResponse, method: str | None) -> HttpResponse:
    """The answer with the headers that let scripts of other sites read it (Fetch, CORS)."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    if method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = READ_METHODS
        response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
        response["Access-Control-Max-Age"] = str(DAY_SECONDS)
    return response


def preflight() -> HttpResponse:
    """What OPTIONS is answered."""
    return HttpResponse(status=204, headers={"Allow": READ_METHODS})


def readable(view: View) -> View:
    """A view of the open data: rationed, never written to, refusing by problem details."""
    limited = http.limited("api")(view)

    # Without the exemption a forgotten token, not the method, would be complained of, in HTML.
    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = preflight()
        elif request.method not in ("GET", "HEAD"):
            response = http.problem(405, f"method: got {request.method}, wanted {READ_METHODS}")
            response["Allow"] = READ_METHODS
        else:
            response = _answer(limited, request, *args, **kwargs)
        return open_wide(response, request.method)

    return wrapped


@readable
def without_slash(request: HttpRequest, **_address: str) -> HttpResponse:
    """An address written with a slash at its end leads on to the same without it."""
    path = request.path.rstrip("/")
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Exception as error:
        response = handle(error)
        if response is None:
            raise
        return response


def frame(request: HttpRequest, page: str, city: City | None = None) -> dict[str, Any]:
    """What surrounds a page of the open data: its addresses carry no language, so `lang` does."""
    found = pages.chrome(request, page, city)
    for link in found["language_links"]:
        query = request.GET.copy()
        query["lang"] = link["code"]
        link["url"] = f"{request.path}?{query.urlencode()}"
        link["current"] = link["code"] == http.language()
    return found
