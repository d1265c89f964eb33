"""Where to open: the sites, among candidates, that would help most people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from mapping.analysis.access import minutes_matrix
from mapping.analysis.coverage import coverage
from mapping.analysis.pairs import cut_off
from mapping.analysis.siting import (
    Siting,
    Status,
    solve_capacitated_mclp,
    solve_lscp,
    solve_mclp,
    solve_p_centre,
    solve_p_median,
)
from mapping.analysis.snapping import Snap
from mapping.analysis.spread import spread
from mapping.crs import project
from mapping.errors import NotInTimeError, OffStreetsError, ParameterError
from mapping.frames import points_xy
from mapping.models import AnalysisRun
from mapping.services.measures.candidates import Sites, read_candidates, read_open
from mapping.services.measures.rows import territory_rows
from mapping.services.questions import MAX_MINUTES, OnFoot, check_between, check_known
from mapping.services.runs import (
    Question,
    Row,
    Stopwatch,
    find_stored,
    finite,
    store_run,
    write_table,
)
from mapping.services.workspace import Workspace

OBJECTIVES = ("mclp", "p_median", "p_centre", "lscp")
GAINS = {"p_median": "saved_person_minutes", "p_centre": "people_brought"}
"""Aims that weigh how long people walk, and what each site gains; others count people covered."""

UNITS = {"mclp": "people", "p_median": "minutes", "p_centre": "minutes", "lscp": "sites"}
FAR_MINUTES = 60.0
"""Mean and longest walks are told apart up to here; whoever is farther counts as this far."""

MOST_SITES = 500
TIME_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingQuestion(OnFoot):
    """
    Which sites to open: to cover most people (`mclp`), everyone with fewest sites (`lscp`), for
    the shortest mean walk (`p_median`) or the shortest longest walk (`p_centre`).

    `candidates` and `fixed_kind` (open already) as in `candidates.read_candidates`, `read_open`.
    `minutes` is the walk that counts as covered. `people_per_site` limits whom one new or open
    site can serve (`mclp` only), 0 = without limit. `lscp` chooses as many sites as it takes.
    """

    objective: str = "mclp"
    sites: int = 20
    candidates: str = "existing:library"
    fixed_kind: str = ""
    minutes: float = 15
    people_per_site: float = 0
    time_limit_s: float = 60

    def __post_init__(self) -> None:
        OnFoot.__post_init__(self)
        check_known("objective", self.objective, OBJECTIVES)
        check_between("sites", self.sites, 0, MOST_SITES)
        check_between("minutes", self.minutes, 0, MAX_MINUTES)
        check_between("time_limit_s", self.time_limit_s, 0, TIME_LIMIT_S)
        if self.people_per_site:
            check_between("people_per_site", self.people_per_site, 0, 1e9)
            if self.objective != "mclp":
                raise ParameterError("people_per_site", self.people_per_site, "0, or mclp")

    @property
    def cutoff_minutes(self) -> float:
        """The longest walk that matters to the objective."""
        if self.objective in GAINS:
            return max(FAR_MINUTES, self.minutes)
        return self.minutes


def answer(workspace: Workspace, asked: SitingQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or choose, store and switch on a new one.

    Raises
    ------
    NoInstitutionsError, NoPeopleKnownError, NoStreetsError, OffStreetsError, NotInTimeError,
    ParameterError, UnknownNameError
        When the question cannot be answered; nothing is stored then.
    """
    city = workspace.city
    candidates = read_candidates(city, asked.candidates)
    fixed = read_open(city, asked.fixed_kind)
    inputs = workspace.shared_inputs | {"candidates": candidates.checksum, "fixed": fixed.checksum}
    question = Question(city, AnalysisRun.Analysis.SITING, asked.parameters, inputs)
    stored = find_stored(question)
    if stored:
        return stored
    stopwatch = Stopwatch(workspace)
    choice = _choose(workspace, asked, candidates, fixed)
    return store_run(question, stopwatch, _summarise(workspace, asked, choice), choice.write)


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """
    What was weighed and what was chosen.

    `walks` holds the minutes of every pair that matters, `near` those of at most `minutes`.
    """

    workspace: Workspace
    asked: SitingQuestion
    candidates: Sites
    sites: pd.DataFrame
    is_fixed: NDArray[np.bool_]
    snapped: Snap
    people: NDArray[np.float64]
    walks: csc_array
    near: csc_array
    siting: Siting

    @property
    def known_people(self) -> NDArray[np.float64]:
        return np.nan_to_num(self.people)

    def is_covered_by(self, sites: Any) -> NDArray[np.bool_]:
        """True for units within the minutes of any of `sites`."""
        covered = np.zeros(self.near.shape[0], dtype=bool)
        for site in sites:
            covered[self.near.indices[self.near.indptr[site] : self.near.indptr[site + 1]]] = True
        return covered

    def minutes_to(self, sites: Any) -> NDArray[np.float64]:
        """
        Minutes of every unit to the nearest of `sites`, NaN where no site at all is in reach.

        Whoever is farther than the walks are told apart counts as that far, as in the aim.
        """
        least = np.full(self.walks.shape[0], np.nan)
        least[self.walks.indices] = self.asked.cutoff_minutes
        for site in sites:
            pairs = slice(self.walks.indptr[site], self.walks.indptr[site + 1])
            units = self.walks.indices[pairs]
            least[units] = np.minimum(least[units], self.walks.data[pairs])
        return least

    @property
    def open_sites(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.is_fixed)

    @property
    def all_sites(self) -> NDArray[np.int64]:
        """What is open already and what was chosen."""
        return np.concatenate([self.open_sites, self.siting.site])

    def write(self, run: AnalysisRun) -> None:
        write_table(run, "pick", self._pick_rows())
        write_table(run, "candidate", self._candidate_rows())
        by_minutes = self.asked.objective in GAINS
        rows = self._minutes_of_districts() if by_minutes else self._coverage_of_districts()
        write_table(run, "district", rows)

    def _pick_rows(self) -> Iterator[Row]:
        gains = GAINS.get(self.asked.objective)
        if gains is None:
            yield from self._cover_rows()
            return
        for number, site in enumerate(self.siting.site):
            gain = float(self.siting.added[number])
            yield self._site_row(site, {"rank": number + 1, gains: gain})

    def _cover_rows(self) -> Iterator[Row]:
        heads = self.known_people
        covered = self.is_covered_by(self.open_sites)
        for rank, site in enumerate(self.siting.site, start=1):
            within = self.is_covered_by([site])
            added = float(heads[within & ~covered].sum())
            covered |= within
            figures = {
                "rank": rank,
                "added": added,
                "people_within": float(heads[within].sum()),
                "covered": float(heads[covered].sum()),
            }
            yield self._site_row(site, figures)

    def _candidate_rows(self) -> Iterator[Row]:
        heads, chosen = self.known_people, set(self.siting.site.tolist())
        covers = self.asked.objective not in GAINS
        for site in range(len(self.sites)):
            within = {"people_within": float(heads[self.is_covered_by([site])].sum())}
            figures = {
                **(within if covers else {}),
                "is_chosen": site in chosen,
                "is_open": bool(self.is_fixed[site]),
                "off_streets": not self.snapped.is_snapped[site],
            }
            yield self._site_row(site, figures)

    def _site_row(self, number: int, figures: dict[str, Any]) -> Row:
        site = self.sites.iloc[number]
        words = {name: site[name] for name in ("type", "name", "address", "kind", "accuracy")}
        marks = {
            "id": int(site["id"]),
            "synthetic": bool(site["synthetic"]),
            "approximate": site["accuracy"] in ("street", "district"),
        }
        return Row(
            label=site["name"],
            values=figures | words | marks,
            geometry=site["degrees"],
            institution_id=int(site["id"]) if site["type"] == "institution" else None,
        )

    def _minutes_of_districts(self) -> list[Row]:
        """Mean and longest walks of the people whom any site reaches, the longest means first."""
        membership = self.workspace.territories["district"][1]
        now = self.minutes_to(self.all_sites)
        had, has = (
            spread(minutes, self.people, membership)
            for minutes in (self.minutes_to(self.open_sites), now)
        )
        is_counted = (self.known_people > 0) & np.isfinite(now)
        inside = is_counted[membership.unit]
        worst = np.full(membership.territory_count, -np.inf)
        np.maximum.at(worst, membership.territory[inside], now[membership.unit[inside]])
        columns = {
            "people": has.people,
            "mean_walk_minutes_before": np.where(self.is_fixed.any(), had.mean, np.nan),
            "mean_walk_minutes": has.mean,
            "worst_minutes": worst,
            "people_out_of_reach": has.unknown,
        }
        return territory_rows(self.workspace, "district", columns, worst_first=has.mean)

    def _coverage_of_districts(self) -> Iterator[Row]:
        territories, membership = self.workspace.territories["district"]
        before, after = (
            coverage(
                np.where(self.is_covered_by(sites), 0.0, np.inf),
                self.people,
                membership,
                within_minutes=self.asked.minutes,
            )
            for sites in (self.open_sites, self.all_sites)
        )
        uncovered = after.people - after.covered
        for number in np.argsort(-uncovered, kind="stable"):
            people = after.people[number]
            yield Row(
                district_id=int(territories["id"].iloc[number]),
                values={
                    "people": float(people),
                    "covered_before": float(before.covered[number]),
                    "covered": float(after.covered[number]),
                    "uncovered": float(uncovered[number]),
                    "added": float(after.covered[number] - before.covered[number]),
                    "share": float(after.covered[number] / people) if people else None,
                },
            )


