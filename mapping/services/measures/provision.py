"""Provision: what norms require of the city and its districts, what there is, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.analysis.coverage import Membership
from mapping.analysis.provision import (
    NormPerCity,
    NormPerPeople,
    Provision,
    Span,
    city_provision,
    provision,
    share_within_norm,
)
from mapping.analysis.spread import whole_city
from mapping.errors import NoNormError, NoPeopleKnownError
from mapping.frames import table_checksum
from mapping.models import AnalysisRun, InstitutionKind, Norm
from mapping.queries.institutions import of_kind
from mapping.queries.norms import (
    REFERENCE_SET,
    SURE_TO_UNSURE,
    LeftOut,
    ReadNorm,
    find_norm_set,
    norms_of,
    read_norms,
)
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.ground import (
    ALL_KINDS,
    asked_kinds,
    describe_kinds,
    inputs_of,
    located_kinds,
)
from mapping.services.measures.holdings import Holdings, count_holdings
from mapping.services.measures.rows import figure, figures
from mapping.services.norms import norms_version
from mapping.services.questions import OnFoot, check_known
from mapping.services.runs import Row
from mapping.services.workspace import Workspace

TwoShares = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionQuestion(OnFoot):
    """
    What a set of norms requires: of all kinds it names, or of one and its branches.

    `confidence` is that of the least sure rows taken. `group` is the group whose share within the
    norm's minutes is wanted; “all” takes each norm's own. Requirements always count the people
    that the act names.
    """

    kind: str = ALL_KINDS
    norm_set: str = REFERENCE_SET
    confidence: str = Norm.Confidence.QUOTED.value

    def __post_init__(self) -> None:
        OnFoot.__post_init__(self)
        check_known("confidence", self.confidence, [value.value for value in SURE_TO_UNSURE])


def answer(workspace: Workspace, asked: ProvisionQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or compute and store one.

    Raises
    ------
    UnknownNameError, NoNormError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered.
    """
    norm_set = find_norm_set(asked.norm_set)
    asked_kind = None if asked.kind == ALL_KINDS else asked_kinds(workspace.city, asked.kind)[0]
    norms = norms_of(norm_set, asked_kind)
    city = workspace.city
    # Acts tell cities apart by their official size; the houses may hold a little more or less.
    people = city.population or float(np.nansum(workspace.people("all")))
    read, left_out = read_norms(norms, city=city, people=people, confidence=asked.confidence)
    if not read:
        reasons = [norm.reason for norm in left_out]
        raise NoNormError(norm_set.slug, asked.kind, asked.confidence, reasons)
    kinds = list({norm.kind.pk: norm.kind for norm in read}.values())
    return answer_once(
        workspace,
        AnalysisRun.Analysis.PROVISION,
        asked,
        inputs_of(workspace, kinds)
        | {
            "norms": norms_version(norms),
            "holdings": {kind.code: _holdings_checksum(workspace, kind) for kind in kinds},
        },
        lambda: _compute(workspace, kinds, read, left_out, asked),
    )


def _holdings_checksum(workspace: Workspace, kind: InstitutionKind) -> str:
    rows: Any = of_kind(workspace.city, kind)
    return table_checksum(rows, "geometry", "status", "capacity", "district_name")


def _compute(
    workspace: Workspace,
    kinds: Sequence[InstitutionKind],
    read: Sequence[ReadNorm],
    left_out: Sequence[LeftOut],
    asked: ProvisionQuestion,
) -> Answer:
    shares = _Shares(workspace, asked)
    found = [_measure(workspace, norm, asked, shares) for norm in read]
    found.sort(key=_shortage, reverse=True)
    city_rows = [Row(label=one.norm.row.facility_type, values=one.city) for one in found]
    return Answer(
        summary=describe_kinds(workspace, kinds, asked.max_snap_m)
        | {
            "headline": {
                "norms": len(found),
                "short_norms": sum((one.city["shortfall_min"] or 0) > 0 for one in found),
                "unknown_norms": sum(
                    one.norm.norm is not None and one.city["shortfall_min"] is None for one in found
                ),
            },
            "marks_of_norms": sorted({one.norm.row.confidence for one in found}),
            "norms_left_out": [
                {"row": one.row.row, "facility": one.row.facility_type, "reason": one.reason}
                for one in left_out
            ],
        },
        tables={"city": city_rows, "district": [row for one in found for row in one.districts]},
    )


def _shortage(found: "_Found") -> float:
    """
    The share of what a norm requires that the city lacks at least; what is not known comes last.

    Seats and institutions have no common unit, so norms are not ranked by their number.
    """
    short, required = found.city["shortfall_min"], found.city["required_min"]
    if short is None or not required:
        return -np.inf
    return float(short / required)


@dataclass(slots=True)
class _Shares:
    """Shares of people within norms' minutes on foot; several norms ask for the same."""

    workspace: Workspace
    asked: ProvisionQuestion
    _known: dict[tuple[str, Span, str, str], TwoShares] = field(default_factory=dict)

    def find(self, norm: ReadNorm, group: str, level: str, membership: Membership) -> TwoShares:
        """At the strict and the lenient end; undefined without minutes or a located place."""
        if norm.minutes is None or not located_kinds(self.workspace.city, [norm.kind]):
            unknown = np.full(membership.territory_count, np.nan)
            return unknown, unknown
        key = (norm.kind.code, norm.minutes, group, level)
        if key not in self._known:
            minutes = self.workspace.minutes(
                norm.kind, speed_kmh=self.asked.speed_kmh, max_snap_m=self.asked.max_snap_m
            )
            people = _people(self.workspace, group)
            with self.workspace.timed("count"):
                self._known[key] = share_within_norm(minutes, people, membership, norm.minutes)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class _Found:
    norm: ReadNorm
    city: dict[str, Any]
    districts: list[Row]


