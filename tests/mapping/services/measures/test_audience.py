"""Two libraries on one street, at 0 m and 1,800 m."""

import pytest

from mapping.models import PopulationUnit
from tests.factories import make_institution


@pytest.fixture
def street(town):
    make_institution(town.sources.get(), "east", 1800)
    return town


def by_key(run):
    return {row.institution.source_key: row for row in run.rows.filter(table="institution")}


def test_people_within_each_walk(street, ask):
    west = by_key(ask(street, "audience", kind="library"))["west"].values

    assert [west[f"people_{minutes}"] for minutes in (5, 10, 15, 30)] == [100, 300, 600, 1000]


def test_only_those_without_a_nearer_one_are_its_own(street, ask):
    rows = by_key(ask(street, "audience", kind="library"))

    assert rows["west"].values["only_here_share"] == pytest.approx(0.3)
    assert rows["east"].values["only_here_share"] == pytest.approx(0.7)


def test_neighbours_share_people(street, ask):
    rows = by_key(ask(street, "audience", kind="library", minutes=15))

    east = rows["east"].institution
    assert rows["west"].values["neighbours"] == [{"id": east.pk, "name": east.name, "overlap": 0.5}]


def test_groups_are_told_apart_within_the_asked_walk(street, ask):
    PopulationUnit.objects.filter(source_key="house-0").update(children=20)
    PopulationUnit.objects.filter(source_key="house-2000").update(children=90)

    west = by_key(ask(street, "audience", kind="library", minutes=12))["west"].values

    assert west["by_group"] == {"children": 20}
    assert west["people"] == 300


def test_a_new_name_is_a_new_answer(street, ask):
    first = ask(street, "audience", kind="library")
    street.institutions.filter(source_key="east").update(name="Имени Пушкина")

    again = by_key(ask(street, "audience", kind="library"))

    assert first.pk != again["west"].run_id
    assert again["west"].values["neighbours"][0]["name"] == "Имени Пушкина"
