"""How far a headline may be off: the same share under walks, places and people that could be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from mapping.analysis.access import nearest_minutes
from mapping.analysis.arrays import Flags, Floats, as_points, as_vector, check_positive
from mapping.analysis.network import WalkNetwork
from mapping.analysis.pairs import as_people
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
    institutions. People who have a path to the stored positions are the same in every draw.
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
    redrawn = None if model is None else _RedrawnPeople.prepare(heads, model)
    spots = snap(network, places.xy, max_snap_m=max_snap_m, index=index)
    moving = np.flatnonzero(places.radius_m > 0)
    walks = _Walks(network, homes, speed_kmh)
    fixed = walks.minutes_to(spots.take(places.radius_m == 0))
    stored = np.minimum(fixed, walks.minutes_to(spots.take(moving)))
    beside = _HomesBeside.find(places, as_points("homes_xy", homes_xy), homes)
    known = np.isfinite(stored)
    shares: dict[str, list[float]] = {name: [] for name in ("band", *SOURCES)}
    for _ in range(draws):
        reach = within_minutes * rng.uniform(*speed_span_kmh) / speed_kmh
        moved = np.minimum(fixed, walks.minutes_to(beside.move(spots, moving, rng)))
        drawn = heads if redrawn is None else redrawn.draw(rng)
        shares["band"].append(_share(moved <= reach, drawn, known))
        shares["speed"].append(_share(stored <= reach, heads, known))
        shares["positions"].append(_share(moved <= within_minutes, heads, known))
        shares["population"].append(_share(stored <= within_minutes, drawn, known))
    return ShareBand(
        share=_share(stored <= within_minutes, heads, known),
        band=_band(shares["band"]),
        parts={source: _band(shares[source]) for source in SOURCES},
        draws=draws,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Walks:
    """What stays the same from draw to draw: streets, homes, and the nominal walker."""

    network: WalkNetwork
    homes: Snap
    speed_kmh: float

    def minutes_to(self, places: Snap) -> Floats:
        """Return minutes from every home to the nearest of these places; inf without any."""
        if len(places) == 0:
            return np.full(len(self.homes), np.inf)
        return nearest_minutes(self.network, self.homes, places, speed_kmh=self.speed_kmh)


@dataclass(frozen=True, slots=True, eq=False)
class _HomesBeside:
    """
    Homes in the circle of each place: those of place `p` are `home[ptr[p] : ptr[p + 1]]`.
    """

    homes: Snap
    ptr: NDArray[np.int64]
    home: NDArray[np.int64]

    @classmethod
    def find(cls, places: Places, homes_xy: Floats, homes: Snap) -> "_HomesBeside":
        if len(homes_xy) != len(homes):
            raise ShapeMismatchError("homes_xy", homes_xy.shape, (len(homes), 2))
        on = np.flatnonzero(homes.is_snapped)
        circles = KDTree(homes_xy[on]).query_ball_point(
            places.xy, places.radius_m, return_sorted=True
        )
        ptr = np.concatenate([[0], np.cumsum([len(circle) for circle in circles])])
        return cls(homes, ptr.astype(np.int64), on[np.concatenate(circles).astype(np.int64)])

    def move(self, spots: Snap, moving: NDArray[np.int64], rng: np.random.Generator) -> Snap:
        """Put each moving place beside a home; those without one stay."""
        first, count = self.ptr[moving], np.diff(self.ptr)[moving]
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
    """

    heads: Floats
    part: NDArray[np.int64]
    part_heads: Floats
    part_block: NDArray[np.int64]
    part_territory: NDArray[np.int64]
    variation: float

    @classmethod
    def prepare(cls, heads: Floats, model: PopulationModel) -> "_RedrawnPeople":
        block_count = int(model.block.max(initial=-1)) + 1
        keys, part = np.unique(
            (model.territory + 1) * block_count + model.block, return_inverse=True
        )
        territory, block = np.divmod(keys, max(block_count, 1))
        part_heads = np.bincount(part, heads, keys.size).astype(np.float64)
        return cls(heads, part, part_heads, block, territory - 1, model.variation)

    def draw(self, rng: np.random.Generator) -> Floats:
        """Let blocks have more or fewer people than modelled, and restore territory totals."""
        shape = self.variation**-2
        factor = rng.gamma(shape, 1 / shape, int(self.part_block.max(initial=-1)) + 1)
        drawn = self.part_heads * factor[self.part_block]
        before, after = (self._by_territory(people) for people in (self.part_heads, drawn))
        scale = np.divide(before, after, out=np.zeros_like(before), where=after > 0)
        times = np.where(
            self.part_territory < 0, 1.0, factor[self.part_block] * scale[self.part_territory]
        )
        redrawn: Floats = self.heads * times[self.part]
        return redrawn

    def _by_territory(self, people: Floats) -> Floats:
        # Counted people, in no territory, make the last sum, which nobody reads.
        count = int(self.part_territory.max(initial=-1)) + 2
        return np.bincount(self.part_territory % count, people, count).astype(np.float64)


def _share(covered: Flags, heads: Floats, known: Flags) -> float:
    counted = np.where(known, heads, 0.0)
    people = counted.sum()
    return float(counted[covered].sum() / people) if people > 0 else np.nan


def _band(shares: list[float]) -> Band:
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
