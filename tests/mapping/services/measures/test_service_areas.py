"""Service areas of the town on paper: drawn as polygons, counted at the doors."""

import pytest

from mapping.errors import NoInstitutionsError, OffStreetsError, ParameterError
from mapping.models import AnalysisRun, Institution
from mapping.services.measures import answer
from tests.factories import make_institution, make_kind, point_at


def ask(town, **given):
    return answer(town, "service_areas", {"kind": "library", "bands": "10,20"} | given)


def test_people_are_counted_at_their_doors(town):
    run = ask(town)

    assert run.summary["headline"]["bands"] == [10, 20]
    assert run.summary["headline"]["people"] == [300, 750]
    areas = list(run.rows.filter(table="area"))
    assert [area.values["minutes"] for area in areas] == [20, 10]  # the wide one beneath
    assert areas[0].geometry.contains(areas[1].geometry)
    assert areas[1].geometry.contains(point_at(500))
    assert not areas[1].geometry.contains(point_at(1000))


def test_the_drawing_says_how_wrong_it_is(town):
    run = ask(town)

    assert run.summary["headline"]["false_in"] == 0
    assert run.summary["headline"]["false_out"] == 0


def test_chosen_institutions_have_areas_of_their_own(town):
    east = make_institution(town.sources.get(), "east", 2000)

    run = ask(town, institutions=str(east.pk))

    own = list(run.rows.filter(table="institution_area"))
    assert {row.institution_id for row in own} == {east.pk}
    assert [row.values["people"] for row in own] == [900, 400]
    assert run.summary["headline"]["people"] == [400, 900]


def test_each_may_have_its_own(town):
    make_institution(town.sources.get(), "east", 2000)

    run = ask(town, each="yes")

    assert run.rows.filter(table="institution_area").count() == 4
    assert run.summary["headline"]["people"] == [700, 1000]


def test_the_same_question_is_answered_once(town):
    assert ask(town) == ask(town)


@pytest.mark.parametrize(
    "given",
    [
        {"bands": "20,10"},
        {"bands": "0,10"},
        {"bands": ""},
        {"bands": "far"},
        {"institutions": "999999"},
    ],
)
def test_what_makes_no_sense_is_refused_and_not_stored(town, given):
    with pytest.raises(ParameterError):
        ask(town, **given)
    assert not AnalysisRun.objects.exists()


def test_nothing_to_walk_to_is_refused(town):
    make_kind("museum")
    with pytest.raises(NoInstitutionsError):
        ask(town, kind="museum")

    Institution.objects.update(geometry=point_at(0, 900))
    with pytest.raises(OffStreetsError):
        ask(town)
    assert not AnalysisRun.objects.exists()
