"""A city pack: opened, its files found, read into records in one go."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import shapely

from mapping.errors import MissingResourceError, PackNotFoundError
from mapping.importers.archives import unpack
from mapping.importers.clipping import clip_records
from mapping.importers.descriptor import (
    CitySpec,
    Descriptor,
    OfficialCount,
    PopulationModel,
    ResourceSpec,
    SourceSpec,
    read_descriptor,
)
from mapping.importers.files import checksum
from mapping.importers.gazetteer import Gazetteer
from mapping.importers.geojson import read_geojson
from mapping.importers.gtfs import read_gtfs_stops
from mapping.importers.judging import Context
from mapping.importers.kinds import KindRecord, load_kinds
from mapping.importers.matching import Duplicate, KnownInstitutions
from mapping.importers.osm_pbf import OsmExtract, boundary_of, districts_of, read_osm
from mapping.importers.raster import read_population_raster
from mapping.importers.raw import RawTable, is_empty
from mapping.importers.records import InstitutionRecord, Record, RowProblem
from mapping.importers.rows import Converted, to_records
from mapping.importers.sheets import read_csv, read_xlsx
from mapping.importers.tables import TABLES
from mapping.importers.vector import read_geoparquet, read_vector

DESCRIPTOR = "datapackage.json"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource and the file found for it; `file` is None when there is none."""

    spec: ResourceSpec
    file: Path | None


@dataclass(frozen=True, kw_only=True)
class Pack:
    """
    Attributes
    ----------
    checksum
        SHA-256 over the descriptor and every located file: equal packs load equally.
    """

    path: Path
    descriptor: Descriptor
    resources: tuple[Resource, ...]
    kinds: tuple[KindRecord, ...]
    checksum: str

    @property
    def city(self) -> CitySpec:
        return self.descriptor.city

    @property
    def sources(self) -> tuple[SourceSpec, ...]:
        return self.descriptor.sources

    @property
    def official_counts(self) -> tuple[OfficialCount, ...]:
        return self.descriptor.official_counts

    @property
    def population_model(self) -> PopulationModel:
        return self.descriptor.population_model

    @property
    def missing(self) -> tuple[ResourceSpec, ...]:
        """Resources whose file was not found; `holds` tells what is lost with each."""
        return tuple(item.spec for item in self.resources if item.file is None)


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


def open_pack(
    path: Path, data_dir: Path | None = None, *, kinds: Sequence[KindRecord] | None = None
) -> Pack:
    """
    Open a pack and find its files; nothing of them is read yet.

    Parameters
    ----------
    path
        A folder or a zip with `datapackage.json`. A zip is unpacked aside and removed with
        the pack.
    data_dir
        Where files that are not in the pack are looked for: by their path, then by their name in
        the folder itself, then by their name in one of its subfolders.
    kinds
        The kinds institutions may be of; the reference list when not given.

    Raises
    ------
    PackNotFoundError
        If there is no pack at `path`.
    PackDescriptorError
        If the descriptor is wrong; every complaint is listed.
    MissingResourceError
        If a file that the pack requires is nowhere.
    UnsafeArchiveError, UnreadableFileError
        If the zip must not or cannot be unpacked.
    """
    kinds = tuple(kinds if kinds is not None else load_kinds())
    folder, unpacked = _folder_of(path)
    try:
        codes = [kind.code for kind in kinds]
        descriptor = read_descriptor(folder / DESCRIPTOR, kind_codes=codes)
        resources = tuple(
            Resource(spec=spec, file=_locate(spec.path, folder, data_dir))
            for spec in descriptor.resources
        )
        _demand_required(resources, folder, data_dir)
        pack = Pack(
            path=path,
            descriptor=descriptor,
            resources=resources,
            kinds=kinds,
            checksum=_checksum(folder / DESCRIPTOR, resources),
        )
    except BaseException:
        if unpacked:
            shutil.rmtree(unpacked, ignore_errors=True)
        raise
    if unpacked:
        weakref.finalize(pack, shutil.rmtree, unpacked, ignore_errors=True)
    return pack


def _folder_of(path: Path) -> tuple[Path, Path | None]:
    """The folder that holds the descriptor, and the temporary one it was unpacked to."""
    wanted = f"a folder or a zip with {DESCRIPTOR}"
    if path.is_dir():
        if not (path / DESCRIPTOR).is_file():
            raise PackNotFoundError(path, wanted)
        return path, None
    if not path.is_file():
        raise PackNotFoundError(path, wanted)
    unpacked = Path(tempfile.mkdtemp(prefix="city-pack-"))
    try:
        unpack(path, unpacked)
        inner = [unpacked, *(entry for entry in sorted(unpacked.iterdir()) if entry.is_dir())]
        folder = next((place for place in inner if (place / DESCRIPTOR).is_file()), None)
        if folder is None:
            raise PackNotFoundError(path, wanted)
    except BaseException:
        shutil.rmtree(unpacked, ignore_errors=True)
        raise
    return folder, unpacked


def _locate(relative: str, folder: Path, data_dir: Path | None) -> Path | None:
    name = PurePosixPath(relative).name
    places = [folder / relative]
    if data_dir is not None:
        places += [data_dir / relative, data_dir / name]
    found = next((place for place in places if place.is_file()), None)
    if found or data_dir is None or not data_dir.is_dir():
        return found
    deeper = [entry / name for entry in sorted(data_dir.iterdir()) if entry.is_dir()]
    deeper = [place for place in deeper if place.is_file()]
    # two files of one name: taking either could load another city's data
    return deeper[0] if len(deeper) == 1 else None


def _demand_required(resources: Sequence[Resource], folder: Path, data_dir: Path | None) -> None:
    lost = [item.spec for item in resources if item.file is None and item.spec.required]
    if lost:
        places = f"{folder}" + (f" and {data_dir}" if data_dir else " (no data folder was given)")
        raise MissingResourceError([(spec.path, spec.holds) for spec in lost], places)


def _checksum(descriptor: Path, resources: Sequence[Resource]) -> str:
    total = hashlib.sha256(descriptor.read_bytes())
    files = {item.spec.path: item.file for item in resources}
    for path, file in sorted(files.items()):
        total.update(f"\n{path} {checksum(file) if file else 'missing'}".encode())
    return total.hexdigest()


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
            return districts_of(extract, boundary, admin_level=spec.admin_level)
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
