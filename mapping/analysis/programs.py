"""The integer programs of siting, as HiGHS takes them."""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from mapping.analysis.arrays import Counts, Flags, Floats, Indexes
from mapping.analysis.cover_sets import CoverSets, by_site, rows_of, take_rows
from mapping.errors import SolverError

Status = highspy.HighsModelStatus

TOTAL_WORTH = 1e5
"""Weights are scaled to this sum: the solver's tolerances are absolute."""


INTERIOR_FROM = 50_000
"""With more coefficients than this the first relaxation is left to the interior point method: so
many ways of covering are worth the same that the simplex takes minutes to tell them apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """
    Maximise `scale * worth @ x`, `least <= x <= most`, where `low <= rows @ x <= high`.

    Row `r` holds the coefficients `coefficient[ptr[r]:ptr[r + 1]]` of the variables
    `variable[…]`. The first `whole` variables take whole values only.
    """

    worth: Floats
    scale: float
    least: Floats
    most: Floats
    whole: int
    ptr: Counts
    variable: Indexes
    coefficient: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """
    What HiGHS found: the values (None when nothing feasible is known), and the proven bound.

    `is_over` is false when the time limit came first; over and without values is infeasible.
    """

    values: Floats | None
    bound: float
    is_over: bool
    seconds: float


def solve(
    program: Program, *, time_limit_s: float | None = None, start: Floats | None = None
) -> Solution:
    """
    Solve a program to proven optimality, or until the time limit.

    Raises
    ------
    SolverError
        If HiGHS stops for any other reason than an answer or the time limit.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    _set_options(solver, time_limit_s)
    if len(program.variable) > INTERIOR_FROM:
        solver.setOptionValue("mip_lp_solver", "ipm")
    solver.passModel(_as_model(program))
    if start is not None:
        everything = np.arange(len(start), dtype=np.int32)
        solver.setSolution(len(start), everything, start)
    solver.run()
    return _read(solver, program.scale)


def max_cover(sets: CoverSets, is_in: Flags, count: int) -> Program:
    """
    Choose at most `count` sites, those that are in among them, that hit most weight.

    Church & ReVelle (1974): a variable per site, then one per set that is won when a site of it
    is chosen; a set of one site needs none of its own.
    """
    site_count = len(is_in)
    alone = np.diff(sets.ptr) == 1
    many = np.flatnonzero(~alone)
    at_site = np.bincount(sets.site[sets.ptr[:-1][alone]], sets.weight[alone], site_count)
    ptr, variable, coefficient = _hit_rows(sets, many, site_count)
    return Program(
        worth=np.concatenate([at_site, sets.weight[many]]),
        scale=_scale(sets),
        least=np.concatenate([is_in, np.zeros(len(many))]),
        most=np.ones(site_count + len(many)),
        whole=site_count,
        ptr=np.append(ptr, ptr[-1] + site_count),
        variable=np.append(variable, np.arange(site_count, dtype=np.int32)),
        coefficient=np.append(coefficient, np.ones(site_count)),
        low=np.full(len(many) + 1, -np.inf),
        high=np.append(np.zeros(len(many)), float(count)),
    )


def set_cover(sets: CoverSets, site_count: int, *, most: int) -> Program:
    """Hit every set with the fewest sites, at most `most` (Toregas et al. 1971)."""
    return Program(
        worth=np.full(site_count, -1.0),
        scale=1.0,
        least=np.zeros(site_count),
        most=np.ones(site_count),
        whole=site_count,
        ptr=np.append(sets.ptr, sets.ptr[-1] + site_count),
        variable=np.append(sets.site, np.arange(site_count, dtype=np.int32)),
        coefficient=np.ones(len(sets.site) + site_count),
        low=np.append(np.ones(len(sets)), 0.0),
        high=np.append(np.full(len(sets), np.inf), float(most)),
    )


def capacitated_cover(sets: CoverSets, capacity: Floats, is_fixed: Flags, count: int) -> Program:
    """
    Serve most weight from the fixed sites and at most `count` more, within their capacities.

    A variable per site, then one per entry of the sets: the weight of the set that goes there.
    """
    site_count, entries = len(capacity), len(sets.site)
    length = np.diff(sets.ptr)
    flow = site_count + np.arange(entries, dtype=np.int32)
    share = np.minimum(np.repeat(sets.weight, length), capacity[sets.site])
    site_ptr, entry = by_site(sets.site, site_count)
    room = np.minimum(capacity, np.bincount(sets.site, share, site_count))
    new = np.flatnonzero(~is_fixed)
    ptr, variable, coefficient = _stack(
        (sets.ptr, flow, np.ones(entries)),
        _tied(site_ptr, flow[entry], np.arange(site_count), room),
        _tied(np.arange(entries + 1), flow, sets.site, share),
        (np.array([0, len(new)]), new, np.ones(len(new))),
    )
    return Program(
        worth=np.concatenate([np.zeros(site_count), np.ones(entries)]),
        scale=_scale(sets),
        least=np.concatenate([is_fixed, np.zeros(entries)]),
        most=np.concatenate([np.ones(site_count), share]),
        whole=site_count,
        ptr=ptr,
        variable=variable,
        coefficient=coefficient,
        low=np.full(len(ptr) - 1, -np.inf),
        high=np.concatenate([sets.weight, np.zeros(site_count + entries), [float(count)]]),
    )


