"""What if in the town on paper: a library at 0 m covers the houses up to 1,000 m, 600 of 1,000."""

import numpy as np
import pytest

from mapping.errors import NoPeopleKnownError, ParameterError, UnknownNameError
from mapping.models import Institution, PopulationUnit
from mapping.services.changes import MOST_CHANGES, read_changes, write_changes
from mapping.services.coverage import CoverageQuestion, run_coverage
from mapping.services.editing import mark_changed
from mapping.services.whatif import WhatIfQuestion, weigh
from tests.factories import make_institution, make_kind, make_unit, point_at

LIBRARY = WhatIfQuestion(kind="library", minutes=15)


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


@pytest.fixture
def library(town):
    return town.institutions.get().pk


def at(east_m, north_m=0.0):
    point = point_at(east_m, north_m)
    return {"lat": point.y, "lon": point.x}


def weigh_all(town, *changes, asked=LIBRARY):
    return weigh(town, asked, read_changes(list(changes)))


def test_without_changes_it_is_what_coverage_says(town):
    total = run_coverage(town, CoverageQuestion(kind="library")).summary["totals"]["district"]

    found = weigh_all(town)

    assert found.after.covered[0] == found.before.covered[0] == total["covered"] == 600
    assert found.after.uncovered[0] == total["uncovered"] == 400
    assert found.after.share[0] == total["share"]
    assert found.after.median_minutes == pytest.approx(total["median_minutes"])


def test_one_more_at_the_far_end_covers_everybody(town):
    found = weigh_all(town, {"do": "open", **at(2000)})

    assert (found.gained[0], found.lost[0]) == (400, 0)
    assert found.after.covered[0] == 1000
    names = [district.name for district in found.baseline.ground.districts]
    assert dict(zip(names, found.gained_by_district[0], strict=True)) == {
        "Западный район": 0,
        "Восточный район": 400,
    }
    assert found.after.institutions == 2
    assert sorted(found.drawn[:, 2]) == [150, 250]
    assert found.drawn[:, :2].mean(axis=0) == pytest.approx([*at(1750).values()], abs=1e-4)


def test_closing_the_only_one_leaves_nobody_covered(town, library):
    found = weigh_all(town, {"do": "close", "institution": library})

    assert (found.gained[0], found.lost[0]) == (0, 600)
    assert (found.after.covered[0], found.after.uncovered[0]) == (0, 1000)
    assert np.isnan(found.after.median_minutes)
    assert found.after.institutions == 0


def test_of_modelled_people_nobody_is_left_either(town, library):
    source = town.sources.get()
    for number in range(1, 400):
        make_unit(source, f"modelled {number}", 2.5 * number, 9.0, children=number**0.5)
    mark_changed([town.pk])

    found = weigh_all(town, {"do": "close", "institution": library})

    assert found.after.covered.tolist() == [0, 0]
    assert found.after.covered_by_district.tolist() == [[0, 0], [0, 0]]
    assert np.isnan(found.after.median_minutes)


def test_a_move_wins_here_and_loses_there(town, library):
    found = weigh_all(town, {"do": "move", "institution": library, **at(2000)})

    assert (found.gained[0], found.lost[0]) == (400, 300)
    assert found.closer == 400
    assert found.farther == 300  # the house in the middle keeps its kilometre
    assert found.after.institutions == 1


def test_the_last_change_of_an_institution_counts(town, library):
    found = weigh_all(
        town,
        {"do": "move", "institution": library, **at(2000)},
        {"do": "close", "institution": library},
        {"do": "move", "institution": library, **at(0)},
    )

    assert (found.gained[0], found.lost[0]) == (0, 0)


def test_seats_are_counted_and_unknown_ones_are_not_zero(town, library):
    found = weigh_all(
        town,
        {"do": "capacity", "institution": library, "capacity": 40},
        {"do": "open", "capacity": 10, **at(2000)},
        {"do": "open", **at(1500)},
    )

    assert (found.before.seats, found.before.seats_unknown) == (0, 1)
    assert (found.after.seats, found.after.seats_unknown) == (50, 1)


def test_it_agrees_with_coverage_of_the_changed_town(town, library):
    found = weigh_all(town, {"do": "close", "institution": library}, {"do": "open", **at(1500)})
    Institution.objects.filter(pk=library).update(status=Institution.Status.CLOSED)
    make_institution(town.sources.get(), "east", 1500)

    total = run_coverage(town, CoverageQuestion(kind="library")).summary["totals"]["district"]

    assert found.after.covered[0] == total["covered"]
    assert found.after.median_minutes == pytest.approx(total["median_minutes"])


