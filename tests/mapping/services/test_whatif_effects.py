"""What a scenario does to norms and shared seats: by hand, and as the measures say it."""

import numpy as np
import pytest

from mapping.models import Institution, Norm, NormSet, OfficialCount, PopulationUnit
from mapping.services.changes import read_changes
from mapping.services.editing import mark_changed
from mapping.services.measures import answer
from mapping.services.whatif import WhatIfQuestion, weigh
from tests.factories import make_institution, make_kind, point_at
from tests.mapping.services.measures.test_provision import make_norm

ASKED = WhatIfQuestion(kind="library", minutes=15)
NORM_FIGURES = (
    "people",
    "required_min",
    "existing",
    "shortfall_min",
    "shortfall_max",
    "share_within_norm_minutes",
    "share_within_norm_minutes_max",
    "counted",
)


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


@pytest.fixture
def library(town):
    return town.institutions.get().pk


def at(east_m):
    point = point_at(east_m)
    return {"lat": point.y, "lon": point.x}


def weigh_all(town, *changes, asked=ASKED):
    return weigh(town, asked, read_changes(list(changes)))


def test_one_more_library_shortens_what_a_norm_misses(town):
    make_norm()

    (found,) = weigh_all(town, {"do": "open", **at(2000)}).norms

    before, after = found.city_before, found.city_after
    assert (before["required_min"], after["required_min"]) == (2, 2)
    assert (before["existing"], after["existing"]) == (1, 2)
    assert (before["shortfall_min"], after["shortfall_min"]) == (1, 0)
    # The norm allows 10 to 15 minutes: 100 + 200, then 150 + 250 more.
    assert (before["share_within_norm_minutes"], after["share_within_norm_minutes"]) == (0.3, 0.7)
    assert after["share_within_norm_minutes_max"] == 1
    assert (after["act"], after["clause"], after["confidence"]) == ("Act", "table 1", "quoted")
    west, east = found.districts_after
    assert (west["existing"], east["existing"]) == (1, 1)
    assert east["share_within_norm_minutes"] == 1


def test_the_surest_norms_are_taken_and_say_how_sure_they_are(town):
    make_norm(confidence="unconfirmed", per_population_min=100, per_population_max=100)

    assert [each.city_after["confidence"] for each in weigh_all(town).norms] == ["unconfirmed"]

    make_norm(confidence="quoted")
    mark_changed([town.pk])
    town.refresh_from_db()

    assert [each.city_after["confidence"] for each in weigh_all(town).norms] == ["quoted"]


def test_an_official_count_grows_with_what_opens(town):
    make_norm()
    OfficialCount.objects.create(city=town, kind=make_kind(), count=70, as_of="2021-05-30")

    (found,) = weigh_all(town, {"do": "open", **at(2000)}).norms

    assert (found.city_before["existing"], found.city_after["existing"]) == (70, 71)
    assert found.districts_after[0]["existing"] is None


def test_an_own_set_of_norms_may_be_asked_for(town):
    own = NormSet.objects.create(slug="own", name="Own", city=town)
    norm = make_norm(per_population_min=100, per_population_max=100)
    Norm.objects.filter(pk=norm.pk).update(norm_set=own)

    (found,) = weigh_all(
        town, asked=WhatIfQuestion(kind="library", minutes=15, norm_set="own")
    ).norms

    assert found.city_after["required_min"] == 10


def test_seats_of_two_libraries_by_hand(town, library):
    asked = WhatIfQuestion(kind="library", minutes=15, method="2sfca")

    found = weigh_all(
        town,
        {"do": "capacity", "institution": library, "capacity": 120},
        {"do": "open", "capacity": 40, **at(2000)},
        asked=asked,
    ).access

    # 600 people share 120 seats and 700 share 40: those in the middle have both.
    assert found.before.equity.mean == pytest.approx(60 / 1000)
    assert found.after.equity.mean == pytest.approx(160 / 1000)
    assert found.before.people_without == 400
    assert found.after.people_without == 0
    west, east = found.after.by_district
    assert west == pytest.approx((600 * 0.2 + 300 * 40 / 700) / 600)
    assert east == pytest.approx(40 / 700)
    assert (found.assumed, found.method) == (0, "2sfca")


SCENARIOS = {
    "nothing": [],
    "opens": [{"do": "open", "capacity": 35, **at(1500)}],
    "opens without a word of its seats": [{"do": "open", **at(2000)}],
    "closes": [{"do": "close", "institution": "west"}],
    "moves": [{"do": "move", "institution": "west", **at(1400)}],
    "grows": [{"do": "capacity", "institution": "west", "capacity": 10}],
    "moves and grows, and one for children closes": [
        {"do": "move", "institution": "west", **at(900)},
        {"do": "capacity", "institution": "west", "capacity": 10},
        {"do": "close", "institution": "child"},
        {"do": "open", "kind": "children_library", "capacity": 5, **at(100)},
    ],
}


