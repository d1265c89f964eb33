"""The planner's page: tabs, the question, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import choice as choices
from layers import complaints, fields, owners, pages, planner_form, results, scenarios, wording
from layers.complaints import complaint
from layers.http import language
from mapping.errors import MappingError, UnknownNameError
from mapping.models import AnalysisRun, City, Job
from mapping.queries import layers as queries
from mapping.queries.institutions import completeness, reachable
from mapping.queries.norms import own_norm_sets
from mapping.services.jobs import queue_ahead
from mapping.services.measures import MEASURES
from mapping.services.runs import find_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One thing a planner wants to know."""

    key: str
    measure: str
    """Name of the measure; empty for “what if”, which is answered while one looks."""
    label: Any
    question: Any
    hint: Any


NO_SCENARIOS = {"whatif_url": "", "scenarios": {}}
TABS = (
    Tab(
        key="coverage",
        measure="coverage",
        label=lazy("Who lacks it"),
        question=lazy("Who lives too far to walk?"),
        hint=lazy(
            "Choose what, how far and for whom, then calculate: the worst places come first."
        ),
    ),
    Tab(
        key="whatif",
        measure="",
        label=lazy("What if"),
        question=lazy("What changes if something opens, closes or moves?"),
        hint=lazy("Press the map to open a place, drag a pin to move it, press a pin to close it."),
    ),
    Tab(
        key="siting",
        measure="siting",
        label=lazy("Where to open"),
        question=lazy("Where would a few places help most?"),
        hint=lazy("Choose how many places, out of which, and what they are for."),
    ),
    Tab(
        key="norms",
        measure="provision",
        label=lazy("Norms"),
        question=lazy("What do the norms ask for, and what is there?"),
        hint=lazy("Required, existing and missing, each figure with its act and clause."),
    ),
    Tab(
        key="access",
        measure="accessibility",
        label=lazy("Places per person"),
        question=lazy("Is there enough for everybody who comes?"),
        hint=lazy("Counts how many people share each institution, not only how far it is."),
    ),
    Tab(
        key="equity",
        measure="equity",
        label=lazy("Inequality"),
        question=lazy("How evenly is it shared among people?"),
        hint=lazy("One index for the city, the districts that make it, and the curve behind it."),
    ),
    Tab(
        key="choice",
        measure="choice",
        label=lazy("Choice"),
        question=lazy("How much is there to choose from?"),
        hint=lazy("How many institutions and how many kinds people have within a walk."),
    ),
    Tab(
        key="spots",
        measure="white_spots",
        label=lazy("White spots"),
        question=lazy("Where do many people live together too far away?"),
        hint=lazy("Connected quarters out of reach, the largest first."),
    ),
    Tab(
        key="audience",
        measure="audience",
        label=lazy("Audience"),
        question=lazy("Who could come to each institution?"),
        hint=lazy("People around every institution, and how many have nothing else near."),
    ),
    Tab(
        key="areas",
        measure="service_areas",
        label=lazy("Service areas"),
        question=lazy("How far does one get on foot?"),
        hint=lazy("Areas around institutions by minutes over the street network."),
    ),
    Tab(
        key="transit",
        measure="transit",
        label=lazy("By transport"),
        question=lazy("How long is the way by public transport?"),
        hint=lazy("Walking and riding by the timetable of a day."),
    ),
    Tab(
        key="sure",
        measure="uncertainty",
        label=lazy("How sure"),
        question=lazy("How sure are we of the figure?"),
        hint=lazy("The same figure over many draws of what is not known exactly."),
    ),
)


def tabs() -> list[Tab]:
    """Tabs whose measure there is."""
    return [tab for tab in TABS if not tab.measure or tab.measure in MEASURES]


def find_tab(key: str) -> Tab:
    """Raises UnknownNameError with the tabs there are."""
    by_key = {tab.key: tab for tab in tabs()}
    if key not in by_key:
        raise UnknownNameError("tab", key, by_key)
    return by_key[key]


