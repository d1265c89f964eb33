"""Service areas: what can be reached on foot from a kind, or from chosen institutions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from mapping.analysis.access import minutes_matrix
from mapping.analysis.isochrones import (
    BANDS_MINUTES,
    nearest_service_areas,
    service_areas,
)
from mapping.analysis.territories import pairs_inside
from mapping.crs import project
from mapping.errors import OffStreetsError, ParameterError
from mapping.frames import points_xy
from mapping.models import AnalysisRun
from mapping.queries.institutions import find_kind
from mapping.services.questions import MAX_MINUTES, OnFoot, check_between
from mapping.services.runs import (
    Question,
    Row,
    Stopwatch,
    find_stored,
    store_run,
    write_table,
)
from mapping.services.workspace import Workspace

MOST_AREAS = 200
"""More institutions at once than this would be a drawing nobody can read or load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAreasQuestion(OnFoot):
    """
    What lies within each of `bands` minutes of the nearest of a kind, all of them together.

    With `institutions` (ids of some of the kind) only those, each with areas of its own as well;
    with `each` all of the kind have areas of their own.
    """

    kind: str
    institutions: tuple[int, ...] = ()
    each: bool = False
    bands: tuple[float, ...] = BANDS_MINUTES

    def __post_init__(self) -> None:
        OnFoot.__post_init__(self)
        for minutes in self.bands:
            check_between("bands", minutes, 0, MAX_MINUTES)
        if not self.bands or sorted(set(self.bands)) != list(self.bands):
            raise ParameterError("bands", list(self.bands), "different minutes, ascending")


