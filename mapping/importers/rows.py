"""From the columns of a file to records: what the descriptor says, and every complaint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from mapping.crs import STORAGE_SRID, project
from mapping.errors import MissingColumnError
from mapping.importers.descriptor import CitySpec, ResourceSpec
from mapping.importers.gazetteer import Ambiguous, Gazetteer
from mapping.importers.raw import Geometries, RawTable, is_empty
from mapping.importers.records import Record, RowProblem
from mapping.importers.shapes import check_shapes
from mapping.importers.tables import TABLES, Field

SHOWN_CHARACTERS = 80
NEAR_DISTRICT_DEGREES = 0.003
"""About 300 m north to south: outlines of districts are no finer than that at rivers and rails."""


@dataclass(slots=True)
class Context:
    """What a row is judged against."""

    city: CitySpec
    kind_codes: frozenset[str]
    gazetteer: Gazetteer
    synthetic: bool = False
    """Whether everything of the resource's source is invented."""
    districts: Mapping[str, Any] = field(default_factory=dict)
    """Name → outline, as far as they are read."""
    seen_keys: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(table, source) → keys met so far in the whole pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """
    Attributes
    ----------
    records
        The good rows.
    rows
        Row number in the file of each record.
    problems
        Everything that was not as wanted, in the order of the rows.
    filtered
        Rows left out because the descriptor says so.
    """

    records: list[Any]
    rows: list[int]
    problems: list[RowProblem]
    filtered: int


def to_records(raw: RawTable, spec: ResourceSpec, context: Context, *, file: str) -> Converted:
    """
    Turn the rows of one resource into records.

    Raises
    ------
    MissingColumnError
        If the descriptor names a column the file does not have.
    """
    return _Conversion(raw, spec, context, file).run()


