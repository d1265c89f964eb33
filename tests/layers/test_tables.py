"""The same answer in every form, with what is needed to trust it."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from xml.etree import ElementTree

import openpyxl
import pyogrio
import pytest
from django.utils import translation

from layers import tables
from mapping.errors import UnknownNameError
from mapping.models import AnalysisRun
from mapping.services.coverage import CoverageQuestion, run_coverage


@pytest.fixture
def table(run):
    return tables.table_of(run, "district")


def test_json_is_the_contract(table, run):
    document = json.loads(tables.encode(table, "json"))

    asked = {"city", "kind", "minutes", "group", "mode", "speed_kmh", "run_id"}
    assert {key: document[key] for key in asked} == {
        "city": "town",
        "kind": "library",
        "minutes": 15,
        "group": "all",
        "mode": "walk",
        "speed_kmh": 4.8,
        "run_id": run.pk,
    }
    counted = {"people": 1000, "covered": 600, "uncovered": 400, "unknown": 0, "share": 0.6}
    assert {key: document[key] for key in counted} == counted
    assert document["territories"] == [
        {
            "name": "Восточный район",
            "people": 400,
            "covered": 0,
            "uncovered": 400,
            "unknown": 0,
            "share": 0.0,
            "median_minutes": 25.0,
            "rank": 1,
        },
        {
            "name": "Западный район",
            "people": 600,
            "covered": 600,
            "uncovered": 0,
            "unknown": 0,
            "share": 1.0,
            "median_minutes": 6.25,
            "rank": 2,
        },
    ]
    assert document["completeness"]["located"] == 1


def test_csv_opens_in_a_russian_excel(table):
    content = tables.encode(table, "csv")

    assert content.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][1:5] == ["Восточный район", "400", "0", "400"]
    assert "6,25" in rows[2]


def test_a_name_like_a_formula_stays_a_name(table):
    table.rows[0].district.name = "=1+1"

    assert b";'=1+1;" in tables.encode(table, "csv")
    book = openpyxl.load_workbook(io.BytesIO(tables.encode(table, "xlsx")))
    assert book.worksheets[0]["B2"].value == "'=1+1"


def test_xlsx_brings_its_sources(table):
    book = openpyxl.load_workbook(io.BytesIO(tables.encode(table, "xlsx")))
    sheet, about = book.worksheets

    assert sheet["E2"].value == 400
    said = " ".join(str(row[0].value) for row in about.iter_rows())
    assert "Survey of the town · CC0" in said


@pytest.mark.parametrize("level", ["district", "grid"])
def test_geopackage_opens_in_another_program(run, level, tmp_path):
    path = tmp_path / "coverage.gpkg"
    path.write_bytes(tables.encode(tables.table_of(run, level), "gpkg"))
    frame = pyogrio.read_dataframe(path, layer="coverage")

    assert frame["uncovered"].sum() == 400
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.is_valid.all()
    said = " ".join(pyogrio.read_info(path, layer="coverage")["layer_metadata"].values())
    assert "Survey of the town · CC0" in said


def test_geopackage_brings_the_colours_of_the_map(table, tmp_path):
    path = tmp_path / "coverage.gpkg"
    path.write_bytes(tables.encode(table, "gpkg"))
    with closing(sqlite3.connect(path)) as file:
        layer, column, style, default = file.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchone()
        shapes = file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        assert shapes.fetchone() == (layer, column)

    rules = ElementTree.fromstring(style).findall("renderer-v2/rules/rule")
    assert default == 1
    assert rules[0].get("filter") == '(1 - "share") <= 0.1'
    assert rules[1].get("filter") == '(1 - "share") > 0.1 AND (1 - "share") <= 0.25'
    assert rules[-1].get("filter") == '(1 - "share") IS NULL'


def test_geojson_carries_the_summary(table):
    document = json.loads(tables.encode(table, "geojson"))

    assert document["summary"]["uncovered"] == 400
    assert document["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert document["features"][0]["properties"]["modelled"] is False


def test_a_synthetic_city_is_marked_in_every_row(run):
    run.summary["marks"]["synthetic"] = True
    AnalysisRun.objects.filter(pk=run.pk).update(summary=run.summary)
    table = tables.table_of(run, "district")

    document = json.loads(tables.encode(table, "geojson"))
    assert all(each["properties"]["synthetic"] for each in document["features"])
    with translation.override("en"):
        assert tables.encode(table, "csv").decode().count(";yes;") == 2


def test_a_handful_of_people_is_marked(town, networks):
    town.population_units.update(people=1)
    run = run_coverage(town, CoverageQuestion(kind="library", minutes=15))

    assert "few" in tables.summary(tables.table_of(run, "district"))["marks"]


def test_an_unknown_form_is_refused(table):
    with pytest.raises(UnknownNameError, match="wanted one of: json, csv"):
        tables.encode(table, "doc")
