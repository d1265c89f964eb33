"""The planner's question as a form: fields of a measure's question in words."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from layers import fields, moments, wording
from layers.choice import DEFAULT_KIND
from layers.fields import Field
from layers.findings import ALL_KINDS
from mapping.errors import MappingError, NoInstitutionsError, NoPeopleKnownError
from mapping.models import City, InstitutionKind, NormSet
from mapping.queries.institutions import (
    culture_kinds_present,
    find_kind,
    kinds_present,
    of_kind,
    reachable,
)
from mapping.queries.norms import (
    REFERENCE_SET,
    find_norm_set,
    norm_sets_of,
    public_norm_sets,
)
from mapping.services.measures import MEASURES
from mapping.services.questions import read_question
from mapping.services.timetables import check_service, first_weekday, kept_feeds
from mapping.services.whatif import WhatIfQuestion

Option = dict[str, Any]
# Whose houses could take in something new: the case of a network of neighbour centres.
CULTURE_HOUSES = ("library", "house_of_culture", "art_school")
PUBLIC_BUILDING = "public_building"
CENTERS = "neighbor_center"


def question_class(measure: str) -> type[Any]:
    """The question of a measure, or of “what if”."""
    return MEASURES[measure].question if measure else WhatIfQuestion


def names(measure: str) -> list[str]:
    """Fields of the question in its order, the kind and the minutes first."""
    found = [field.name for field in dataclasses.fields(question_class(measure))]
    first = [name for name in ("kind", "minutes", "group") if name in found]
    return [*first, *(name for name in found if name not in first)]


def given(city: City, measure: str, params: Mapping[str, str]) -> dict[str, str]:
    """What of a query belongs to the question; a kind is chosen where none was."""
    known = names(measure)
    asked = {name: params[name].strip() for name in known if params.get(name, "").strip()}
    if "kind" in known and "kind" not in asked and "kind" not in _defaults(measure):
        asked["kind"] = _default_kind(city)
    if asked.get("open_at") == moments.OTHER:
        own = (params.get(name, "").strip() for name in ("open_day", "open_time"))
        asked["open_at"] = moments.composed(*own)
    if asked.get("feed") and not asked.get("date"):
        asked["date"] = _first_day(city, asked["feed"])
    return asked


def _first_day(city: City, feed: str) -> str:
    """The first weekday of a timetable; nothing where it cannot be told."""
    try:
        day = first_weekday(city, feed)
    except MappingError:
        return ""
    return day.isoformat() if day else ""


def question(city: City, measure: str, params: Mapping[str, str]) -> Any:
    """
    The question of a query, refused here where it is plain that nobody can answer it.

    Raises
    ------
    ParameterError, UnknownNameError
        When it makes no sense.
    NoInstitutionsError, NoPeopleKnownError, NoServiceError, UnreadableFileError
        When the city has nothing of the kind, nobody has counted the group, nothing runs that
        day, or the timetable is broken.
    """
    asked = read_question(question_class(measure), given(city, measure, params))
    _check_kind(city, getattr(asked, "kind", ALL_KINDS))
    _check_group(city, asked.group)
    # The reference set is the one nobody need have chosen: a city may have no norms at all.
    if getattr(asked, "norm_set", REFERENCE_SET) != REFERENCE_SET:
        find_norm_set(asked.norm_set)
    if getattr(asked, "feed", ""):
        check_service(city, asked.feed, asked.day)
    return asked


def _check_kind(city: City, code: str) -> None:
    if code == ALL_KINDS:
        return
    institutions = of_kind(city, find_kind(code))
    if not reachable(institutions).exists():
        raise NoInstitutionsError(city.slug, code, institutions.count())


def _check_group(city: City, group: str) -> None:
    column = "people" if group == "all" else group
    if not city.population_units.filter(**{f"{column}__isnull": False}).exists():
        raise NoPeopleKnownError(city.slug, group)


def form(city: City, measure: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The form with what was asked, or with what is asked usually."""
    shown = {**_defaults(measure), **values}
    if "date" in shown and not shown["date"]:
        feeds = filter(None, [shown["feed"], *kept_feeds(city)])
        shown["date"] = _first_day(city, next(feeds, ""))
    made = [_field(city, measure, name, shown) for name in names(measure)]
    return {
        "measure": measure,
        "fields": made,
        "by": {field["name"]: field for field in made},
        "has_advanced": any(field["advanced"] for field in made),
        "moment": moments.day_and_time(shown["open_at"]) if "open_at" in shown else None,
    }


def _defaults(measure: str) -> dict[str, Any]:
    return {
        field.name: field.default
        for field in dataclasses.fields(question_class(measure))
        if field.default is not dataclasses.MISSING
    }


def _default_kind(city: City) -> str:
    present = [kind.code for kind in culture_kinds_present(city)]
    return DEFAULT_KIND if DEFAULT_KIND in present or not present else present[0]


