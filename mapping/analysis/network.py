"""Street lines become a walk network: a few arrays, kept in one file."""

import hashlib
import os
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mapping.analysis.arrays import METRES_PER_KM, Floats, Geometries, Indexes, check_positive
from mapping.analysis.chains import trace_chains
from mapping.errors import EmptyNetworkError, NetworkFileError, NotALineError, ParameterError

FORMAT = "walk-network-1"
"""Changes whenever the stored arrays would mean something else; part of every version."""

DEFAULT_PRECISION_M = 0.01


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """
    What was kept of the streets and what was left out.

    `vertices`, `edges`, `components` and `length_km` describe everything that was read (a stretch
    drawn twice counts once); the `kept_…` figures describe the largest component, which is the
    one that is walked. Shares are 0 to 1.
    """

    lines: int
    lines_without_length: int
    vertices: int
    edges: int
    length_km: float
    components: int
    kept_vertices: int
    kept_edges: int
    kept_length_km: float
    nodes: int
    chains: int

    @property
    def kept_share_of_vertices(self) -> float:
        """Vertices of the largest component among all, 0 to 1."""
        return self.kept_vertices / self.vertices

    @property
    def dropped_length_km(self) -> float:
        """Street length outside the largest component, kilometres."""
        return self.length_km - self.kept_length_km


@dataclass(frozen=True, slots=True, eq=False)
class WalkNetwork:
    """
    A connected walk network after exact contraction of its chains.

    Attributes
    ----------
    node_xy
        Junctions and dead ends in metres, shape (n, 2).
    indptr, indices, length_m, arc_chain
        Arcs in CSR order: node `i` reaches `indices[indptr[i]:indptr[i + 1]]` over chains
        `arc_chain[…]` of `length_m[…]`. A chain that returns to its node appears there twice.
    chain_from, chain_to, chain_length_m
        End nodes and length of every chain, shape (c,).
    chain_ptr, chain_xy, chain_offset_m
        Shape of every chain: vertices `chain_xy[chain_ptr[c]:chain_ptr[c + 1]]` from
        `chain_from` to `chain_to`, with metres from the beginning.
    report
        What was kept and what was left out.
    version
        Checksum of the lines, the parameters and the file format.
    """

    node_xy: Floats
    indptr: Indexes
    indices: Indexes
    length_m: Floats
    arc_chain: Indexes
    chain_from: Indexes
    chain_to: Indexes
    chain_length_m: Floats
    chain_ptr: Indexes
    chain_xy: Floats
    chain_offset_m: Floats
    report: NetworkReport
    version: str

    def save(self, path: str | Path) -> None:
        """Write the network to one file; a reader sees the old file or the new one, no mixture."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        report = np.array([float(value) for value in asdict(self.report).values()])
        aside = Path(f"{path}.{os.getpid()}.part")
        try:
            with aside.open("wb") as file:
                np.savez(file, version=np.array(self.version), report=report, **arrays)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


_ARRAYS = tuple(
    field.name for field in fields(WalkNetwork) if field.name not in ("report", "version")
)


def load_network(path: str | Path) -> WalkNetwork:
    """
    Read a network written by `WalkNetwork.save`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    NetworkFileError
        If the file is damaged or of another format.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            version = _checked_version(path, stored)
            arrays: dict[str, Any] = {name: stored[name] for name in _ARRAYS}
            report = _report_from(stored["report"])
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, NetworkFileError):
            raise
        raise NetworkFileError(path, f"an unreadable file ({error})") from error
    return WalkNetwork(**arrays, report=report, version=version)


def network_version(lines: Geometries, *, precision_m: float = DEFAULT_PRECISION_M) -> str:
    """
    Return the version that `build_network` would give: a checksum of its inputs.

    Compare it with `WalkNetwork.version` to know whether a stored network is still true. The order
    of the lines matters here, though it does not change the network.
    """
    checksum = hashlib.sha256(f"{precision_m!r}".encode())
    for line in shapely.to_wkb(np.asarray(lines, dtype=object)):
        checksum.update(line or b"-")
    return f"{FORMAT}:{checksum.hexdigest()}"


def build_network(lines: Geometries, *, precision_m: float = DEFAULT_PRECISION_M) -> WalkNetwork:
    """
    Join street lines into one walk network.

    Lines meet where they share a vertex, at their ends or along them; lines that merely cross,
    as a bridge over a street, stay apart. Everyone walks both ways. The largest component (by
    vertices) is kept; the report says what was not.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings in a metric CRS; None and empty ones are counted and
        passed over.
    precision_m
        Vertices are the same when equal after rounding to this many metres.

    Raises
    ------
    NotALineError
        If a geometry is of another type.
    EmptyNetworkError
        If no line has any length.
    ParameterError
        If a coordinate is not finite, or `precision_m` not positive.
    """
    check_positive("precision_m", precision_m)
    lines = np.asarray(lines, dtype=object)
    vertex_xy, edges, lines_without_length = _vertex_graph(lines, precision_m)
    if len(edges) == 0:
        raise EmptyNetworkError(len(lines))
    kept_xy, kept_edges, component_count = _largest_component(vertex_xy, edges)
    arrays = _contract(kept_xy, kept_edges)
    report = NetworkReport(
        lines=len(lines),
        lines_without_length=lines_without_length,
        vertices=len(vertex_xy),
        edges=len(edges),
        length_km=_length_km(vertex_xy, edges),
        components=component_count,
        kept_vertices=len(kept_xy),
        kept_edges=len(kept_edges),
        kept_length_km=_length_km(kept_xy, kept_edges),
        nodes=len(arrays["node_xy"]),
        chains=len(arrays["chain_from"]),
    )
    version = network_version(lines, precision_m=precision_m)
    return WalkNetwork(**arrays, report=report, version=version)