class _Conversion:
    def __init__(self, raw: RawTable, spec: ResourceSpec, context: Context, file: str) -> None:
        self.raw = raw
        self.spec = spec
        self.context = context
        self.file = file
        self.table = TABLES[spec.table]
        self.alive = np.ones(raw.count, dtype=bool)
        self.problems: list[RowProblem] = []

    def run(self) -> Converted:
        self._tell_faults()
        columns = {name: self._cells_of(name) for name in self._fields_in_file()}
        filtered = self._filter(columns)
        parsed = self._parse_all(columns)
        geometry, positions = self._locate()
        if geometry is not None and "position_accuracy" in self.table.fields:
            self._fill_accuracy(parsed, positions)
            self._check_districts(parsed, geometry)
        keys = self._keys(geometry)
        records = self._build(parsed, geometry, keys)
        numbers = [self.raw.row_number(index) for index in np.flatnonzero(self.alive).tolist()]
        self.problems.sort(key=lambda problem: problem.row)
        return Converted(records=records, rows=numbers, problems=self.problems, filtered=filtered)

    # telling what is wrong

    def _complain(
        self, index: int, column: str, got: Any, wanted: str, *, dropped: bool = True
    ) -> None:
        if not self.alive[index]:
            return
        if dropped:
            self.alive[index] = False
        self.problems.append(
            RowProblem(
                resource=self.spec.name,
                file=self.file,
                row=self.raw.row_number(index),
                column=column,
                got=_shown(got),
                wanted=wanted,
                dropped=dropped,
            )
        )

    def _tell_faults(self) -> None:
        self.problems.extend(
            RowProblem(
                resource=self.spec.name,
                file=self.file,
                row=fault.row,
                column=fault.column,
                got=fault.got,
                wanted=fault.wanted,
            )
            for fault in self.raw.faults
        )

    # columns → fields

    def _fields_in_file(self) -> dict[str, str]:
        """Record field → column; a format that knows our fields maps them by itself."""
        if self.spec.fields or self.raw.key is None:
            return dict(self.spec.fields)
        return {name: name for name in self.raw.columns if name in self.table.fields}

    def _cells_of(self, name: str) -> list[Any]:
        column = self.spec.fields.get(name, name)
        cells = self._column(column)
        translations = self.spec.values.get(name)
        constant = self.spec.constants.get(name)
        if translations is None and constant is None:
            return list(cells)
        return [self._translate(cell, translations or {}, constant) for cell in cells]

    def _translate(self, cell: Any, translations: Mapping[str, str | None], constant: Any) -> Any:
        text = "" if is_empty(cell) else " ".join(str(cell).split())
        if text in translations:
            value = translations[text]
        elif translations and "*" in translations:
            value = translations["*"]
        elif not text:
            return constant
        else:
            return cell
        return _LEFT_OUT if value is None else value

    def _column(self, column: str) -> Sequence[Any]:
        cells = self.raw.cells(column)
        if cells is not None:
            return cells
        if self.raw.count == 0:
            return []
        raise MissingColumnError(self.file, column, self.raw.columns)

    def _filter(self, columns: Mapping[str, list[Any]]) -> int:
        """Leave out the rows the descriptor does not want, and count them."""
        before = int(self.alive.sum())
        for column, wanted in self.spec.where.items():
            cells = self._column(column)
            self.alive &= np.fromiter(
                (_as_text(cell) in wanted for cell in cells), dtype=bool, count=len(cells)
            )
        for cells in columns.values():
            if _LEFT_OUT in cells:
                self.alive &= np.fromiter(
                    (cell is not _LEFT_OUT for cell in cells), dtype=bool, count=len(cells)
                )
        return before - int(self.alive.sum())

    # cells → values

    def _parse_all(self, columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        parsed: dict[str, list[Any]] = {}
        for path, cells in self._merge_nested(columns).items():
            parsed[path] = self._parse(path, cells)
        for name, constant in self.spec.constants.items():
            if name not in columns:
                parsed[name] = [self.table.fields[name].parse(constant)] * self.raw.count
        for name, rule in self.table.fields.items():
            if rule.required and name not in parsed:
                for index in np.flatnonzero(self.alive).tolist():
                    self._complain(index, name, "", rule.wanted)
        return parsed

    def _merge_nested(self, columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        """`age_shares.children` and its sisters become the cells of one field `age_shares`."""
        merged: dict[str, list[Any]] = {}
        for path, cells in columns.items():
            name, dot, inner = path.partition(".")
            if not dot:
                merged[name] = cells
                continue
            target = merged.setdefault(name, [None] * self.raw.count)
            for index, cell in enumerate(cells):
                if not is_empty(cell):
                    target[index] = {**(target[index] or {}), inner: cell}
        return merged

    def _parse(self, name: str, cells: Sequence[Any]) -> list[Any]:
        rule = self.table.fields[name]
        values: list[Any] = [None] * self.raw.count
        for index in np.flatnonzero(self.alive).tolist():
            cell = cells[index]
            if is_empty(cell):
                if rule.required:
                    self._complain(index, self._label(name), "", rule.wanted)
                continue
            values[index] = self._parse_cell(index, name, cell, rule)
        return values

    def _parse_cell(self, index: int, name: str, cell: Any, rule: Field) -> Any:
        try:
            value = rule.parse(cell)
        except (ValueError, TypeError, KeyError, AttributeError):
            self._complain(index, self._label(name), cell, rule.wanted, dropped=rule.required)
            return None
        is_kind = name == "kind" and self.spec.table == "institutions"
        if is_kind and value not in self.context.kind_codes:
            self._complain(index, self._label(name), cell, rule.wanted)
        return value

    def _label(self, name: str) -> str:
        """The column as the file calls it."""
        return self.spec.fields.get(name, name)

    # positions

    def _locate(self) -> tuple[Geometries | None, dict[int, tuple[str, str]]]:
        """Geometry of every row, and (accuracy, how found) of those a gazetteer placed."""
        if not self.table.geometry_types:
            return None, {}
        geometry = self._own_geometry()
        checked = check_shapes(
            geometry,
            allowed=self.table.geometry_types,
            center=self.context.city.center,
            complain=lambda index, got, wanted: self._complain(index, "geometry", got, wanted),
        )
        for index in checked.repaired:
            wanted = "a valid geometry; it was repaired"
            self._complain(index, "geometry", "an invalid geometry", wanted, dropped=False)
        positions: dict[int, tuple[str, str]] = {}
        if self.spec.geometry.address or self.spec.geometry.name:
            positions = self._look_up(checked.geometry)
        if self.table.geometry_required:
            missing = shapely.is_missing(checked.geometry) & self.alive
            for index in np.flatnonzero(missing).tolist():
                wanted = " or ".join(sorted(self.table.geometry_types))
                self._complain(index, "geometry", "", wanted)
        return checked.geometry, positions

    def _own_geometry(self) -> Geometries:
        if self.spec.geometry.lon:
            return self._from_coordinates()
        if self.raw.geometry is not None:
            return self.raw.geometry.copy()
        return np.full(self.raw.count, None, dtype=object)

    def _from_coordinates(self) -> Geometries:
        rule = self.spec.geometry
        x = self._numbers(rule.lon)
        y = self._numbers(rule.lat)
        half = np.isfinite(x) != np.isfinite(y)
        for index in np.flatnonzero(half).tolist():
            column = rule.lat if np.isfinite(x[index]) else rule.lon
            self._complain(index, column, "", "both coordinates, or none")
        geometry = np.full(self.raw.count, None, dtype=object)
        whole = np.isfinite(x) & np.isfinite(y)
        geometry[whole] = shapely.points(x[whole], y[whole])
        if rule.srid != STORAGE_SRID:
            geometry = project(geometry, from_srid=rule.srid, to_srid=STORAGE_SRID)
        return geometry

    def _numbers(self, column: str) -> Any:
        cells = self._column(column)
        try:
            return np.array([_coordinate(cell) for cell in cells], dtype=float)
        except ValueError:
            return np.array([self._number(index, column, cell) for index, cell in enumerate(cells)])

    def _number(self, index: int, column: str, cell: Any) -> float:
        try:
            return _coordinate(cell)
        except ValueError:
            self._complain(index, column, cell, "a coordinate as a number")
            return float("nan")

    def _look_up(self, geometry: Geometries) -> dict[int, tuple[str, str]]:
        """Place rows without a position by what is known of their name and address."""
        rule = self.spec.geometry
        blank: list[Any] = [None] * self.raw.count
        addresses = self._column(rule.address) if rule.address else blank
        names = self._column(rule.name) if rule.name else blank
        positions: dict[int, tuple[str, str]] = {}
        for index in np.flatnonzero(shapely.is_missing(geometry) & self.alive).tolist():
            address = "" if is_empty(addresses[index]) else str(addresses[index])
            name = "" if is_empty(names[index]) else str(names[index])
            found = self.context.gazetteer.find_place(name, address)
            street = None if found or not address else self.context.gazetteer.find_street(address)
            if isinstance(street, Ambiguous):
                wanted = f"one street; the gazetteer has {'; '.join(street.names[:4])}"
                self._complain(index, rule.address, address, wanted, dropped=False)
                continue
            found = found or street
            if found is None:
                if address:
                    wanted = "a street of the gazetteer"
                    self._complain(index, rule.address, address, wanted, dropped=False)
                continue
            geometry[index] = found.position
            positions[index] = (found.accuracy, found.how)
        return positions

    def _fill_accuracy(
        self, parsed: dict[str, list[Any]], positions: Mapping[int, tuple[str, str]]
    ) -> None:
        own = parsed.get("position_accuracy") or [None] * self.raw.count
        parsed["position_accuracy"] = [
            positions[index][0] if index in positions else value or self.spec.accuracy
            for index, value in enumerate(own)
        ]
        if "position_source" in self.table.fields:
            how = parsed.get("position_source") or [None] * self.raw.count
            parsed["position_source"] = [
                positions[index][1] if index in positions else value
                for index, value in enumerate(how)
            ]

    def _check_districts(self, parsed: Mapping[str, list[Any]], geometry: Geometries) -> None:
        """
        Give up a street's mean point that lies outside the district the row names.

        A street may cross half the city: its mean point can be kilometres from the door, and a
        position known to be wrong is worse than none.
        """
        named = parsed.get("district") or [None] * self.raw.count
        accuracy = parsed["position_accuracy"]
        for index in np.flatnonzero(self.alive & ~shapely.is_missing(geometry)).tolist():
            outline = self.context.districts.get(named[index] or "")
            if outline is None or accuracy[index] != "street":
                continue
            if shapely.distance(outline, geometry[index]) > NEAR_DISTRICT_DEGREES:
                got = f"the street's mean point, outside {named[index]}"
                wanted = "a position in its district; it is left without one"
                self._complain(index, "geometry", got, wanted, dropped=False)
                geometry[index] = None

    # keys and records

    def _keys(self, geometry: Geometries | None) -> list[str]:
        keys = self._raw_keys(geometry)
        seen = self.context.seen_keys.setdefault((self.spec.table, self.spec.source), set())
        tells_place = self.spec.key == ("@geometry",)
        for index in np.flatnonzero(self.alive).tolist():
            key = keys[index]
            if not key:
                column = ", ".join(self.spec.key)
                self._complain(index, column, "", "a key that tells the row from others")
                continue
            if key in seen and tells_place:
                # two things at one place are two things: the second one says so in its key
                key = keys[index] = _numbered(key, seen)
            if key in seen:
                column = ", ".join(self.spec.key) or "key"
                self._complain(index, column, key, "a key used once in its source")
                continue
            seen.add(key)
        return keys

    def _raw_keys(self, geometry: Geometries | None) -> list[str]:
        if self.spec.key == ("@row",):
            return [
                f"{self.spec.name}:{self.raw.row_number(index)}" for index in range(self.raw.count)
            ]
        if self.spec.key == ("@geometry",):
            return _geometry_keys(geometry, self.raw.count)
        if not self.spec.key and self.raw.key is not None:
            return list(self.raw.key)
        columns = [self._column(name) for name in self.spec.key]
        parts = zip(*columns, strict=True) if self.raw.count else ()
        return [
            "" if all(map(is_empty, cells)) else "/".join(map(_as_text, cells)) for cells in parts
        ]

    def _build(
        self, parsed: dict[str, list[Any]], geometry: Geometries | None, keys: Sequence[str]
    ) -> list[Record]:
        make = self.table.record
        names = list(parsed)
        columns = [parsed[name] for name in names]
        records = []
        for index in np.flatnonzero(self.alive).tolist():
            values = {
                name: column[index]
                for name, column in zip(names, columns, strict=True)
                if column[index] is not None
            }
            if geometry is not None:
                values["geometry"] = geometry[index]
                if geometry[index] is None:
                    values.pop("position_accuracy", None)
            if self.spec.table == "stops":
                values.setdefault("name", "")
            values.setdefault("synthetic", self.context.synthetic)
            values["source"] = self.spec.source
            values["source_key"] = keys[index]
            records.append(make(**values))
        return records


class _LeftOut:
    """Stands in a cell whose row the descriptor leaves out."""


_LEFT_OUT = _LeftOut()


def _as_text(cell: Any) -> str:
    if is_empty(cell):
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _shown(value: Any) -> str:
    text = "nothing" if is_empty(value) else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _coordinate(cell: Any) -> float:
    if is_empty(cell):
        return float("nan")
    if isinstance(cell, str):
        cell = cell.strip().replace(",", ".")
    number = float(cell)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("not finite")
    return number


def _geometry_keys(geometry: Geometries | None, count: int) -> list[str]:
    if geometry is None:
        return [""] * count
    return [
        "" if wkb is None else hashlib.sha1(wkb, usedforsecurity=False).hexdigest()[:16]
        for wkb in shapely.to_wkb(geometry)
    ]


def _numbered(key: str, seen: set[str]) -> str:
    number = 2
    while f"{key}#{number}" in seen:
        number += 1
    return f"{key}#{number}"
