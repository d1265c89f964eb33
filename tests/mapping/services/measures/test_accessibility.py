"""Capacity shared out in the town: one library of 60 (the default), houses 6.25 minutes apart."""

import json

import pytest

from mapping.errors import NoInstitutionsError, NoPeopleKnownError, ParameterError, UnknownNameError
from mapping.importers.kinds import load_kinds
from mapping.models import AnalysisRun, Institution, RunRow
from mapping.services.measures.accessibility import WEIGHTS
from mapping.services.measures.capacities import DEFAULT_CAPACITIES
from tests.factories import make_institution, make_unit
from tests.mapping.services.measures.conftest import by_district


def test_two_steps_share_the_library_among_those_within_reach(town, ask):
    run = ask(town, "accessibility", kind="library", method="2sfca", minutes=15)

    west, east = by_district(run)["Западный район"], by_district(run)["Восточный район"]
    assert (west["mean"], west["people"], west["people_without"]) == (pytest.approx(0.1), 600, 0)
    assert (east["mean"], east["people_without"]) == (0, 400)
    library = run.rows.get(table="institution")
    assert library.label == library.institution.name
    assert library.values == {
        "people_in_reach": 600,
        "capacity": 60,
        "capacity_is_default": True,
        "load": pytest.approx(10),
    }


def test_step_weights_follow_the_zones(town, ask):
    run = ask(town, "accessibility", kind="library")

    crowd = 100 + 200 + 0.68 * (300 + 150) + 0.22 * 250
    assert run.rows.get(table="institution").values["load"] == pytest.approx(crowd / 60)


@pytest.mark.parametrize("method", sorted(set(WEIGHTS) - {"cumulative"}))
def test_what_people_have_adds_up_to_what_there_is(town, ask, method):
    headline = ask(town, "accessibility", kind="library", method=method).summary["headline"]

    assert headline["mean"] * headline["people"] == pytest.approx(headline["supply_total"])


def test_opportunities_are_not_shared(town, ask):
    run = ask(town, "accessibility", kind="library", method="cumulative", minutes=15)

    assert run.summary["unit"] == "capacity"
    assert run.summary["headline"]["mean"] == pytest.approx(60 * 600 / 1000)


def test_a_stored_capacity_goes_before_the_default_and_both_are_told(town, ask):
    make_institution(town.sources.get(), "east", 2000, capacity=40)

    summary = ask(town, "accessibility", kind="library").summary

    assert summary["headline"]["supply_total"] == 100
    assert summary["headline"]["default_capacity_count"] == 1
    west = Institution.objects.get(source_key="west")
    assert summary["default_capacity"] == [
        {"id": west.pk, "name": west.name, "kind": "library", "capacity": 60.0}
    ]


def test_another_capacity_is_another_answer(town, ask):
    first = ask(town, "accessibility", kind="library")
    Institution.objects.update(capacity=10)

    again = ask(town, "accessibility", kind="library")

    assert again.pk != first.pk
    assert again.summary["headline"]["supply_total"] == 10


def test_people_off_the_streets_are_unknown_not_without(town, ask):
    make_unit(town.sources.get(), "hermit", -800, 7)

    headline = ask(town, "accessibility", kind="library").summary["headline"]

    assert (headline["people_unknown"], headline["people_without"]) == (7, 0)


def test_every_kind_has_a_default_capacity():
    assert set(DEFAULT_CAPACITIES) == {kind.code for kind in load_kinds()}


MEASURES = [
    "accessibility",
    "equity",
    "choice",
    "audience",
    "white_spots",
    "uncertainty",
]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"kind": "libary"}, UnknownNameError),
        ({"kind": "museum"}, NoInstitutionsError),
        ({"kind": "library", "minutes": "0"}, ParameterError),
        ({"kind": "library", "minutes": "soon"}, ParameterError),
        ({"kind": "library", "group": "children"}, NoPeopleKnownError),
        ({"kind": "library", "group": "dogs"}, UnknownNameError),
    ],
)
def test_refusals_store_nothing(town, ask, measure, given, error):
    museum = make_institution(town.sources.get(), "lost", None).kind
    museum.pk, museum.code = None, "museum"
    museum.save()

    with pytest.raises(error):
        ask(town, measure, **given)

    assert not AnalysisRun.objects.exists()
    assert not RunRow.objects.exists()


@pytest.mark.parametrize("measure", MEASURES)
def test_the_same_question_is_answered_from_the_store(town, ask, measure):
    first = ask(town, measure, kind="library")

    again = ask(town, measure, kind="library")

    assert again.pk == first.pk
    assert first.is_active
    json.dumps(first.summary, allow_nan=False)
