"""A thousand people, one library, and acts that ask for more."""

from datetime import date

import pytest

from mapping.errors import NoNormError, UnknownNameError
from mapping.models import AnalysisRun, Institution, Norm, NormSet, OfficialCount, PopulationUnit
from mapping.queries import norms as norms_module
from mapping.queries.norms import binds, read_norms
from tests.factories import make_institution, make_kind
from tests.mapping.services.measures.conftest import by_district


def make_norm(**fields):
    norm_set, _ = NormSet.objects.get_or_create(slug="reference", name="Acts")
    defaults = {
        "row": norm_set.norms.count() + 1,
        "kind": make_kind(),
        "facility_type": "общедоступная библиотека",
        "settlement_type": "городской округ",
        "units": "1",
        "per_population_min": 500,
        "per_population_max": 500,
        "population_group": "человек",
        "minutes_min": 10,
        "minutes_max": 15,
        "act": "Act",
        "clause": "table 1",
        "confidence": "quoted",
    }
    return Norm.objects.create(norm_set=norm_set, **defaults | fields)


def city_row(run):
    return run.rows.get(table="city").values


def test_required_existing_and_missing_with_the_act_beside(town, ask):
    make_norm()

    row = city_row(ask(town, "provision", kind="library"))

    assert (row["people"], row["required_min"], row["required_max"]) == (1000, 2, 2)
    assert (row["existing"], row["existing_source"], row["shortfall_min"]) == (1, "listed", 1)
    assert row["share_within_norm_minutes"] == pytest.approx(0.3)
    assert row["share_within_norm_minutes_max"] == pytest.approx(0.6)
    assert (row["act"], row["clause"], row["confidence"]) == ("Act", "table 1", "quoted")
    assert (row["minutes"], row["share_mode"]) == ("10-15", "walk")


def test_norms_of_which_most_is_missing_come_first_and_unknown_ones_last(town, ask):
    make_norm(facility_type="enough", per_population_min=1000, per_population_max=1000)
    make_norm(facility_type="minutes alone", units="", per_population_min=None)
    make_norm(facility_type="half", per_population_min=500, per_population_max=500)
    make_norm(facility_type="three quarters", per_population_min=250, per_population_max=250)

    run = ask(town, "provision", kind="library")

    wanted = ["three quarters", "half", "enough", "minutes alone"]
    assert list(run.rows.filter(table="city").values_list("label", flat=True)) == wanted
    by_norm = run.rows.filter(table="district").values_list("label", flat=True)
    assert list(dict.fromkeys(by_norm)) == wanted


def test_less_than_half_a_library_is_not_missing(town, ask):
    make_norm()

    rows = by_district(ask(town, "provision", kind="library"))

    west, east = rows["Западный район"], rows["Восточный район"]
    assert (west["required_min"], west["shortfall_min"]) == (pytest.approx(1.2), 0)
    assert (east["existing"], east["shortfall_min"]) == (0, pytest.approx(0.8))


def test_a_span_of_people_gives_a_span_of_libraries(town, ask):
    make_norm(per_population_min=250, per_population_max=1000)

    row = city_row(ask(town, "provision", kind="library"))

    assert (row["required_min"], row["required_max"]) == (1, 4)
    assert (row["shortfall_min"], row["shortfall_max"]) == (0, 3)


def test_a_list_with_gaps_says_only_what_may_be_missing(town, ask):
    make_norm()
    OfficialCount.objects.create(city=town, kind=make_kind(), count=3, as_of=date(2021, 5, 30))

    run = ask(town, "provision", kind="library")

    row, east = city_row(run), by_district(run)["Восточный район"]
    assert (row["existing"], row["existing_source"], row["counted"]) == (3, "official", 1)
    assert row["shortfall_min"] == -1
    assert (east["existing"], east["shortfall_min"], east["complete"]) == (None, None, False)
    assert east["shortfall_at_most"] == pytest.approx(0.8)


def test_the_stated_district_counts_where_a_position_is_missing(town, ask):
    make_norm()
    make_institution(town.sources.get(), "lost", None, district_name="Восточный район")

    east = by_district(ask(town, "provision", kind="library"))["Восточный район"]

    assert (east["existing"], east["complete"]) == (1, True)


def test_one_that_could_be_anywhere_leaves_every_district_unsure(town, ask):
    make_norm()
    make_institution(town.sources.get(), "lost", None)

    run = ask(town, "provision", kind="library")

    assert city_row(run)["existing"] == 2
    assert {row["existing"] for row in by_district(run).values()} == {None}


def test_closed_for_repair_still_is_and_planned_is_not_yet(town, ask):
    make_norm()
    source = town.sources.get()
    make_institution(source, "repair", 2000, status=Institution.Status.CLOSED_FOR_REPAIR)
    make_institution(source, "planned", 1500, status=Institution.Status.PLANNED)

    assert city_row(ask(town, "provision", kind="library"))["existing"] == 2