def _choose(
    workspace: Workspace, asked: SitingQuestion, candidates: Sites, fixed: Sites
) -> _Choice:
    workspace.report(0.1, "walks")
    sites, is_fixed = _join(candidates, fixed)
    sites["degrees"] = project(
        np.asarray(sites.geometry.values, dtype=object), 4326, from_srid=workspace.city.metric_srid
    )
    people = workspace.people(asked.group)
    snapped = workspace.snap(points_xy(sites), asked.max_snap_m)
    if not snapped.is_snapped[~is_fixed].any():
        raise OffStreetsError("candidates", int((~is_fixed).sum()), asked.max_snap_m)
    origins = workspace.unit_snap(asked.max_snap_m)
    with workspace.timed("search"):
        minutes = minutes_matrix(
            workspace.stored_network.network,
            origins,
            snapped,
            cutoff_minutes=asked.cutoff_minutes,
            speed_kmh=asked.speed_kmh,
        )
    workspace.report(0.4, "choice")
    with workspace.timed("choice"):
        siting = _solve(asked, minutes, people, np.flatnonzero(is_fixed))
    if siting.status is Status.TIME_LIMIT and not len(siting.site):
        raise NotInTimeError(asked.time_limit_s)
    workspace.report(0.9, "count")
    near = cut_off(minutes, asked.minutes).tocsc()
    ground = (workspace, asked, candidates, sites, is_fixed, snapped, people)
    return _Choice(*ground, walks=minutes.tocsc(), near=near, siting=siting)


