"""When an answer of the open data has to be made anew."""

from django.http import HttpRequest
from django.utils import timezone

from layers import http
from mapping.models import City


def tag_of(request: HttpRequest) -> str:
    """Changes with the data of any city and with what is asked; hourly, because events pass."""
    versions = City.objects.order_by("pk").values_list("pk", "data_version")
    hour = timezone.now().strftime("%Y%m%d%H")
    accept = request.headers.get("Accept", "")
    return http.etag("open data", request.build_absolute_uri(), accept, list(versions), hour)
