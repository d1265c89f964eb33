"""The walk network of a city: built once per state of its streets, kept in one file."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mapping.analysis.network import WalkNetwork, build_network, load_network
from mapping.errors import NetworkFileError, NoStreetsError
from mapping.frames import street_lines, table_checksum
from mapping.models import City, Street


@dataclass(frozen=True, slots=True)
class StoredNetwork:
    """A network and the checksum of the streets it was built from."""

    network: WalkNetwork
    checksum: str
    was_built: bool


def walk_network(city: City) -> StoredNetwork:
    """
    Read the city's network from its file, or build it when the streets have changed.

    Raises
    ------
    NoStreetsError
        If the city has no streets one may walk along.
    """
    streets = Street.objects.filter(city=city, foot=True)
    if not streets.exists():
        raise NoStreetsError(city.slug)
    checksum = table_checksum(streets, "geometry")
    path = Path(settings.NETWORK_DIR) / city.slug / f"{checksum}.npz"
    try:
        return StoredNetwork(load_network(path), checksum, was_built=False)
    except (FileNotFoundError, NetworkFileError):
        # A damaged file or one of an older format is as good as none: the streets are the truth.
        return StoredNetwork(_build(city, path), checksum, was_built=True)


def _build(city: City, path: Path) -> WalkNetwork:
    network = build_network(street_lines(city))
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    network.save(path)
    return network