@pytest.fixture
def bigger_town(town):
    """Two kinds of libraries, children counted, and norms of units, seats and minutes."""
    library = make_kind()
    children = make_kind("children_library", parent=library)
    make_institution(town.sources.get(), "middle", 500, capacity=20)
    make_institution(town.sources.get(), "child", 2000, capacity=30, kind=children)
    PopulationUnit.objects.update(children=60)
    make_norm()
    make_norm(per_population_min=300, per_population_max=700)
    make_norm(kind=children, population_group="дети", per_population_min=100,
              per_population_max=100, minutes_min=5, minutes_max=7)  # fmt: skip
    make_norm(units="50", population_group="мест на 1000 жителей")
    make_norm(per_population_min=None, per_population_max=None,
              population_group="на городской округ")  # fmt: skip
    return town


def make_real(town, changes):
    """Do to the town what a scenario only imagines."""
    for number, change in enumerate(changes):
        said = dict(change)
        doing, key = said.pop("do"), said.pop("institution", None)
        place = {"geometry": f"SRID=4326;POINT({said.pop('lon')} {said.pop('lat')})"} if (
            "lat" in said
        ) else {}  # fmt: skip
        if doing == "open":
            kind = make_kind(said.pop("kind", "library"))
            make_institution(
                town.sources.get(), f"new-{number}", 0, **{"kind": kind} | place | said
            )
        elif doing == "close":
            town.institutions.filter(source_key=key).update(status=Institution.Status.CLOSED)
        else:
            town.institutions.filter(source_key=key).update(**place | said)
    mark_changed([town.pk])
    town.refresh_from_db()


def numbered(town, changes):
    ids = dict(town.institutions.values_list("source_key", "pk"))
    return [
        {**each, "institution": ids[each["institution"]]} if "institution" in each else each
        for each in changes
    ]


@pytest.mark.parametrize("group", ["all", "children"])
@pytest.mark.parametrize("changes", SCENARIOS.values(), ids=SCENARIOS)
def test_it_is_what_the_measures_say_of_the_changed_town(bigger_town, changes, group):
    asked = WhatIfQuestion(kind="library", minutes=15, group=group)
    found = weigh_all(bigger_town, *numbered(bigger_town, changes), asked=asked)

    make_real(bigger_town, changes)

    given = {"kind": "library", "group": group}
    run = answer(bigger_town, "provision", given)
    city_rows = {row.values["norm"]: row.values for row in run.rows.filter(table="city")}
    assert len(found.norms) == len(city_rows) == 5
    for effect in found.norms:
        row = city_rows[effect.norm.row.row]
        same_figures(effect.city_after, row)
        rows = run.rows.filter(table="district", values__norm=row["norm"])
        by_district = {each.district_id: each.values for each in rows}
        districts = found.baseline.ground.districts
        for district, line in zip(districts, effect.districts_after, strict=False):
            same_figures(line, by_district[district.pk])

    equity = answer(bigger_town, "equity", {**given, "minutes": 15})
    headline, after = equity.summary["headline"], found.access.after.equity
    for name in ("gini", "theil", "theil_within", "theil_between", "mean"):
        assert getattr(after, name) == pytest.approx(headline[name], abs=1e-12), name
    assert np.isinf(after.palma) == headline["palma_infinite"]
    if not headline["palma_infinite"]:
        assert after.palma == pytest.approx(headline["palma"])
    means = {row.district_id: row.values["mean_access"] for row in equity.rows.filter(
        table="district")}  # fmt: skip
    for district, mean in zip(districts, found.access.after.by_district, strict=True):
        assert mean == pytest.approx(means[district.pk])
    access = answer(bigger_town, "accessibility", {**given, "minutes": 15})
    assert found.access.after.people_without == access.summary["headline"]["people_without"]
    assert found.access.assumed == len(access.summary["default_capacity"])


def same_figures(line, row):
    for name in NORM_FIGURES:
        assert line[name] == (row[name] if row[name] is None else pytest.approx(row[name])), name


def test_norms_that_were_edited_are_weighed_anew(town):
    norm = make_norm()
    weigh_all(town)

    Norm.objects.filter(pk=norm.pk).update(per_population_min=100, per_population_max=100)
    (found,) = weigh_all(town).norms

    assert found.city_before["required_min"] == 10
