"""
Good choices of sites in a moment, and how far from the best they can be at most.

All siting problems with a set number of sites are one here: choose `count` of the sites so that
the units' best gains add up to the most. Between equal choices the first site wins, so the same
input gives the same answer.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mapping.analysis.arrays import Flags, Floats, Indexes
from mapping.analysis.compiled import compiled
from mapping.analysis.cover_sets import Gains, by_site, rows_of

BOUND_ROUNDS = 400
PATIENCE = 12
PROVEN = 1e-9
"""Two sums of weights this near to each other, relatively, are the same sum."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """
    A choice of sites, and what is proven about every other.

    Attributes
    ----------
    sites
        The chosen sites, ascending.
    value, bound
        What the choice is worth, and more than which no choice is worth.
    is_out, is_in
        Sites that no better choice contains, and sites that every better choice contains.
    """

    sites: Indexes
    value: float
    bound: float
    is_out: Flags
    is_in: Flags

    @property
    def is_proven(self) -> bool:
        """True when no better choice exists."""
        return self.bound == self.value


class _Rows(NamedTuple):
    """Gains as kernels read them: by unit and by site."""

    ptr: Any
    site: Any
    gain: Any
    site_ptr: Any
    site_unit: Any
    site_gain: Any


def rank_greedily(gains: Gains, count: int) -> tuple[Indexes, Floats]:
    """
    Choose up to `count` sites, each time the one that adds most, while any adds something.

    Returns
    -------
    sites, added
        In order of choice, and what each added to those before it. Nemhauser, Wolsey & Fisher
        (1978): at least 63 % of the most that can be had.
    """
    sites, added = _greedy(_rows(gains), min(count, gains.site_count))
    return sites, added


def choose_with_bound(gains: Gains, count: int) -> Choice:
    """
    Choose `count` sites by greedy choice, interchange and Lagrangian rounds.

    Notes
    -----
    Interchange is that of Teitz & Bart (1968): no swap of one site improves the choice.

    With a price `u` of serving each unit, no choice is worth more than the prices plus the
    `count` largest sums, over a site's units, of gain beyond the price (Cornuéjols, Fisher &
    Nemhauser 1977; Galvão & ReVelle 1996 for covering). Prices follow the subgradient. The same
    bound with one site forced in or out says which sites need not be looked at again.
    """
    rows, count = _rows(gains), min(count, gains.site_count)
    greedy, _ = _greedy(rows, count)
    sites = _exchange(rows, _fill_up(greedy, count, gains.site_count))
    sites, value, bound, is_out, is_in = _squeeze(rows, sites, BOUND_ROUNDS, PATIENCE, PROVEN)
    if bound - value <= PROVEN * value:
        bound = value
    return Choice(np.sort(sites), float(value), float(bound), is_out, is_in)


def evaluate(gains: Gains, sites: Indexes) -> float:
    """Return what a choice is worth: the sum of the units' best gains."""
    return float(_best_gains(_rows(gains), np.asarray(sites, np.int32))[0].sum())


def _fill_up(sites: Indexes, count: int, site_count: int) -> Indexes:
    """Add sites that gain nothing, the first ones, so that there are `count`."""
    others = np.setdiff1d(np.arange(site_count, dtype=np.int32), sites)
    return np.concatenate([sites, others[: count - len(sites)]]).astype(np.int32)


def _rows(gains: Gains) -> _Rows:
    site_ptr, entry = by_site(gains.site, gains.site_count)
    unit = rows_of(gains.ptr)[entry].astype(np.int32)
    return _Rows(gains.ptr, gains.site, gains.gain, site_ptr, unit, gains.gain[entry])


@compiled
def _greedy(rows: Any, count: Any) -> Any:
    """Choose lazily: a site's gain only falls, so the largest old sum is looked at first."""
    site_count = rows.site_ptr.size - 1
    best = np.zeros(rows.ptr.size - 1)
    promise = np.zeros(site_count)
    for candidate in range(site_count):
        promise[candidate] = _gain_over(rows, best, candidate)
    fresh = np.zeros(site_count, dtype=np.int64)
    sites = np.empty(count, dtype=np.int32)
    added = np.empty(count)
    for step in range(count):
        site = np.argmax(promise)
        while fresh[site] < step:
            promise[site] = _gain_over(rows, best, site)
            fresh[site] = step
            site = np.argmax(promise)
        if promise[site] <= 0:
            return sites[:step].copy(), added[:step].copy()
        sites[step] = site
        added[step] = promise[site]
        promise[site] = -1.0
        for entry in range(rows.site_ptr[site], rows.site_ptr[site + 1]):
            unit = rows.site_unit[entry]
            best[unit] = max(best[unit], rows.site_gain[entry])
    return sites, added


@compiled
def _gain_over(rows: Any, best: Any, site: Any) -> Any:
    total = 0.0
    for entry in range(rows.site_ptr[site], rows.site_ptr[site + 1]):
        total += max(0.0, rows.site_gain[entry] - best[rows.site_unit[entry]])
    return total


@compiled
def _best_gains(rows: Any, sites: Any) -> Any:
    """Return every unit's best and second gain among `sites`, and where it has the best."""
    unit_count = rows.ptr.size - 1
    first = np.zeros(unit_count)
    second = np.zeros(unit_count)
    server = np.full(unit_count, -1, dtype=np.int32)
    for site in sites:
        for entry in range(rows.site_ptr[site], rows.site_ptr[site + 1]):
            unit = rows.site_unit[entry]
            gain = rows.site_gain[entry]
            if gain > first[unit]:
                second[unit] = first[unit]
                first[unit] = gain
                server[unit] = site
            else:
                second[unit] = max(second[unit], gain)
    return first, second, server