def _measure(
    workspace: Workspace, norm: ReadNorm, asked: ProvisionQuestion, shares: _Shares
) -> _Found:
    territories, membership = workspace.territories["district"]
    people = _people(workspace, norm.group)
    with workspace.timed("count"):
        holdings = count_holdings(workspace.city, norm.kind, territories, norm.unit)
    group = share_group(norm, asked.group)
    city, districts = compare_norm(
        norm,
        group,
        count_heads(people, membership),
        holdings,
        Shares(
            shares.find(norm, group, "city", whole_city(len(people))),
            shares.find(norm, group, "district", membership),
        ),
    )
    rows = [
        Row(
            label=norm.row.facility_type,
            district_id=int(territories["id"][number]),
            values=values,
        )
        for number, values in enumerate(districts)
    ]
    rows.sort(key=lambda row: -(row.values["shortfall_min"] or row.values["required_min"] or 0))
    return _Found(norm, city, rows)


def share_group(norm: ReadNorm, group: str) -> str:
    """Of whom the share within the norm's minutes is told, when `group` was asked for."""
    return norm.group if group == "all" else group


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """People a norm counts, in the city and by district; NaN where nobody has counted them."""

    in_city: float
    in_districts: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares within the norm's minutes, strict and lenient: of the city, and by district."""

    in_city: TwoShares
    in_districts: TwoShares


def count_heads(people: NDArray[np.float64], membership: Membership) -> Heads:
    """Count people, shape (units,), NaN where unknown."""
    heads = np.bincount(
        membership.territory,
        np.nan_to_num(people[membership.unit]),
        membership.territory_count,
    ).astype(np.float64)
    if np.isnan(people).all():
        heads[:] = np.nan
    return Heads(_sum(people), heads)


def compare_norm(
    norm: ReadNorm, group: str, heads: Heads, holdings: Holdings, shares: Shares
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """
    Say what a norm requires, what there is and what is missing, with the act beside it.

    Figures of the city, and of every district in order; a norm per city says nothing of districts.
    """
    said = _said_by(norm) | {"share_group": group}
    city = _in_city(heads.in_city, holdings.in_city, norm)
    line = said | _figures(city, 0, shares.in_city) | _holding_figures(holdings, city, None)
    if isinstance(norm.norm, NormPerCity):
        return line, []
    each = _in_districts(heads.in_districts, holdings.in_districts, norm)
    return line, [
        said
        | _figures(each, number, shares.in_districts)
        | _holding_figures(holdings, each, number)
        for number in range(len(heads.in_districts))
    ]


def _in_city(people: float, existing: float, norm: ReadNorm) -> Provision:
    if norm.norm is None:
        return _nothing_required(np.array([people]), np.array([existing]))
    return city_provision(people, existing, norm.norm)


def _in_districts(
    people: NDArray[np.float64], existing: NDArray[np.float64], norm: ReadNorm
) -> Provision:
    if not isinstance(norm.norm, NormPerPeople):
        return _nothing_required(people, existing)
    return provision(people, existing, norm.norm)


def _nothing_required(people: NDArray[np.float64], existing: NDArray[np.float64]) -> Provision:
    """A norm of minutes alone: nothing is required in units, so nothing can be missing."""
    undefined = np.full(people.shape, np.nan)
    return Provision(people, undefined, undefined, existing, undefined, undefined)


def _people(workspace: Workspace, group: str) -> NDArray[np.float64]:
    """People of the group at each unit; all unknown where nobody has counted the group."""
    try:
        return workspace.people(group)
    except NoPeopleKnownError:
        return np.full(len(workspace.units), np.nan)


def _sum(people: NDArray[np.float64]) -> float:
    return float(np.nansum(people)) if np.isfinite(people).any() else np.nan


def _said_by(norm: ReadNorm) -> dict[str, Any]:
    """What the act says, in its own words, beside what we understood."""
    minutes = norm.minutes and "-".join(f"{end:g}" for end in sorted(set(norm.minutes)))
    return {
        "norm": norm.row.row,
        "kind": norm.kind.code,
        "facility": norm.row.facility_type,
        "unit": norm.unit,
        "per_city": isinstance(norm.norm, NormPerCity),
        "group": norm.group,
        "minutes": minutes,
        "minutes_mode": norm.row.mode,
        "share_mode": OnFoot.MODE,
        "act": norm.row.act,
        "clause": norm.row.clause,
        "url": norm.row.url,
        "confidence": norm.row.confidence,
    }


def _figures(
    found: Provision,
    number: int,
    within: TwoShares,
) -> dict[str, Any]:
    strict, lenient = within
    return figures(
        {
            "people": found.people[number],
            "required_min": found.required_min[number],
            "required_max": found.required_max[number],
            "existing": found.existing[number],
            "shortfall_min": found.shortfall_min[number],
            "shortfall_max": found.shortfall_max[number],
            "share_within_norm_minutes": strict[number],
            "share_within_norm_minutes_max": lenient[number],
        }
    )


def _holding_figures(holdings: Holdings, found: Provision, number: int | None) -> dict[str, Any]:
    """How sure the existing are; where the list has gaps, the most that may be missing."""
    counted = holdings.counted if number is None else holdings.counted_in_districts[number]
    at = number or 0
    at_most = np.maximum(found.required_max[at] - float(counted), 0.0)
    is_known = np.isfinite(found.existing[at])
    return {
        "counted": figure(float(counted)),
        "complete": holdings.is_complete if number is None else holdings.is_complete_by_district,
        "existing_source": holdings.source if number is None else "listed",
        "shortfall_at_most": None if is_known else figure(at_most),
    }