def answer(workspace: Workspace, asked: ServiceAreasQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or draw, store and switch on a new one.

    Raises
    ------
    NoInstitutionsError, NoPeopleKnownError, NoStreetsError, OffStreetsError, ParameterError,
    UnknownNameError
        When the question cannot be answered; nothing is stored then.
    """
    kind = find_kind(asked.kind)
    inputs = workspace.inputs(kind)
    question = Question(
        workspace.city, AnalysisRun.Analysis.SERVICE_AREAS, asked.parameters, inputs
    )
    stored = find_stored(question)
    if stored:
        return stored
    stopwatch = Stopwatch(workspace)
    drawn = _draw(workspace, asked, _chosen(workspace.places(kind), asked))
    summary = workspace.describe(kind, asked.max_snap_m) | _summarise(drawn)

    def write_rows(run: AnalysisRun) -> None:
        write_table(run, "area", _area_rows(drawn))
        write_table(run, "institution_area", _institution_rows(drawn))

    return store_run(question, stopwatch, summary, write_rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Astray:
    """
    Homes on the wrong side of the drawing, counted by band, each of shape (bands,).

    Those inside an area, of them beyond its minutes; those within the minutes, of them outside.
    """

    inside: NDArray[np.int64]
    inside_beyond: NDArray[np.int64]
    within: NDArray[np.int64]
    within_outside: NDArray[np.int64]

    def shares(self, bands: Any = slice(None)) -> dict[str, float | None]:
        """Return both shares over some bands; None where there is no home to be wrong about."""
        return {
            "false_in": _ratio(self.inside_beyond[bands].sum(), self.inside[bands].sum()),
            "false_out": _ratio(self.within_outside[bands].sum(), self.within[bands].sum()),
        }


def _ratio(part: Any, whole: Any) -> float | None:
    return float(part / whole) if whole else None


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """
    Areas in EPSG:4326, of all together shape (bands,) and of each, shape (institutions, bands).

    `people` and `astray` belong to the former, `each_people` to the latter; people come from the
    minutes at their homes.
    """

    bands: tuple[float, ...]
    together: NDArray[np.object_]
    people: NDArray[np.float64]
    astray: _Astray
    places: gpd.GeoDataFrame
    each: NDArray[np.object_]
    each_people: NDArray[np.float64]


def _chosen(places: gpd.GeoDataFrame, asked: ServiceAreasQuestion) -> gpd.GeoDataFrame:
    unknown = sorted(set(asked.institutions) - set(places["id"]))
    if unknown:
        wanted = f"ids of open institutions of the kind {asked.kind} with a position"
        raise ParameterError("institutions", unknown, wanted)
    chosen = places[places["id"].isin(asked.institutions)] if asked.institutions else places
    if (asked.each or asked.institutions) and len(chosen) > MOST_AREAS:
        raise ParameterError("institutions", len(chosen), f"at most {MOST_AREAS} areas at once")
    return chosen


def _draw(workspace: Workspace, asked: ServiceAreasQuestion, places: gpd.GeoDataFrame) -> _Drawn:
    network = workspace.stored_network.network
    people = np.nan_to_num(workspace.people(asked.group))
    homes = workspace.unit_snap(asked.max_snap_m)
    snapped = workspace.snap(points_xy(places), asked.max_snap_m)
    if not snapped.is_snapped.any():
        raise OffStreetsError("institutions", len(places), asked.max_snap_m)
    workspace.report(0.1, "areas")
    walk: dict[str, Any] = {"bands_minutes": asked.bands, "speed_kmh": asked.speed_kmh}
    grid = workspace.minute_grid(asked.max_snap_m)
    with workspace.timed("areas"):
        together = nearest_service_areas(network, grid, snapped, **walk)
        is_each = bool(asked.each or asked.institutions)
        drawn = places if is_each else places.iloc[:0]
        each = service_areas(network, grid, snapped.take(np.arange(len(drawn))), **walk)
    workspace.report(0.7, "count")
    with workspace.timed("count"):
        minutes = minutes_matrix(
            network,
            homes,
            snapped,
            cutoff_minutes=asked.bands[-1],
            speed_kmh=asked.speed_kmh,
        ).tocsc()
        within = _within_bands(minutes, asked.bands)
        astray = _count_astray(workspace, together, within)
    srid = workspace.city.metric_srid
    return _Drawn(
        bands=asked.bands,
        together=project(together, 4326, from_srid=srid),
        people=people @ within,
        astray=astray,
        places=drawn,
        each=project(each, 4326, from_srid=srid),
        each_people=_people_of_each(minutes, people, asked.bands, len(drawn)),
    )


def _within_bands(minutes: Any, bands: tuple[float, ...]) -> NDArray[np.bool_]:
    """Tell for every home and band whether some institution is within it."""
    nearest = np.full(minutes.shape[0], np.inf)
    np.minimum.at(nearest, minutes.indices, minutes.data)
    return nearest[:, None] <= np.array(bands)


def _count_astray(
    workspace: Workspace, areas: NDArray[np.object_], within: NDArray[np.bool_]
) -> _Astray:
    tree = workspace.units_tree
    home, band = pairs_inside(tree.geometries, areas, tree=tree)
    inside = np.zeros_like(within)
    inside[home, band] = True
    return _Astray(
        inside=inside.sum(axis=0),
        inside_beyond=(inside & ~within).sum(axis=0),
        within=within.sum(axis=0),
        within_outside=(within & ~inside).sum(axis=0),
    )


def _people_of_each(
    minutes: Any, people: NDArray[np.float64], bands: tuple[float, ...], count: int
) -> NDArray[np.float64]:
    place = np.repeat(np.arange(minutes.shape[1]), np.diff(minutes.indptr))
    found = np.zeros((count, len(bands)))
    for number, band in enumerate(bands):
        near = minutes.data <= band
        heads = people[minutes.indices[near]]
        found[:, number] = np.bincount(place[near], heads, minutes.shape[1])[:count]
    return found


def _summarise(drawn: _Drawn) -> dict[str, Any]:
    return {
        "headline": {
            "bands": list(drawn.bands),
            "people": drawn.people.tolist(),
            "institutions": len(drawn.places),
            **drawn.astray.shares(),
        }
    }


def _area_rows(drawn: _Drawn) -> Iterator[Row]:
    """The widest band first, so that the narrower ones are drawn over it."""
    for number in reversed(range(len(drawn.bands))):
        yield Row(
            values={
                "minutes": drawn.bands[number],
                "people": float(drawn.people[number]),
                **drawn.astray.shares(number),
            },
            geometry=drawn.together[number],
        )


def _institution_rows(drawn: _Drawn) -> Iterator[Row]:
    for place, (identifier, name) in enumerate(
        zip(drawn.places["id"], drawn.places["name"], strict=True)
    ):
        for number in reversed(range(len(drawn.bands))):
            yield Row(
                label=name,
                values={
                    "minutes": drawn.bands[number],
                    "people": float(drawn.each_people[place, number]),
                },
                geometry=drawn.each[place, number],
                institution_id=int(identifier),
            )
