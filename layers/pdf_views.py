"""Doors of the printed reports."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from layers import choice as choices
from layers import http, panel, pdf_report
from layers.views import find_loaded
from mapping.models import AnalysisRun


@require_safe
def run_report(request: HttpRequest, city: str, run: int) -> HttpResponse:
    """The report of a stored run; `table` names which of its tables."""
    stored = find_loaded(city).analysis_runs.filter(pk=run).select_related("city").first()
    if stored is None:
        raise Http404(_("No such calculation."))
    return _document(stored, request.GET.get("table", ""))


@require_safe
def coverage_report(request: HttpRequest, city: str) -> HttpResponse:
    """The report of what the map page shows."""
    choice = choices.read(find_loaded(city), request.GET)
    if choice.run is None:
        raise Http404(panel.empty(choice, []))
    return _document(choice.run, choice.level)


def _document(run: AnalysisRun, table: str) -> HttpResponse:
    name = f"{run.city.slug}-{run.analysis}-{run.pk}.pdf"
    return http.attachment(pdf_report.render(run, table), "application/pdf", name)
