"""Sets of norms, and what their rows say once their words are understood."""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, QuerySet

from mapping.analysis.provision import NormPerCity, NormPerPeople, Span
from mapping.errors import UnknownNameError
from mapping.models import City, InstitutionKind, Norm, NormSet
from mapping.queries.institutions import branch_ids, find_kind
from mapping.queries.owners import owned_by

REFERENCE_SET = "reference"

SURE_TO_UNSURE = (Norm.Confidence.QUOTED, Norm.Confidence.SECONDARY, Norm.Confidence.UNCONFIRMED)

GROUPS_BY_WORD = {
    "": "all",
    "человек": "all",
    "чел.": "all",
    "жителей": "all",
    "население": "all",
    "населения": "all",
    "all": "all",
    "дети": "children",
    "детей": "children",
    "children": "children",
    "молодежь": "youth",
    "молодежи": "youth",
    "youth": "youth",
    "working": "working",
    "пожилые": "senior",
    "пожилых": "senior",
    "senior": "senior",
}
"""Of whom an act counts, in its own words, and the age group that we count."""

WHOLE_CITY_WORDS = ("", "на городской округ", "на город")

CITY_WORDS = ("го", "город", "городской округ", "городские округа")
"""What acts call a settlement such as those served here."""

SEATS = re.compile(r"(?:\w+ )?мест(?: \(capacity\))? на ([\d ]+)\s*(.*)")
"""«зрительских мест на 1000 жителей»: seats, and for whom."""

NUMBER = r"(\d+(?:[.,]\d+)?)"
THOUSANDS = {"тыс": 1e3, "млн": 1e6}

Unit = Literal["institutions", "seats"]
Reason = Literal[
    "no_kind", "less_sure", "another_settlement", "no_figure", "unclear_group", "unclear_unit"
]


@dataclass(frozen=True, slots=True)
class ReadNorm:
    """A norm that binds the city, with its words understood; it may set minutes alone."""

    row: Norm
    kind: InstitutionKind
    unit: Unit
    group: str
    norm: NormPerPeople | NormPerCity | None
    minutes: Span | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A norm that says nothing of the city, or nothing that is understood, and why."""

    row: Norm
    reason: Reason


def find_norm_set(slug: str) -> NormSet:
    """Raises UnknownNameError with the sets there are, somebody's own not among them."""
    norm_set = NormSet.objects.filter(slug=slug).first()
    if norm_set is None:
        known = NormSet.objects.filter(owner=None, owner_key="").values_list("slug", flat=True)
        raise UnknownNameError("norm_set", slug, known)
    return norm_set


def norm_sets_of(city: City) -> QuerySet[NormSet]:
    """All there are for the city: its own and those that belong to no city."""
    own, shared = NormSet.objects.filter(city=city), NormSet.objects.filter(city__isnull=True)
    return (own | shared).order_by("name")


def public_norm_sets(city: City) -> QuerySet[NormSet]:
    """Those everybody may choose from: of no owner."""
    return norm_sets_of(city).filter(owner=None, owner_key="")


def own_norm_sets(city: City, *, owner_key: str, user_id: int | None) -> QuerySet[NormSet]:
    """Those this browser or this user made for the city, the newest first."""
    owned = owned_by(owner_key=owner_key, user_id=user_id)
    return NormSet.objects.filter(owned, city=city).order_by("-pk")


def count_by_confidence(norm_sets: Collection[NormSet]) -> dict[int, dict[str, int]]:
    """Id of each set → how many rows are how sure, the surest first; none left out."""
    rows = Norm.objects.filter(norm_set__in=norm_sets).order_by()
    counted = {
        (norm_set, level): count
        for norm_set, level, count in rows.values_list("norm_set", "confidence").annotate(
            Count("pk")
        )
    }
    return {
        each.pk: {level.value: counted.get((each.pk, level), 0) for level in SURE_TO_UNSURE}
        for each in norm_sets
    }


def norms_of(norm_set: NormSet, kind: InstitutionKind | None = None) -> QuerySet[Norm]:
    """Norms of the set in the order of the list; with a kind, of it and what lies beneath it."""
    norms = norm_set.norms.select_related("kind").order_by("row")
    return norms.filter(kind__in=branch_ids(kind)) if kind else norms


def norms_asked(slug: str, kind: str) -> QuerySet[Norm]:
    """Norms of a set and a kind by their codes, “all” for every kind; none where it is gone."""
    norms = Norm.objects.filter(norm_set__slug=slug)
    return norms if kind == "all" else norms.filter(kind__in=branch_ids(find_kind(kind)))


def read_norms(
    norms: Iterable[Norm], *, city: City, people: float, confidence: str
) -> tuple[list[ReadNorm], list[LeftOut]]:
    """
    Tell norms that bind the city, of so many people, from those that do not.

    Rows less sure than `confidence` are left out.
    """
    read: list[ReadNorm] = []
    left_out: list[LeftOut] = []
    names = (city.name, city.name_en)
    for norm in norms:
        result = _read(norm, names, people, confidence)
        if isinstance(result, ReadNorm):
            read.append(result)
        else:
            left_out.append(LeftOut(norm, result))
    return read, left_out


