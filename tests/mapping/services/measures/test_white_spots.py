"""Beyond 15 minutes live 150 people at 1,500 m and 250 at 2,000 m."""

import pytest
from django.contrib.gis.geos import GEOSGeometry

from mapping.errors import ParameterError
from mapping.models import Institution
from tests.factories import make_unit, point_at


def spots(run):
    return list(run.rows.filter(table="spot"))


def test_homes_within_a_link_are_one_spot(town, ask):
    run = ask(town, "white_spots", kind="library", link_m=600)

    (spot,) = spots(run)
    assert (spot.values["people"], spot.values["homes"]) == (400, 2)
    assert spot.values["median_minutes"] == pytest.approx(25, rel=2e-3)
    assert spot.values["nearest_minutes"] == pytest.approx(25, rel=2e-3)
    assert spot.values["nearest"]["id"] == Institution.objects.get().pk
    assert spot.district.name == "Восточный район"
    latitude, longitude = spot.values["at"]
    middle = GEOSGeometry(f"SRID=4326;POINT({longitude} {latitude})")
    assert middle.distance(point_at(2000)) < 1e-5
    assert spot.geometry.contains(point_at(1500))
    assert spot.geometry.srid == 4326


def test_homes_further_apart_are_spots_of_their_own_the_larger_first(town, ask):
    run = ask(town, "white_spots", kind="library")

    assert [spot.values["people"] for spot in spots(run)] == [250, 150]
    assert run.summary["headline"] == {
        "count": 2,
        "people": 400,
        "people_scattered": 0,
        "people_uncovered": 400,
        "people_unknown": 0,
    }


def test_too_few_people_make_no_spot_but_are_not_lost(town, ask):
    run = ask(town, "white_spots", kind="library", least_people=200)

    assert [spot.values["people"] for spot in spots(run)] == [250]
    assert run.summary["headline"]["people_scattered"] == 150


def test_a_town_without_white_spots_has_an_empty_list(town, ask):
    run = ask(town, "white_spots", kind="library", minutes=30)

    assert run.summary["headline"]["count"] == 0
    assert spots(run) == []


def test_people_without_a_path_are_unknown(town, ask):
    make_unit(town.sources.get(), "hermit", -800, 70)

    assert ask(town, "white_spots", kind="library").summary["headline"]["people_unknown"] == 70


def test_a_link_without_length_is_refused(town, ask):
    with pytest.raises(ParameterError, match="link_m"):
        ask(town, "white_spots", kind="library", link_m=0)
