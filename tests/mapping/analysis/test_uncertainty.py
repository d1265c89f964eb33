import numpy as np
import pytest

from mapping.analysis.network import build_network
from mapping.analysis.snapping import snap
from mapping.analysis.uncertainty import Places, PopulationModel, band_of_share
from mapping.errors import ParameterError, ShapeMismatchError
from tests.mapping.analysis.towns import streets

HOME_X = np.arange(0, 4001, 20.0)


@pytest.fixture(scope="module")
def street():
    """One straight street of four kilometres with a home every twenty metres."""
    return build_network(streets([(0, 0), (4000, 0)]))


HOMES_XY = np.column_stack([HOME_X, np.zeros_like(HOME_X)])


def homes_on(street):
    return snap(street, HOMES_XY)


def simulate(street, places, *, seed=1, **options):
    people = options.pop("people", np.full(HOME_X.size, 10.0))
    rng = np.random.default_rng(seed)
    options = {"homes_xy": HOMES_XY, "within_minutes": 15, "rng": rng} | options
    return band_of_share(street, homes_on(street), people, places, **options)


def library(x=0.0, radius_m=0.0):
    return Places.checked([[x, 0.0]], [radius_m])


def test_the_headline_is_the_plain_share(street):
    """Fifteen minutes at 4.8 km/h are 1200 m: homes 0, 20, …, 1200 of 201."""
    assert simulate(street, library()).share == pytest.approx(61 / 201)


def test_walking_speed_alone_moves_the_reach_between_its_ends(street):
    """At 4 to 5.5 km/h the reach is 1000 to 1375 m; five per cent in from either end."""
    result = simulate(street, library(), draws=2000)

    assert result.parts["speed"].low == pytest.approx((1000 + 0.05 * 375) / 4020, abs=0.01)
    assert result.parts["speed"].high == pytest.approx((1375 - 0.05 * 375) / 4020, abs=0.01)
    assert result.parts["positions"].width == result.parts["population"].width == 0
    assert result.band == result.parts["speed"]


def test_a_place_known_to_the_street_moves_only_so_far(street):
    """The library is 300 m from the middle at most, so its reach never leaves the street."""
    known, vague = simulate(street, library(2000)), simulate(street, library(2000, 300))

    assert known.parts["positions"].width == 0
    assert vague.parts["positions"].high <= known.share + 1 / 201
    near_the_end = simulate(street, library(1000, 300)).parts["positions"]
    assert near_the_end.width > 0.05
    assert near_the_end.low < near_the_end.median < near_the_end.high


def test_a_vague_place_stands_where_people_live(street):
    """Homes only between 1,000 and 3,000 m: moved by up to 2 km it still covers a whole reach."""
    people = np.where((HOME_X >= 1000) & (HOME_X <= 3000), 10.0, np.nan)
    homes = snap(street, HOMES_XY).take(np.isfinite(people))
    result = band_of_share(
        street,
        homes,
        people[np.isfinite(people)],
        library(2000, 2000),
        homes_xy=HOMES_XY[np.isfinite(people)],
        within_minutes=15,
        rng=np.random.default_rng(1),
    )

    assert result.parts["positions"].low >= 61 / 101
    assert result.band.low <= result.share <= result.band.high


def test_a_vague_place_without_homes_around_stays(street):
    far = simulate(street, library(2000, 5), homes_xy=HOMES_XY + np.array([10.0, 0.0]))

    assert far.parts["positions"].width == 0


def test_modelled_people_move_between_blocks_and_stay_in_their_district(street):
    covered = HOME_X <= 1200
    one_district = PopulationModel(np.zeros(201, int), (HOME_X // 500).astype(int))
    two_districts = PopulationModel(np.where(covered, 0, 1), (HOME_X // 500).astype(int))

    assert simulate(street, library(), population=one_district).parts["population"].width > 0.05
    assert simulate(street, library(), population=two_districts).parts[
        "population"
    ].width == pytest.approx(0, abs=1e-9)


def test_counted_people_stay_at_home(street):
    counted = PopulationModel(np.full(201, -1), np.zeros(201, int))

    assert simulate(street, library(), population=counted).parts["population"].width == 0


def test_more_sources_make_a_wider_band_around_the_headline(street):
    model = PopulationModel(np.zeros(201, int), (HOME_X // 500).astype(int))

    result = simulate(street, library(1000, 300), population=model, draws=400)

    assert result.band.low <= result.share <= result.band.high
    assert result.band.width > max(part.width for part in result.parts.values())


def test_the_same_seed_gives_the_same_band(street):
    model = PopulationModel(np.zeros(201, int), (HOME_X // 500).astype(int))
    places = library(1000, 300)

    assert simulate(street, places, population=model) == simulate(street, places, population=model)
    assert simulate(street, places, seed=2).band != simulate(street, places).band


def test_people_of_whom_nothing_is_known_are_in_no_share(street):
    people = np.full(HOME_X.size, 10.0)
    people[HOME_X > 2000] = np.nan

    assert simulate(street, library(), people=people).share == pytest.approx(61 / 101)


def test_nobody_known_is_undefined(street):
    result = simulate(street, library(), people=np.full(HOME_X.size, np.nan))

    assert np.isnan([result.share, result.band.median]).all()


def test_refuses_nonsense(street):
    with pytest.raises(ParameterError, match="places"):
        simulate(street, Places.checked(np.empty((0, 2)), []))
    with pytest.raises(ParameterError, match="draws"):
        simulate(street, library(), draws=5)
    with pytest.raises(ParameterError, match="speed_span_kmh"):
        simulate(street, library(), speed_span_kmh=(5, 4))
    with pytest.raises(ParameterError, match="radius_m"):
        library(radius_m=-1)
    with pytest.raises(ShapeMismatchError, match="homes_xy"):
        simulate(street, library(), homes_xy=HOMES_XY[1:])
    with pytest.raises(ShapeMismatchError, match="block"):
        simulate(street, library(), population=PopulationModel(np.zeros(201, int), np.zeros(3)))
    zeros = np.zeros(201, int)
    with pytest.raises(ParameterError, match="variation"):
        simulate(street, library(), population=PopulationModel(zeros, zeros, variation=0))