def _vertex_graph(lines: Geometries, precision_m: float) -> tuple[Floats, NDArray[np.int64], int]:
    """Return vertex coordinates, distinct edges as sorted pairs, and the count of null lines."""
    present = ~(shapely.is_missing(lines) | shapely.is_empty(lines))
    parts, line_of_part = shapely.get_parts(lines[present], return_index=True)
    _check_lines(parts)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    if not np.isfinite(xy).all():
        raise ParameterError("lines", "NaN or infinity", "finite coordinates")
    vertex, vertex_xy = _number_vertices(xy, precision_m)
    is_edge = (part[1:] == part[:-1]) & (vertex[1:] != vertex[:-1])
    pairs = np.sort(np.column_stack([vertex[:-1], vertex[1:]])[is_edge], axis=1)
    with_length = np.unique(line_of_part[part[1:][is_edge]]).size
    return *_used(vertex_xy, _distinct(pairs, len(vertex_xy))), len(lines) - with_length


def _check_lines(parts: Geometries) -> None:
    kinds = shapely.get_type_id(parts)
    wrong = ~np.isin(kinds, (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING))
    if wrong.any():
        raise NotALineError(parts[wrong][0].geom_type)


def _number_vertices(xy: Floats, precision_m: float) -> tuple[NDArray[np.int64], Floats]:
    """Number the distinct rounded coordinates; the numbering does not depend on line order."""
    rounded = np.rint(xy / precision_m)
    order = np.lexsort((rounded[:, 1], rounded[:, 0]))
    ordered = rounded[order]
    is_new = np.ones(len(xy), dtype=bool)
    is_new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    vertex = np.empty(len(xy), dtype=np.int64)
    vertex[order] = np.cumsum(is_new) - 1
    return vertex, ordered[is_new] * precision_m


def _distinct(pairs: NDArray[np.int64], vertex_count: int) -> NDArray[np.int64]:
    keys = np.unique(pairs[:, 0] * vertex_count + pairs[:, 1])
    return np.column_stack(np.divmod(keys, max(vertex_count, 1)))


def _used(vertex_xy: Floats, edges: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Drop vertices without an edge: lines that shrank to a point are not islands."""
    used = np.zeros(len(vertex_xy), dtype=bool)
    used[edges] = True
    return vertex_xy[used], (np.cumsum(used) - 1)[edges]


def _largest_component(
    vertex_xy: Floats, edges: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64], int]:
    size = len(vertex_xy)
    links = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(size, size))
    count, label = connected_components(links, directed=False)
    kept_edges = edges[label[edges[:, 0]] == np.bincount(label).argmax()]
    return *_used(vertex_xy, kept_edges), int(count)


def _contract(vertex_xy: Floats, edges: NDArray[np.int64]) -> dict[str, Any]:
    chains = trace_chains(vertex_xy, edges)
    last = chains.ptr[1:] - 1
    nodes, ends = np.unique(
        np.concatenate([chains.vertex[chains.ptr[:-1]], chains.vertex[last]]), return_inverse=True
    )
    chain_from, chain_to = ends.astype(np.int32).reshape(2, -1)
    chain_length_m = chains.offset_m[last]
    return {
        "node_xy": vertex_xy[nodes],
        **_arcs(len(nodes), chain_from, chain_to, chain_length_m),
        "chain_from": chain_from,
        "chain_to": chain_to,
        "chain_length_m": chain_length_m,
        "chain_ptr": chains.ptr,
        "chain_xy": vertex_xy[chains.vertex],
        "chain_offset_m": chains.offset_m,
    }


def _arcs(
    node_count: int, chain_from: Indexes, chain_to: Indexes, chain_length_m: Floats
) -> dict[str, Any]:
    tail = np.concatenate([chain_from, chain_to])
    order = np.argsort(tail, kind="stable")
    indptr = np.zeros(node_count + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=node_count), out=indptr[1:])
    chain = np.arange(len(chain_from), dtype=np.int32)
    return {
        "indptr": indptr,
        "indices": np.concatenate([chain_to, chain_from])[order],
        "length_m": np.concatenate([chain_length_m, chain_length_m])[order],
        "arc_chain": np.concatenate([chain, chain])[order],
    }


def _length_km(vertex_xy: Floats, edges: NDArray[np.int64]) -> float:
    step = vertex_xy[edges[:, 1]] - vertex_xy[edges[:, 0]]
    return float(np.hypot(step[:, 0], step[:, 1]).sum()) / METRES_PER_KM


def _checked_version(path: str | Path, stored: Any) -> str:
    version = str(stored["version"])
    if not version.startswith(f"{FORMAT}:"):
        raise NetworkFileError(path, f"version {version!r}")
    return version


def _report_from(values: Floats) -> NetworkReport:
    report: dict[str, Any] = {
        field.name: value if field.name.endswith("_km") else int(value)
        for field, value in zip(fields(NetworkReport), values.tolist(), strict=True)
    }
    return NetworkReport(**report)
