import numpy as np
import pytest
import shapely

from mapping.analysis.network import (
    build_network,
    load_network,
    network_version,
)
from mapping.errors import EmptyNetworkError, NetworkFileError, NotALineError, ParameterError
from tests.mapping.analysis.towns import grid_town, streets


def test_corners_of_a_grid_are_not_choices():
    network = grid_town()

    assert len(network.node_xy) == 5  # the centre and the middles of the four sides
    assert sorted(network.chain_length_m) == [100] * 4 + [200] * 4
    assert network.report.vertices == 9
    assert network.report.length_km == pytest.approx(1.2)
    assert network.report.kept_share_of_vertices == 1


def test_a_bridge_does_not_join_the_street_below():
    network = build_network(streets([(0, 0), (100, 0)], [(50, -50), (50, 50)]))

    assert network.report.components == 2


def test_streets_join_where_they_share_a_vertex_along_the_way():
    network = build_network(streets([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 50)]))

    assert network.report.components == 1
    assert sorted(network.chain_length_m) == [50, 50, 50]


def test_vertices_within_a_rounding_step_are_one():
    network = build_network(streets([(0, 0), (50, 0)], [(50.001, 0.002), (50, 50)]))

    assert network.report.components == 1
    assert network.chain_length_m == pytest.approx([100])


def test_what_is_not_kept_is_reported():
    report = build_network(
        streets([(0, 0), (100, 0), (200, 0)], [(0, 500), (300, 500)], [(7, 7), (7, 7)])
    ).report

    assert (report.lines, report.lines_without_length) == (3, 1)
    assert (report.vertices, report.edges, report.components) == (5, 3, 2)
    assert (report.kept_vertices, report.kept_edges) == (3, 2)
    assert report.kept_length_km == pytest.approx(0.2)
    assert report.dropped_length_km == pytest.approx(0.3)


def test_a_street_drawn_twice_counts_once():
    report = build_network(streets([(0, 0), (100, 0)], [(100, 0), (0, 0)])).report

    assert report.length_km == pytest.approx(0.1)


def test_an_isolated_ring_is_one_chain_that_returns():
    network = build_network(streets([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]))

    assert len(network.node_xy) == 1
    assert network.chain_length_m == pytest.approx([400])


def test_line_order_and_direction_do_not_matter():
    lines = streets([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 50), (80, 60)])
    turned = shapely.reverse(lines[::-1])

    one, other = build_network(lines), build_network(turned)

    assert np.array_equal(one.chain_xy, other.chain_xy)
    assert np.array_equal(one.indices, other.indices)


def test_parts_of_a_multiline_and_missing_lines():
    lines = np.array(
        [shapely.MultiLineString([[(0, 0), (10, 0)], [(10, 0), (20, 0)]]), None], dtype=object
    )

    report = build_network(lines).report

    assert (report.lines, report.lines_without_length, report.edges) == (2, 1, 2)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (np.array([shapely.Point(0, 0)], dtype=object), NotALineError),
        (np.array([None], dtype=object), EmptyNetworkError),
        (np.array([], dtype=object), EmptyNetworkError),
        (streets([(0, 0), (np.inf, 1)]), ParameterError),
    ],
)
def test_refuses_what_cannot_be_walked(lines, error):
    with pytest.raises(error):
        build_network(lines)


def test_comes_back_from_its_file_unchanged(tmp_path):
    network = grid_town()
    network.save(tmp_path / "walk.npz")

    stored = load_network(tmp_path / "walk.npz")

    assert stored.report == network.report
    assert stored.version == network.version
    assert np.array_equal(stored.chain_xy, network.chain_xy)
    assert np.array_equal(stored.length_m, network.length_m)
    assert [path.name for path in tmp_path.iterdir()] == ["walk.npz"]


def test_version_follows_the_lines_and_the_precision():
    lines, longer = streets([(0, 0), (1, 0)]), streets([(0, 0), (2, 0)])

    assert network_version(lines) == build_network(lines).version
    assert network_version(lines) != network_version(longer)
    assert network_version(lines) != network_version(lines, precision_m=0.001)


@pytest.mark.parametrize("content", [b"", b"no network at all", b"PK\x03\x04torn"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "walk.npz"
    path.write_bytes(content)

    with pytest.raises(NetworkFileError, match=r"walk\.npz"):
        load_network(path)


def test_another_format_is_refused(tmp_path):
    np.savez(tmp_path / "walk.npz", version=np.array("walk-network-0:abc"))

    with pytest.raises(NetworkFileError, match="walk-network-0"):
        load_network(tmp_path / "walk.npz")


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_network(tmp_path / "absent.npz")
