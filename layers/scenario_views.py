"""Doors of scenarios: saved by anyone, changed by whoever saved them, compared by all."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from layers import http, owners, pages, planner, scenario_files, scenarios, sheets
from layers.views import find_loaded
from layers.whatif_views import read_json, read_walk, refusing
from mapping.errors import MappingError, ParameterError
from mapping.models import City, Scenario
from mapping.services.changes import read_changes
from mapping.services.scenarios import (
    MOST_COMPARED,
    Compared,
    compare,
    delete_scenario,
    question_of,
    rename_scenario,
    save_scenario,
)
from mapping.services.whatif import WhatIfQuestion


def _find(city: City, identifier: Any) -> Scenario:
    scenario = scenarios.find(city, str(identifier))
    if scenario is None:
        raise Http404(_("No such scenario: it may have been deleted."))
    return scenario


def _find_own(
    request: HttpRequest, city: str, identifier: UUID, action: str = "change"
) -> Scenario:
    scenario = _find(find_loaded(city), identifier)
    if not owners.may(request, action, scenario):
        raise PermissionDenied(_("Only whoever saved a scenario may change it."))
    return scenario


@require_POST
@http.limited("scenario")
@refusing(lambda: _("The scenario was not saved"))
def save(request: HttpRequest, city: str) -> HttpResponse:
    """Keep changes under a name; the browser gets a secret to change them by."""
    sent = read_json(request)
    secret = owners.secret_of(request)
    scenario = save_scenario(
        find_loaded(city),
        name=sent.get("name"),
        asked=read_walk(sent.get("question")),
        changes=read_changes(sent.get("changes")),
        **owners.owner(request, secret),
    )
    answer = {"id": str(scenario.pk), "url": scenarios.planner_url(scenario)}
    response = JsonResponse(answer, status=201)
    owners.remember(response, secret)
    return response


@require_safe
def open_scenario(request: HttpRequest, city: str, scenario: UUID) -> HttpResponse:
    """A short link that leads to the planner's page."""
    return redirect(scenarios.planner_url(_find(find_loaded(city), scenario)))


@require_POST
@refusing(lambda: _("The scenario was not renamed"))
def rename(request: HttpRequest, city: str, scenario: UUID) -> HttpResponse:
    """Give a scenario another name."""
    found = _find_own(request, city, scenario)
    rename_scenario(found, read_json(request).get("name"))
    return JsonResponse({"id": str(found.pk), "name": found.name})


@require_POST
@refusing(lambda: _("The scenario was not deleted"))
def delete(request: HttpRequest, city: str, scenario: UUID) -> HttpResponse:
    """Forget a scenario for good."""
    delete_scenario(_find_own(request, city, scenario, "delete"))
    return JsonResponse({"deleted": str(scenario)})


@require_safe
@http.limited("compare")
def comparison(request: HttpRequest, city: str) -> HttpResponse:
    """Today and some scenarios side by side, by the question of the first."""
    found = find_loaded(city)
    try:
        asked, compared = _compare(found, request.GET.get("ids", ""))
    except MappingError as error:
        return http.error_response(request, 400, planner.complaint(error))
    with timezone.override(found.timezone):
        frame = pages.chrome(request, "planner", found)
        context = scenarios.comparison(found, asked, compared)
        return render(request, "planner/compare.html", {**frame, "compare": context})


@require_safe
@http.limited("compare")
def export(request: HttpRequest, city: str, extension: str) -> HttpResponse:
    """The same comparison as a file."""
    found = find_loaded(city)
    form = http.choice({"format": extension}, "format", scenario_files.FORMS)
    try:
        asked, compared = _compare(found, request.GET.get("ids", ""))
    except MappingError as error:
        return http.error_response(request, 400, planner.complaint(error))
    with timezone.override(found.timezone):
        content = sheets.encode(scenario_files.sheet_of(found, asked, compared), form)
    return http.attachment(content, sheets.CONTENT_TYPES[form], f"{found.slug}-scenarios.{form}")


def _compare(city: City, ids: str) -> tuple[WhatIfQuestion, list[Compared]]:
    named = list(dict.fromkeys(filter(None, ids.split(","))))
    if not 0 < len(named) <= MOST_COMPARED:
        raise ParameterError("ids", ids[:200], f"1 to {MOST_COMPARED} scenarios, with commas")
    chosen = [_find(city, identifier) for identifier in named]
    asked = question_of(chosen[0])
    return asked, compare(city, chosen, asked)
