"""A city pack read into records in one go; opening one is in `opening`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from mapping.importers.clipping import clip_records
from mapping.importers.gazetteer import Gazetteer
from mapping.importers.geojson import read_geojson
from mapping.importers.gtfs import read_gtfs_stops
from mapping.importers.judging import Context
from mapping.importers.matching import Duplicate, KnownInstitutions
from mapping.importers.opening import Pack, Resource, open_pack
from mapping.importers.osm_pbf import OsmExtract, boundary_of, districts_of, read_osm
from mapping.importers.raster import read_population_raster
from mapping.importers.raw import RawTable, is_empty
from mapping.importers.records import InstitutionRecord, Record, RowProblem
from mapping.importers.rows import Converted, to_records
from mapping.importers.sheets import read_csv, read_xlsx
from mapping.importers.specs import ResourceSpec
from mapping.importers.tables import TABLES
from mapping.importers.vector import read_geoparquet, read_vector

__all__ = ["Pack", "PackContents", "open_pack", "read_pack"]

Progress = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class PackContents:
    """
    Attributes
    ----------
    records
        Table → records; every table of the contract is there, empty when nothing filled it.
    problems
        Rows and cells that were not as wanted; `dropped` tells whether the row was lost.
    filtered
        Resource → rows left out because the descriptor says so.
    duplicates
        Institutions recognised as already given by an earlier resource.
    notes
        Remarks on whole resources, in the order of reading.
    read
        Resource → rows that became records.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: {name: [] for name in TABLES})
    problems: list[RowProblem] = field(default_factory=list)
    filtered: dict[str, int] = field(default_factory=dict)
    duplicates: list[Duplicate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)


def read_pack(pack: Pack, *, progress: Progress | None = None) -> PackContents:
    """
    Read every located resource: gazetteers first, then the boundary, then the rest in order.

    A bad row never stops the reading; it is among the problems.

    Raises
    ------
    UnreadableFileError
        If a whole file cannot be read.
    MissingColumnError
        If the descriptor names a column a file does not have.
    """
    return _PackReading(pack, progress or (lambda message: None)).run()