def tab_of(measure: str) -> Tab:
    """The tab that shows the results of a measure."""
    return next(tab for tab in tabs() if tab.measure == measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page was asked to show."""

    tab: Tab
    values: Mapping[str, Any]
    run: AnalysisRun | None = None
    problem: str = ""


def read(city: City, params: Mapping[str, str], run: AnalysisRun | None, job: Job | None) -> Asked:
    """
    The question of a query; a run or a job named in it brings its own question.

    A question that makes no sense is a problem told on the page, not an error.
    """
    known = run or job
    if known:
        values = _asked(known.parameters)
        return Asked(tab=tab_of(known.analysis), values=values, run=run)
    tab = find_tab(params.get("tab", "") or TABS[0].key)
    values = planner_form.given(city, tab.measure, params)
    try:
        question = planner_form.question(city, tab.measure, params)
    except MappingError as error:
        return Asked(tab=tab, values=values, problem=complaint(error))
    found = find_current(city, tab.measure, question.parameters) if tab.measure else None
    return Asked(tab=tab, values=values, run=found)


def page(request: HttpRequest, city: City, asked: Asked, job: Job | None) -> dict[str, Any]:
    """Everything the planner's page shows."""
    tab, params = asked.tab, request.GET
    form = planner_form.form(city, tab.measure, asked.values)
    shown = choices.read(city, _map_choice(asked))
    frame = pages.map_frame(shown, language())
    result = results.context(asked.run, params.get("table", "")) if asked.run else None
    return {
        **frame,
        **({"manifest_url": result["layers_url"]} if result else {}),
        "tab": _tab_words(tab),
        "tabs": [_tab_link(city, each, tab, asked.values) for each in tabs()],
        "form": planner_form.with_norm_sets(
            planner_form.with_every_kind(form, tab.measure),
            city,
            own_norm_sets(city, **owners.owner(request)),
        ),
        "result": result,
        "job": job_words(job) if job else None,
        "problem": asked.problem,
        "query": query(tab, asked.values),
        "planner_url": reverse("layers:planner", args=[city.slug]),
        "norms_url": reverse("layers:norm_sets", args=[city.slug]) if tab.key == "norms" else "",
        "ask_url": reverse("layers:ask", args=[city.slug]),
        "result_url_pattern": reverse("layers:result", args=[city.slug, 0]),
        "kinds": planner_form.kinds(),
        "institutions": institutions(city) if tab.key in ("whatif", "siting") else [],
        "completeness": _completeness(shown) if not tab.measure else "",
        "marks": wording.marks_of(shown.run, "district") if shown.run else [],
        **(scenarios.planner_part(request, city) if not tab.measure else NO_SCENARIOS),
    }


def _map_choice(asked: Asked) -> dict[str, str]:
    """What of the question the map page understands; of one that makes no sense, the kind."""
    understood = ("kind",) if asked.problem or _is_short(asked.values) else SHARED
    said = {name: fields.as_address(asked.values.get(name, "")) for name in understood}
    return {name: "" if value == planner_form.ALL_KINDS else value for name, value in said.items()}


def _is_short(values: Mapping[str, Any]) -> bool:
    """A walk of less than a minute, which only a question may ask about."""
    return float(values.get("minutes") or choices.DEFAULT_MINUTES) < 1


def _completeness(shown: choices.Choice) -> str:
    """How many institutions changes are weighed against, of those there officially are."""
    known = completeness(shown.city, shown.kind)
    return wording.completeness(
        located=known.located,
        listed=known.listed,
        official=known.official,
        kind_plural=shown.kind.genitive_label,
    )


def _tab_words(tab: Tab) -> dict[str, str]:
    return {
        "key": tab.key,
        "label": str(tab.label),
        "question": str(tab.question),
        "hint": str(tab.hint),
        "measure": tab.measure,
    }


# What means the same in every question, so it is kept from tab to tab.
SHARED = ("kind", "minutes", "group")


def _tab_link(city: City, tab: Tab, current: Tab, values: Mapping[str, Any]) -> dict[str, Any]:
    known = planner_form.names(tab.measure)
    kept = {name: values[name] for name in SHARED if name in values and name in known}
    path = reverse("layers:planner", args=[city.slug])
    return {
        "key": tab.key,
        "label": str(tab.label),
        "url": f"{path}?{query(tab, kept)}",
        "current": tab == current,
    }


def query(tab: Tab, values: Mapping[str, Any], **more: Any) -> str:
    """The query string that asks the same again."""
    said = {name: fields.as_address(value) for name, value in values.items()}
    return urlencode({"tab": tab.key, **said, **more})


def page_url(city: City, measure: str, values: Mapping[str, Any], **more: Any) -> str:
    """The planner's page with a question, and a run or a job of it."""
    path = reverse("layers:planner", args=[city.slug])
    return f"{path}?{query(tab_of(measure), _asked(values), **more)}"


def _asked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, without what follows from it."""
    return {name: value for name, value in parameters.items() if name != "mode"}


def job_words(job: Job) -> dict[str, Any]:
    """How far a computation is, for the page and for its script."""
    city, run = job.city, job.run
    more = {"run": run.pk} if run else {"job": job.pk}
    return {
        "id": str(job.pk),
        "url": reverse("data:job", args=[city.slug, job.pk]),
        "cancel_url": reverse("data:job_cancel", args=[city.slug, job.pk]),
        "page_url": page_url(city, job.analysis, job.parameters, **more),
        "status": job.status,
        "status_text": capfirst(Job.Status(job.status).label),
        "progress": job.progress,
        "step": step_words(job.step),
        "message": complaints.of_job(job),
        "run": run.pk if run else None,
        "result_url": results.address(run) if run else None,
        "queue_ahead": queue_ahead(job),
    }


STEPS = {
    "walks": lazy("walking the streets"),
    "choice": lazy("choosing the places"),
    "areas": lazy("drawing the areas"),
    "count": lazy("counting people"),
}


def step_words(step: str) -> str:
    """What is being done, in the reader's words; steps may be words of ours already."""
    return str(STEPS.get(step) or (step and _(step)))


def institutions(city: City) -> list[dict[str, Any]]:
    """Open institutions with a position, for lists one chooses from."""
    rows = reachable(queries.places(city)).defer("geometry")
    return [
        {
            "id": row.pk,
            "name": row.label,
            "kind": row.kind.code,
            "kind_label": row.kind.label,
            "lat": round(row.point.y, 6),
            "lon": round(row.point.x, 6),
            "address": row.address,
            "accuracy": row.position_accuracy,
            "capacity": row.capacity,
        }
        for row in queries.by_name(rows)
    ]
