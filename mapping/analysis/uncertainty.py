"""How far a headline may be off: the same share under walks, places and people that could be."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from mapping.analysis.arrays import (
    Floats,
    as_points,
    as_vector,
    check_positive,
    metres_per_minute,
)
from mapping.analysis.compiled import compiled
from mapping.analysis.network import WalkNetwork
from mapping.analysis.pairs import as_people
from mapping.analysis.search import Graph, Row, graph_of, lower_within, row_of, spots_of
from mapping.analysis.segments import SegmentIndex
from mapping.analysis.snapping import DEFAULT_MAX_SNAP_M, Snap, snap
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ParameterError, ShapeMismatchError

SPEED_SPAN_KMH = (4.0, 5.5)
DEFAULT_DRAWS = 100
FEWEST_DRAWS = 20
"""With fewer draws the 5 and 95 per cent ends would be the extremes themselves."""

RADIUS_M = {"exact": 0.0, "building": 0.0, "street": 300.0, "district": 2000.0}
"""How far an institution may be from its stored position, by the position's accuracy."""

QUANTILES = (0.05, 0.5, 0.95)

SOURCES = ("speed", "positions", "population")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """
    Institutions that may stand elsewhere: metric coordinates, shape (m, 2), and `radius_m`,
    shape (m,): each is equally likely beside any home so near; 0 where the position is known.
    """

    xy: Floats
    radius_m: Floats

    @classmethod
    def checked(cls, xy: ArrayLike, radius_m: ArrayLike) -> "Places":
        """Raise ShapeMismatchError or ParameterError where the input makes no sense."""
        points = as_points("places", xy)
        radius: Floats = as_vector("radius_m", radius_m, len(points))
        if not (np.isfinite(radius) & (radius >= 0)).all():
            raise ParameterError("radius_m", "NaN, infinity or less than zero", "metres")
        return cls(points, radius)


@dataclass(frozen=True, slots=True, eq=False)
class PopulationModel:
    """
    People who were spread over homes by a model.

    Attributes
    ----------
    territory
        Territory whose total was spread, for each unit, shape (n,): totals stay as they are. Units
        with -1 were counted, not modelled, and keep their people.
    block
        Which units the model misses together, shape (n,), numbered from 0, for example cells of
        half a kilometre: errors of single houses would cancel out and promise too much.
    variation
        Standard deviation of a block's true people over those modelled, before the totals are
        restored. An assumption to be shown with the band, not a measurement.
    """

    territory: NDArray[np.int64]
    block: NDArray[np.int64]
    variation: float = 0.3


