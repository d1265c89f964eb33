"""Where each row is: by its geometry, its coordinates, or what is known of its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from mapping.crs import STORAGE_SRID, project
from mapping.importers.gazetteer import Ambiguous, Found
from mapping.importers.judging import Context, Judge
from mapping.importers.raw import Geometries, is_empty
from mapping.importers.shapes import check_shapes
from mapping.importers.tables import TABLES

NEAR_DISTRICT_DEGREES = 0.003
"""About 300 m north to south: outlines of districts are no finer than that at rivers and rails."""


class Locator:
    """Finds the positions of one resource's rows, and fills in how sure they are."""

    def __init__(self, judge: Judge, context: Context) -> None:
        self.judge = judge
        self.context = context
        self.table = TABLES[judge.spec.table]

    def locate(self, parsed: dict[str, list[Any]]) -> Geometries | None:
        """
        Geometry of every row, None where it has none; None for a table without geometry.

        `parsed` gets the accuracy of each position and the name it was found by, where the table
        keeps them.
        """
        if not self.table.geometry_types:
            return None
        geometry = self._checked(self._own_geometry())
        found = self._look_up(geometry)
        self._demand(geometry)
        if "position_accuracy" in self.table.fields:
            self._fill_accuracy(parsed, found)
            self._check_districts(parsed, geometry)
        return geometry

    def _checked(self, geometry: Geometries) -> Geometries:
        complain = self.judge.complain
        checked = check_shapes(
            geometry,
            allowed=self.table.geometry_types,
            center=self.context.city.center,
            complain=lambda index, got, wanted: complain(index, "geometry", got, wanted),
        )
        for index in checked.repaired:
            wanted = "a valid geometry; it was repaired"
            complain(index, "geometry", "an invalid geometry", wanted, dropped=False)
        return checked.geometry

    def _demand(self, geometry: Geometries) -> None:
        if not self.table.geometry_required:
            return
        wanted = " or ".join(sorted(self.table.geometry_types))
        for index in np.flatnonzero(shapely.is_missing(geometry) & self.judge.alive).tolist():
            self.judge.complain(index, "geometry", "", wanted)

    def _own_geometry(self) -> Geometries:
        if self.judge.spec.geometry.lon:
            return self._from_coordinates()
        if self.judge.raw.geometry is not None:
            return self.judge.raw.geometry.copy()
        return np.full(self.judge.raw.count, None, dtype=object)

    def _from_coordinates(self) -> Geometries:
        rule = self.judge.spec.geometry
        x = self._numbers(rule.lon)
        y = self._numbers(rule.lat)
        half = np.isfinite(x) != np.isfinite(y)
        for index in np.flatnonzero(half).tolist():
            column = rule.lat if np.isfinite(x[index]) else rule.lon
            self.judge.complain(index, column, "", "both coordinates, or none")
        geometry = np.full(self.judge.raw.count, None, dtype=object)
        whole = np.isfinite(x) & np.isfinite(y)
        geometry[whole] = shapely.points(x[whole], y[whole])
        if rule.srid != STORAGE_SRID:
            geometry = project(geometry, from_srid=rule.srid, to_srid=STORAGE_SRID)
        return geometry

    def _numbers(self, column: str) -> Any:
        cells = self.judge.column(column)
        try:
            return np.array([_coordinate(cell) for cell in cells], dtype=float)
        except ValueError:
            return np.array([self._number(index, column, cell) for index, cell in enumerate(cells)])

    def _number(self, index: int, column: str, cell: Any) -> float:
        try:
            return _coordinate(cell)
        except ValueError:
            self.judge.complain(index, column, cell, "a coordinate as a number")
            return float("nan")

    def _look_up(self, geometry: Geometries) -> dict[int, Found]:
        """Place rows without a position by what is known of their name and address."""
        rule = self.judge.spec.geometry
        if not (rule.address or rule.name):
            return {}
        blank: list[Any] = [None] * self.judge.raw.count
        addresses = self.judge.column(rule.address) if rule.address else blank
        names = self.judge.column(rule.name) if rule.name else blank
        found: dict[int, Found] = {}
        for index in np.flatnonzero(shapely.is_missing(geometry) & self.judge.alive).tolist():
            place = self._find(index, _text(names[index]), _text(addresses[index]))
            if place is not None:
                geometry[index] = place.position
                found[index] = place
        return found

    def _find(self, index: int, name: str, address: str) -> Found | None:
        gazetteer = self.context.gazetteer
        place = gazetteer.find_place(name, address)
        if place is not None or not address or not gazetteer.has_streets:
            return place
        street = gazetteer.find_street(address)
        if isinstance(street, Found):
            return street
        wanted = "a street of the gazetteer"
        if isinstance(street, Ambiguous):
            wanted = f"one street; the gazetteer has {'; '.join(street.names[:4])}"
        column = self.judge.spec.geometry.address
        self.judge.complain(index, column, address, wanted, dropped=False)
        return None

    def _fill_accuracy(self, parsed: dict[str, list[Any]], found: Mapping[int, Found]) -> None:
        blank: list[Any] = [None] * self.judge.raw.count
        own = parsed.get("position_accuracy") or blank
        parsed["position_accuracy"] = [
            found[index].accuracy if index in found else value or self.judge.spec.accuracy
            for index, value in enumerate(own)
        ]
        if "position_source" in self.table.fields:
            parsed["position_source"] = [
                found[index].how if index in found else value
                for index, value in enumerate(parsed.get("position_source") or blank)
            ]

    def _check_districts(self, parsed: Mapping[str, list[Any]], geometry: Geometries) -> None:
        """
        Give up a street's mean point that lies outside the district the row names.

        A street may cross half the city: its mean point can be kilometres from the door, and a
        position known to be wrong is worse than none.
        """
        named = parsed.get("district") or [None] * self.judge.raw.count
        accuracy = parsed["position_accuracy"]
        for index in np.flatnonzero(self.judge.alive & ~shapely.is_missing(geometry)).tolist():
            outline = self.context.districts.get(named[index] or "")
            if outline is None or accuracy[index] != "street":
                continue
            if shapely.distance(outline, geometry[index]) > NEAR_DISTRICT_DEGREES:
                got = f"the street's mean point, outside {named[index]}"
                wanted = "a position in its district; it is left without one"
                self.judge.complain(index, "geometry", got, wanted, dropped=False)
                geometry[index] = None


def _text(cell: Any) -> str:
    return "" if is_empty(cell) else str(cell)


def _coordinate(cell: Any) -> float:
    if is_empty(cell):
        return float("nan")
    if isinstance(cell, str):
        cell = cell.strip().replace(",", ".")
    number = float(cell)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("not finite")
    return number
