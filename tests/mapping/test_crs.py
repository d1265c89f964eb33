import numpy as np
import pytest
import shapely

from mapping.crs import project, utm_srid


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