@dataclass(frozen=True, slots=True)
class Band:
    """Median of a share, 0 to 1, and its 5 and 95 per cent ends."""

    low: float
    median: float
    high: float

    @property
    def width(self) -> float:
        """How far the ends are apart."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class ShareBand:
    """
    A headline with what it may be.

    Attributes
    ----------
    share
        The headline: nominal speed, stored positions, modelled people; NaN if nobody is known.
    band
        Everything uncertain at once.
    parts
        Each source alone, the others at their nominal values: `speed`, `positions`,
        `population`. Widths do not add up to that of the band.
    draws
        How many draws.
    """

    share: float
    band: Band
    parts: dict[str, Band]
    draws: int


def band_of_share(
    network: WalkNetwork,
    homes: Snap,
    people: ArrayLike,
    places: Places,
    *,
    homes_xy: ArrayLike,
    within_minutes: float,
    rng: np.random.Generator,
    speed_kmh: float = DEFAULT_SPEED_KMH,
    speed_span_kmh: tuple[float, float] = SPEED_SPAN_KMH,
    population: PopulationModel | None = None,
    draws: int = DEFAULT_DRAWS,
    max_snap_m: float = DEFAULT_MAX_SNAP_M,
    index: SegmentIndex | None = None,
) -> ShareBand:
    """
    Simulate the share of people within a walk of the nearest institution.

    Each draw takes a walking speed uniform over `speed_span_kmh`, the same for everyone; puts every
    approximate institution beside some home in its circle; and redistributes modelled people among
    blocks within each territory. Where people's homes stand is taken as known.

    Parameters
    ----------
    homes
        Units snapped on `network`; those off it are in no share.
    people
        People at each unit, shape (n,); NaN where unknown: in no share.
    places, population
        What is uncertain; None where everyone was counted.
    homes_xy
        Coordinates of the units, shape (n, 2), metres.
    rng
        The only source of chance: equal generators give equal bands.
    index
        What `index_segments` gave for this network; built anew when left out.

    Raises
    ------
    ShapeMismatchError, ParameterError
        If the inputs do not fit together or make no sense.

    Notes
    -----
    Monte Carlo with common draws: the bands of the parts come from the same draws as the whole.
    Blocks vary by gamma factors with mean 1, which within a territory is a Dirichlet draw when
    blocks are equal. A speed only rescales minutes, so a draw costs one search, from the moved
    institutions, that ends where the farthest walk of the draw does. People who have a path to the
    stored positions are the same in every draw.
    Institutions stand where people live: spread evenly over a circle, half of them would stand in
    fields and rivers, and the headline would lie outside its own band.
    """
    check_positive("within_minutes", within_minutes)
    check_positive("speed_kmh", speed_kmh)
    _check_speeds(speed_span_kmh)
    if draws < FEWEST_DRAWS:
        raise ParameterError("draws", draws, f"at least {FEWEST_DRAWS}")
    if len(places.xy) == 0:
        raise ParameterError("places", "none", "at least one institution")
    heads = np.nan_to_num(as_people("people", people, len(homes)))
    model = _checked_model(population, len(homes))
    redrawn = _RedrawnPeople.prepare(heads, model)
    spots = snap(network, places.xy, max_snap_m=max_snap_m, index=index)
    moving = np.flatnonzero(places.radius_m > 0)
    walks = _Walks.prepare(network, homes, speed_kmh)
    fixed_m = walks.to_nearest(spots.take(places.radius_m == 0))
    stored_m = walks.lowered(fixed_m, spots.take(moving))
    beside = _HomesBeside.find(places, moving, as_points("homes_xy", homes_xy), homes)
    known = np.flatnonzero(np.isfinite(stored_m) & (heads > 0))
    nominal = _Sums(walks.minutes(stored_m[known]), heads[known], redrawn.part[known])
    shares = []
    for _ in range(draws):
        reach = within_minutes * rng.uniform(*speed_span_kmh) / speed_kmh
        moved = beside.move(spots, moving, rng)
        moved_m = walks.lowered(fixed_m, moved, limit_minutes=max(reach, within_minutes))
        times = redrawn.draw(rng)
        shares.append(nominal.draw(walks.minutes(moved_m[known]), times, reach, within_minutes))
    bands = [_band(column) for column in np.reshape(shares, (draws, len(SOURCES) + 1)).T]
    return ShareBand(
        share=nominal.share(within_minutes),
        band=bands[0],
        parts=dict(zip(SOURCES, bands[1:], strict=True)),
        draws=draws,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Walks:
    """What stays the same from draw to draw: streets, homes in their order, nominal walker."""

    graph: Graph
    homes: Row
    home_count: int
    metres_per_minute: float

    @classmethod
    def prepare(cls, network: WalkNetwork, homes: Snap, speed_kmh: float) -> "_Walks":
        pace = metres_per_minute(speed_kmh)
        return cls(graph_of(network), row_of(network, homes), len(homes), pace)

    def to_nearest(self, places: Snap) -> Floats:
        """Return metres from every home to the nearest of these places; inf without any."""
        return self.lowered(np.full(self.home_count, np.inf), places)

    def lowered(self, walk_m: Floats, places: Snap, *, limit_minutes: float = np.inf) -> Floats:
        """Return metres to the nearest of these places where that is less, within the limit."""
        lower_m = walk_m.copy()
        if len(places):
            # A little farther, so that rounding puts nobody on the wrong side of the limit.
            limit_m = limit_minutes * self.metres_per_minute * (1 + 1e-9)
            lower_within(self.graph, self.homes, spots_of(places), limit_m, lower_m)
        return lower_m

    def minutes(self, walk_m: Floats) -> Floats:
        return walk_m / self.metres_per_minute


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Homes that are in every share: minutes to the stored positions, people, part."""

    minutes: Floats
    heads: Floats
    part: NDArray[np.int64]

    def share(self, within_minutes: float) -> float:
        """Return the headline; NaN if nobody is known."""
        people = self.heads.sum()
        covered = self.heads[self.minutes <= within_minutes].sum()
        return float(covered / people) if people > 0 else np.nan

    def draw(self, moved: Floats, times: Floats, reach: float, within: float) -> Floats:
        """Return the shares of one draw: of everything at once, then of each of `SOURCES`."""
        sums = _add_up(self.minutes, moved, self.heads, times, self.part, reach, within)
        people, drawn = sums[:2]
        wholes = np.array([drawn, people, people, drawn])
        shares: Floats = np.full(4, np.nan)
        np.divide(sums[2:], wholes, out=shares, where=wholes > 0)
        return shares


