"""The median walk of people, and the median after some of them walk differently."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np

from mapping.analysis.arrays import Floats

CRUMB = 1e-9
"""Less than this share of the people before is what rounding leaves of nobody."""


class Queue(NamedTuple):
    """
    People with a path in order of their walk.

    `minutes` ascend, shape (n,); `people[i]` is how many stand before place `i`, shape (n + 1,).
    """

    minutes: Floats
    people: Floats


def line_up(minutes: Floats, people: Floats) -> Queue:
    """Order people, shape (n,), by their minutes; those without a path (inf) are left out."""
    counted = np.flatnonzero(np.isfinite(minutes) & (people > 0))
    counted = counted[np.argsort(minutes[counted], kind="stable")]
    return Queue(minutes[counted], np.concatenate([[0.0], np.cumsum(people[counted])]))


def median_after(queue: Queue, was: Floats, now: Floats, people: Floats) -> float:
    """
    Return the lower weighted median of the minutes after some homes walk differently.

    Parameters
    ----------
    was, now
        Minutes of those homes in the queue and afterwards, shape (k,); inf without a path.
    people
        People of those homes, shape (k,), zero where none are known.

    Returns
    -------
    median
        The fewest minutes within which at least half of the people with a path arrive; NaN when
        there are none. What `coverage.weighted_median` gives over everyone, found by halving.
    """
    left, come = people[np.isfinite(was)].sum(), people[np.isfinite(now)].sum()
    total = queue.people[-1] - left + come
    # Sums of modelled people leave crumbs behind: a share of somebody whom nobody has counted.
    if not total > queue.people[-1] * CRUMB:
        return np.nan

    def is_half(minutes: float) -> bool:
        before = queue.people[np.searchsorted(queue.minutes, minutes, side="right")]
        moved = people[now <= minutes].sum() - people[was <= minutes].sum()
        return bool(before + moved >= total / 2)

    place = bisect_left(queue.minutes, True, key=is_half)
    floor = queue.minutes[place - 1] if place else -np.inf
    ceiling = queue.minutes[place] if place < len(queue.minutes) else now[np.isfinite(now)].max()
    arrived = np.sort(now[(now > floor) & (now <= ceiling) & (people > 0)])
    between = bisect_left(arrived, True, key=is_half)
    return float(arrived[between] if between < len(arrived) else ceiling)
