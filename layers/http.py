"""What requests may ask for, how answers are cached, and which error becomes which status."""

import hashlib
import logging
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Polygon
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    UnreadablePostError,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import limits
from mapping.errors import NotHeldError, ParameterError, UnknownNameError

log = logging.getLogger(__name__)

# Most specific first; what is not here is a fault of ours and stays a 500.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotHeldError, 404),
    (ParameterError, 400),
    (UnknownNameError, 400),
    (Http404, 404),
    (ObjectDoesNotExist, 404),
    (OperationalError, 503),
    (InterfaceError, 503),
)
RETRY_SECONDS = 30
# What the names in addresses are called on the screen.
PARAMETERS = {
    "kind": lazy("Kind of institution"),
    "minutes": lazy("Minutes on foot"),
    "group": lazy("Age group"),
    "by": lazy("Territories"),
    "format": lazy("File format"),
    "lang": lazy("Language"),
    "from": lazy("Where from"),
    "to": lazy("Where to"),
    "place": lazy("Name of the place"),
    "q": lazy("What is looked for"),
    "show": lazy("What is shown"),
    "open": lazy("Open now"),
    "also": lazy("What is not known"),
    "age": lazy("Age"),
    "free": lazy("Free entry"),
    "pushkin": lazy("Pushkin card"),
    "access": lazy("Getting in"),
    "date": lazy("Day"),
    "district": lazy("District"),
    "tos": lazy("ТОС territory"),
    "page": lazy("Page of the list"),
}

Respond = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]


class Wanted(str):
    """What an error wanted: English for logs and programs, and able to say it in other words."""

    def __new__(cls, template: str, **values: str) -> "Wanted":
        wanted = super().__new__(cls, template.format(**values))
        wanted.template, wanted.values = template, values
        return wanted

    def translated(self) -> str:
        """In the language of whoever reads it now."""
        return _(self.template).format(**self.values)


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def as_polygon(self) -> Polygon:
        """The box as a polygon in EPSG:4326."""
        polygon = Polygon.from_bbox((self.west, self.south, self.east, self.north))
        polygon.srid = 4326
        return polygon


def choice(
    params: Mapping[str, str], name: str, allowed: Collection[str], default: str = ""
) -> str:
    """A parameter with a closed list of values. Raises UnknownNameError for any other value."""
    value = params.get(name, "").strip() or default
    if value not in allowed:
        raise UnknownNameError(name, value, allowed)
    return value


def number(
    params: Mapping[str, str], name: str, *, low: float, high: float, default: float
) -> float:
    """A number within bounds, both included. Raises ParameterError."""
    given = params.get(name, "").strip()
    try:
        value = float(given) if given else default
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        wanted = Wanted(
            gettext_noop("a number from {low} to {high}"), low=f"{low:g}", high=f"{high:g}"
        )
        raise ParameterError(name, given, wanted)
    return value


def bounding_box(params: Mapping[str, str], name: str = "bbox") -> BoundingBox | None:
    """`west,south,east,north` in degrees, or None when not asked. Raises ParameterError."""
    given = params.get(name, "").strip()
    if not given:
        return None
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or not _is_on_earth(*numbers):
        wanted = Wanted(gettext_noop("west,south,east,north in degrees, e.g. 82.7,54.8,83.2,55.2"))
        raise ParameterError(name, given, wanted)
    return BoundingBox(*numbers)


def _is_on_earth(west: float, south: float, east: float, north: float) -> bool:
    return (
        all(map(math.isfinite, (west, south, east, north)))
        and -180 <= west < east <= 180
        and -90 <= south < north <= 90
    )