def _read(
    norm: Norm, city_names: Collection[str], people: float, confidence: str
) -> ReadNorm | Reason:
    if norm.kind is None:
        return "no_kind"
    if SURE_TO_UNSURE.index(norm.confidence) > SURE_TO_UNSURE.index(confidence):
        return "less_sure"
    if not binds(norm.settlement_type, people, city_names):
        return "another_settlement"
    units, minutes = read_span(norm.units), _span(norm.minutes_min, norm.minutes_max)
    if units is None:
        if norm.units.strip() or minutes is None:
            return "no_figure"
        return ReadNorm(norm, norm.kind, "institutions", "all", None, minutes)
    per_people = _span(norm.per_population_min, norm.per_population_max)
    if per_people is None:
        if norm.population_group.strip().lower() not in WHOLE_CITY_WORDS:
            return "another_settlement"
        per_city = NormPerCity(units)
        return ReadNorm(norm, norm.kind, "institutions", "all", per_city, minutes)
    whom = read_whom(norm.population_group)
    if isinstance(whom, str):
        return whom
    unit, group = whom
    return ReadNorm(norm, norm.kind, unit, group, NormPerPeople(units, per_people), minutes)


def binds(settlement: str, people: float, city_names: Collection[str] = ()) -> bool:
    """
    Tell whether a norm for such settlements binds a city of so many people.

    Sizes set limits; a name in brackets binds that city alone; nothing said, or «(all)», binds
    everyone. What is not understood does not bind.

    >>> binds("городской округ", 1e6), binds("городской округ до 50 тыс.", 1e6)
    (True, False)
    >>> binds("ГП / ГО 50 тыс. и более", 1e6), binds("ГО/ГП 50-99,9 тыс.", 1e6)
    (True, False)
    >>> binds("сельское поселение", 1e6), binds("городской округ (Хабаровск)", 1e6), binds("", 1e6)
    (False, False, True)
    """
    text = settlement.strip().lower()
    if text in ("", "(all)"):
        return True
    named = re.search(r"\((.*?)\)", text)
    if named and named[1] not in {name.lower() for name in city_names}:
        return False
    text = re.sub(r"\(.*?\)", "", text)
    low, high = _size_limits(text)
    if not low <= people < high:
        return False
    words = re.split(r"до |более |свыше |>|\d", text, maxsplit=1)[0]
    return any(option.strip() in CITY_WORDS for option in words.split("/"))


def _size_limits(text: str) -> tuple[float, float]:
    """
    From how many people, and below how many, a norm binds: «50-99,9 тыс.», «1 млн и более».

    >>> _size_limits("го 50-99,9 тыс."), _size_limits("город более 500 тыс.")
    ((50000.0, 100000.0), (500000.0, inf))
    """
    unit = r"\s*(тыс|млн)"
    if span := re.search(rf"{NUMBER}\s*[-–]\s*{NUMBER}{unit}", text):
        # «50-99,9» and «100-149,9» leave no gap between them.
        return _people(span[1], span[3]), math.ceil(_number(span[2])) * THOUSANDS[span[3]]
    if top := re.search(rf"до\s+{NUMBER}{unit}", text):
        return 0.0, _people(top[1], top[2])
    if bottom := re.search(rf"(?:более|свыше|>)\s*{NUMBER}{unit}", text):
        return _people(bottom[1], bottom[2]), math.inf
    if bottom := re.search(rf"{NUMBER}{unit}\S*\s+и более", text):
        return _people(bottom[1], bottom[2]), math.inf
    return 0.0, math.inf


def _people(number: str, unit: str) -> float:
    return _number(number) * THOUSANDS[unit]


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def read_whom(words: str) -> tuple[Unit, str] | Reason:
    """
    Say what is counted, and for whom.

    >>> read_whom("зрительских мест на 1000 жителей"), read_whom("дети")
    (('seats', 'all'), ('institutions', 'children'))
    >>> read_whom("школьники"), read_whom("кв. м на 1000")
    ('unclear_group', 'unclear_unit')
    """
    text = words.strip().lower().replace("ё", "е")
    seats = SEATS.fullmatch(text)
    if not seats and " на " in text:
        return "unclear_unit"
    unit: Unit = "seats" if seats else "institutions"
    group = GROUPS_BY_WORD.get(seats[2].strip() if seats else text)
    return (unit, group) if group else "unclear_group"


def read_span(text: str) -> Span | None:
    """
    Read “2” as (2, 2), “1-2” as (1, 2), «2 и более» as at least 2; None where it is no number.

    >>> read_span("3,5-5"), read_span("2 и более"), read_span("2.0 + 0.1")
    ((3.5, 5.0), (2.0, 2.0), None)
    """
    parts = re.fullmatch(rf"\s*{NUMBER}\s*(?:[-–]\s*{NUMBER}|и более)?\s*", text)
    if parts is None:
        return None
    low, high = _number(parts[1]), _number(parts[2] or parts[1])
    return (low, high) if 0 < low <= high else None


def _span(low: int | None, high: int | None) -> Span | None:
    if low is None or high is None or not 0 < low <= high:
        return None
    return float(low), float(high)
