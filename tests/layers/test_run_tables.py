"""Tables of measures: one reading for the screen, the map and the files."""

import csv
import html
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import openpyxl
import pyogrio
import pytest
from django.utils import translation

from layers import findings, folium_export, looks, results, run_layers, run_tables, sheets
from mapping.errors import UnknownNameError
from mapping.models import AnalysisRun, NormSet
from mapping.services.measures import MEASURES, answer
from tests.factories import point_at

LIBRARY = {"kind": "library", "minutes": "15"}


@pytest.fixture
def choose(town, networks):
    """Ask a measure of the town."""

    def ask(measure, **given):
        return answer(town, measure, given)

    return ask


@pytest.fixture
def spots(choose):
    """Two houses beyond 15 minutes, 500 m apart: 150 and 250 people."""
    return choose("white_spots", **LIBRARY, link_m="600")


@pytest.fixture
def norms(town):
    """A library per 500 people, and a stricter one per 250."""
    norm_set = NormSet.objects.create(slug="reference", name="Two norms")
    for row, people in ((1, 500), (2, 250)):
        norm_set.norms.create(
            row=row,
            kind=town.institutions.get().kind,
            facility_type=f"Library per {people}",
            units="1",
            per_population_min=people,
            per_population_max=people,
            act="An act",
            confidence="quoted",
        )


def usual(measure):
    """The least that a measure wants to be told."""
    needs_kind = "kind" in MEASURES[measure].question.__dataclass_fields__
    return {"kind": "library"} if needs_kind else {}


@pytest.mark.parametrize("measure", sorted(MEASURES))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_measure_has_a_result_that_can_be_read(choose, norms, measure, language):
    run = choose(measure, **usual(measure))
    with translation.override(language):
        shown = results.context(run)

    assert len(shown["headline"]) > 20
    assert shown["table"]["rows"]
    assert all(fact["value"] for fact in shown["facts"])
    assert not any("%(" in str(part) for part in (shown["headline"], shown["facts"]))


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_table_leaves_the_house_in_every_form(choose, norms, measure):
    run = choose(measure, **usual(measure))
    for key in run_tables.keys_of(run):
        sheet = run_tables.sheet_of(run, key)
        for form in sheets.forms(sheet):
            assert sheets.encode(sheet, form)
        if looks.look_of(run, key):
            page = html.unescape(folium_export.render(run, key))
            assert findings.headline(run, key) in page


def test_the_norm_that_most_is_known_of_lies_on_top(choose, norms):
    run = choose("provision")
    look = looks.look_of(run, "district")
    lines = run_tables.read(run, "district").lines
    blank = replace(lines[0], values={**lines[0].values, "norm": "0", "required_min": None})

    by_norm = run_layers.lines_by_norm([blank, *lines], look)

    assert list(by_norm)[-1] == "0"


def test_every_planned_look_is_of_a_planned_table():
    assert set(looks.LOOKS) <= set(run_tables.PLANS)


def test_a_csv_has_the_figures_of_the_spot(spots):
    content = sheets.encode(run_tables.sheet_of(spots, "spot"), "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))

    with translation.override("ru"):
        headings = [column.heading for column in run_tables.sheet_of(spots, "spot").columns]
    assert list(rows[0]) == headings
    assert [row[headings[2]] for row in rows] == ["400"]


def test_json_says_how_it_was_asked_and_whose_data_it_is(spots):
    document = json.loads(sheets.encode(run_tables.sheet_of(spots, "spot"), "json"))

    assert document["measure"] == "white_spots"
    assert document["parameters"]["minutes"] == 15
    assert document["figures"]["people"] == 400
    assert document["sources"] == ["Survey · Survey of the town · CC0"]
    assert document["rows"][0]["people"] == 400
    assert document["rows"][0]["synthetic"] is False


def test_xlsx_brings_the_finding_and_the_licence(spots):
    book = openpyxl.load_workbook(
        io.BytesIO(sheets.encode(run_tables.sheet_of(spots, "spot"), "xlsx"))
    )
    said = [row[0].value for row in book.worksheets[1].iter_rows()]

    assert said[0] == findings.headline(spots)
    assert "Survey · Survey of the town · CC0" in said


def test_a_geopackage_opens_with_its_colours(spots, tmp_path):
    path = tmp_path / "spots.gpkg"
    path.write_bytes(sheets.encode(run_tables.sheet_of(spots, "spot"), "gpkg"))
    frame = pyogrio.read_dataframe(path, layer="spot")
    with closing(sqlite3.connect(path)) as file:
        style = file.execute("SELECT styleQML FROM layer_styles").fetchone()[0]

    assert frame["people"].tolist() == [400]
    assert frame.geometry.is_valid.all()
    assert '"people"' in style.replace("&quot;", '"')


def test_features_and_rows_name_each_other(choose):
    run = choose("siting", sites="1", candidates="existing:library")
    drawn = json.loads(run_layers.features(run, "pick"))["features"]
    row = results.context(run, "pick")["table"]["rows"][0]

    assert [(each["properties"]["type"], each["properties"]["id"]) for each in drawn] == [
        (row["type"], row["id"])
    ]
    assert drawn[0]["properties"]["label"] == "+600"
    assert drawn[0]["geometry"]["type"] == "Point"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"objective": "mclp"},
            "1 place out of 1 adds 600 people: 60% of residents are then within 15 minutes' walk.",
        ),
        (
            {"objective": "lscp"},
            "1 place out of 1 is enough for everybody whom any of them has within 15 minutes' walk",
        ),
        (
            {"objective": "p_median"},
            "With 1 place out of 1 the mean way of 1,000 people is 14.1 minutes.",
        ),
        (
            {"objective": "p_centre"},
            "With 1 place out of 1 the longest way of 1,000 people is 25 minutes.",
        ),
    ],
)
def test_a_choice_of_places_speaks_of_its_aim(choose, given, said):
    run = choose("siting", **{"sites": "1", "candidates": "existing:library"} | given)
    facts = {fact["key"] for fact in findings.facts(run)}

    with translation.override("en"):
        assert said in findings.headline(run)
    assert ("covered" in facts) is (given["objective"] in ("mclp", "lscp"))
    assert ("objective" in facts) is (given["objective"] in ("p_median", "p_centre"))


