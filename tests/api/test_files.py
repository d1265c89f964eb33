"""The same rows as files, opened by the libraries that people open them with."""

import csv
import io

import geopandas as gpd
import openpyxl
import pytest

from api.files import TYPES
from mapping.models import Institution

pytestmark = pytest.mark.django_db
DRAWN = ("geojson", "gpkg", "kml")


@pytest.fixture
def opened(client, open_town, tmp_path):
    def frame(form: str, resource: str = "institutions", **query) -> gpd.GeoDataFrame:
        answer = client.get(f"/api/v1/{resource}.{form}", query)
        assert answer.status_code == 200
        path = tmp_path / f"{resource}.{form}"
        path.write_bytes(answer.content)
        return gpd.read_file(path)

    return frame


@pytest.mark.parametrize("form", DRAWN)
def test_maps_hold_every_row_with_its_shape(opened, form):
    frame = opened(form)
    assert len(frame) == (2 if form == "kml" else 3)
    assert set(frame.geometry.geom_type.dropna()) == {"Point", "Polygon"}
    assert frame.crs.to_epsg() == 4326
    titles = set(frame["Name" if form == "kml" else "name"])
    assert {"Библиотека west", "Музей; «улицы»"} <= titles


@pytest.mark.parametrize("form", DRAWN)
def test_maps_keep_the_filters(opened, form):
    assert len(opened(form, kind="museum")) == 1


@pytest.mark.parametrize("form", DRAWN)
@pytest.mark.parametrize("resource", ["districts", "tos", "events", "centers"])
def test_every_resource_that_stands_somewhere_opens(opened, resource, form):
    assert len(opened(form, resource)) >= 1


@pytest.mark.parametrize("form", ["geojson", "gpkg", "csv", "xlsx", "kml"])
def test_nothing_found_is_a_file_without_rows(opened, client, form):
    nothing = {"updated_since": "2199-01-01"}
    if form in ("geojson", "gpkg"):
        assert len(opened(form, **nothing)) == 0
    answer = client.get(f"/api/v1/institutions.{form}", nothing)
    assert answer.status_code == 200
    assert answer.content


def test_geojson_features_have_ids_and_name_their_source(client, open_town):
    document = client.get("/api/v1/institutions.geojson").json()
    ids = [feature["id"] for feature in document["features"]]
    assert ids == list(Institution.objects.order_by("pk").values_list("pk", flat=True))
    assert any("Перепись" in line for line in document["about"])


def test_csv_opens_in_a_russian_excel_and_in_programs(client, open_town):
    answer = client.get("/api/v1/institutions", {"format": "csv", "kind": "museum"})
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.startswith("\ufeff".encode())
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row["name"] == "Музей; «улицы»"
    assert row["synthetic"] == "false"
    museum = Institution.objects.get(source_key="museum").point
    assert float(row["lat"]) == pytest.approx(museum.y, abs=1e-4)
    assert float(row["lon"]) == pytest.approx(museum.x, abs=1e-4)


def test_places_west_of_greenwich_stay_numbers(client, open_town):
    Institution.objects.filter(source_key="west").update(geometry="SRID=4326;POINT (-70.5 -33.4)")
    text = client.get("/api/v1/institutions.csv").content.decode()
    assert ";-33.400000;-70.500000" in text


def test_formulas_in_names_stay_names(client, open_town):
    Institution.objects.filter(source_key="west").update(name="=1+1")
    for form in ("csv", "xlsx"):
        answer = client.get(f"/api/v1/institutions.{form}")
        if form == "csv":
            assert "'=1+1" in answer.content.decode()
        else:
            page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
            assert "f" not in {cell.data_type for row in page for cell in row}


@pytest.mark.parametrize("resource", ["organizations", "cities", "runs"])
def test_tables_without_shapes_are_workbooks(client, open_town, resource):
    answer = client.get(f"/api/v1/{resource}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    headings, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert headings[0] == "id"
    assert len(rows) == 1
    assert client.get(f"/api/v1/{resource}.kml").status_code == 404


def test_characters_that_no_workbook_can_hold_are_left_out(client, open_town):
    Institution.objects.filter(source_key="west").update(name="Биб\x01лиотека\x0b")
    for form in TYPES:
        assert client.get(f"/api/v1/institutions.{form}").status_code == 200


def test_minutes_are_in_files_too(client, open_town):
    point = Institution.objects.get(source_key="west").point
    answer = client.get(f"/api/v1/institutions.csv?near={point.y:.6f},{point.x:.6f}&minutes=5")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row["walk_minutes"]


def test_a_file_may_be_a_part_as_pages_are(client, open_town):
    first = client.get("/api/v1/institutions.geojson?limit=2").json()["features"]
    rest = client.get(f"/api/v1/institutions.geojson?cursor=after-{first[-1]['id']}").json()
    ids = [feature["id"] for feature in [*first, *rest["features"]]]
    assert ids == list(Institution.objects.order_by("pk").values_list("pk", flat=True))
    assert client.get("/api/v1/institutions.csv?limit=1.5").status_code == 400
