"""A library at 0 m and a museum at 500 m: what each house can choose from within ten minutes."""

import pytest

from tests.factories import make_institution, make_kind
from tests.mapping.services.measures.conftest import by_district


@pytest.fixture
def town_with_museum(town):
    make_institution(town.sources.get(), "museum", 500, kind=make_kind("museum"))
    return town


def test_kinds_and_institutions_within_a_walk(town_with_museum, ask):
    run = ask(town_with_museum, "choice", minutes=10)

    headline = run.summary["headline"]
    assert (headline["people"], headline["people_without_any"]) == (1000, 400)
    assert (headline["institutions_median"], headline["kinds_median"]) == (1, 1)
    # Two kinds in equal parts make a difference every second time; 300 of 600 people have them.
    assert headline["diversity_mean"] == pytest.approx(0.25)
    east = by_district(run)["Восточный район"]
    assert (east["people_without_any"], east["kinds_median"]) == (400, 0)
    assert east["diversity_mean"] is None


def test_people_by_the_number_of_kinds(town_with_museum, ask):
    rows = ask(town_with_museum, "choice", minutes=10).rows.filter(table="by_number")

    assert {row.values["kinds"]: row.values["people"] for row in rows} == {0: 400, 1: 300, 2: 300}


def test_branches_of_one_kind_are_kinds_of_their_own(town, ask):
    children = make_kind("children_library", parent=make_kind())
    make_institution(town.sources.get(), "children", 0, kind=children)

    together = ask(town, "choice", minutes=10).summary["headline"]
    apart = ask(town, "choice", minutes=10, kind="library").summary["headline"]

    assert together["diversity_mean"] == 0
    assert apart["diversity_mean"] == pytest.approx(0.5)


def test_schools_are_not_culture(town, ask):
    school = make_kind("school", is_culture=False)
    make_institution(town.sources.get(), "school", 0, kind=school)

    assert "school" not in ask(town, "choice").summary["by_kind"]


def test_a_kind_without_a_position_is_counted_as_missing(town_with_museum, ask):
    make_institution(town_with_museum.sources.get(), "lost", None, kind=make_kind("theatre"))

    summary = ask(town_with_museum, "choice").summary

    assert (summary["completeness"]["located"], summary["completeness"]["listed"]) == (2, 3)
    assert summary["institutions"]["counted"] == 2
