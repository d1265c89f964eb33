"""
Today's walks of the cities and kinds a process was asked about last, kept ready for “what if”.

They are read once per process and state of the data; whatever asks next is answered at once.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.analysis.coverage import Membership
from mapping.analysis.network import WalkNetwork
from mapping.analysis.snapping import SegmentIndex, Snap, snap
from mapping.analysis.whatif import Labels, Residents, label_today, settle
from mapping.crs import project
from mapping.errors import NoInstitutionsError
from mapping.frames import points_xy, read_frame
from mapping.models import City, District, Institution, InstitutionKind
from mapping.queries.hours import today_in
from mapping.queries.institutions import branch_ids, find_kind
from mapping.services.measures.equity import first_territory
from mapping.services.moments import OpenThen, WalkQuestionAtMoment, open_then
from mapping.services.workspace import GROUPS, PLACE_COLUMNS, Workspace

GROUNDS_KEPT = 2
"""Cities a process keeps ready; a large one takes about 100 MB."""

BASELINES_KEPT = 24
"""Kinds and speeds a process keeps ready; each takes a few MB."""

APPROXIMATE = ("street", "district")

Value = TypeVar("Value")
Array = NDArray[np.float64]


class Kept(Generic[Value]):
    """The values used last, at most `most`; each is made once, however many threads ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._values: OrderedDict[Any, Value] = OrderedDict()

    def get(self, key: Any, make: Callable[[], Value]) -> Value:
        value = self._values.get(key)
        if value is None:
            with self._lock:
                value = self._values.get(key)
                if value is None:
                    value = self._values[key] = make()
                    while len(self._values) > self._most:
                        self._values.popitem(last=False)
        with suppress(KeyError):  # another thread may have dropped it meanwhile
            self._values.move_to_end(key)
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What all kinds of a city share: streets, homes, people by group, districts."""

    network: WalkNetwork
    index: SegmentIndex
    metric_srid: int
    homes: Snap
    homes_xy: Array
    homes_latlon: Array
    residents: Residents
    with_city: Residents
    """The same people; after the districts one more territory that holds everyone."""
    groups: tuple[str, ...]
    people: Array
    """People known, by group."""
    districts: tuple[District, ...]
    territories: Any
    """Frame of the districts in their order: id, geometry in metres."""
    district_of_home: NDArray[np.int64]
    """The first district of every home; -1 in none."""
    marks: dict[str, bool]
    """Whether the homes are synthetic, or their people modelled."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Today's walks to one kind; `number` tells institutions by id, as the labels count them."""

    key: tuple[Any, ...]
    ground: Ground
    kind: InstitutionKind
    branch: dict[int, str]
    """Codes of the kind and of everything beneath it, by id."""
    doors: Snap
    labels: Labels
    number: dict[int, int]
    kind_of: dict[int, str]
    """Code of the kind by institution."""
    capacity: dict[int, float]
    """Seats by institution, NaN where nobody knows."""
    marks: dict[str, bool]
    """Whether anything is synthetic, modelled or approximate."""
    then: OpenThen | None
    """Who is open at the moment asked about, and alone counts; None at any time."""


_grounds: Kept[Ground] = Kept(GROUNDS_KEPT)
_baselines: Kept[Baseline] = Kept(BASELINES_KEPT)


def baseline_of(city: City, asked: WalkQuestionAtMoment) -> Baseline:
    """
    Today's walks of the kind at the speed asked for; computed once per process and data version.

    A kind of which the city has none yet has a baseline too: nobody can walk to it.

    Raises
    ------
    UnknownNameError, NoStreetsError
        When the kind is unknown, or nothing can be walked.
    """
    kind = find_kind(asked.kind)
    ground_key = (city.pk, city.data_version, asked.max_snap_m)
    key: tuple[Any, ...] = (*ground_key, kind.pk, asked.speed_kmh)
    if asked.open_at:
        # Another day may be another season.
        key = (*key, asked.open_at, today_in(city))

    def make() -> Baseline:
        workspace = Workspace(city)
        ground = _grounds.get(ground_key, lambda: _make_ground(workspace, asked.max_snap_m))
        return _make_baseline(key, workspace, ground, kind, asked)

    return _baselines.get(key, make)


def _make_ground(workspace: Workspace, max_snap_m: float) -> Ground:
    units = workspace.units
    territories, membership = workspace.territories["district"]
    groups = tuple(name for name in GROUPS if units[_column(name)].notna().any())
    people = np.array([units[_column(name)].to_numpy() for name in groups])
    people = people.reshape(len(groups), len(units))
    found = District.objects.defer("geometry").in_bulk(list(territories["id"]))
    return Ground(
        network=workspace.stored_network.network,
        index=workspace.segment_index,
        metric_srid=workspace.city.metric_srid,
        homes=workspace.unit_snap(max_snap_m),
        homes_xy=points_xy(units),
        homes_latlon=_latlon(units, workspace.city.metric_srid),
        residents=settle(people, membership),
        with_city=settle(people, _with_city(membership)),
        groups=groups,
        people=np.nansum(people, axis=1) if len(groups) else np.zeros(0),
        districts=tuple(found[pk] for pk in territories["id"]),
        territories=territories,
        district_of_home=first_territory(membership),
        marks={name: bool(units[name].any()) for name in ("synthetic", "modelled")},
    )


def _with_city(membership: Membership) -> Membership:
    """One territory more, which holds every unit."""
    units, count = membership.unit_count, membership.territory_count
    return Membership(
        unit=np.concatenate([membership.unit, np.arange(units)]),
        territory=np.concatenate([membership.territory, np.full(units, count)]),
        unit_count=units,
        territory_count=count + 1,
    )


def _latlon(frame: Any, metric_srid: int) -> Array:
    points = np.asarray(frame.geometry.values, dtype=object)
    return shapely.get_coordinates(project(points, 4326, from_srid=metric_srid))[:, ::-1]


def _column(group: str) -> str:
    return "people" if group == "all" else group


def _make_baseline(
    key: tuple[Any, ...],
    workspace: Workspace,
    ground: Ground,
    kind: InstitutionKind,
    asked: WalkQuestionAtMoment,
) -> Baseline:
    places = _places(workspace, kind)
    then = open_then(workspace.city, places["id"], asked.moment) if asked.moment else None
    if then:
        places = places[places["id"].isin(then.open_ids)]
    ids = [int(pk) for pk in places["id"]]
    doors = snap(ground.network, points_xy(places), max_snap_m=asked.max_snap_m, index=ground.index)
    return Baseline(
        key=key,
        ground=ground,
        kind=kind,
        branch=dict(
            InstitutionKind.objects.filter(pk__in=branch_ids(kind)).values_list("pk", "code")
        ),
        doors=doors,
        labels=label_today(ground.network, ground.homes, doors, speed_kmh=asked.speed_kmh),
        number={pk: number for number, pk in enumerate(ids)},
        kind_of=dict(zip(ids, places["kind__code"], strict=True)),
        capacity=dict(zip(ids, places["capacity"].astype(float), strict=True)),
        marks={
            "synthetic": ground.marks["synthetic"] or bool(places["synthetic"].any()),
            "modelled": ground.marks["modelled"],
            "approximate": bool(places["position_accuracy"].isin(APPROXIMATE).any()),
        },
        then=then,
    )


def _places(workspace: Workspace, kind: InstitutionKind) -> Any:
    """Open institutions with a position, or none where there are none."""
    try:
        return workspace.places(kind)
    except NoInstitutionsError:
        nothing: Any = read_frame(
            Institution.objects.none(), "point", PLACE_COLUMNS, workspace.city
        )
        return nothing