def test_people_nobody_counted_make_no_requirement(town, ask):
    make_norm(population_group="дети")

    run = ask(town, "provision", kind="library")

    row = city_row(run)
    assert (row["people"], row["required_min"], row["shortfall_min"]) == (None, None, None)
    assert row["share_within_norm_minutes"] is None
    assert run.summary["headline"] == {"norms": 1, "short_norms": 0, "unknown_norms": 1}


def test_children_are_counted_for_a_norm_about_children(town, ask):
    make_norm(population_group="дети")
    PopulationUnit.objects.update(children=100)

    row = city_row(ask(town, "provision", kind="library"))

    assert (row["group"], row["people"], row["required_min"]) == ("children", 500, 1)


def test_seats_are_the_capacities_of_the_institutions(town, ask):
    make_norm(units="50", per_population_min=1000, per_population_max=1000,
              population_group="зрительских мест на 1000 жителей")  # fmt: skip

    unknown = city_row(ask(town, "provision", kind="library"))
    Institution.objects.update(capacity=30)
    known = city_row(ask(town, "provision", kind="library"))

    assert (unknown["unit"], unknown["existing"], unknown["shortfall_at_most"]) == (
        "seats",
        None,
        50,
    )
    assert (known["existing"], known["shortfall_min"]) == (30, 20)


def test_one_per_city_binds_no_district(town, ask):
    make_norm(per_population_min=None, per_population_max=None,
              population_group="на городской округ")  # fmt: skip

    run = ask(town, "provision", kind="library")

    assert city_row(run)["per_city"] is True
    assert city_row(run)["shortfall_min"] == 0
    assert not run.rows.filter(table="district").exists()


def test_minutes_alone_are_a_norm_too(town, ask):
    make_norm(units="", per_population_min=None, per_population_max=None, population_group="")

    row = city_row(ask(town, "provision", kind="library"))

    assert row["required_min"] is None
    assert row["share_within_norm_minutes"] == pytest.approx(0.3)


def test_unconfirmed_rows_wait_until_they_are_asked_for(town, ask):
    make_norm()
    make_norm(per_population_min=100, per_population_max=100, confidence="unconfirmed")

    sure = ask(town, "provision", kind="library")
    unsure = ask(town, "provision", kind="library", confidence="unconfirmed")

    assert sure.summary["headline"]["norms"] == 1
    assert [row["reason"] for row in sure.summary["norms_left_out"]] == ["less_sure"]
    assert unsure.summary["marks_of_norms"] == ["quoted", "unconfirmed"]


def test_an_edited_norm_is_another_answer(town, ask):
    norm = make_norm()
    first = ask(town, "provision", kind="library")
    norm.per_population_min = norm.per_population_max = 100
    norm.save()

    again = ask(town, "provision", kind="library")

    assert again.pk != first.pk
    assert city_row(again)["required_min"] == 10


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"norm_set": "ours"}, UnknownNameError),
        ({"confidence": "certain"}, UnknownNameError),
        ({"kind": "library"}, NoNormError),
    ],
)
def test_refusals_store_nothing(town, ask, given, error):
    make_norm(settlement_type="сельское поселение")

    with pytest.raises(error):
        ask(town, "provision", **given)

    assert not AnalysisRun.objects.exists()


@pytest.mark.parametrize(
    ("settlement", "people", "expected"),
    [
        ("городской округ", 1e6, True),
        ("город", 1e6, True),
        ("муниципальный / городской округ", 1e6, True),
        ("ГП / ГО 50 тыс. и более", 49_000, False),
        ("ГП / ГО 50 тыс. и более", 1e6, True),
        ("городское поселение / ГО до 50 тыс.", 1e6, False),
        ("ГО/ГП 1 млн и более", 1_637_300, True),
        ("ГО/ГП 50-99,9 тыс.", 99_950, True),
        ("ГО/ГП 100-149,9 тыс.", 99_950, False),
        ("город > 500 тыс.", 400_000, False),
        ("город более 500 тыс.", 600_000, True),
        ("городской округ (Хабаровск)", 1e6, False),
        ("городской округ (Вологда)", 3e5, True),
        ("субъект РФ (адм. центр)", 1e6, False),
        ("сельское поселение", 1e6, False),
        ("", 1e6, True),
    ],
)
def test_which_settlements_a_norm_binds(settlement, people, expected):
    assert binds(settlement, people, ("Вологда", "Vologda")) is expected


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": None}, "no_kind"),
        ({"units": "2.0 + 0.1"}, "no_figure"),
        ({"population_group": "школьники"}, "unclear_group"),
        ({"population_group": "кв. м на 1000"}, "unclear_unit"),
        ({"settlement_type": "муниципальный район"}, "another_settlement"),
    ],
)
def test_what_is_not_understood_is_left_out_and_said(town, fields, reason):
    norm = make_norm(**fields)

    read, left_out = read_norms([norm], city=town, people=1000, confidence="quoted")

    assert (read, [one.reason for one in left_out]) == ([], [reason])


def test_examples_of_the_docstrings():
    import doctest

    assert doctest.testmod(norms_module).failed == 0
