"""The figures of a real city, where its open data lie beside the checkout."""

import numpy as np
import pandas as pd
import pytest
import shapely
from pyogrio import read_dataframe
from pyproj import Transformer

from mapping.analysis.access import minutes_matrix, nearest_minutes
from mapping.analysis.coverage import Membership, coverage
from mapping.analysis.network import build_network
from mapping.analysis.population import spread_over_units
from mapping.analysis.snapping import snap
from mapping.analysis.territories import index_inside

METRIC_SRID = 32644
PEOPLE = 1_584_138


@pytest.fixture(scope="module")
def network(shared_data):
    roads = read_dataframe(shared_data / "novosibirsk" / "roads.geojson").to_crs(METRIC_SRID)
    return build_network(roads.geometry.to_numpy())


@pytest.fixture(scope="module")
def points(shared_data):
    table = pd.read_csv(shared_data / "novosibirsk" / "building_points.csv.gz")
    to_metres = Transformer.from_crs(4326, METRIC_SRID, always_xy=True)
    return np.column_stack(to_metres.transform(table["lon"], table["lat"]))


@pytest.fixture(scope="module")
def districts(shared_data):
    return read_dataframe(shared_data / "novosibirsk" / "districts.geojson").to_crs(METRIC_SRID)


def test_streets_hang_together_as_they_are_known_to(network):
    report = network.report

    assert (report.lines, report.vertices, report.components) == (5448, 36114, 161)
    assert report.kept_share_of_vertices == pytest.approx(0.88, abs=0.005)
    assert report.length_km == pytest.approx(1844, abs=1)
    assert report.nodes < report.kept_vertices / 5


def test_every_resident_is_counted_once(network, points, districts):
    territory = index_inside(shapely.points(points), districts.geometry.to_numpy())
    people = spread_over_units(districts["pop_2016"], territory).people
    origins, places = snap(network, points), snap(network, points[:: len(points) // 70])

    minutes = nearest_minutes(network, origins, places)
    result = coverage(minutes, people, Membership.from_index(territory, 10), within_minutes=15)

    total = result.total
    assert total.people == total.covered + total.uncovered + total.unknown == PEOPLE
    assert result.people == pytest.approx(districts["pop_2016"])
    assert 0 < total.no_path < 0.1 * PEOPLE
    assert sorted(result.rank) == list(range(1, 11))


def test_no_walk_is_shorter_than_the_flight(network, points):
    points = points[::40]
    origins = snap(network, points)

    matrix = minutes_matrix(network, origins, origins.take(range(50)), cutoff_minutes=60).tocoo()

    flight = shapely.distance(
        shapely.points(points[matrix.row]), shapely.points(points[matrix.col])
    )
    assert matrix.nnz > 1000
    assert (matrix.data * 80 >= flight - 1e-6).all()
    assert np.isfinite(matrix.data).all()
