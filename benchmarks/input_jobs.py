"""What a city is made from: an OpenStreetMap extract read into a graph, people of zones summed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import osmnx
import rasterio
import shapely
from exactextract import exact_extract
from numpy.typing import NDArray
from osmium.osm.mutable import Node, Way
from rasterio.transform import from_origin
from rasterstats import zonal_stats

from benchmarks.city import SEED, BenchCity
from benchmarks.timing import Outcome, best
from mapping.analysis.network import WalkNetwork, build_network
from mapping.crs import project
from mapping.importers.osm_pbf import read_osm

SOMEWHERE_SRID = 32644
"""An invented city has no place; its file needs degrees."""
SOMEWHERE_M = (600_000.0, 6_100_000.0)
ZONES = 400
CELL_M = 100.0
CELLS = 300


def input_jobs(city: BenchCity) -> Iterator[Outcome]:
    """Read the city's streets from a file, and people of zones from a raster made on the spot."""
    with tempfile.TemporaryDirectory() as folder:
        yield _read_streets(city, Path(folder))
        yield _sum_zones(Path(folder) / "people.tif")


def _read_streets(city: BenchCity, folder: Path) -> Outcome:
    """The peer reads no PBF: it gets the same streets as XML."""
    pbf, xml = folder / "streets.osm.pbf", folder / "streets.osm"
    for path in (pbf, xml):
        _write_osm(path, city.lines)
    ours_s, network = best(lambda: _our_graph(pbf))
    peer_s, graph = best(lambda: osmnx.graph_from_xml(xml), repeats=1)
    note = (
        f"{len(network.node_xy):,} junctions, the peer {graph.number_of_nodes():,}; "
        f"{pbf.stat().st_size / 1e6:.1f} MB, for the peer {xml.stat().st_size / 1e6:.0f} MB of XML"
    )
    return Outcome("OSM PBF to graph", ours_s, "osmnx", peer_s, note)


def _our_graph(path: Path) -> WalkNetwork:
    streets = read_osm(path, kinds=(), tables={"streets"}).tables["streets"]
    return build_network(project(np.asarray(streets.geometry, dtype=object), SOMEWHERE_SRID))


def _write_osm(path: Path, lines: NDArray[np.object_]) -> None:
    """Write each line as a residential street; vertices that coincide are one node."""
    parts = shapely.get_parts(lines)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    spots, node = np.unique(np.round(xy, 2), axis=0, return_inverse=True)
    offset = SOMEWHERE_M if np.abs(spots).max() < 1e5 else (0.0, 0.0)
    degrees = project(shapely.points(spots + offset), 4326, from_srid=SOMEWHERE_SRID)
    refs = np.split(node.ravel() + 1, np.flatnonzero(np.diff(part)) + 1)
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, point in enumerate(degrees, start=1):
            writer.add_node(Node(id=number, location=(point.x, point.y), version=1))
        for number, nodes in enumerate(refs, start=1):
            tags = {"highway": "residential"}
            writer.add_way(Way(id=number, nodes=nodes.tolist(), tags=tags, version=1))


def _sum_zones(path: Path) -> Outcome:
    """Sum people over zones that do not follow the cells, and tell how far each sum is off."""
    people, zones = _write_raster(path), _draw_zones()
    truth = _exact_sums(people, zones)
    ours_s, ours = best(
        lambda: exact_extract(str(path), zones, ["sum"], output="pandas")["sum"].to_numpy()
    )
    stats: dict[str, Any] = {"stats": ["sum"], "nodata": -1}
    peer_s, peer = best(lambda: _sums(zonal_stats(zones, str(path), **stats)), repeats=2)
    touched = _sums(zonal_stats(zones, str(path), all_touched=True, **stats))
    note = (
        f"{len(zones)} zones, {_off(ours, truth)}; "
        f"peer {_off(peer, truth)}; all_touched {_off(touched, truth)}"
    )
    return Outcome("people of zones", ours_s, "rasterstats", peer_s, note)


def _write_raster(path: Path) -> NDArray[np.float64]:
    rng = np.random.default_rng(SEED)
    people = np.round(rng.lognormal(3, 1, (CELLS, CELLS)))
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "width": CELLS,
        "height": CELLS,
        "count": 1,
        "dtype": "float64",
        "crs": f"EPSG:{SOMEWHERE_SRID}",
        "transform": from_origin(0, CELLS * CELL_M, CELL_M, CELL_M),
        "nodata": -1,
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(people, 1)
    return people


def _draw_zones() -> gpd.GeoDataFrame:
    """Cut the raster's extent into the neighbourhoods of points, without gaps."""
    rng = np.random.default_rng(SEED)
    size_m = CELLS * CELL_M
    extent = shapely.box(0, 0, size_m, size_m)
    centres = shapely.multipoints(rng.uniform(0, size_m, (ZONES, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(centres, extend_to=extent))
    return gpd.GeoDataFrame(geometry=shapely.intersection(parts, extent), crs=SOMEWHERE_SRID)


def _exact_sums(people: NDArray[np.float64], zones: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Give each zone of every cell the share of its area, by cutting the polygons themselves."""
    row, column = np.divmod(np.arange(people.size), CELLS)
    west, north = column * CELL_M, (CELLS - row) * CELL_M
    cells = shapely.box(west, north - CELL_M, west + CELL_M, north)
    zone, cell = shapely.STRtree(cells).query(zones.geometry.values, predicate="intersects")
    parts = shapely.intersection(zones.geometry.values[zone], cells[cell])
    shares = shapely.area(parts) / CELL_M**2
    return np.bincount(zone, people.ravel()[cell] * shares, minlength=len(zones))


def _sums(stats: list[dict[str, Any]]) -> NDArray[np.float64]:
    return np.array([zone["sum"] for zone in stats], dtype=float)


def _off(sums: NDArray[np.float64], truth: NDArray[np.float64]) -> str:
    """Say by how much the total is off, and how much a zone is in the mean."""
    total = sums.sum() / truth.sum() - 1
    return f"{total:+.1%} in all, {np.abs(sums / truth - 1).mean():.1%} off each"