def chosen_sites(solution: Solution, site_count: int) -> Indexes:
    """Read which sites a solution chooses: the first values of every program here."""
    values = np.empty(0) if solution.values is None else solution.values
    return np.flatnonzero(values[:site_count] > 0.5).astype(np.int32)


def hits(sets: CoverSets, sites: Indexes) -> Flags:
    """Tell which sets hold any of `sites`."""
    is_chosen = np.isin(sets.site, sites)
    return np.bincount(rows_of(sets.ptr)[is_chosen], minlength=len(sets)) > 0


def start_of(sets: CoverSets, site_count: int, sites: Indexes) -> Floats:
    """Write a choice of sites as values of `max_cover`."""
    chosen = np.zeros(site_count)
    chosen[sites] = 1.0
    return np.concatenate([chosen, hits(sets, sites)[np.diff(sets.ptr) > 1]])


def _hit_rows(sets: CoverSets, many: Counts, site_count: int) -> tuple[Counts, Indexes, Floats]:
    """Say of each set: it is won (a variable after those of the sites) only if a site is chosen."""
    site = take_rows(sets.ptr, sets.site, many)
    length = np.diff(sets.ptr)[many]
    ptr = np.concatenate([[0], np.cumsum(length + 1)])
    is_won = np.zeros(ptr[-1], dtype=bool)
    is_won[ptr[:-1]] = True
    variable = np.empty(ptr[-1], dtype=np.int32)
    variable[is_won] = site_count + np.arange(len(many))
    variable[~is_won] = site
    return ptr, variable, np.where(is_won, 1.0, -1.0)


Rows = tuple[Counts, NDArray[Any], Floats]
"""Rows of a program: bounds, variables, coefficients."""


def _scale(sets: CoverSets) -> float:
    return TOTAL_WORTH / float(sets.weight.sum()) if len(sets) else 1.0


def _tied(ptr: Counts, variable: Indexes, site: NDArray[Any], most: Floats) -> Rows:
    """Say of each row: its variables add up to at most `most` if `site` is chosen, else to 0."""
    return (
        ptr + np.arange(len(ptr)),
        np.insert(variable, ptr[1:], site),
        np.insert(np.ones(len(variable)), ptr[1:], -most),
    )


def _stack(*blocks: Rows) -> Rows:
    """Put rows under one another."""
    lengths = [np.diff(ptr) for ptr, _, _ in blocks]
    ptr = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    return (
        ptr,
        np.concatenate([variable for _, variable, _ in blocks]).astype(np.int32),
        np.concatenate([coefficient for _, _, coefficient in blocks]),
    )


def _set_options(solver: highspy.Highs, time_limit_s: float | None) -> None:
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 1e-9)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
    solver.setOptionValue("random_seed", 0)
    if time_limit_s is not None:
        solver.setOptionValue("time_limit", float(time_limit_s))


def _as_model(program: Program) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.worth), len(program.low)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.worth * program.scale
    model.col_lower_ = program.least
    model.col_upper_ = program.most
    model.row_lower_, model.row_upper_ = program.low, program.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.ptr
    model.a_matrix_.index_ = program.variable
    model.a_matrix_.value_ = program.coefficient
    kinds = [highspy.HighsVarType.kInteger] * program.whole
    rest = len(program.worth) - program.whole
    model.integrality_ = [*kinds, *[highspy.HighsVarType.kContinuous] * rest]
    return model


def _read(solver: highspy.Highs, scale: float) -> Solution:
    status = solver.getModelStatus()
    if status not in (Status.kOptimal, Status.kInfeasible, Status.kTimeLimit, Status.kModelEmpty):
        raise SolverError(solver.modelStatusToString(status))
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Solution(
        values=np.asarray(solver.getSolution().col_value, dtype=np.float64) if found else None,
        bound=float(info.mip_dual_bound) / scale,
        is_over=status != Status.kTimeLimit,
        seconds=float(solver.getRunTime()),
    )