class _PackReading:
    def __init__(self, pack: Pack, progress: Progress) -> None:
        self.pack = pack
        self.progress = progress
        self.contents = PackContents()
        city_words = pack.descriptor.city_words
        self.gazetteer = Gazetteer(city_words=city_words)
        self.known = KnownInstitutions(pack.kinds, city_words=city_words)
        self.sources = {source.name: source for source in pack.sources}
        self.seen_keys: dict[tuple[str, str], set[str]] = {}
        self.extracts: dict[Path, OsmExtract] = {}
        self._boundary: Any | None = None

    def run(self) -> PackContents:
        located = [item for item in self.pack.resources if item.file is not None]
        for spec in self.pack.missing:
            lost = f": {spec.holds}" if spec.holds else ""
            self.contents.notes.append(f"{spec.path} was not found{lost}")
        for item in sorted(located, key=_reading_order):
            assert item.file is not None
            self.progress(f"Reading {item.spec.path} ({item.spec.title or item.spec.name})")
            if item.spec.role == "gazetteer":
                self._read_gazetteer(item.spec, item.file)
            else:
                self._read_table(item.spec, item.file)
        self.contents.records["institutions"] = list(self.known.records)
        return self.contents

    def boundary(self) -> Any | None:
        """The city's boundary, or its districts together; None while nobody gave any."""
        if self._boundary is None:
            records = self.contents.records
            outlines = records["boundary"] or records["districts"]
            if outlines:
                self._boundary = shapely.union_all([item.geometry for item in outlines])  # type: ignore[attr-defined]
                shapely.prepare(self._boundary)
        return self._boundary

    def _read_gazetteer(self, spec: ResourceSpec, file: Path) -> None:
        raw = self._read_raw(spec, file)
        names = raw.cells(spec.fields.get("name", "name")) or [None] * raw.count
        addresses = raw.cells(spec.fields.get("address", "address")) or [None] * raw.count
        positions = self._positions_of(raw, spec)
        taken = 0
        for name, address, position in zip(names, addresses, positions, strict=True):
            if position is None or (is_empty(name) and is_empty(address)):
                continue
            taken += 1
            if spec.level == "street":
                self.gazetteer.add_street(str(name), position)
            else:
                self.gazetteer.add_place(str(name or ""), str(address or ""), position)
        self.contents.notes.append(f"{spec.path}: {taken} known positions ({spec.level})")

    def _positions_of(self, raw: RawTable, spec: ResourceSpec) -> Any:
        if raw.geometry is not None and not spec.geometry.lon:
            return raw.geometry
        pairs = zip(
            raw.cells(spec.geometry.lon) or [], raw.cells(spec.geometry.lat) or [], strict=True
        )
        return [
            None if is_empty(lon) or is_empty(lat) else shapely.Point(float(lon), float(lat))
            for lon, lat in pairs
        ]

    def _read_table(self, spec: ResourceSpec, file: Path) -> None:
        raw = self._read_raw(spec, file)
        self.contents.notes.extend(f"{spec.path}: {note}" for note in raw.notes)
        context = Context(
            city=self.pack.city,
            kind_codes=frozenset(kind.code for kind in self.pack.kinds),
            gazetteer=self.gazetteer,
            synthetic=self.sources[spec.source].synthetic,
            districts={item.name: item.geometry for item in self.contents.records["districts"]},  # type: ignore[attr-defined]
            seen_keys=self.seen_keys,
        )
        converted = to_records(raw, spec, context, file=file.name)
        self.contents.problems.extend(converted.problems)
        records, rows = self._clip(spec, converted)
        self.contents.filtered[spec.name] = converted.filtered + len(converted.rows) - len(rows)
        if not records and not converted.problems and raw.count == 0:
            self.contents.notes.append(f"{spec.path}: not a single row for {spec.table}")
        if spec.table == "institutions":
            self._take_institutions(spec, file, records, rows)
        else:
            self.contents.records[spec.table].extend(records)
        self.contents.read[spec.name] = len(records)

    def _clip(self, spec: ResourceSpec, converted: Converted) -> tuple[list[Any], list[int]]:
        boundary = self.boundary() if spec.clip else None
        if boundary is None:
            return converted.records, converted.rows
        kept, numbers, notes = clip_records(converted.records, boundary)
        self.contents.notes.extend(f"{spec.path}: {note}" for note in notes)
        return kept, [converted.rows[number] for number in numbers]

    def _take_institutions(
        self,
        spec: ResourceSpec,
        file: Path,
        records: Sequence[InstitutionRecord],
        rows: Sequence[int],
    ) -> None:
        for record, row in zip(records, rows, strict=True):
            same = self.known.recognise(record) if spec.skip_known else None
            if same is None:
                self._warn_outside(spec, file, record, row)
                self.known.add(record)
                continue
            number, reason = same
            known = self.known.records[number]
            self.known.fill_gaps(number, record, self.sources[spec.source].title)
            self.contents.duplicates.append(
                Duplicate(
                    resource=spec.name,
                    row=row,
                    name=record.name,
                    same_as=known.name,
                    same_as_key=known.source_key,
                    reason=reason,
                )
            )

    def _warn_outside(
        self, spec: ResourceSpec, file: Path, record: InstitutionRecord, row: int
    ) -> None:
        boundary = self.boundary()
        if boundary is None or record.geometry is None:
            return
        if not shapely.intersects(boundary, record.geometry):
            self.contents.problems.append(
                RowProblem(
                    resource=spec.name,
                    file=file.name,
                    row=row,
                    column="geometry",
                    got=f"{record.name}, outside the city's boundary",
                    wanted="a position inside the city",
                    dropped=False,
                )
            )

    def _read_raw(self, spec: ResourceSpec, file: Path) -> RawTable:
        if spec.format == "osm.pbf":
            return self._read_osm(spec, file)
        if spec.format == "geotiff":
            return read_population_raster(file, boundary=self.boundary())
        return READERS[spec.format](spec, file)

    def _read_osm(self, spec: ResourceSpec, file: Path) -> RawTable:
        extract = self._extract(file)
        if spec.table == "boundary":
            return boundary_of(extract, spec.boundary)
        if spec.table == "districts":
            boundary = self.boundary() or boundary_of(extract).geometry[0]  # type: ignore[index]
            return districts_of(
                extract,
                boundary,
                city_name=self.pack.city.name,
                admin_level=spec.admin_level,
            )
        return extract.tables[spec.table]

    def _extract(self, file: Path) -> OsmExtract:
        """An extract serves several resources; it is read once, for all of them."""
        if file not in self.extracts:
            asked = {item.spec.table for item in self.pack.resources if item.file == file}
            # streets give the bounds when nothing else does
            tables = sorted(asked | {"streets"} if "boundary" in asked else asked)
            self.extracts[file] = read_osm(file, kinds=self.pack.kinds, tables=tables)
        return self.extracts[file]


def _reading_order(item: Resource) -> int:
    if item.spec.role == "gazetteer":
        return 0
    return {"boundary": 1, "districts": 2}.get(item.spec.table, 3)


READERS: dict[str, Callable[[ResourceSpec, Path], RawTable]] = {
    "geojson": lambda spec, file: read_geojson(file, encoding=spec.encoding),
    "gpkg": lambda spec, file: read_vector(file, layer=spec.layer),
    "vector": lambda spec, file: read_vector(file, layer=spec.layer),
    "geoparquet": lambda spec, file: read_geoparquet(file),
    "csv": lambda spec, file: read_csv(file, encoding=spec.encoding, delimiter=spec.delimiter),
    "xlsx": lambda spec, file: read_xlsx(file, sheet=spec.layer),
    "gtfs": lambda spec, file: read_gtfs_stops(file),
}
