"""Two libraries, one open on Saturday evening, one of unknown hours: who has one open then."""

import pytest

from mapping.errors import NoneOpenError, ParameterError
from mapping.models import Institution
from mapping.queries import coverage
from mapping.services.changes import read_changes
from mapping.services.coverage import CoverageQuestion, run_coverage
from mapping.services.moments import read_moment
from mapping.services.scenarios import question_of, save_scenario
from mapping.services.whatif import WhatIfQuestion, weigh
from tests.factories import make_institution, point_at

EVENING = "sa-18:00"
ASKED = WhatIfQuestion(kind="library", minutes=15, open_at=EVENING)


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


@pytest.fixture
def three(town):
    """In the west shut on Saturdays, at 500 m of unknown hours, in the east open until eight."""
    source = town.sources.get()
    Institution.objects.update(opening_hours="Mo-Fr 10:00-19:00; Sa,Su off")
    make_institution(source, "unknown", 500)
    make_institution(source, "east", 2000, opening_hours="Mo-Su 12:00-20:00")
    return dict(town.institutions.values_list("source_key", "pk"))


def at(east_m):
    point = point_at(east_m)
    return {"lat": point.y, "lon": point.x}


def cover(town, open_at=EVENING):
    return run_coverage(town, CoverageQuestion(kind="library", minutes=15, open_at=open_at))


def weigh_all(town, *changes, asked=ASKED):
    return weigh(town, asked, read_changes(list(changes)))


def test_only_those_known_to_be_open_count(town, three):
    run = cover(town)

    # From 1,000 m to 2,000 m: 300 + 150 + 250.
    assert run.summary["totals"]["district"]["covered"] == 700
    then = run.summary["open_then"]
    assert (then["open"], then["shut"], then["unknown"]) == (1, 1, 1)
    assert then["unknown_ids"] == [three["unknown"]]
    assert run.parameters["open_at"] == EVENING
    assert cover(town, "").summary["totals"]["district"]["covered"] == 1000


def test_the_run_of_a_moment_does_not_answer_for_any_time(town, three):
    at_any_time, _ = cover(town, ""), cover(town)

    found = coverage.active_run(town, kind="library", minutes=15, group="all")

    assert found == at_any_time
    assert "open_at" not in at_any_time.parameters


def test_other_hours_make_another_answer_though_nothing_else_changed(town, three):
    first = cover(town)
    assert cover(town) == first

    Institution.objects.filter(pk=three["west"]).update(opening_hours="Sa 10:00-20:00")

    assert cover(town).summary["totals"]["district"]["covered"] == 1000


def test_where_none_is_known_to_be_open_nothing_is_counted(town, three):
    with pytest.raises(NoneOpenError, match="su-03:00"):
        cover(town, "su-03:00")


@pytest.mark.parametrize("text", ["sat-18:00", "sa", "18:00", "sa-24:00", "sa-10:60", "now"])
def test_a_moment_that_is_none_is_refused(text):
    with pytest.raises(ParameterError, match="open_at"):
        read_moment(text)


def test_a_moment_is_one_however_it_is_written():
    question = CoverageQuestion(kind="library", open_at=" SA-9:05 ")

    assert question.open_at == "sa-09:05"


def test_what_if_without_changes_is_what_coverage_says(town, three):
    found = weigh_all(town)

    assert found.after.covered[0] == 700
    assert found.after.institutions == 1
    assert weigh_all(town, asked=WhatIfQuestion(kind="library")).after.covered[0] == 1000


def test_longer_hours_open_a_library_where_it_stands(town, three):
    found = weigh_all(town, {"do": "hours", "institution": three["west"], "hours": "Пн–Сб 10–19"})

    assert (found.gained[0], found.after.covered[0]) == (300, 1000)
    assert found.after.institutions == 2


def test_hours_said_for_one_of_unknown_hours_count(town, three):
    found = weigh_all(
        town, {"do": "hours", "institution": three["unknown"], "hours": "Sa 10:00-19:00"}
    )

    assert found.gained[0] == 300


def test_shorter_hours_shut_it(town, three):
    hours = {"do": "hours", "institution": three["east"], "hours": "Mo-Su 12:00-18:00"}
    found = weigh_all(town, hours)

    assert (found.lost[0], found.after.institutions) == (700, 0)


def test_hours_and_a_place_are_said_in_any_order(town, three):
    hours = {"do": "hours", "institution": three["west"], "hours": "Sa 10:00-19:00"}
    move = {"do": "move", "institution": three["west"], **at(1900)}

    for changes in ([hours, move], [move, hours]):
        assert weigh_all(town, *changes).gained[0] == 0


def test_a_new_place_counts_by_its_hours(town, three):
    found = weigh_all(
        town,
        {"do": "open", **at(0)},
        {"do": "open", "hours": "Mo-Fr 10:00-19:00", **at(0)},
        {"do": "close", "institution": three["west"]},
        {"do": "move", "institution": three["unknown"], **at(0)},
    )

    assert [(each.index, each.code) for each in found.problems] == [
        (0, "hours_unknown"),
        (1, "shut_then"),
        (2, "shut_then"),
        (3, "hours_unknown"),
    ]
    assert found.gained[0] == 0

    found = weigh_all(town, {"do": "open", "hours": "Sa 10:00-19:00", **at(0)})
    assert (found.gained[0], found.problems) == (300, ())


def test_hours_change_nothing_at_any_time_and_say_so(town, three):
    hours = {"do": "hours", "institution": three["west"], "hours": "Sa off"}

    found = weigh_all(town, hours, asked=WhatIfQuestion(kind="library"))

    assert [each.code for each in found.problems] == ["any_time"]
    assert found.lost[0] == 0


@pytest.mark.parametrize("hours", ["", "whenever", "Mo-Fr 10:00-", 5])
def test_hours_nobody_can_read_are_refused(hours):
    with pytest.raises(ParameterError, match=r"changes\[0\].hours"):
        read_changes([{"do": "hours", "institution": 1, "hours": hours}])


def test_a_scenario_keeps_its_moment_and_its_hours(town, three):
    changes = read_changes([{"do": "hours", "institution": three["west"], "hours": "Пн–Сб 10–19"}])
    scenario = save_scenario(town, name="Суббота", asked=ASKED, changes=changes, owner_key="key")

    assert question_of(scenario) == ASKED
    assert scenario.changes == [
        {"do": "hours", "institution": three["west"], "hours": "Mo-Sa 10:00-19:00"}
    ]
    assert read_changes(scenario.changes) == changes


def test_what_is_open_but_nowhere_on_the_map_has_no_place_to_close(town, three):
    nowhere = make_institution(town.sources.get(), "nowhere", None, opening_hours="24/7")

    found = weigh_all(town, {"do": "close", "institution": nowhere.pk})

    assert [each.code for each in found.problems] == ["not_open"]
