import shapely

from mapping.analysis.territories import index_inside, pairs_inside

POLYGONS = shapely.box([0, 5], [0, 0], [10, 15], [10, 10])
POINTS = shapely.points([7, 1, 99, 0], [5, 1, 99, 5])


def test_a_house_in_two_territories_stands_in_both():
    point, polygon = pairs_inside(POINTS, POLYGONS)

    assert list(zip(point, polygon, strict=True)) == [(0, 0), (0, 1), (1, 0), (3, 0)]


def test_one_territory_for_each_house_and_none_in_a_gap():
    assert index_inside(POINTS, POLYGONS).tolist() == [0, 0, -1, 0]
