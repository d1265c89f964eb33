"""
Coverage: who lives within a walk of the nearest institution of a kind, and who does not.

A `Workspace` holds what all runs of a city share (network, people, territories), so a batch of
kinds, minutes and groups reads the tables once and searches the network once per kind.
"""

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from mapping.analysis.access import DEFAULT_SPEED_KMH, nearest_minutes
from mapping.analysis.coverage import Coverage, CoverageTotal, Membership, coverage
from mapping.analysis.snapping import DEFAULT_MAX_SNAP_M, Snap, index_segments, snap
from mapping.errors import NoInstitutionsError, NoPeopleKnownError, ParameterError, UnknownNameError
from mapping.frames import (
    combined_key,
    district_membership,
    grid_membership,
    points_xy,
    read_frame,
    table_checksum,
    tos_membership,
    unit_frame,
)
from mapping.importers.records import AGE_GROUPS
from mapping.models import (
    AnalysisRun,
    City,
    CoverageRow,
    District,
    InstitutionKind,
    PopulationUnit,
    TosTerritory,
)
from mapping.queries.institutions import completeness, find_kind, of_kind, reachable
from mapping.services.bulk import copy_rows
from mapping.services.networks import StoredNetwork, walk_network
from mapping.version import code_version

GROUPS = ("all", *AGE_GROUPS)
LEVELS = ("district", "tos", "grid")
MODE = "walk"
MAX_MINUTES = 120
SPEEDS_KMH = (0.5, 12.0)
ROW_COLUMNS = (
    "run",
    "level",
    "district",
    "tos",
    "cell",
    "people",
    "covered",
    "uncovered",
    "unknown",
    "share",
    "median_minutes",
    "rank",
)

Territories = tuple[pd.DataFrame, Membership]


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """
    Whom to count, how far, to what.

    Raises
    ------
    ParameterError, UnknownNameError
        When a value makes no sense; known names are listed.
    """

    kind: str
    minutes: float = 15
    group: str = "all"
    speed_kmh: float = DEFAULT_SPEED_KMH
    max_snap_m: float = DEFAULT_MAX_SNAP_M

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= MAX_MINUTES:
            raise ParameterError("minutes", self.minutes, f"more than 0, at most {MAX_MINUTES}")
        slow, fast = SPEEDS_KMH
        if not slow <= self.speed_kmh <= fast:
            raise ParameterError("speed_kmh", self.speed_kmh, f"{slow} to {fast}")
        if self.max_snap_m <= 0:
            raise ParameterError("max_snap_m", self.max_snap_m, "more than 0")
        if self.group not in GROUPS:
            raise UnknownNameError("group", self.group, GROUPS)

    @property
    def parameters(self) -> dict[str, Any]:
        return dataclasses.asdict(self) | {"mode": MODE, "minutes": float(self.minutes)}

    @property
    def key(self) -> str:
        return combined_key(self.parameters)


