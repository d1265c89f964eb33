import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from pyogrio import read_dataframe
from pyproj import Transformer

from benchmarks.city import synthetic_city
from mapping.analysis.access import minutes_matrix, nearest_minutes
from mapping.analysis.isochrones import (
    BANDS_MINUTES,
    lay_grid,
    nearest_service_areas,
    service_areas,
)
from mapping.analysis.network import build_network
from mapping.analysis.snapping import snap
from mapping.errors import ParameterError
from tests.mapping.analysis.towns import streets, towns

NSK_SRID = 32644


def centres_of(grid):
    row, column = np.divmod(grid.number, grid.column_count)
    return grid.origin_xy + np.column_stack([column, row]) * grid.cell_m


def test_ten_minutes_along_one_straight_street():
    network = build_network(streets([(-2000, 0), (2000, 0)]))
    grid = lay_grid(network, max_off_street_m=1000)

    (area,) = service_areas(network, grid, snap(network, [(0, 0)]), bands_minutes=[10])[0]

    assert area.area == pytest.approx(2 * 800**2, rel=0.001)  # |x| + |y| <= 800 m
    assert area.contains(shapely.Point(790, 0))
    assert not area.contains(shapely.Point(810, 0))
    assert not area.contains(shapely.Point(420, 420))


def test_a_river_without_a_bridge_bounds_the_area():
    banks = streets([(-1000, 0), (1000, 0)], [(-1000, 600), (1000, 600)], [(1000, 0), (1000, 600)])
    network = build_network(banks)
    grid = lay_grid(network, max_off_street_m=200)

    area = service_areas(network, grid, snap(network, [(-1000, 0)]), bands_minutes=[30])[0, 0]

    assert area.contains(shapely.Point(900, 10))
    assert not area.contains(shapely.Point(-900, 590))  # 690 m as the crow flies


@given(towns())
def test_areas_are_valid_and_each_lies_within_the_next(town):
    network = build_network(town.lines)
    grid = lay_grid(network, max_off_street_m=100)
    places = snap(network, town.libraries)

    areas = service_areas(network, grid, places, bands_minutes=[2, 5, 9])

    assert areas.shape == (len(places), 3)
    assert shapely.is_valid(areas).all()
    # two contours may share a whole side where a walk jumps from short to endless
    assert shapely.area(shapely.difference(areas[:, :-1], areas[:, 1:])) == pytest.approx(0)


@given(towns())
def test_a_cell_is_inside_when_a_home_there_is_within_the_minutes(town):
    network = build_network(town.lines)
    grid = lay_grid(network, max_off_street_m=100)
    places = snap(network, town.libraries)
    centres = centres_of(grid)

    homes = snap(network, centres, max_snap_m=101)
    minutes = nearest_minutes(network, homes, places)
    (area,) = nearest_service_areas(network, grid, places, bands_minutes=[5])
    union = shapely.union_all(service_areas(network, grid, places, bands_minutes=[5]))

    assert grid.cells.distance_m == pytest.approx(homes.distance_m)
    sure = np.abs(minutes - 5) > 1e-3
    inside = minutes[sure] < 5
    points = shapely.points(centres[sure])
    assert (shapely.contains(area, points) == inside).all()
    assert (shapely.contains(union, points) == inside).all()


def test_an_institution_off_the_network_has_no_area():
    network = build_network(streets([(0, 0), (100, 0)]))
    grid = lay_grid(network)

    areas = service_areas(network, grid, snap(network, [(0, 9000), (50, 0)]))

    assert areas.shape == (2, len(BANDS_MINUTES))
    assert shapely.is_empty(areas[0]).all()
    assert not shapely.is_empty(areas[1]).any()


@pytest.mark.parametrize("bands", [[], [0, 5], [10, 5], [5, 5], [5, float("nan")]])
def test_minutes_that_do_not_ascend_are_refused(bands):
    network = build_network(streets([(0, 0), (100, 0)]))

    with pytest.raises(ParameterError, match="bands_minutes"):
        service_areas(network, lay_grid(network), snap(network, [(0, 0)]), bands_minutes=bands)


def shares_astray(areas, homes_xy, minutes):
    """Return false-in (of homes inside an area) and false-out (of homes within the minutes)."""
    reached = minutes.tocoo()
    within = reached.data[:, None] <= np.array(BANDS_MINUTES)
    truth = {
        pair
        for number, band in enumerate(within.T)
        for pair in zip(reached.row[band], reached.col[band] * 5 + number, strict=True)
    }
    tree = shapely.STRtree(shapely.points(homes_xy))
    area, home = tree.query(areas.ravel(), predicate="intersects")
    drawn = set(zip(home, area, strict=True))
    return len(drawn - truth) / len(drawn), len(truth - drawn) / len(truth)


def test_areas_tell_the_truth_about_an_invented_city():
    city = synthetic_city(side=40, place_count=20)
    network = build_network(city.lines)
    homes, places = snap(network, city.units_xy), snap(network, city.places_xy)

    areas = service_areas(network, lay_grid(network), places)

    minutes = minutes_matrix(network, homes, places, cutoff_minutes=30)
    false_in, false_out = shares_astray(areas, city.units_xy, minutes)
    assert false_in < 0.01
    assert false_out < 0.01


def test_areas_tell_the_truth_about_a_real_city(shared_data):
    folder = shared_data / "novosibirsk"
    roads = read_dataframe(folder / "roads.geojson").to_crs(NSK_SRID)
    table = pd.read_csv(folder / "building_points.csv.gz")
    to_metres = Transformer.from_crs(4326, NSK_SRID, always_xy=True)
    homes_xy = np.column_stack(to_metres.transform(table["lon"], table["lat"]))
    network = build_network(roads.geometry.to_numpy())
    homes = snap(network, homes_xy)
    places = homes.take(range(0, len(homes), len(homes) // 30))

    areas = service_areas(network, lay_grid(network), places)

    minutes = minutes_matrix(network, homes, places, cutoff_minutes=30)
    false_in, false_out = shares_astray(areas, homes_xy, minutes)
    assert shapely.is_valid(areas).all()
    assert false_in < 0.05
    assert false_out < 0.01
    hulls = shapely.area(shapely.convex_hull(areas[:, -1])).sum()
    assert shapely.area(areas[:, -1]).sum() < 0.9 * hulls
