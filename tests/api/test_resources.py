"""What programs get: rows that pass the filters, and each row by its id."""

import pytest

from api.resources import RESOURCES
from mapping.models import AnalysisRun, District, Institution, NormSet, TosTerritory
from tests.factories import make_institution, point_at

pytestmark = pytest.mark.django_db


def names(rows) -> list[str]:
    return [row.get("name") or row["title"] for row in rows]


def place(east_m: float) -> str:
    point = point_at(east_m)
    return f"{point.y:.6f},{point.x:.6f}"


def box(west_m: float, east_m: float) -> str:
    west, east = point_at(west_m, -50), point_at(east_m, 50)
    return f"{west.x},{west.y},{east.x},{east.y}"


@pytest.mark.parametrize("resource", [each.name for each in RESOURCES])
def test_every_row_of_a_list_answers_by_itself(client, open_town, ask, resource):
    rows = ask(resource)
    assert rows
    for row in rows:
        assert client.get(f"/api/v1/{resource}/{row['id']}").json() == row


def test_the_root_leads_to_everything(client, open_town):
    for url in client.get("/api/v1/").json().values():
        asked = f"{url}?city=town" if url.endswith("/layers") else url
        assert client.get(asked).status_code == 200


def test_a_row_says_what_is_known_and_where_from(open_town, ask):
    library, museum, lost = ask("institutions")
    assert (library["kind"], library["accessibility"]) == ("library", ["wheelchair"])
    assert library["geometry"]["type"] == "Point"
    assert museum["geometry"]["type"] == "Polygon"
    assert (museum["source"], museum["license"]) == ("Перепись", "CC BY 4.0")
    assert (lost["geometry"], lost["accuracy"], lost["approximate"]) == (None, None, None)


def test_a_page_names_the_sources_of_its_own_rows(client, open_town):
    answer = client.get("/api/v1/institutions", {"kind": "museum"}).json()
    assert [each["title"] for each in answer["sources"]] == ["Перепись"]


def test_filters_narrow_together(open_town, ask):
    assert names(ask("institutions", kind="museum")) == ["Музей; «улицы»"]
    assert len(ask("institutions", kind=["museum", "library"])) == 3
    assert names(ask("institutions", bbox=box(-50, 50))) == ["Библиотека west"]
    assert ask("institutions", bbox=box(-50, 50), kind="museum") == []
    assert ask("institutions", city="town", updated_since="2199-12-31") == []
    assert len(ask("institutions", updated_since="2000-01-01T00:00:00+07:00")) == 3


def test_a_box_may_cross_the_180th_meridian(open_town, ask):
    assert len(ask("institutions", bbox="170,-90,100,90")) == 2
    assert ask("institutions", bbox="170,-90,-170,90") == []


def test_within_a_territory(open_town, ask):
    tos, west = TosTerritory.objects.get(), District.objects.get(name_en="Western district")
    assert names(ask("institutions", within=f"tos:{tos.pk}")) == ["Библиотека west"]
    assert len(ask("institutions", within=f"district:{west.pk}")) == 2


@pytest.mark.parametrize(("minutes", "found"), [(1, 1), (6, 1), (6.5, 2), (12, 2), (13, 3)])
def test_near_counts_minutes_along_the_street(open_town, ask, minutes, found):
    """80 m a minute: the library is here, the one between 6.25 minutes away, the museum 12.5."""
    make_institution(open_town.sources.get(slug="town"), "between", 500)
    rows = ask("institutions", near=place(0), minutes=minutes)
    assert len(rows) == found
    walks = {row["name"]: row["walk_minutes"] for row in rows}
    assert walks["Библиотека west"] == pytest.approx(0, abs=0.05)
    assert walks.get("Библиотека between", 6.25) == pytest.approx(6.25, abs=0.05)
    assert walks.get("Музей; «улицы»", 12.5) == pytest.approx(12.5, abs=0.15)


def test_near_finds_territories_and_events_too(open_town, ask):
    assert names(ask("tos", near=place(0), minutes=5)) == ["Дружба"]
    assert names(ask("events", near=place(0), minutes=15)) == ["Лекция"]


def test_open_at_is_told_only_of_what_is_known(client, open_town):
    asked = {"open_at": "2026-06-05T03:00:00+07:00"}
    answer = client.get("/api/v1/institutions", asked).json()
    assert names(answer["results"]) == ["Библиотека west"]
    assert answer["unknown_hours"] == 2
    assert client.get("/api/v1/centers", asked).json()["results"] == []


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ("2026-06-05", 1),
        ("2026-06-05T13:00:00Z", 1),
        ("2026-06-05T15:00:00Z", 0),
        ("2026-06-06/2026-07-01", 0),
        ("../2026-06-04", 0),
        ("2026-06-04/..", 1),
        ("2026-07-31T19:30:00+07:00/", 1),
    ],
)
def test_events_happen_on_their_days_and_not_between(open_town, ask, span, found):
    assert len(ask("events", datetime=span)) == found


def test_schools_and_closed_places_are_not_institutions_of_culture(open_town, ask):
    Institution.objects.filter(source_key="west").update(status="closed")
    assert "Библиотека west" not in names(ask("institutions"))


def test_a_calculation_leads_to_its_rows_as_files(client, open_town, ask):
    (run,) = ask("runs", analysis="coverage")
    tables = {table["name"]: table for table in run["tables"]}
    assert tables["district"]["rows"] == 2
    for url in tables["district"]["files"].values():
        assert client.get(url).status_code == 200
    assert ask("runs", analysis="siting") == []


def test_layers_of_the_map_can_be_fetched(client, open_town, ask):
    layers = ask("layers", city="town", lang="en")
    assert {"institutions", "districts"} <= {layer["key"] for layer in layers}
    addresses = [layer["geojson"] for layer in layers if layer["geojson"]]
    assert addresses
    assert all(client.get(url).json()["type"] == "FeatureCollection" for url in addresses)


def test_answers_do_not_depend_on_the_readers_browser(client, open_town):
    russian, english = (
        client.get("/api/v1/institutions", headers={"Accept-Language": code}).json()
        for code in ("ru", "en")
    )
    assert russian == english


def test_pages_for_people_are_linked_in_the_language_asked(client, open_town, ask):
    (page,) = [row["page"] for row in ask("institutions", kind="museum", lang="en")]
    assert "/en/town/card/" in page
    assert client.get(page).status_code == 200


def test_a_calculation_by_somebodys_own_norms_is_not_told(open_town, ask):
    """Its parameters hold the name of the set, and whoever knows the name can open it."""
    run = AnalysisRun.objects.get(analysis="coverage")
    for slug, owner_key in (("own", "secret"), ("shared", "")):
        NormSet.objects.create(slug=slug, name=slug, city=run.city, owner_key=owner_key)
        run.pk, run.parameters_key = None, slug
        run.analysis, run.parameters = "provision", {"norm_set": slug}
        run.save()
    assert [row["parameters"] for row in ask("runs", analysis="provision")] == [
        {"norm_set": "shared"}
    ]
