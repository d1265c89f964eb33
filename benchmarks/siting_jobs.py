"""Where to open, and what if: siting beside spopt, mended labels beside a full walk."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.city import SEED, BenchCity
from benchmarks.timing import Outcome, best
from mapping.analysis.access import minutes_matrix
from mapping.analysis.network import WalkNetwork
from mapping.analysis.siting import Siting, solve_mclp, solve_p_median
from mapping.analysis.snapping import Snap
from mapping.analysis.whatif import change, label_today

PEOPLE = 1_600_000
WITHIN_MINUTES = 15
BEYOND_MINUTES = 60
CHANGES = 50


def siting_jobs(network: WalkNetwork, homes: Snap, places: Snap) -> Iterator[Outcome]:
    """Choose 20 of 70 and 50 of 500 of the city's places."""
    rng = np.random.default_rng(SEED)
    people = rng.lognormal(3, 0.8, len(homes))
    people = np.round(people * PEOPLE / people.sum())
    some = rng.permutation(len(places))
    few, many = places.take(some[:70]), places.take(some[:500])

    near = minutes_matrix(network, homes, few, cutoff_minutes=WITHIN_MINUTES)
    asked: dict[str, Any] = {"count": 20, "within_minutes": WITHIN_MINUTES}
    ours_s, ours = best(lambda: solve_mclp(near, people, **asked))
    peer_s, optimum = _spopt_mclp(near, people)
    agreement = f"{_said(ours)}; {_compare(ours.objective, optimum)}"
    yield Outcome("MCLP 20 of 70", ours_s, "spopt + HiGHS", peer_s, agreement)

    near = minutes_matrix(network, homes, many, cutoff_minutes=WITHIN_MINUTES)
    ours_s, ours = best(lambda: solve_mclp(near, people, count=50, within_minutes=WITHIN_MINUTES))
    yield Outcome("MCLP 50 of 500", ours_s, "", None, _said(ours))

    wide = minutes_matrix(network, homes, few, cutoff_minutes=BEYOND_MINUTES)
    ours_s, ours = best(lambda: solve_p_median(wide, people, count=20, beyond_minutes=60))
    yield Outcome("p-median 20 of 70", ours_s, "", None, _said(ours))


def whatif_jobs(
    city: BenchCity, network: WalkNetwork, homes: Snap, places: Snap
) -> Iterator[Outcome]:
    """Open, close and move one institution of a kind, each beside a walk over the whole city."""
    rng = np.random.default_rng(SEED)
    kind = places.take(city.kind == 0)
    today = label_today(network, homes, kind)
    new = homes.take(rng.integers(0, len(homes), CHANGES))
    scenarios: dict[str, Any] = {
        "add": lambda turn: {"opened": new.take([turn])},
        "close": lambda turn: {"close": [turn % len(kind)]},
        "move": lambda turn: {"close": [turn % len(kind)], "opened": new.take([turn])},
    }
    for name, scenario in scenarios.items():
        asked = [scenario(turn) for turn in range(CHANGES)]
        ours_s, changed = best(lambda asked=asked: [change(today, **step) for step in asked])
        last = [_places_of(kind, step) for step in asked]
        peer_s, whole = best(
            lambda last=last: [label_today(network, homes, place) for place in last], repeats=1
        )
        same = all(
            np.array_equal(one.minutes, other.minutes)
            for one, other in zip(changed, whole, strict=True)
        )
        agreement = f"{CHANGES} times, minutes {'equal' if same else 'DIFFER'}"
        yield Outcome(f"what-if {name}", ours_s / CHANGES, "full walk", peer_s / CHANGES, agreement)


def _places_of(kind: Snap, step: dict[str, Any]) -> Snap:
    """Return the institutions that are open after a change."""
    left = kind.take(np.delete(np.arange(len(kind)), step.get("close", [])))
    new = step.get("opened", kind.take(np.empty(0, dtype=np.int64)))
    return Snap(
        np.concatenate([left.chain, new.chain]),
        np.concatenate([left.offset_m, new.offset_m]),
        np.concatenate([left.distance_m, new.distance_m]),
    )


def _spopt_mclp(near: Any, people: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Solve the same by spopt, a variable for every home; None where it is not installed."""
    try:
        import pulp
        from spopt.locate import MCLP
    except ImportError:
        return None, None
    minutes = np.full(near.shape, 1e6)
    minutes[np.repeat(np.arange(near.shape[0]), np.diff(near.indptr)), near.indices] = near.data

    def ask() -> float:
        model = MCLP.from_cost_matrix(
            minutes, people[:, None], service_radius=WITHIN_MINUTES, p_facilities=20
        )
        model.solve(pulp.HiGHS(msg=False))
        return float(model.problem.objective.value())

    return best(ask, repeats=1)


def _said(answer: Siting) -> str:
    return f"{answer.status}, gap {answer.gap:.1e}"


def _compare(ours: float, optimum: float | None) -> str:
    if optimum is None:
        return "spopt is not installed"
    same = abs(ours - optimum) <= 1e-6 * optimum
    return f"{ours:,.0f} people, {'the same optimum' if same else f'DIFFERS from {optimum:,.0f}'}"