def _join(candidates: Sites, fixed: Sites) -> tuple[Any, NDArray[np.bool_]]:
    """Put what is open after the candidates; what is both stands once, as open."""
    joined = pd.concat([fixed.frame, candidates.frame], ignore_index=True)
    is_fixed = np.arange(len(joined)) < len(fixed)
    kept = ~joined.duplicated(["type", "id"]).to_numpy()
    return joined[kept].reset_index(drop=True), is_fixed[kept]


def _solve(
    asked: SitingQuestion,
    minutes: csr_array,
    people: NDArray[np.float64],
    fixed: NDArray[np.int64],
) -> Siting:
    shared: dict[str, Any] = {"fixed": fixed, "time_limit_s": asked.time_limit_s}
    if asked.objective == "lscp":
        return solve_lscp(minutes, people, within_minutes=asked.minutes, **shared)
    shared["count"] = asked.sites
    if asked.objective == "p_median":
        return solve_p_median(minutes, people, beyond_minutes=asked.cutoff_minutes, **shared)
    if asked.objective == "p_centre":
        return solve_p_centre(minutes, people, **shared)
    shared["within_minutes"] = asked.minutes
    if asked.people_per_site:
        capacity = np.full(minutes.shape[1], asked.people_per_site)
        return solve_capacitated_mclp(minutes, people, capacity, **shared)
    return solve_mclp(minutes, people, **shared)


def _summarise(workspace: Workspace, asked: SitingQuestion, choice: _Choice) -> dict[str, Any]:
    siting, heads = choice.siting, choice.known_people
    before = choice.is_covered_by(choice.open_sites)
    after = choice.is_covered_by(choice.all_sites)
    people, covered_before = float(heads.sum()), float(heads[before].sum())
    # Without an answer nothing is covered by it, which is not the same as nobody.
    found = siting.status is not Status.INFEASIBLE
    covered = float(heads[after].sum()) if found else np.nan
    units, sites = workspace.units, choice.sites
    return workspace.describe_ground(asked.max_snap_m) | {
        "headline": {
            "status": siting.status.value,
            "unit": UNITS[asked.objective],
            "objective": finite(siting.objective),
            "bound": finite(siting.bound),
            "gap": finite(siting.gap),
            "before": finite(siting.before),
            "picks": len(siting.site),
            "candidates": int((~choice.is_fixed).sum()),
            "open": int(choice.is_fixed.sum()),
            "people": people,
            "covered": finite(covered),
            "covered_before": covered_before,
            "added": finite(covered - covered_before),
            "share": finite(covered / people) if people else None,
            "people_out_of_reach": siting.people_out_of_reach,
        },
        "reason": _reason(asked, siting),
        "candidates": {
            "listed": choice.candidates.listed,
            "located": len(choice.candidates),
            "approximate": choice.candidates.approximate_count,
            "off_streets": int((~choice.snapped.is_snapped & ~choice.is_fixed).sum()),
            "by_kind": {
                str(kind): int(count)
                for kind, count in choice.candidates.frame["kind"].value_counts().items()
            },
        },
        "marks": {
            "synthetic": bool(units["synthetic"].any() or sites["synthetic"].any()),
            "modelled": bool(units["modelled"].any()),
            "approximate": choice.candidates.approximate_count > 0,
        },
    }


def _reason(asked: SitingQuestion, siting: Siting) -> dict[str, Any] | None:
    """Why there is no answer, as a code and its numbers; None where there is one."""
    if siting.reason is None:
        return None
    return {
        "code": siting.reason.value,
        "sites": asked.sites,
        "least_sites": siting.least_sites,
        "cutoff_minutes": asked.cutoff_minutes,
    }