@dataclass
class Workspace:
    """Everything runs of one city share; each part is read when it is first needed."""

    city: City
    seconds: dict[str, float] = field(default_factory=dict)
    _inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _snaps: dict[tuple[str, float], Snap] = field(default_factory=dict)
    _minutes: dict[tuple[str, float, float], NDArray[np.float64]] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started

    @cached_property
    def stored_network(self) -> StoredNetwork:
        with self.timed("network"):
            return walk_network(self.city)

    @cached_property
    def segment_index(self) -> Any:
        return index_segments(self.stored_network.network)

    @cached_property
    def units(self) -> gpd.GeoDataFrame:
        with self.timed("read"):
            return unit_frame(self.city)

    @cached_property
    def territories(self) -> dict[str, Territories]:
        units = self.units
        with self.timed("territories"):
            return {
                "district": district_membership(self.city, units),
                "tos": tos_membership(self.city, units),
                "grid": grid_membership(self.city, units),
            }

    @cached_property
    def shared_inputs(self) -> dict[str, str]:
        """Checksums of everything but the institutions."""
        with self.timed("checksums"):
            return {
                "streets": self.stored_network.checksum,
                "population": table_checksum(
                    PopulationUnit.objects.filter(city=self.city),
                    "point",
                    "people",
                    *AGE_GROUPS,
                    "address",
                ),
                "districts": table_checksum(
                    District.objects.filter(city=self.city, valid_to__isnull=True), "geometry"
                ),
                "tos": table_checksum(
                    TosTerritory.objects.filter(city=self.city, valid_to__isnull=True),
                    "geometry",
                    "houses",
                ),
            }

    def inputs(self, kind: InstitutionKind) -> dict[str, Any]:
        """Checksums of everything a run of this kind is computed from, read once per kind."""
        if kind.code not in self._inputs:
            with self.timed("checksums"):
                self._inputs[kind.code] = self.shared_inputs | {
                    "institutions": table_checksum(
                        reachable(of_kind(self.city, kind)), "geometry", "status"
                    ),
                    "completeness": _known_of(self.city, kind),
                }
        return self._inputs[kind.code]

    def snap(self, xy: NDArray[np.float64], max_snap_m: float) -> Snap:
        network = self.stored_network.network
        with self.timed("snap"):
            return snap(network, xy, max_snap_m=max_snap_m, index=self.segment_index)

    def unit_snap(self, max_snap_m: float) -> Snap:
        key = ("units", max_snap_m)
        if key not in self._snaps:
            self._snaps[key] = self.snap(points_xy(self.units), max_snap_m)
        return self._snaps[key]

    def people(self, group: str) -> NDArray[np.float64]:
        """Raises NoPeopleKnownError when nobody has counted the group."""
        column = "people" if group == "all" else group
        people = self.units[column].to_numpy()
        if not np.isfinite(people).any():
            raise NoPeopleKnownError(self.city.slug, group)
        return people

    def minutes(self, question: CoverageQuestion, places: gpd.GeoDataFrame) -> NDArray[np.float64]:
        """Minutes from every unit to the nearest of `places`; searched once per kind and speed."""
        key = (question.kind, question.speed_kmh, question.max_snap_m)
        if key not in self._minutes:
            origins = self.unit_snap(question.max_snap_m)
            goals = self.snap(points_xy(places), question.max_snap_m)
            with self.timed("search"):
                self._minutes[key] = nearest_minutes(
                    self.stored_network.network, origins, goals, speed_kmh=question.speed_kmh
                )
        return self._minutes[key]


