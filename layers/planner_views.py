"""Doors of the planner: read the request, call one function, answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from layers import http, pages, planner, planner_form, results, run_layers, run_tables, sheets
from layers.views import PAGE_SECONDS, find_loaded, hour, in_readers_language
from mapping.errors import MappingError
from mapping.models import AnalysisRun, City, Job
from mapping.services.jobs import cancel_job, fail_abandoned, find_waiting, queue_job
from mapping.services.measures import find_measure
from mapping.services.runs import find_current
from mapping.tasks import compute

FRAGMENT = "fragment"


def _run(city: City, identifier: int) -> AnalysisRun:
    runs = AnalysisRun.objects.filter(city=city, pk=identifier).select_related("city")
    run = runs.first()
    if run is None:
        raise Http404(_("No such calculation."))
    return run


def _job(city: City, identifier: UUID) -> Job:
    fail_abandoned()
    job = Job.objects.filter(city=city, pk=identifier).select_related("city", "run").first()
    if job is None:
        raise Http404(_("No such calculation."))
    return job


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, city: str) -> HttpResponse:
    """The planner's page, with the result or the progress of its question."""
    found = find_loaded(city)
    run = _run(found, _whole(request.GET["run"])) if request.GET.get("run") else None
    job = _job(found, _uuid(request.GET["job"])) if request.GET.get("job") else None
    asked = planner.read(found, request.GET, run or (job and job.run), job)
    context = planner.page(request, found, asked, job)
    return _page(request, "planner/page.html", found, context, status=400 if asked.problem else 200)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404(_("No such calculation."))
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(_("No such calculation.")) from None


def _page(
    request: HttpRequest, template: str, city: City, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    with timezone.override(city.timezone):
        frame = pages.chrome(request, "planner", city)
        return render(request, template, {**frame, **context}, status=status)


@require_POST
@http.limited("ask")
def ask(request: HttpRequest, city: str) -> HttpResponse:
    """Answer from the store, or put the question into the queue."""
    found = find_loaded(city)
    try:
        return _answer(request, found)
    except MappingError as error:
        return _refuse(request, found, error)


def _answer(request: HttpRequest, city: City) -> HttpResponse:
    measure = find_measure(request.POST.get("measure", ""))
    analysis = measure.analysis.value
    given = planner_form.given(city, analysis, request.POST)
    parameters = planner_form.question(city, analysis, request.POST).parameters
    run = find_current(city, analysis, parameters)
    if run:
        return _found(request, run)
    job = find_waiting(city, analysis, parameters) or queue_job(
        city, analysis, given, enqueue=compute.enqueue
    )
    # An immediate backend has answered by now.
    job.refresh_from_db()
    words = planner.job_words(job)
    if _reads_json(request):
        answer = {"job": words["id"], "job_url": words["url"], **words}
        return JsonResponse(answer, status=202)
    return redirect(words["page_url"])


def _found(request: HttpRequest, run: AnalysisRun) -> HttpResponse:
    url = planner.page_url(run.city, run.analysis, run.parameters, run=run.pk)
    if not _reads_json(request):
        return redirect(url)
    answer = {"run": run.pk, "url": url, "page_url": url, "result_url": results.address(run)}
    return JsonResponse(answer)


def _refuse(request: HttpRequest, city: City, error: MappingError) -> HttpResponse:
    title = _("This question cannot be asked so")
    if _reads_json(request):
        return JsonResponse({"title": title, "message": planner.complaint(error)}, status=400)
    return http.error_response(request, 400, planner.complaint(error))


def _reads_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.headers.get(
        "Accept", "*/*"
    ).startswith("text/html")


@require_safe
@in_readers_language
def job(request: HttpRequest, city: str, job: UUID) -> HttpResponse:
    """How far a computation is."""
    return _job_answer(_job(find_loaded(city), job))


@require_POST
@in_readers_language
def job_cancel(request: HttpRequest, city: str, job: UUID) -> HttpResponse:
    """Stop a computation; the answer that was there before stays."""
    found = _job(find_loaded(city), job)
    cancel_job(found)
    return _job_answer(found)


def _job_answer(found: Job) -> HttpResponse:
    response = JsonResponse(planner.job_words(found))
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def result(request: HttpRequest, city: str, run: int) -> HttpResponse:
    """A result: a page, or a fragment for a page that is already open."""
    found = find_loaded(city)
    shown = results.context(_run(found, run), request.GET.get("table", ""))
    if request.headers.get("X-Requested-With") == FRAGMENT:
        with timezone.override(found.timezone):
            response = render(request, "planner/_result.html", {"result": shown})
    else:
        response = _page(request, "planner/result.html", found, {"result": shown})
    response["Vary"] = "X-Requested-With"
    return response


@require_safe
@in_readers_language
def layers(request: HttpRequest, city: str, run: int) -> HttpResponse:
    """The layers of a run, in the form of the map's own list."""
    found = _run(find_loaded(city), run)
    return _versioned(
        request, found, "layers", lambda: JsonResponse(run_layers.layers(found, http.language()))
    )


@require_safe
@in_readers_language
def features(request: HttpRequest, city: str, run: int, table: str) -> HttpResponse:
    """A table of a run as GeoJSON with its colours."""
    found = _run(find_loaded(city), run)
    norm = request.GET.get("norm", "")
    return _versioned(
        request,
        found,
        f"{table}-{norm}",
        lambda: HttpResponse(
            run_layers.features(found, table, norm), content_type="application/geo+json"
        ),
    )


def _versioned(
    request: HttpRequest, run: AnalysisRun, part: str, make: Callable[[], HttpResponse]
) -> HttpResponse:
    """A run never changes, but the places beside it do, and it loses its rows when it retires."""
    tag = http.etag(
        "run", run.pk, part, http.language(), run.is_active, run.city.data_version, hour()
    )
    return http.cached(request, tag, make, seconds=PAGE_SECONDS)


@require_safe
def export_table(
    request: HttpRequest, city: str, run: int, table: str, extension: str
) -> HttpResponse:
    """A table of a run as a file."""
    found = _run(find_loaded(city), run)
    form = http.choice({"format": extension}, "format", sheets.CONTENT_TYPES)
    content = sheets.encode(run_tables.sheet_of(found, table), form)
    name = f"{found.city.slug}-{found.analysis}-{found.pk}-{table}.{form}"
    return http.attachment(content, sheets.CONTENT_TYPES[form], name)


@require_safe
def export_map(request: HttpRequest, city: str, run: int) -> HttpResponse:
    """The map of a run as one file that opens without a network."""
    found = _run(find_loaded(city), run)
    # Only here: folium brings pandas, which no other page needs.
    from layers import folium_export

    name = f"{found.city.slug}-{found.analysis}-{found.pk}.html"
    html = folium_export.render(found, request.GET.get("table", ""))
    return http.attachment(html, "text/html; charset=utf-8", name)
