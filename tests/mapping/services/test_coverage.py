"""Coverage of the town on paper (see `tests.factories.make_town`)."""

import pytest

from mapping.errors import NoInstitutionsError, NoPeopleKnownError, ParameterError, UnknownNameError
from mapping.models import AnalysisRun, CoverageRow, Institution, PopulationUnit, Street
from mapping.services import runs
from mapping.services.coverage import CoverageQuestion, run_coverage, run_coverages
from mapping.services.workspace import Workspace
from tests.factories import (
    line_through,
    make_city,
    make_institution,
    make_source,
    make_tos,
    make_town,
    make_unit,
)

LIBRARY = CoverageQuestion(kind="library")


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


def rows_by_name(run, level="district"):
    return {str(row.district or row.tos): row for row in run.coverage_rows.filter(level=level)}


def test_the_near_district_is_covered_and_the_far_one_is_not(town):
    run = run_coverage(town, LIBRARY)

    total = run.summary["totals"]["district"]
    assert (total["people"], total["covered"], total["uncovered"], total["unknown"]) == (
        1000,
        600,
        400,
        0,
    )
    rows = rows_by_name(run)
    assert rows["Западный район"].share == 1
    assert rows["Западный район"].median_minutes == pytest.approx(6.25, rel=2e-3)
    assert rows["Восточный район"].covered == 0
    assert rows["Восточный район"].rank == 1


def test_grid_cells_add_up_to_the_city(town):
    run = run_coverage(town, LIBRARY)

    cells = run.coverage_rows.filter(level="grid")
    assert sum(cell.people for cell in cells) == 1000
    assert sum(cell.uncovered for cell in cells) == 400


def test_people_outside_every_tos_are_unknown_to_it_but_not_lost(town):
    make_tos(town.sources.get(), "Заречный", -100, 600)

    total = run_coverage(town, LIBRARY).summary["totals"]["tos"]

    assert (total["people"], total["covered"], total["outside"]) == (1000, 300, 700)
    assert total["covered"] + total["uncovered"] + total["unknown"] == total["people"]


def test_a_tos_may_be_a_list_of_houses(town):
    PopulationUnit.objects.filter(source_key="house-2000").update(address="Главная улица, 9")
    tos = make_tos(town.sources.get(), "Дом", 0, 1)
    tos.geometry, tos.houses = None, ["Главная улица, 9"]
    tos.save()

    row = rows_by_name(run_coverage(town, LIBRARY), "tos")["Дом"]

    assert (row.people, row.uncovered) == (250, 250)


def test_a_tos_of_which_nothing_is_known_is_not_a_tos_without_people(town):
    tos = make_tos(town.sources.get(), "Неведомый", 0, 1)
    tos.geometry, tos.position_accuracy, tos.houses = None, None, ["Нет такого дома, 1"]
    tos.save()
    make_tos(town.sources.get(), "Известный", -100, 600)

    rows = rows_by_name(run_coverage(town, LIBRARY), "tos")

    assert {name: row.people for name, row in rows.items()} == {"Известный": 300}


def test_people_far_from_every_street_are_unknown(town):
    make_unit(town.sources.get(), "hermit", -800, 7)

    total = run_coverage(town, LIBRARY).summary["totals"]["district"]

    assert total["no_path"] == 7
    assert total["people"] == 1007


def test_a_house_nobody_counted_is_not_an_empty_house(town):
    make_unit(town.sources.get(), "uncounted", 700, None)

    summary = run_coverage(town, LIBRARY).summary

    assert summary["units"]["without_population"] == 1
    assert summary["totals"]["district"]["people"] == 1000


def test_closed_libraries_are_not_walked_to(town):
    make_institution(town.sources.get(), "east", 2000, status=Institution.Status.CLOSED_FOR_REPAIR)

    assert run_coverage(town, LIBRARY).summary["totals"]["district"]["covered"] == 600


def test_an_answer_is_stored_once_and_recomputed_when_an_input_changes(town):
    first = run_coverage(town, LIBRARY)
    again = run_coverage(town, LIBRARY)
    make_institution(town.sources.get(), "east", 2000)
    later = run_coverage(town, LIBRARY)

    assert again.pk == first.pk
    assert later.pk != first.pk
    assert later.summary["totals"]["district"]["covered"] == 1000
    first.refresh_from_db()
    assert not first.is_active
    assert AnalysisRun.objects.filter(is_active=True).count() == 1


def test_a_run_that_dies_leaves_the_active_one(town, monkeypatch):
    first = run_coverage(town, LIBRARY)
    make_institution(town.sources.get(), "east", 2000)

    def die(run):
        raise RuntimeError("power cut")

    monkeypatch.setattr(runs, "switch_on", die)
    with pytest.raises(RuntimeError, match="power cut"):
        run_coverage(town, LIBRARY)

    assert AnalysisRun.objects.get() == first
    assert CoverageRow.objects.filter(run=first, level="district").count() == 2


def test_new_streets_change_the_answer(town):
    run_coverage(town, LIBRARY)
    source = town.sources.get()
    Street.objects.create(
        city=town,
        source=source,
        source_key="detour",
        geometry=line_through((2000, 0), (2000, 300), (0, 300), (0, 0)),
    )

    run = run_coverage(town, LIBRARY)

    assert run.summary["network"]["length_km"] == pytest.approx(4.6, rel=1e-2)
    assert run.summary["totals"]["district"]["covered"] == 600


def test_a_group_nobody_counted_is_refused(town):
    with pytest.raises(NoPeopleKnownError, match="children"):
        run_coverage(town, CoverageQuestion(kind="library", group="children"))


def test_a_kind_without_a_position_is_refused(db):
    town = make_town()
    Institution.objects.all().delete()
    make_institution(town.sources.get(), "somewhere", None)

    with pytest.raises(NoInstitutionsError, match="got 1 listed"):
        run_coverage(town, LIBRARY)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"minutes": 0}, ParameterError),
        ({"minutes": 1e9}, ParameterError),
        ({"speed_kmh": -1}, ParameterError),
        ({"group": "dogs"}, UnknownNameError),
    ],
)
def test_questions_that_make_no_sense_are_refused(values, error):
    with pytest.raises(error):
        CoverageQuestion(kind="library", **values)


def test_an_unknown_kind_is_refused_with_the_known_ones(town):
    with pytest.raises(UnknownNameError, match="library"):
        run_coverage(town, CoverageQuestion(kind="libary"))


def test_cities_do_not_see_each_other(town):
    other = make_city("other")
    make_institution(make_source(other), "theirs", 2000)

    assert run_coverage(town, LIBRARY).summary["totals"]["district"]["covered"] == 600


def test_a_batch_reads_the_tables_once(town, django_assert_max_num_queries):
    questions = [CoverageQuestion(kind="library", minutes=minutes) for minutes in (5, 10, 15, 30)]
    workspace = Workspace(town)
    workspace.units, workspace.territories  # noqa: B018

    with django_assert_max_num_queries(25 * len(questions)):
        runs = run_coverages(town, questions, workspace=workspace)

    covered = [run.summary["totals"]["district"]["covered"] for run in runs]
    assert covered == [100, 300, 600, 1000]