def attachment(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    """An answer that the browser keeps as a file called `name`."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": disposition}
    )


def etag(*parts: object) -> str:
    """A tag that changes when any of the parts does."""
    text = "\x1f".join(str(part) for part in parts)
    return quote_etag(hashlib.blake2s(text.encode(), digest_size=12).hexdigest())


def cached(
    request: HttpRequest, tag: str, make: Callable[[], HttpResponse], *, seconds: int
) -> HttpResponse:
    """Answer 304 when the reader has this version, else make it; kept for `seconds`."""
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = make()
    response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=seconds)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def status_of(error: Exception) -> int | None:
    """Status for an error of the table; None for one that is not in it."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), None)


def wants_data(request: HttpRequest) -> bool:
    """Whether the reader is a program: the data and tile addresses answer JSON."""
    return is_open_data(request) or request.path.startswith(("/data/", "/tiles/"))


def _accepts_data_first(request: HttpRequest) -> bool:
    """Whether a page's script asks: an address of pages, answered to it in JSON."""
    return request.headers.get("Accept", "").startswith("application/json")


def is_open_data(request: HttpRequest) -> bool:
    """Whether the reader is a program of other people: their refusals are problem details."""
    return request.path.startswith(("/api/", "/ogc/", "/oembed", "/areas/"))


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """A refusal as problem details (RFC 9457), readable from other people's pages too."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    return JsonResponse(
        {**body, **more},
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
        headers={"Access-Control-Allow-Origin": "*"},
    )


def error_response(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """An error in the form its reader understands: a page for people, JSON for programs."""
    if is_open_data(request):
        response = problem(status, message)
    elif wants_data(request) or _accepts_data_first(request):
        response = JsonResponse({"error": message or str(status)}, status=status)
    else:
        response = render(request, f"{status}.html", {"message": message}, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def complaint(error: Exception) -> str:
    """
    An error of an address as its reader understands it: what was got and what was wanted.

    What a measure deep inside wanted is known in English only, so others are told just what
    was got.
    """
    if isinstance(error, UnknownNameError):
        return _("%(name)s: “%(got)s” is not known here. One may ask for: %(known)s.") % {
            "name": PARAMETERS.get(error.what, error.what),
            "got": error.got,
            "known": ", ".join(error.known),
        }
    if not isinstance(error, ParameterError):
        return str(error)
    words = {"name": PARAMETERS.get(error.name, error.name), "got": error.got}
    if isinstance(error.wanted, Wanted):
        words["wanted"] = error.wanted.translated()
    elif language() == "en":
        words["wanted"] = error.wanted
    else:
        return _("%(name)s: “%(got)s” makes no sense here.") % words
    return _("%(name)s: got “%(got)s”, wanted %(wanted)s.") % words


def limited(scope: str, methods: Collection[str] = ("GET", "HEAD", "POST")) -> Callable:
    """A view that one sender may ask for only as often as `settings.RATE_LIMITS[scope]` says."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wait_seconds = limits.take(scope, request) if request.method in methods else 0
            return (
                too_often(request, wait_seconds) if wait_seconds else view(request, *args, **kwargs)
            )

        return wrapped

    return decorate


def too_often(request: HttpRequest, wait_seconds: int) -> HttpResponse:
    """429 with the time to wait, in words and in `Retry-After`."""
    response = error_response(request, 429, too_often_words(wait_seconds))
    response["Retry-After"] = str(wait_seconds)
    return response


def too_often_words(wait_seconds: int) -> str:
    """How long to wait; people count more than two minutes in minutes."""
    if wait_seconds > 120:
        minutes = math.ceil(wait_seconds / 60)
        return ngettext(
            "Too many requests from your address. Try again in %(minutes)s minute.",
            "Too many requests from your address. Try again in %(minutes)s minutes.",
            minutes,
        ) % {"minutes": minutes}
    return ngettext(
        "Too many requests from your address. Try again in %(seconds)s second.",
        "Too many requests from your address. Try again in %(seconds)s seconds.",
        wait_seconds,
    ) % {"seconds": wait_seconds}


class DoorMiddleware:
    """
    Refuses what no reader sends, before anything is computed: zero bytes in an address or a form,
    which no text of the database can hold, and a body larger than `settings.LARGEST_BODY_BYTES`;
    staff may send photos of up to `settings.STAFF_BODY_BYTES` to the admin.

    A body of unstated length is never read: the server's protocol gives Django an empty one.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = self._refusal(request)
        return error_response(request, status) if status else self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Forms are read here and not in `__call__`: only what has an address is worth reading."""
        if _length_bytes(request) > settings.LARGEST_BODY_BYTES and not request.user.is_staff:
            return error_response(request, 413)
        try:
            given = [text for _name, texts in request.POST.lists() for text in texts]
        except UnreadablePostError:
            # Whoever sent it is gone already.
            return None
        return error_response(request, 400) if any("\x00" in text for text in given) else None

    def _refusal(self, request: HttpRequest) -> int:
        of_staff = request.path.startswith(settings.ADMIN_PREFIXES)
        most_bytes = settings.STAFF_BODY_BYTES if of_staff else settings.LARGEST_BODY_BYTES
        try:
            if _length_bytes(request) > most_bytes:
                return 413
        except ValueError:
            return 400
        query = request.META.get("QUERY_STRING", "")
        return 400 if "\x00" in request.path or "%00" in query or "\x00" in query else 0


def _length_bytes(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)


class DatabaseAwayMiddleware:
    """Turns errors of the table into pages or JSON; the database being away is one of them."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        status = status_of(error)
        if status is None:
            return None
        if status == 503:
            log.exception("The database is away")
        said = str(error) if wants_data(request) else complaint(error)
        # What the tables and the driver say is for the log, not for the reader.
        told = isinstance(error, (ParameterError, UnknownNameError, Http404))
        return error_response(request, status, said if told else "")


def language() -> str:
    """`ru` or `en`."""
    return (get_language() or "ru")[:2]
