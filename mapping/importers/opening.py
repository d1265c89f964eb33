"""Opening a city pack: a folder or a zip, its descriptor, and where each of its files is."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mapping.errors import MissingResourceError, PackNotFoundError
from mapping.importers.archives import unpack
from mapping.importers.descriptor import read_descriptor
from mapping.importers.files import checksum
from mapping.importers.kinds import KindRecord, load_kinds
from mapping.importers.specs import (
    CitySpec,
    Descriptor,
    OfficialCount,
    PopulationModel,
    ResourceSpec,
    SourceSpec,
)

DESCRIPTOR = "datapackage.json"


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