def run_coverages(
    city: City,
    questions: Iterable[CoverageQuestion],
    *,
    workspace: Workspace | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> list[AnalysisRun]:
    """Answer several questions over one workspace; see `run_coverage`."""
    workspace = workspace or Workspace(city)
    runs = []
    for question in questions:
        progress(f"{question.kind}, {question.minutes:g} min, {question.group}")
        runs.append(run_coverage(city, question, workspace=workspace))
    return runs


def run_coverage(
    city: City, question: CoverageQuestion, *, workspace: Workspace | None = None
) -> AnalysisRun:
    """
    Answer a question from the stored run, or compute, store and switch on a new one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered; a failure never becomes a number.
    """
    workspace = workspace or Workspace(city)
    kind = find_kind(question.kind)
    inputs = workspace.inputs(kind)
    inputs_key = combined_key(inputs)
    stored = _stored_run(city, question, inputs_key)
    if stored:
        return stored
    started_at, before = timezone.now(), dict(workspace.seconds)
    places = _places(city, kind)
    minutes = workspace.minutes(question, places)
    people = workspace.people(question.group)
    with workspace.timed("count"):
        answers = {
            level: coverage(minutes, people, membership, within_minutes=question.minutes)
            for level, (_, membership) in workspace.territories.items()
        }
    run = AnalysisRun(
        city=city,
        analysis=AnalysisRun.Analysis.COVERAGE,
        parameters=question.parameters,
        parameters_key=question.key,
        inputs=inputs,
        inputs_key=inputs_key,
        code_version=code_version(),
        started_at=started_at,
        timings={
            step: round(seconds - before.get(step, 0.0), 4)
            for step, seconds in workspace.seconds.items()
        },
        summary=_summary(workspace, question, kind, places, answers),
    )
    _store(run, workspace.territories, answers)
    return run


def _stored_run(city: City, question: CoverageQuestion, inputs_key: str) -> AnalysisRun | None:
    return AnalysisRun.objects.filter(
        city=city,
        analysis=AnalysisRun.Analysis.COVERAGE,
        parameters_key=question.key,
        inputs_key=inputs_key,
        code_version=code_version(),
        is_active=True,
    ).first()


def _places(city: City, kind: InstitutionKind) -> gpd.GeoDataFrame:
    places = read_frame(reachable(of_kind(city, kind)), "point", ("synthetic",), city)
    if places.empty:
        raise NoInstitutionsError(city.slug, kind.code, of_kind(city, kind).count())
    return places


def _summary(
    workspace: Workspace,
    question: CoverageQuestion,
    kind: InstitutionKind,
    places: gpd.GeoDataFrame,
    answers: dict[str, Coverage],
) -> dict[str, Any]:
    units, report = workspace.units, workspace.stored_network.network.report
    snapped = workspace.unit_snap(question.max_snap_m)
    known = workspace.inputs(kind)["completeness"]
    return {
        "totals": {level: _total(answer.total) for level, answer in answers.items()},
        "completeness": known,
        "marks": {
            "synthetic": bool(units["synthetic"].any() or places["synthetic"].any()),
            "modelled": bool(units["modelled"].any()),
            "approximate": known["approximate"] > 0,
        },
        "units": {
            "count": len(units),
            "off_streets": snapped.unsnapped_count,
            "without_population": answers["district"].total.units_without_population,
        },
        "institutions": {"counted": len(places)},
        "network": {
            "vertices": report.vertices,
            "components": report.components,
            "kept_share_of_vertices": round(report.kept_share_of_vertices, 4),
            "length_km": round(report.length_km, 1),
            "dropped_length_km": round(report.dropped_length_km, 1),
        },
    }


def _known_of(city: City, kind: InstitutionKind) -> dict[str, Any]:
    known = dataclasses.asdict(completeness(city, kind))
    as_of = known["official_as_of"]
    return known | {"official_as_of": as_of.isoformat() if as_of else None}


def _number(value: float) -> float | None:
    """JSON has no NaN; None is “undefined”."""
    return None if not np.isfinite(value) else float(value)


def _total(total: CoverageTotal) -> dict[str, Any]:
    return {
        "people": total.people,
        "covered": total.covered,
        "uncovered": total.uncovered,
        "unknown": total.unknown,
        "no_path": total.no_path,
        "outside": total.outside,
        "share": _number(total.share),
        "median_minutes": _number(total.median_minutes),
    }


def _store(
    run: AnalysisRun, territories: dict[str, Territories], answers: dict[str, Coverage]
) -> None:
    """Fill aside, then switch on: readers see the old run or the new one, nothing in between."""
    with transaction.atomic():
        run.finished_at = timezone.now()
        run.save()
        for level in LEVELS:
            copy_rows(CoverageRow, ROW_COLUMNS, _rows(run, level, territories[level][0], answers))
        _switch_on(run)


def _rows(
    run: AnalysisRun, level: str, territories: pd.DataFrame, answers: dict[str, Coverage]
) -> Iterator[tuple[Any, ...]]:
    answer = answers[level]
    for number, territory in enumerate(territories["id"]):
        yield (
            run.pk,
            level,
            territory if level == "district" else None,
            territory if level == "tos" else None,
            territory if level == "grid" else "",
            float(answer.people[number]),
            float(answer.covered[number]),
            float(answer.uncovered[number]),
            float(answer.unknown[number]),
            _number(answer.share[number]),
            _number(answer.median_minutes[number]),
            int(answer.rank[number]),
        )


def _switch_on(run: AnalysisRun) -> None:
    """Retire the run that answered before: its page stays, its rows go."""
    retired = AnalysisRun.objects.filter(
        city=run.city, analysis=run.analysis, parameters_key=run.parameters_key, is_active=True
    )
    CoverageRow.objects.filter(run__in=retired).delete()
    retired.update(is_active=False)
    AnalysisRun.objects.filter(pk=run.pk).update(is_active=True)
    run.is_active = True


DEFAULT_MINUTES = (10, 15, 30)


def default_questions(city: City, kinds: Iterable[InstitutionKind]) -> list[CoverageQuestion]:
    """What the map offers from the start: every kind, three walks, every group that is counted."""
    counted = [
        group
        for group in AGE_GROUPS
        if PopulationUnit.objects.filter(city=city, **{f"{group}__isnull": False}).exists()
    ]
    return [
        CoverageQuestion(kind=kind.code, minutes=minutes, group=group)
        for kind in kinds
        for group in ("all", *counted)
        for minutes in DEFAULT_MINUTES
    ]