def test_a_place_away_from_streets_says_so_and_the_rest_is_answered(town, library):
    found = weigh_all(
        town,
        {"do": "open", "lat": -33.0, "lon": 18.0},
        {"do": "open", **at(2000)},
        {"do": "move", "institution": library, **at(0, 900)},
    )

    assert [(problem.index, problem.code) for problem in found.problems] == [
        (0, "off_streets"),
        (2, "off_streets"),
    ]
    assert found.gained[0] == 400
    assert found.after.institutions == 2


def test_what_is_not_asked_about_changes_nothing_and_says_so(town):
    source = town.sources.get()
    museum = make_institution(source, "museum", 2000, kind=make_kind("museum"))
    shut = make_institution(source, "shut", 2000, status=Institution.Status.CLOSED)

    found = weigh_all(
        town,
        {"do": "close", "institution": museum.pk},
        {"do": "close", "institution": shut.pk},
        {"do": "open", "kind": "museum", **at(2000)},
    )

    assert [problem.code for problem in found.problems] == ["other_kind", "not_open", "other_kind"]
    assert (found.gained[0], found.lost[0]) == (0, 0)


def test_one_without_a_position_may_be_given_one(town):
    nowhere = make_institution(town.sources.get(), "nowhere", None)

    found = weigh_all(town, {"do": "move", "institution": nowhere.pk, **at(2000)})

    assert found.gained[0] == 400
    assert found.after.institutions == 2


def test_the_first_of_a_kind_may_be_tried(town):
    make_kind("museum")

    found = weigh_all(
        town, {"do": "open", **at(0)}, asked=WhatIfQuestion(kind="museum", minutes=15)
    )

    assert (found.before.covered[0], found.gained[0]) == (0, 600)


def test_groups_win_and_lose_apart(town):
    PopulationUnit.objects.filter(source_key="house-2000").update(children=50)

    found = weigh_all(town, {"do": "open", **at(2000)})

    assert found.baseline.ground.groups == ("all", "children")
    assert list(found.gained) == [400, 50]


def test_people_without_a_path_stay_unknown(town):
    make_unit(town.sources.get(), "hermit", -800, 7)

    found = weigh_all(town, {"do": "open", **at(2000)})

    assert found.after.covered[0] + found.after.uncovered[0] == 1000
    assert found.after.people[0] == 1007


def test_new_data_bring_new_walks(town):
    assert weigh_all(town).after.institutions == 1
    make_institution(town.sources.get(), "east", 2000)
    mark_changed([town.pk])
    town.refresh_from_db()

    assert weigh_all(town).after.covered[0] == 1000


def test_what_is_kept_ready_asks_the_database_little(town, django_assert_max_num_queries):
    weigh_all(town)

    with django_assert_max_num_queries(2):
        weigh_all(town, {"do": "open", **at(2000)})


def test_an_institution_of_no_city_or_another_is_refused(town):
    with pytest.raises(ParameterError, match=r"changes\[0\].institution: got 999999"):
        weigh_all(town, {"do": "close", "institution": 999999})


def test_a_group_nobody_counted_and_an_unknown_kind_are_refused(town):
    with pytest.raises(NoPeopleKnownError):
        weigh_all(town, asked=WhatIfQuestion(kind="library", group="senior"))
    with pytest.raises(UnknownNameError):
        weigh_all(town, asked=WhatIfQuestion(kind="libary"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("all", "wanted a list"),
        ([{"do": "explode"}], r"changes\[0\]"),
        (["close"], r"changes\[0\]"),
        ([{"do": "close"}], r"changes\[0\].institution"),
        ([{"do": "close", "institution": "12"}], "a whole number"),
        ([{"do": "close", "institution": True}], "a whole number"),
        ([{"do": "close", "institution": 1, "when": "now"}], "when"),
        ([{"do": "open", "lat": 91, "lon": 0}], "degrees"),
        ([{"do": "open", "lat": float("nan"), "lon": 0}], "degrees"),
        ([{"do": "open", "lat": 55, "lon": 82, "name": "x" * 300}], "characters"),
        ([{"do": "capacity", "institution": 1, "capacity": -1}], "a whole number"),
        ([{"do": "close", "institution": 1}] * (MOST_CHANGES + 1), "at most 200"),
    ],
)
def test_changes_that_make_no_sense_are_refused(given, said):
    with pytest.raises(ParameterError, match=said):
        read_changes(given)


def test_changes_are_written_as_they_were_read():
    given = [
        {"do": "open", "lat": 55.03, "lon": 82.92, "name": "Новая"},
        {"do": "close", "institution": 12},
        {"do": "move", "institution": 13, "lat": 55.0, "lon": 82.9},
        {"do": "capacity", "institution": 14, "capacity": 0},
    ]

    assert write_changes(read_changes(given)) == given
