"""From the columns of a file to records: what the descriptor says, and every complaint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from mapping.importers.judging import Context, Judge
from mapping.importers.positions import Locator
from mapping.importers.raw import Geometries, RawTable, is_empty
from mapping.importers.records import Record, RowProblem
from mapping.importers.specs import ResourceSpec
from mapping.importers.tables import TABLES, Field


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
    return _Conversion(Judge(raw, spec, file), context).run()


class _Conversion:
    def __init__(self, judge: Judge, context: Context) -> None:
        self.judge = judge
        self.raw = judge.raw
        self.spec = judge.spec
        self.context = context
        self.table = TABLES[judge.spec.table]

    def run(self) -> Converted:
        columns = {name: self._cells_of(name) for name in self._fields_in_file()}
        filtered = self._filter(columns)
        parsed = self._parse_all(columns)
        geometry = Locator(self.judge, self.context).locate(parsed)
        keys = self._keys(geometry)
        return Converted(
            records=self._build(parsed, geometry, keys),
            rows=[self.raw.row_number(index) for index in self.judge.alive_rows],
            problems=sorted(self.judge.problems, key=lambda problem: problem.row),
            filtered=filtered,
        )

    # columns → fields

    def _fields_in_file(self) -> dict[str, str]:
        """Record field → column; a format that knows our fields maps them by itself."""
        if self.spec.fields or self.raw.key is None:
            return dict(self.spec.fields)
        return {name: name for name in self.raw.columns if name in self.table.fields}

    def _cells_of(self, name: str) -> list[Any]:
        column = self.spec.fields.get(name, name)
        cells = self.judge.column(column)
        translations = self.spec.values.get(name)
        constant = self.spec.constants.get(name)
        if translations is None and constant is None:
            return list(cells)
        return [self._translate(cell, translations or {}, constant) for cell in cells]

    def _translate(self, cell: Any, translations: Mapping[str, str | None], constant: Any) -> Any:
        text = " ".join(_as_text(cell).split())
        if text in translations:
            value = translations[text]
        elif translations and "*" in translations:
            value = translations["*"]
        elif not text:
            return constant
        else:
            return cell
        return _LEFT_OUT if value is None else value

    def _filter(self, columns: Mapping[str, list[Any]]) -> int:
        """Leave out the rows the descriptor does not want, and count them."""
        before = int(self.judge.alive.sum())
        for column, wanted in self.spec.where.items():
            cells = self.judge.column(column)
            self.judge.alive &= np.fromiter(
                (_as_text(cell) in wanted for cell in cells), dtype=bool, count=len(cells)
            )
        for cells in columns.values():
            if _LEFT_OUT in cells:
                self.judge.alive &= np.fromiter(
                    (cell is not _LEFT_OUT for cell in cells), dtype=bool, count=len(cells)
                )
        return before - int(self.judge.alive.sum())

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
                for index in self.judge.alive_rows:
                    self.judge.complain(index, name, "", rule.wanted)
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
        for index in self.judge.alive_rows:
            cell = cells[index]
            if is_empty(cell):
                if rule.required:
                    self.judge.complain(index, self._label(name), "", rule.wanted)
                continue
            values[index] = self._parse_cell(index, name, cell, rule)
        return values

    def _parse_cell(self, index: int, name: str, cell: Any, rule: Field) -> Any:
        try:
            value = rule.parse(cell)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.judge.complain(index, self._label(name), cell, rule.wanted, dropped=rule.required)
            return rule.otherwise(cell) if rule.otherwise else None
        is_kind = name == "kind" and self.spec.table == "institutions"
        if is_kind and value not in self.context.kind_codes:
            self.judge.complain(index, self._label(name), cell, rule.wanted)
        return value

    def _label(self, name: str) -> str:
        """The column as the file calls it."""
        return self.spec.fields.get(name, name)

    # keys and records

    def _keys(self, geometry: Geometries | None) -> list[str]:
        keys = self._raw_keys(geometry)
        seen = self.context.seen_keys.setdefault((self.spec.table, self.spec.source), set())
        tells_place = self.spec.key == ("@geometry",)
        for index in self.judge.alive_rows:
            key = keys[index]
            if not key:
                column = ", ".join(self.spec.key)
                self.judge.complain(index, column, "", "a key that tells the row from others")
                continue
            if key in seen and tells_place:
                # two things at one place are two things: the second one says so in its key
                key = keys[index] = _numbered(key, seen)
            if key in seen:
                column = ", ".join(self.spec.key) or "key"
                self.judge.complain(index, column, key, "a key used once in its source")
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
        columns = [self.judge.column(name) for name in self.spec.key]
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
        for index in self.judge.alive_rows:
            values = {
                name: column[index]
                for name, column in zip(names, columns, strict=True)
                if column[index] is not None
            }
            if geometry is not None:
                values["geometry"] = geometry[index]
                if geometry[index] is None:
                    values.pop("position_accuracy", None)
                    values.pop("position_source", None)
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