@compiled
def _add_up(
    stored: Any, moved: Any, heads: Any, times: Any, part: Any, reach: Any, within: Any
) -> Any:
    """
    Sum people, and people as drawn; of the latter those covered with everything drawn; those
    covered with the speed alone, the positions alone, and the people alone drawn.
    """
    sums = np.zeros(6)
    for home in range(heads.size):
        people = heads[home]
        drawn = people * times[part[home]]
        sums[0] += people
        sums[1] += drawn
        if moved[home] <= reach:
            sums[2] += drawn
        if stored[home] <= reach:
            sums[3] += people
        if moved[home] <= within:
            sums[4] += people
        if stored[home] <= within:
            sums[5] += drawn
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class _HomesBeside:
    """
    Homes in the circle of each moving place: those of the `p`-th are `home[ptr[p] : ptr[p + 1]]`.
    """

    homes: Snap
    ptr: NDArray[np.int64]
    home: NDArray[np.int64]

    @classmethod
    def find(
        cls, places: Places, moving: NDArray[np.int64], homes_xy: Floats, homes: Snap
    ) -> "_HomesBeside":
        if len(homes_xy) != len(homes):
            raise ShapeMismatchError("homes_xy", homes_xy.shape, (len(homes), 2))
        on = np.flatnonzero(homes.is_snapped)
        if moving.size == 0:
            return cls(homes, np.zeros(1, dtype=np.int64), on[:0])
        # A tree that is built carelessly is built fast; it is asked once.
        circles = KDTree(homes_xy[on], compact_nodes=False, balanced_tree=False).query_ball_point(
            places.xy[moving], places.radius_m[moving], return_sorted=True
        )
        ptr = np.concatenate([[0], np.cumsum([len(circle) for circle in circles])])
        return cls(homes, ptr.astype(np.int64), on[np.concatenate(circles).astype(np.int64)])

    def move(self, spots: Snap, moving: NDArray[np.int64], rng: np.random.Generator) -> Snap:
        """Put each moving place beside a home; those without one stay."""
        first, count = self.ptr[:-1], np.diff(self.ptr)
        chosen = first + (rng.uniform(size=moving.size) * count).astype(np.int64)
        has_home = count > 0
        there, stay = self.homes.take(self.home[chosen[has_home]]), spots.take(moving[~has_home])
        return Snap(
            np.concatenate([there.chain, stay.chain]),
            np.concatenate([there.offset_m, stay.offset_m]),
            np.concatenate([there.distance_m, stay.distance_m]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _RedrawnPeople:
    """
    Modelled people with the parts that no draw changes.

    A part is the homes of one block within one territory; they have more or fewer people together.
    Without a model all are one part that was counted.
    """

    part: NDArray[np.int64]
    part_heads: Floats
    part_block: NDArray[np.int64]
    part_territory: NDArray[np.int64]
    variation: float

    @classmethod
    def prepare(cls, heads: Floats, model: PopulationModel | None) -> "_RedrawnPeople":
        if model is None:
            everyone = np.zeros(len(heads), dtype=np.int64)
            return cls(everyone, np.array([heads.sum()]), np.array([0]), np.array([-1]), 0.0)
        block_count = int(model.block.max(initial=-1)) + 1
        keys, part = np.unique(
            (model.territory + 1) * block_count + model.block, return_inverse=True
        )
        territory, block = np.divmod(keys, max(block_count, 1))
        part_heads = np.bincount(part, heads, keys.size).astype(np.float64)
        return cls(part, part_heads, block, territory - 1, model.variation)

    def draw(self, rng: np.random.Generator) -> Floats:
        """
        Let blocks have more or fewer people than modelled, and restore territory totals.

        Returns how many times as many people each part has, shape (parts,).
        """
        if self.variation == 0:
            return np.ones(len(self.part_heads))
        shape = self.variation**-2
        factor = rng.gamma(shape, 1 / shape, int(self.part_block.max(initial=-1)) + 1)
        drawn = self.part_heads * factor[self.part_block]
        before, after = (self._by_territory(people) for people in (self.part_heads, drawn))
        scale = np.divide(before, after, out=np.zeros_like(before), where=after > 0)
        return np.where(
            self.part_territory < 0, 1.0, factor[self.part_block] * scale[self.part_territory]
        )

    def _by_territory(self, people: Floats) -> Floats:
        # Counted people, in no territory, make the last sum, which nobody reads.
        count = int(self.part_territory.max(initial=-1)) + 2
        return np.bincount(self.part_territory % count, people, count).astype(np.float64)


def _band(shares: Floats) -> Band:
    return Band(*np.quantile(shares, QUANTILES).tolist())


def _checked_model(model: PopulationModel | None, size: int) -> PopulationModel | None:
    if model is None:
        return None
    check_positive("variation", model.variation)
    territory = as_vector("territory", model.territory, size, np.int64)
    block = as_vector("block", model.block, size, np.int64)
    if size and (territory.min() < -1 or block.min() < 0):
        raise ParameterError(
            "population", "a number out of range", "territories from -1, blocks from 0"
        )
    return PopulationModel(territory, block, model.variation)


def _check_speeds(speed_span_kmh: tuple[float, float]) -> None:
    slow, fast = speed_span_kmh
    if not 0 < slow <= fast < np.inf:
        raise ParameterError("speed_span_kmh", speed_span_kmh, "from and to, above zero")
