"""Points join the walk network at the nearest place of the nearest street."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mapping.analysis.arrays import Flags, Floats, Indexes, as_points, check_positive
from mapping.analysis.network import WalkNetwork
from mapping.analysis.segments import SegmentIndex, index_segments, nearest_segments

DEFAULT_MAX_SNAP_M = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Snap:
    """
    Where points stand on the network.

    Attributes
    ----------
    chain
        Chain of each point, shape (n,); -1 where no street is near enough.
    offset_m
        Metres along the chain from its beginning; 0 where there is no chain.
    distance_m
        Straight metres from the point to the street, part of every walk; inf where there is
        no chain.
    """

    chain: Indexes
    offset_m: Floats
    distance_m: Floats

    def __len__(self) -> int:
        return len(self.chain)

    @property
    def is_snapped(self) -> Flags:
        """True where a street is near enough, shape (n,)."""
        return self.chain >= 0

    @property
    def unsnapped_count(self) -> int:
        """How many points are too far from every street."""
        return int(np.count_nonzero(~self.is_snapped))

    def take(self, which: ArrayLike) -> "Snap":
        """Return the chosen points (indexes or a mask), in that order."""
        chosen = np.asarray(which)
        return Snap(self.chain[chosen], self.offset_m[chosen], self.distance_m[chosen])


def snap(
    network: WalkNetwork,
    points_xy: ArrayLike,
    *,
    max_snap_m: float = DEFAULT_MAX_SNAP_M,
    index: SegmentIndex | None = None,
) -> Snap:
    """
    Put each point on the nearest street of the network.

    Parameters
    ----------
    points_xy
        Coordinates in the metric CRS of the network, shape (n, 2), finite.
    max_snap_m
        A point farther than this from every street stays off the network.
    index
        What `index_segments` gave for this network; built anew when left out.

    Returns
    -------
    snap
        Between streets equally near, the one that comes first in the network wins.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the points are not finite (n, 2) coordinates, or `max_snap_m` is not positive.
    """
    points = as_points("points_xy", points_xy)
    check_positive("max_snap_m", max_snap_m)
    index = index_segments(network) if index is None else index
    first, along_m, away_m = nearest_segments(index, points, max_m=max_snap_m)
    on = first >= 0
    chain = np.searchsorted(network.chain_ptr, first, side="right") - 1
    # rounding must not put a point past the end of its street: walks back would be negative
    offset_m = np.minimum(network.chain_offset_m[first] + along_m, network.chain_length_m[chain])
    return Snap(np.where(on, chain, -1).astype(np.int32), np.where(on, offset_m, 0.0), away_m)


def place_points(network: WalkNetwork, snap: Snap) -> Floats:
    """Return where the points stand on their streets, shape (n, 2); NaN for those off them."""
    placed = np.full((len(snap), 2), np.nan)
    on = np.flatnonzero(snap.is_snapped)
    chain, offset_m = snap.chain[on], snap.offset_m[on]
    # One line of metres for the whole network, so that one search finds every segment.
    begins_m = np.concatenate([[0.0], np.cumsum(network.chain_length_m)])
    lengths = np.diff(network.chain_ptr)
    metres = np.repeat(begins_m[:-1], lengths) + network.chain_offset_m
    first = np.searchsorted(metres, begins_m[chain] + offset_m, side="right") - 1
    first = np.clip(first, network.chain_ptr[chain], network.chain_ptr[chain + 1] - 2)
    before_m, after_m = network.chain_offset_m[first], network.chain_offset_m[first + 1]
    share = ((offset_m - before_m) / (after_m - before_m))[:, None]
    start, end = network.chain_xy[first], network.chain_xy[first + 1]
    placed[on] = start + share * (end - start)
    return placed
