"""Scenarios of the town on paper: saved, renamed, and set beside today's data."""

import pytest

from mapping.errors import ParameterError, UnknownNameError
from mapping.models import Institution, Scenario
from mapping.queries.owners import is_own
from mapping.queries.scenarios import of_owner
from mapping.services import scenarios
from mapping.services.changes import read_changes
from mapping.services.editing import mark_changed
from mapping.services.whatif import WhatIfQuestion
from tests.factories import make_city, make_institution, point_at

LIBRARY = WhatIfQuestion(kind="library", minutes=15)
FAR = {"do": "open", "lat": point_at(2000).y, "lon": point_at(2000).x}


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


def save(town, *changes, name="Филиал на востоке", owner_key="mine", **given):
    changes = read_changes(list(changes or [FAR]))
    asked = given.pop("asked", LIBRARY)
    return scenarios.save_scenario(
        town, name=name, asked=asked, changes=changes, owner_key=owner_key, **given
    )


def test_a_scenario_keeps_its_question_and_its_changes(town):
    save(town, name="  Филиал на востоке ")

    kept = Scenario.objects.get()
    assert kept.name == "Филиал на востоке"
    assert scenarios.question_of(kept) == LIBRARY
    assert kept.changes == [FAR]


def test_scenarios_are_compared_over_the_data_of_today(town):
    branch, closing = (
        save(town),
        save(town, {"do": "close", "institution": town.institutions.get().pk}),
    )

    first, second = scenarios.compare(town, [branch, closing], LIBRARY)

    assert first.weighed.before.covered[0] == 600
    assert first.weighed.after.covered[0] == 1000
    assert second.weighed.after.covered[0] == 0


def test_one_that_names_a_lost_institution_is_answered_without_it(town):
    lost = make_institution(town.sources.get(), "lost", 2000)
    scenario = save(town, {"do": "close", "institution": lost.pk}, FAR)
    Institution.objects.filter(pk=lost.pk).delete()
    mark_changed([town.pk])
    town.refresh_from_db()

    (found,) = scenarios.compare(town, [scenario], LIBRARY)

    assert found.problems == {0: "gone"}
    assert found.weighed.gained[0] == 400


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, None, 5])
def test_a_name_is_needed(town, name):
    with pytest.raises(ParameterError, match="name"):
        save(town, name=name)


def test_nothing_half_said_is_saved(town):
    with pytest.raises(ParameterError, match="changes"):
        scenarios.save_scenario(town, name="x", asked=LIBRARY, changes=(), owner_key="mine")
    with pytest.raises(ParameterError, match="ids of institutions"):
        save(town, {"do": "close", "institution": 999999})
    with pytest.raises(UnknownNameError, match="libary"):
        save(town, asked=WhatIfQuestion(kind="libary"))

    assert not Scenario.objects.exists()


def test_one_owner_keeps_so_many_and_no_more(town, monkeypatch):
    monkeypatch.setattr(scenarios, "MOST_SCENARIOS", 1)
    save(town)

    with pytest.raises(ParameterError, match="scenarios"):
        save(town)
    assert save(town, owner_key="another")


def test_it_is_of_whoever_saved_it(town, django_user_model):
    planner = django_user_model.objects.create_user("planner")
    scenario = save(town, user_id=planner.pk)

    def theirs(owner_key="", user_id=None):
        return is_own(scenario, owner_key=owner_key, user_id=user_id)

    assert theirs("mine")
    assert theirs(user_id=planner.pk)
    assert not theirs("another")
    assert not theirs(user_id=planner.pk + 1)
    assert not theirs()


def test_nobodys_scenario_is_not_everybodys(town):
    scenario = save(town, owner_key="")

    assert not is_own(scenario, owner_key="", user_id=None)
    assert not of_owner(town, owner_key="", user_id=None).exists()


def test_each_city_has_its_own(town):
    save(town)

    assert of_owner(town, owner_key="mine", user_id=None).count() == 1
    assert not of_owner(make_city("other"), owner_key="mine", user_id=None).exists()