def _field(city: City, measure: str, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    shown = fields.field(name, measure)
    said = fields.as_address(asked.get(name, ""))
    if name == "open_at":
        said = moments.choice(said)
    options = list(_options(city, name, shown, said))
    return {
        "name": name,
        "label": str(shown.label),
        "kind": _sort(shown, options),
        "value": said,
        "options": options,
        "min": shown.low,
        "max": shown.high,
        "step": shown.step,
        "size": shown.size,
        "help": str(shown.help),
        "advanced": shown.is_advanced,
        "asked": fields.belongs(name, measure, asked),
    }


def _sort(shown: Field, options: list[Option]) -> str:
    if options:
        return "select"
    return "number" if shown.low is not None else shown.input


def _options(city: City, name: str, shown: Field, value: str) -> Iterator[Option]:
    """Values worth offering, and the one that was asked even where it is none of them."""
    offered = _offered(city, name, shown)
    if not offered:
        return
    if value not in offered:
        offered[value] = _said(shown, value)
    for code, label in offered.items():
        yield {"value": code, "label": str(label), "selected": code == value}


def _said(shown: Field, value: str) -> str:
    """A value that is not in the list: as near to words as it can be brought."""
    try:
        return shown.say(float(value) if shown.choices else value)
    except (ValueError, OverflowError):
        return value


def _offered(city: City, name: str, shown: Field) -> dict[str, Any]:
    if name in _CITY_OPTIONS:
        return _CITY_OPTIONS[name](city)
    if shown.choices:
        return {f"{each:g}": shown.say(each) for each in shown.choices}
    return dict(shown.options or {})


def _kinds(city: City) -> dict[str, Any]:
    return {kind.code: kind.genitive_label for kind in culture_kinds_present(city)}


def _norm_sets(city: City) -> dict[str, Any]:
    return dict(public_norm_sets(city).values_list("slug", "name"))


def _candidates(city: City) -> dict[str, Any]:
    """Out of which institutions and buildings some are chosen: of one kind, or of several."""
    present = kinds_present(city)
    culture = [kind for kind in present if kind.is_culture]
    houses = [kind for kind in culture if kind.code in CULTURE_HOUSES]
    libraries = [kind for kind in houses if kind.code == DEFAULT_KIND]
    buildings = [kind for kind in present if kind.code == PUBLIC_BUILDING]
    mixed = [houses, [*libraries, *buildings], [*houses, *buildings], buildings]
    offered = {
        "existing:" + ",".join(kind.code for kind in kinds): wording.listed(
            [kind.genitive_label for kind in kinds]
        )
        for kinds in [*([kind] for kind in culture), *filter(None, mixed)]
    }
    return offered | {"existing:all": _("institutions of culture of every kind")}


def _open_already(city: City) -> dict[str, Any]:
    none = {"": _("nothing")}
    centers = {CENTERS: _("the neighbour centres there are")}
    kinds = {kind.code: kind.plural_label for kind in culture_kinds_present(city)}
    return none | (centers if city.neighbor_centers.exists() else {}) | kinds


def _feeds(city: City) -> dict[str, Any]:
    return {"": _("none, on foot only"), **{name: name for name in kept_feeds(city)}}


_CITY_OPTIONS = {
    "feed": _feeds,
    "kind": _kinds,
    "norm_set": _norm_sets,
    "open_at": lambda city: moments.choices(),
    "candidates": _candidates,
    "fixed_kind": _open_already,
}


def with_every_kind(made: dict[str, Any], measure: str) -> dict[str, Any]:
    """The form with “every kind” first, where the measure can count them together."""
    if _defaults(measure).get("kind") != ALL_KINDS:
        return made
    kind = made["by"]["kind"]
    rest = [option for option in kind["options"] if option["value"] != ALL_KINDS]
    every = {
        "value": ALL_KINDS,
        "label": _("institutions of every kind"),
        "selected": kind["value"] == ALL_KINDS,
    }
    kind["options"] = [every, *rest]
    return made


def with_norm_sets(made: dict[str, Any], city: City, own: Iterable[NormSet]) -> dict[str, Any]:
    """The form with the sets of norms of whoever asks, and the asked one by its name."""
    field = made["by"].get("norm_set")
    if field is None:
        return made
    asked = field["value"]
    offered = {option["value"]: option["label"] for option in field["options"]}
    offered |= dict(norm_sets_of(city).filter(slug=asked).values_list("slug", "name"))
    offered |= {each.slug: each.name for each in own}
    field["options"] = [
        {"value": slug, "label": name, "selected": slug == asked} for slug, name in offered.items()
    ]
    return made


def kinds() -> list[dict[str, str]]:
    """Kinds of institutions for pins and lists, each with the one above it."""
    return [
        {
            "code": kind.code,
            "label": kind.label,
            "icon": kind.icon,
            "color": kind.color,
            "parent": kind.parent.code if kind.parent else "",
        }
        for kind in InstitutionKind.objects.select_related("parent")
    ]