def test_where_something_is_open_the_mean_way_is_told_before_and_after(choose):
    east = point_at(2000)
    points = f"points:{east.y:.6f},{east.x:.6f}"
    run = choose("siting", objective="p_median", fixed_kind="library", candidates=points, sites="1")

    with translation.override("en"):
        # 200 × 500 + 300 × 1000 + 150 × 500 metres, before it 1,125,000, at 80 m a minute.
        assert "becomes 5.94 minutes instead of 14.1." in findings.headline(run)


def test_why_there_is_no_choice_is_said(choose):
    run = choose("siting", sites="1", candidates="existing:library")
    reason = {"code": "too_few_sites", "sites": 2, "least_sites": 5, "cutoff_minutes": 60.0}
    headline = run.summary["headline"] | {"status": "infeasible"}
    run.summary = run.summary | {"headline": headline, "reason": reason}

    with translation.override("en"):
        told = findings.headline(run)
    assert told == ("2 places cannot bring everybody within 60 minutes' walk: it takes at least 5.")


@pytest.mark.parametrize("measure", ["accessibility", "equity"])
def test_shared_capacity_is_told_per_1000_people(choose, measure):
    run = choose(measure, **LIBRARY)
    kept = "mean" if measure == "accessibility" else "mean_access"
    line = run_tables.read(run, "district").lines[0]
    stored = run.rows.filter(table="district")[line.position - 1].values[kept]
    with translation.override("en"):
        sheet = run_tables.sheet_of(run, "district")
    heading = {column.key: column.heading for column in sheet.columns}

    assert line.values["mean_per_1000"] == pytest.approx(stored * 1000)
    assert kept not in line.values
    assert heading["mean_per_1000"] == "Mean access, capacity per 1,000 people"


def test_capacity_in_reach_of_one_person_stays_as_it_is(choose):
    run = choose("accessibility", **LIBRARY, method="cumulative")

    assert "mean" in run_tables.read(run, "district").lines[0].values


def test_each_norm_is_a_layer_of_its_own(choose, norms):
    run = choose("provision")
    groups = run_layers.layers(run, "en")["groups"]
    own = next(group for group in groups if group["key"] == "result")["layers"]

    assert [layer["active"] for layer in own] == [True, False]
    # The norm of which most is missing comes first.
    for layer, norm in zip(own, ("2", "1"), strict=True):
        assert f"norm={norm}" in layer["url"]
        shown = json.loads(run_layers.features(run, "district", norm))["features"]
        assert {each["properties"]["norm"] for each in shown} == {int(norm)}


def test_a_synthetic_town_is_marked_in_every_row(choose, town):
    town.institutions.update(synthetic=True)
    run = choose("audience", **LIBRARY)

    assert "synthetic" in findings.mark_codes(run)
    assert all(row["synthetic"] for row in run_tables.sheet_of(run, "institution").rows)


def test_a_table_nobody_has_is_refused_with_those_there_are(spots):
    with pytest.raises(UnknownNameError, match="wanted one of: spot"):
        run_tables.read(spots, "dragons")


def test_a_retired_run_keeps_its_headline_without_rows(spots, town):
    AnalysisRun.objects.filter(pk=spots.pk).update(is_active=False)
    spots.rows.all().delete()
    shown = results.context(AnalysisRun.objects.get(pk=spots.pk))

    assert shown["headline"]
    assert shown["table"] is None
    assert shown["exports"] == []
