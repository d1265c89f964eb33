import numpy as np
import pytest
import shapely

from mapping.crs import FAR_M, metric_xy, project, utm_srid


@pytest.mark.parametrize(
    ("city", "longitude", "latitude", "srid"),
    [
        ("Novosibirsk", 82.92, 55.03, 32644),
        ("Vologda", 39.88, 59.22, 32637),
        ("Helsinki", 24.94, 60.17, 32635),
        ("São Paulo", -46.63, -23.55, 32723),
        ("the date line", 180.0, 10.0, 32601),
    ],
)
def test_the_zone_of_a_city(city, longitude, latitude, srid):
    assert utm_srid(longitude, latitude) == srid


def test_there_and_back_again():
    shapes = np.array([shapely.Point(82.92, 55.03), None], dtype=object)

    metric = project(shapes, from_srid=4326, to_srid=32644)
    back = project(metric, from_srid=32644, to_srid=4326)

    assert metric[0].x == pytest.approx(622_700, abs=1000)
    assert shapely.distance(back[0], shapes[0]) < 1e-9
    assert back[1] is None


def test_where_the_projection_does_not_reach_is_far_from_everything():
    near, far = metric_xy(np.array([[82.92, 55.03], [0.0, 0.0]]), 32644)

    assert near[0] == pytest.approx(622_700, abs=1000)
    assert far.tolist() == [FAR_M, FAR_M]
    assert metric_xy(np.zeros(0), 32644).shape == (0, 2)
