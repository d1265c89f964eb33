"""When an answer of the open data has to be made anew."""

from collections.abc import Callable

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from layers import http
from mapping.models import AnalysisRun, City


def tag_of(request: HttpRequest) -> str:
    """
    Changes with the data of any city, with calculations, and with what is asked in which language.

    Hourly too, because events pass.
    """
    versions = City.objects.order_by("pk").values_list("pk", "data_version")
    runs = AnalysisRun.objects.filter(is_active=True)
    newest = runs.aggregate(Count("pk"), Max("pk"), Max("finished_at"))
    hour = timezone.now().strftime("%Y%m%d%H")
    asked = (request.build_absolute_uri(), request.headers.get("Accept", ""), http.language())
    return http.etag("open data", *asked, list(versions), newest, hour)


def unless_held(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """
    The answer with its tag; without a body for a reader who holds it (RFC 9110, 13.1).

    A tag that is named was given with a good answer to the same question, so it is compared before
    anything is computed. Every other condition, `*` above all, supposes an answer: it is made
    first, and a question that makes no sense is refused as ever.
    """
    tag = tag_of(request)
    response = _held(request, tag)
    if response is None:
        response = get_conditional_response(request, etag=tag, response=make())
    response["ETag"] = tag
    return response


def _held(request: HttpRequest, tag: str) -> HttpResponse | None:
    if request.headers.get("If-None-Match", "").strip() in ("", "*"):
        return None
    response = get_conditional_response(request, etag=tag)
    return response if response is not None and response.status_code == 304 else None
