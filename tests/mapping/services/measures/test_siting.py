"""Where to open in the town on paper: 600 of 1,000 are covered from the west, 550 from the east."""

import pytest

from mapping.errors import (
    NoInstitutionsError,
    NoPeopleKnownError,
    OffStreetsError,
    ParameterError,
    UnknownNameError,
)
from mapping.models import AnalysisRun, NeighborCenter
from mapping.services.measures import answer
from tests.factories import make_institution, make_kind, make_tos, point_at


@pytest.fixture
def halls(town):
    """Houses of culture in the middle and at the east end, one without a position."""
    source, kind = town.sources.get(), make_kind("house_of_culture")
    return {
        "middle": make_institution(source, "middle", 1000, kind=kind),
        "east": make_institution(source, "east", 2000, kind=kind, position_accuracy="street"),
        "nowhere": make_institution(source, "nowhere", None, kind=kind),
    }


def ask(town, **given):
    return answer(town, "siting", {"candidates": "existing:house_of_culture"} | given)


def picks(run):
    return [(row.institution_id, row.values["added"]) for row in run.rows.filter(table="pick")]


def test_the_one_site_that_covers_most(town, halls):
    run = ask(town, sites=1, minutes=10)

    # 800 m: from the middle houses 500 to 1,500; from the east 1,500 and 2,000.
    assert picks(run) == [(halls["middle"].pk, 650)]
    found = run.summary["headline"]
    assert (found["status"], found["objective"], found["gap"]) == ("optimal", 650, 0)
    assert (found["covered"], found["people"], found["share"]) == (650, 1000, 0.65)
    assert run.summary["candidates"] == {
        "listed": 3,
        "located": 2,
        "approximate": 1,
        "off_streets": 0,
        "by_kind": {"house_of_culture": 2},
    }
    assert run.summary["marks"]["approximate"]


def test_what_is_open_already_is_not_covered_twice(town, halls):
    run = ask(town, sites=2, minutes=10, fixed_kind="library")

    # The library covers houses 0 and 500.
    assert run.summary["headline"]["covered_before"] == 300
    assert picks(run) == [(halls["middle"].pk, 450), (halls["east"].pk, 250)]
    assert run.summary["headline"]["covered"] == 1000


def test_public_buildings_are_candidates_when_asked_for_and_not_among_all_of_culture(town, halls):
    source = town.sources.get()
    buildings = make_kind("public_building", is_culture=False)
    school = make_kind("school", parent=buildings, is_culture=False)
    fields = {"kind": school, "position_accuracy": "street", "name": "Школа № 7"}
    building = make_institution(source, "school", 1500, **fields)

    culture = ask(town, candidates="existing:all", sites=1, minutes=10)
    both = ask(town, candidates="existing:house_of_culture,public_building", sites=3, minutes=10)

    assert "school" not in culture.summary["candidates"]["by_kind"]
    assert both.summary["candidates"]["by_kind"] == {"house_of_culture": 2, "school": 1}
    row = next(row for row in both.rows.filter(table="candidate") if row.label == "Школа № 7")
    assert (row.institution_id, row.values["accuracy"]) == (building.pk, "street")
    assert row.values["approximate"]


def test_neighbour_centres_may_be_what_is_open(town, halls):
    NeighborCenter.objects.create(
        city=town,
        source=town.sources.get(),
        source_key="center",
        name="Центр",
        geometry=point_at(2000),
        position_accuracy="exact",
    )

    run = ask(town, sites=1, minutes=10, fixed_kind="neighbor_center")

    assert run.summary["headline"]["covered_before"] == 400
    assert picks(run) == [(halls["middle"].pk, 500)]


def test_every_table_tells_its_part(town, halls):
    run = ask(town, sites=1, minutes=10, fixed_kind="library")

    candidates = {row.label: row.values for row in run.rows.filter(table="candidate")}
    assert candidates[halls["east"].name]["people_within"] == 400
    assert candidates[halls["east"].name]["approximate"]
    assert [values["is_open"] for values in candidates.values()].count(True) == 1
    districts = {row.district.name: row.values for row in run.rows.filter(table="district")}
    assert districts["Западный район"]["covered"] == 600
    assert districts["Восточный район"]["added"] == 150
    pick = run.rows.get(table="pick")
    assert (pick.geometry.x, pick.geometry.y) == pytest.approx(point_at(1000).coords, abs=1e-6)