@compiled
def _exchange(rows: Any, sites: Any) -> Any:
    """Swap a chosen site for another, the best swap each time, while any is worth it."""
    site_count = rows.site_ptr.size - 1
    chosen = np.sort(sites)
    place = np.full(site_count, -1, dtype=np.int64)
    profit = np.empty((chosen.size, site_count))
    while True:
        first, second, server = _best_gains(rows, chosen)
        place[:] = -1
        place[chosen] = np.arange(chosen.size)
        value = _weigh_swaps(rows, place, first, second, server, profit)
        best = np.argmax(profit)
        out, into = divmod(best, site_count)
        # Rounding must not look like progress, or the exchange may go round in circles.
        if profit[out, into] <= 1e-12 * value:
            return chosen
        chosen[out] = into
        chosen.sort()


@compiled
def _weigh_swaps(rows: Any, place: Any, first: Any, second: Any, server: Any, profit: Any) -> Any:
    """Fill `profit[out, into]` with what each swap is worth; return what the choice is worth."""
    profit[:] = 0.0
    won = np.zeros(place.size)
    lost = np.zeros(profit.shape[0])
    value = 0.0
    for unit in range(first.size):
        value += first[unit]
        out = place[server[unit]] if server[unit] >= 0 else -1
        if out >= 0:
            lost[out] += first[unit] - second[unit]
        for entry in range(rows.ptr[unit], rows.ptr[unit + 1]):
            into = rows.site[entry]
            if place[into] >= 0:
                continue
            gain = rows.gain[entry]
            won[into] += max(0.0, gain - first[unit])
            if out >= 0:  # the newcomer makes up for a part of the loss
                profit[out, into] += max(0.0, min(gain, first[unit]) - second[unit])
    for out in range(lost.size):
        for into in range(place.size):
            profit[out, into] += won[into] - lost[out]
            if place[into] >= 0:
                profit[out, into] = -np.inf
    return value


@compiled
def _squeeze(rows: Any, sites: Any, rounds: Any, patience: Any, proven: Any) -> Any:
    """Lower the bound and raise the value until they meet or the rounds are over."""
    site_count = rows.site_ptr.size - 1
    first, second, _ = _best_gains(rows, sites)
    value = first.sum()
    price = (first + second) / 2
    best_price = price.copy()
    bound = np.inf
    stride = 1.0
    waited = 0
    is_out = np.zeros(site_count, dtype=np.bool_)
    is_in = np.zeros(site_count, dtype=np.bool_)
    is_picked = np.zeros(site_count, dtype=np.bool_)
    slope = np.empty(price.size)
    for _ in range(rounds):
        beyond = _sum_beyond(rows, price)
        order = np.argsort(-beyond, kind="mergesort")
        picked = order[: sites.size].astype(np.int32)
        limit = price.sum() + beyond[picked].sum()
        _mark(beyond, order, sites.size, limit, value * (1 + proven), is_out, is_in)
        if limit < bound:
            if limit < bound * (1 - 1e-5):
                waited = 0
            bound = limit
            best_price[:] = price
            first, _, _ = _best_gains(rows, picked)
            if first.sum() > value:
                sites = _exchange(rows, picked)
                first, _, _ = _best_gains(rows, sites)
                value = first.sum()
        if bound - value <= proven * value:
            break
        waited += 1
        if waited > patience:
            stride /= 2
            waited = 0
            price[:] = best_price
            if stride < 1e-3:
                break
            continue
        is_picked[:] = False
        is_picked[picked] = True
        steepness = _slope(rows, price, is_picked, slope)
        if steepness == 0:
            break
        step = stride * (limit - value) / steepness
        for unit in range(price.size):
            price[unit] = max(0.0, price[unit] - step * slope[unit])
    return sites, value, bound, is_out, is_in


@compiled
def _sum_beyond(rows: Any, price: Any) -> Any:
    """Return the sum, over each site's units, of gain beyond the unit's price."""
    beyond = np.zeros(rows.site_ptr.size - 1)
    for unit in range(price.size):
        for entry in range(rows.ptr[unit], rows.ptr[unit + 1]):
            beyond[rows.site[entry]] += max(0.0, rows.gain[entry] - price[unit])
    return beyond


@compiled
def _slope(rows: Any, price: Any, is_picked: Any, slope: Any) -> Any:
    """Fill the subgradient (one less the picked sites beyond the price), return its square."""
    steepness = 0.0
    for unit in range(price.size):
        slope[unit] = 1.0
        for entry in range(rows.ptr[unit], rows.ptr[unit + 1]):
            if is_picked[rows.site[entry]] and rows.gain[entry] > price[unit]:
                slope[unit] -= 1.0
        if slope[unit] > 0 and price[unit] == 0:
            slope[unit] = 0.0  # a price cannot fall below nothing
        steepness += slope[unit] ** 2
    return steepness


@compiled
def _mark(
    beyond: Any, order: Any, count: Any, limit: Any, value: Any, is_out: Any, is_in: Any
) -> Any:
    """Mark sites without which, or with which, the bound falls to `value`."""
    last = beyond[order[count - 1]]
    after = beyond[order[count]] if count < order.size else -np.inf
    for rank in range(order.size):
        site = order[rank]
        if rank < count:
            if limit - beyond[site] + after <= value:
                is_in[site] = True
        elif limit - last + beyond[site] <= value:
            is_out[site] = True
