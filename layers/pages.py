"""What whole pages show: the frame around every page, how a run was computed, the sources."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from layers import cards, feature_tiles, json_ld, links, panel, wording
from layers.choice import Choice
from layers.http import language
from mapping.models import AnalysisRun, City, ImportRun
from mapping.queries import layers as queries
from mapping.queries.institutions import Completeness

LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}
IMPORTS_SHOWN = 5
# What a run is computed from, by the names its checksums are stored under.
INPUTS = {
    "institutions": lazy("Institutions of the kind"),
    "streets": lazy("Streets"),
    "population": lazy("Houses and the people in them"),
    "districts": lazy("Districts"),
    "tos": lazy("ТОС territories"),
}


def chrome(request: HttpRequest, page: str, city: City | None = None) -> dict[str, Any]:
    """The frame around every page: cities, languages, whose data it is."""
    return {
        "page": page,
        "city": panel.city_words(city) if city else None,
        "cities": [_city_link(each, city) for each in queries.cities()],
        "language_links": _language_links(request),
        "attribution": attribution(city) if city else "",
    }


def _city_link(each: City, current: City | None) -> dict[str, Any]:
    return {
        "slug": each.slug,
        "name": each.label,
        "url": reverse("layers:map", args=[each.slug]),
        "current": each == current,
    }


def _language_links(request: HttpRequest) -> list[dict[str, Any]]:
    here = request.get_full_path()
    current = (request.LANGUAGE_CODE or settings.LANGUAGE_CODE)[:2]
    return [
        {
            "code": code,
            "label": LANGUAGE_NAMES.get(code, code),
            "url": translate_url(here, code),
            "current": code == current,
        }
        for code, _name in settings.LANGUAGES
    ]


def attribution(city: City) -> str:
    """Whose data the map shows, as the licences ask."""
    given = "; ".join(source.attribution_label for source in city.sources.all())
    return "; ".join(dict.fromkeys(part.strip() for part in given.split(";") if part.strip()))


def map_page(choice: Choice, language: str) -> dict[str, Any]:
    """The map page: the panel, and where its scripts find the layers."""
    return {**panel.context(choice), "query": choice.query(), **map_frame(choice, language)}


def map_frame(choice: Choice, language: str) -> dict[str, Any]:
    """Where the scripts of any page with a map find what they draw."""
    city = choice.city
    manifest = reverse("data:manifest", args=[city.slug])
    return {
        "bounds": [round(value, 6) for value in queries.bounds(city)],
        "manifest_url": f"{manifest}?{choice.query(lang=language)}",
        "panel_url": reverse("layers:panel", args=[city.slug]),
        "tile_url": feature_tiles.base_address(city),
        "online_tiles": {
            "url": settings.ONLINE_TILES_URL,
            "attribution": settings.ONLINE_TILES_ATTRIBUTION,
        },
    }


def card_head(request: HttpRequest, choice: Choice, card: dict[str, Any]) -> dict[str, Any]:
    """What the page of a thing tells search engines, messengers and assistants."""
    whole = request.build_absolute_uri
    here = links.thing_url(choice.city, card["type"], card["id"])
    picture = ""
    if card["position"]:
        path = reverse("data:picture", args=[choice.city.slug, card["type"], card["id"]])
        picture = whole(f"{path}?lang={language()}&v={choice.city.data_version}")
    node = card.get("json_ld")
    if node and picture:
        # Photos of the place tell more than its dot on the map.
        node = {"image": picture, **node}
    return {
        "canonical": whole(here),
        "alternates": [
            {"code": code, "url": whole(translate_url(here, code))}
            for code, _name in settings.LANGUAGES
        ],
        "picture": picture,
        "json_ld": json_ld.absolute(node, whole) if node else None,
    }


def run_page(choice: Choice) -> dict[str, Any]:
    """How a figure was computed, from what, and what is not known about it."""
    run = choice.run
    return {
        "run": {
            "id": run.pk,
            "headline": panel.headline(choice, panel.ranking(choice)),
            "rows": [*_result_rows(choice), *_parameter_rows(choice), *_timing_rows(run)],
            "inputs": [
                _row(label, run.inputs[name])
                for name, label in INPUTS.items()
                if isinstance(run.inputs.get(name), str)
            ],
            "marks": wording.marks_of(run, choice.level),
            "sources": [cards.source_line(each) for each in _run_sources(choice)],
            "unknown": _unknown(choice),
        },
        "exports": panel.exports(choice),
        "back_url": links.map_url(choice),
    }


def _run_sources(choice: Choice) -> Iterable:
    return queries.sources_of(queries.coverage_inputs(choice.city, choice.asked_kinds))


def _row(label: object, value: object, note: str = "") -> dict[str, str]:
    return {"label": str(label), "value": str(value), "note": note}


def _result_rows(choice: Choice) -> list[dict[str, str]]:
    totals = choice.totals
    return [
        _row(_("People counted"), wording.number(totals["people"])),
        _row(_("Within reach"), wording.number(totals["covered"])),
        _row(_("Too far"), wording.number(totals["uncovered"])),
        _row(_("Unknown"), wording.number(totals["unknown"])),
        _row(_("Median way"), wording.walk_minutes(totals["median_minutes"])),
    ]


def _parameter_rows(choice: Choice) -> list[dict[str, str]]:
    parameters = choice.run.parameters
    return [
        _row(_("Kind"), choice.kind.plural_label),
        _row(_("Near means"), wording.minutes_limit(choice.minutes)),
        _row(_("Who is counted"), wording.GROUPS_COUNTED[choice.group]),
        _row(
            _("Walking speed"),
            _("%(speed)s km/h") % {"speed": wording.decimal(parameters["speed_kmh"])},
            _("over the street network, not as the crow flies"),
        ),
    ]


def _timing_rows(run: AnalysisRun) -> list[dict[str, str]]:
    seconds = sum(value for value in run.timings.values() if isinstance(value, int | float))
    rows = [
        _row(_("Calculation took"), _("%(seconds)s s") % {"seconds": wording.quantity(seconds)}),
        _row(_("Version of the code"), run.code_version),
    ]
    if run.finished_at:
        there = run.finished_at.astimezone(ZoneInfo(run.city.timezone))
        rows.insert(0, _row(_("Calculated"), date_format(there, "d.m.Y H:i")))
    return rows


def _unknown(choice: Choice) -> list[str]:
    """What the run could not count, in sentences; nothing where everything was counted."""
    totals, units = choice.totals, choice.run.summary["units"]
    network = choice.run.summary["network"]
    said = (
        (
            panel.completeness(choice)["missing"],
            _("Institutions of the kind without a known position: %(number)s."),
        ),
        (totals["no_path"], _("Without a path to any institution of the kind: %(number)s people.")),
        (totals["outside"], _("Living outside every territory counted: %(number)s people.")),
        (units["without_population"], _("Houses without a known number of people: %(number)s.")),
        (units["off_streets"], _("Houses too far from any street: %(number)s.")),
        (
            network["dropped_length_km"],
            _("Streets cut off from the network and left out: %(number)s km."),
        ),
    )
    return [text % {"number": wording.number(value)} for value, text in said if round(value)]


def about_page(choice: Choice) -> dict[str, Any]:
    """Where everything comes from, how complete it is, what the marks mean."""
    city = choice.city
    return {
        "sources": [cards.source_line(each) for each in city.sources.all()],
        "completeness": completeness_table(choice),
        "imports": [_import_line(each) for each in city.import_runs.all()[:IMPORTS_SHOWN]],
        "marks": [wording.mark(code) for code in wording.MARKS],
        "back_url": links.map_url(choice),
    }


def completeness_table(choice: Choice) -> list[dict[str, Any]]:
    """Per kind that the city lists or officially has: listed, with a position, official."""
    known = queries.completeness_by_kind(choice.city, choice.kinds)
    return [
        {
            "label": kind.plural_label,
            "located": each.located,
            "listed": each.listed,
            "official": each.official,
            "official_note": " · ".join(filter(None, [_day(each), each.official_note])),
        }
        for kind, each in known.items()
    ]


def _day(known: Completeness) -> str:
    return date_format(known.official_as_of, "d.m.Y") if known.official_as_of else ""


def _import_line(run: ImportRun) -> dict[str, Any]:
    problems = len(run.problems)
    text = run.pack
    if problems:
        text += " — " + ngettext(
            "%(number)s row was not taken as it was",
            "%(number)s rows were not taken as they were",
            problems,
        ) % {"number": wording.number(problems)}
    return {"finished_at": run.finished_at, "text": text, "ok": not problems}
