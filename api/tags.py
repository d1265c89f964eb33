"""When an answer of the open data has to be made anew."""

from django.db.models import Count, Max
from django.http import HttpRequest
from django.utils import timezone

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
