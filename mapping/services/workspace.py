"""
What all runs of one city share: network, people, territories, places.

A batch of kinds, minutes and groups reads the tables once and searches the network once per kind.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mapping.analysis.access import Nearest, minutes_matrix, nearest
from mapping.analysis.coverage import Membership
from mapping.analysis.isochrones import MinuteGrid, lay_grid
from mapping.analysis.pairs import cut_off
from mapping.analysis.segments import index_segments
from mapping.analysis.snapping import Snap, snap
from mapping.errors import NoInstitutionsError, NoPeopleKnownError
from mapping.frames import (
    district_membership,
    grid_membership,
    points_xy,
    read_frame,
    table_checksum,
    tos_membership,
    unit_frame,
)
from mapping.importers.records import AGE_GROUPS
from mapping.models import City, District, InstitutionKind, PopulationUnit, TosTerritory
from mapping.queries.institutions import completeness, of_kind, reachable
from mapping.services.networks import StoredNetwork, walk_network

GROUPS = ("all", *AGE_GROUPS)
MEMBERSHIPS = {
    "district": district_membership,
    "tos": tos_membership,
    "grid": grid_membership,
}
LEVELS = tuple(MEMBERSHIPS)
MATRIX_MINUTES = 30.0
"""Every pair this near is searched for at once: most measures ask about some walk up to it."""
PLACE_COLUMNS = ("name", "kind__code", "capacity", "position_accuracy", "synthetic")

Report = Callable[[float, str], None]
Territories = tuple[pd.DataFrame, Membership]


@dataclass
class Workspace:
    """Everything runs of one city share; each part is read when it is first needed."""

    city: City
    report: Report = lambda share, step: None
    """Told how far a long computation is (0 to 1) and what it is doing; may raise to stop it."""
    seconds: dict[str, float] = field(default_factory=dict)
    _inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _snaps: dict[tuple[str, float], Snap] = field(default_factory=dict)
    _places: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    _nearest: dict[tuple[str, float, float], Nearest] = field(default_factory=dict)
    _matrices: dict[tuple[str, float, float], tuple[float, csr_array]] = field(default_factory=dict)
    _grids: dict[float, MinuteGrid] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started

    @cached_property
    def stored_network(self) -> StoredNetwork:
        with self.timed("network"):
            return walk_network(self.city)

    @cached_property
    def segment_index(self) -> Any:
        return index_segments(self.stored_network.network)

    @cached_property
    def units(self) -> gpd.GeoDataFrame:
        with self.timed("read"):
            return unit_frame(self.city)

    @cached_property
    def units_xy(self) -> NDArray[np.float64]:
        """Metric coordinates of the units, shape (n, 2)."""
        return points_xy(self.units)

    @cached_property
    def units_tree(self) -> shapely.STRtree:
        """The units in a tree, for those who ask which of them lie in an area."""
        return shapely.STRtree(np.asarray(self.units.geometry.values, dtype=object))

    @cached_property
    def territories(self) -> "_TerritoriesByLevel":
        return _TerritoriesByLevel(self)

    @cached_property
    def shared_inputs(self) -> dict[str, str]:
        """Checksums of everything but the institutions."""
        with self.timed("checksums"):
            return {
                "streets": self.stored_network.checksum,
                "population": table_checksum(
                    PopulationUnit.objects.filter(city=self.city),
                    "point",
                    "people",
                    *AGE_GROUPS,
                    "address",
                ),
                "districts": table_checksum(
                    District.objects.filter(city=self.city, valid_to__isnull=True), "geometry"
                ),
                "tos": table_checksum(
                    TosTerritory.objects.filter(city=self.city, valid_to__isnull=True),
                    "geometry",
                    "houses",
                ),
            }

    def inputs(self, kind: InstitutionKind) -> dict[str, Any]:
        """Checksums of everything a run of this kind is computed from, read once per kind."""
        if kind.code not in self._inputs:
            with self.timed("checksums"):
                self._inputs[kind.code] = self.shared_inputs | {
                    "institutions": table_checksum(
                        reachable(of_kind(self.city, kind)), "geometry", "status"
                    ),
                    "completeness": _known_of(self.city, kind),
                }
        return self._inputs[kind.code]

    def snap(self, xy: NDArray[np.float64], max_snap_m: float) -> Snap:
        network = self.stored_network.network
        with self.timed("snap"):
            return snap(network, xy, max_snap_m=max_snap_m, index=self.segment_index)

    def unit_snap(self, max_snap_m: float) -> Snap:
        key = ("units", max_snap_m)
        if key not in self._snaps:
            self._snaps[key] = self.snap(self.units_xy, max_snap_m)
        return self._snaps[key]

    @cached_property
    def known_groups(self) -> tuple[str, ...]:
        """Age groups that somebody has counted anywhere in the city."""
        return tuple(group for group in AGE_GROUPS if self.units[group].notna().any())

    def people(self, group: str) -> NDArray[np.float64]:
        """Raises NoPeopleKnownError when nobody has counted the group."""
        column = "people" if group == "all" else group
        people = self.units[column].to_numpy()
        if not np.isfinite(people).any():
            raise NoPeopleKnownError(self.city.slug, group)
        return people

    def places(self, kind: InstitutionKind) -> gpd.GeoDataFrame:
        """
        Open institutions of the kind with a position; metric points.

        Raises NoInstitutionsError when there is none: of nothing no distance is known.
        """
        if kind.code not in self._places:
            institutions = of_kind(self.city, kind)
            places = read_frame(reachable(institutions), "point", PLACE_COLUMNS, self.city)
            if places.empty:
                raise NoInstitutionsError(self.city.slug, kind.code, institutions.count())
            self._places[kind.code] = places
        return self._places[kind.code]

    def place_snap(self, kind: InstitutionKind, max_snap_m: float) -> Snap:
        key = (kind.code, max_snap_m)
        if key not in self._snaps:
            self._snaps[key] = self.snap(points_xy(self.places(kind)), max_snap_m)
        return self._snaps[key]

    def nearest(self, kind: InstitutionKind, *, speed_kmh: float, max_snap_m: float) -> Nearest:
        """The nearest of the kind to every unit; searched once per kind and speed."""
        key = (kind.code, speed_kmh, max_snap_m)
        if key not in self._nearest:
            origins = self.unit_snap(max_snap_m)
            goals = self.place_snap(kind, max_snap_m)
            with self.timed("search"):
                self._nearest[key] = nearest(
                    self.stored_network.network, origins, goals, speed_kmh=speed_kmh
                )
        return self._nearest[key]

    def minutes(
        self, kind: InstitutionKind, *, speed_kmh: float, max_snap_m: float
    ) -> NDArray[np.float64]:
        """Minutes from every unit to the nearest of the kind; inf where there is no path."""
        return self.nearest(kind, speed_kmh=speed_kmh, max_snap_m=max_snap_m).minutes

    def matrix(
        self,
        kind: InstitutionKind,
        *,
        within_minutes: float,
        speed_kmh: float,
        max_snap_m: float,
    ) -> csr_array:
        """
        Minutes of every pair within `within_minutes`, shape (units, places of the kind).

        As `access.minutes_matrix` gives them. Searched once per kind and speed, at least as far
        as `MATRIX_MINUTES`; shorter walks are cut out of it.
        """
        key = (kind.code, speed_kmh, max_snap_m)
        reach, matrix = self._matrices.get(key, (0.0, None))
        if matrix is None or reach < within_minutes:
            reach = max(within_minutes, MATRIX_MINUTES)
            origins, goals = self.unit_snap(max_snap_m), self.place_snap(kind, max_snap_m)
            with self.timed("search"):
                matrix = minutes_matrix(
                    self.stored_network.network,
                    origins,
                    goals,
                    cutoff_minutes=reach,
                    speed_kmh=speed_kmh,
                )
            self._matrices[key] = (reach, matrix)
        return matrix if reach == within_minutes else cut_off(matrix, within_minutes)

    def minute_grid(self, max_snap_m: float) -> MinuteGrid:
        """Cells around the streets, on which areas are drawn; laid once."""
        if max_snap_m not in self._grids:
            network, index = self.stored_network.network, self.segment_index
            with self.timed("areas"):
                self._grids[max_snap_m] = lay_grid(
                    network, max_off_street_m=max_snap_m, index=index
                )
        return self._grids[max_snap_m]

    def describe(self, kind: InstitutionKind, max_snap_m: float) -> dict[str, Any]:
        """What every run says of its ground: completeness, marks, what could not be placed."""
        places = self.places(kind)
        known = self.inputs(kind)["completeness"]
        ground = self.describe_ground(max_snap_m)
        return ground | {
            "completeness": known,
            "marks": ground["marks"]
            | {
                "synthetic": bool(ground["marks"]["synthetic"] or places["synthetic"].any()),
                "approximate": known["approximate"] > 0,
            },
            "institutions": {
                "counted": len(places),
                "off_streets": self.place_snap(kind, max_snap_m).unsnapped_count,
            },
        }

    def describe_ground(self, max_snap_m: float) -> dict[str, Any]:
        """What a run says of people and streets, whatever kind it is about."""
        units = self.units
        report = self.stored_network.network.report
        return {
            "marks": {
                "synthetic": bool(units["synthetic"].any()),
                "modelled": bool(units["modelled"].any()),
            },
            "units": {
                "count": len(units),
                "off_streets": self.unit_snap(max_snap_m).unsnapped_count,
                "without_population": int(units["people"].isna().sum()),
            },
            "network": {
                "vertices": report.vertices,
                "components": report.components,
                "kept_share_of_vertices": round(report.kept_share_of_vertices, 4),
                "length_km": round(report.length_km, 1),
                "dropped_length_km": round(report.dropped_length_km, 1),
            },
        }


class _TerritoriesByLevel(dict[str, Territories]):
    """Territories by level, each read when somebody asks for it: not everyone needs all."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def __missing__(self, level: str) -> Territories:
        units = self._workspace.units
        with self._workspace.timed("territories"):
            self[level] = MEMBERSHIPS[level](self._workspace.city, units)
        return self[level]


def _known_of(city: City, kind: InstitutionKind) -> dict[str, Any]:
    known = dataclasses.asdict(completeness(city, kind))
    as_of = known["official_as_of"]
    return known | {"official_as_of": as_of.isoformat() if as_of else None}