def test_free_points_and_chosen_institutions_may_be_candidates(town, halls):
    far = point_at(2000)
    points = f"points:{far.y},{far.x}"

    run = ask(town, candidates=f"institutions:{halls['middle'].pk}|{points}", sites=2, minutes=5)

    assert [row.values["type"] for row in run.rows.filter(table="pick")] == [
        "institution",
        "point",
    ]
    assert run.summary["headline"]["covered"] == 550


def test_fewest_sites_for_everyone(town, halls):
    run = ask(town, candidates="existing:all", objective="lscp", minutes=10)

    assert run.summary["headline"]["objective"] == 3
    assert run.summary["headline"]["covered"] == 1000


def test_the_shortest_mean_walk(town, halls):
    run = ask(town, objective="p_median", sites=1)

    # 100 × 1000 + 200 × 500 + 150 × 500 + 250 × 1000 metres at 80 m a minute, over 1,000 people.
    assert run.summary["headline"]["objective"] == pytest.approx(525_000 / 80 / 1000, rel=1e-3)
    assert run.rows.get(table="pick").institution_id == halls["middle"].pk
    assert run.rows.get(table="pick").values["saved_person_minutes"] > 0
    districts = {row.district.name: row.values for row in run.rows.filter(table="district")}
    total = sum(row["people"] * row["mean_walk_minutes"] for row in districts.values())
    assert total / 1000 == pytest.approx(run.summary["headline"]["objective"], rel=1e-9)
    assert {row["mean_walk_minutes_before"] for row in districts.values()} == {None}
    assert districts["Восточный район"]["worst_minutes"] == pytest.approx(12.5, rel=1e-3)


def test_walks_before_are_told_where_something_is_open(town, halls):
    run = ask(town, objective="p_median", sites=1, fixed_kind="library")

    rows = [row.values for row in run.rows.filter(table="district")]
    before = sum(row["people"] * row["mean_walk_minutes_before"] for row in rows) / 1000
    assert before == pytest.approx(run.summary["headline"]["before"], rel=1e-9)
    assert all(row["mean_walk_minutes"] <= row["mean_walk_minutes_before"] for row in rows)


def test_the_shortest_longest_walk(town, halls):
    run = ask(town, objective="p_centre", sites=1)

    assert run.summary["headline"]["objective"] == pytest.approx(12.5, rel=1e-3)
    assert run.rows.get(table="pick").values["people_brought"] == 1000


def test_a_site_serves_no_more_than_it_can(town, halls):
    run = ask(town, sites=2, minutes=15, people_per_site=300)

    assert run.summary["headline"]["objective"] == 600


def test_the_same_question_is_answered_once(town, halls):
    first = ask(town)
    assert ask(town) == first

    make_tos(town.sources.get(), "Новый", 0, 100)
    halls["nowhere"].geometry = point_at(1500)
    halls["nowhere"].position_accuracy = "exact"
    halls["nowhere"].save()

    assert ask(town).pk != first.pk


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"sites": 0}, ParameterError),
        ({"minutes": 0}, ParameterError),
        ({"objective": "best"}, UnknownNameError),
        ({"candidates": "anything"}, ParameterError),
        ({"candidates": "existing:castle"}, UnknownNameError),
        ({"candidates": "institutions:999999"}, ParameterError),
        ({"candidates": "institutions:one"}, ParameterError),
        ({"candidates": "points:55"}, ParameterError),
        ({"candidates": "points:155,82"}, ParameterError),
        ({"candidates": ""}, NoInstitutionsError),
        ({"candidates": "existing:museum"}, NoInstitutionsError),
        ({"candidates": "points:10.0,10.0"}, OffStreetsError),
        ({"fixed_kind": "castle"}, UnknownNameError),
        ({"objective": "lscp", "people_per_site": 5}, ParameterError),
        ({"group": "senior"}, NoPeopleKnownError),
    ],
)
def test_what_cannot_be_answered_is_refused_and_not_stored(town, halls, given, error):
    make_kind("museum")

    with pytest.raises(error):
        ask(town, **given)
    assert not AnalysisRun.objects.exists()


def test_no_answer_is_an_answer_without_figures(town, halls):
    make_institution(town.sources.get(), "far", 0, kind=make_kind("house_of_culture"))

    run = ask(town, objective="p_centre", sites=1, minutes=1, speed_kmh=1)

    found = run.summary["headline"]
    assert found["status"] == "infeasible"
    assert run.summary["reason"] == {
        "code": "too_few_sites",
        "sites": 1,
        "least_sites": 3,
        "cutoff_minutes": 60,
    }
    assert (found["covered"], found["share"], found["objective"]) == (None, None, None)
    assert not run.rows.filter(table="pick").exists()
