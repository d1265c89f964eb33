"""Pages and data answer what was asked, and say so plainly when they cannot."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agenda.models import Event, Occurrence
from layers.registry import cards
from mapping.models import District, Institution, NeighborCenter, Stop
from tests.factories import make_district, make_institution, make_tos, point_at

PAGES = (
    "/",
    "/town/",
    "/en/town/",
    "/town/panel/",
    "/town/about/",
    "/en/town/about/",
    "/town/?by=grid",
    "/town/?by=tos",
    "/town/?minutes=7",
    "/data/town/layers.json",
    "/data/town/layers.json?lang=en&by=tos",
    "/data/town/layers/coverage.geojson?bbox=82.9,55.0,83.0,55.1",
    "/data/town/layers/uncovered.geojson?bbox=82.9,55.0,83.0,55.1",
    "/data/town/layers/institutions.geojson?bbox=82.9,55.0,83.0,55.1",
    "/data/town/layers/events.geojson?bbox=82.9,55.0,83.0,55.1",
    "/tiles/town/12/2991/1274.mvt",
    "/tiles/town/15/0/0.mvt",
    "/town/export/map.html",
    "/town/export/coverage.xlsx",
    "/healthz",
)
NOT_FOUND = (
    "/nowhere/",
    "/data/nowhere/layers.json",
    "/data/town/layers/nothing.geojson",
    "/tiles/nowhere/12/2991/1274.mvt",
    "/town/card/district/999999999999999999999/",
    "/town/card/district/abc/",
    "/town/card/dragon/1/",
    "/town/card/cell/nonsense/",
    "/town/card/cell/880bb00001fffff/",
    "/town/runs/999999/",
    "/town/export/coverage.csv?minutes=7",
)
REFUSED = (
    ("/en/town/?kind=dragon", "One may ask for: library"),
    ("/en/town/?minutes=0", "wanted a number from 1 to 120"),
    ("/en/town/?minutes=nan", "wanted a number from 1 to 120"),
    ("/en/town/?group=elves", "One may ask for: all, children"),
    ("/en/town/?by=planet", "One may ask for: district, tos, grid"),
    ("/data/town/layers/coverage.geojson?bbox=1,2,3", "wanted west,south,east,north"),
    ("/data/town/layers/coverage.geojson?bbox=3,2,1,4", "wanted west,south,east,north"),
    ("/data/town/layers.json?lang=xx", "wanted one of: ru, en"),
    ("/tiles/town/3/1/1.mvt", "wanted a zoom from 5 to 15"),
    ("/tiles/town/6/64/1.mvt", "wanted 0 to 63"),
    ("/data/town/layers.json?kind=dragon", "wanted one of: library"),
    ("/en/town/export/coverage.doc", "One may ask for: json, csv, xlsx, geojson, gpkg"),
)


def furnish(source):
    """One of everything that has a card."""
    city = source.city
    host = make_institution(source, "host", 200, opening_hours="Mo-Fr 10:00-19:00; Sa off")
    make_tos(source, "Берег", 0, 700)
    common = {"city": city, "source": source}
    NeighborCenter.objects.create(
        **common,
        source_key="center",
        name="Соседский центр",
        host=host,
        geometry=point_at(200),
        position_accuracy="building",
    )
    Stop.objects.create(**common, source_key="stop", mode="bus", geometry=point_at(100))
    event = Event.objects.create(**common, source_key="event", title="Встреча", institution=host)
    Occurrence.objects.create(event=event, starts_at=timezone.now() + timedelta(days=1))


def words(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text).replace("&#x27;", "'")


@pytest.mark.parametrize("address", PAGES)
def test_answers(client, run, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", NOT_FOUND)
def test_says_that_there_is_nothing(client, run, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("address", "wanted"), REFUSED)
def test_says_what_was_wanted(client, run, address, wanted):
    response = client.get(address)

    assert response.status_code == 400
    assert wanted in response.content.decode().replace("&#x27;", "'")


RUSSIAN_REFUSALS = (
    ("/town/?kind=dragon", "Вид учреждений: «dragon» здесь не знают. Можно спросить: library"),
    ("/town/?minutes=0", "Минут пешком: в адресе «0», а нужно число от 1 до 120."),
    ("/town/export/coverage.doc", "Вид файла: «doc» здесь не знают."),
)


@pytest.mark.parametrize(("address", "said"), RUSSIAN_REFUSALS)
def test_a_resident_is_refused_in_russian(client, run, address, said):
    answer = words(client.get(address))

    assert said in answer
    assert "wanted" not in answer


def test_no_city_yet_says_what_to_do(client, db):
    response = client.get("/")

    assert response.status_code == 200
    assert "manage.py demo" in words(response)


def test_the_map_opens_on_the_whole_city(client, run):
    west, south, east, north = client.get("/town/").context["bounds"]

    assert west < run.city.center.x < east
    assert south < run.city.center.y < north


def test_the_panel_says_the_finding_and_what_it_rests_on(client, run):
    said = words(client.get("/en/town/panel/"))

    assert "60% of residents live within 15 minutes' walk of a library; 400 do not." in said
    assert "Worst: Eastern district." in said
    assert "1 of 1 libraries has a position" in said


def test_what_was_not_computed_is_not_a_number(client, run):
    said = words(client.get("/en/town/panel/?minutes=7"))

    assert "has not been calculated yet" in said


def test_a_district_card_shows_the_number_of_the_run(client, run):
    east = District.objects.get(name="Восточный район")
    address = f"/en/town/card/district/{east.pk}/"

    assert "400 do not" in words(client.get(address))
    fragment = client.get(address, headers={"X-Requested-With": "fragment"})
    assert "400 do not" in words(fragment)
    assert "<html" not in fragment.content.decode()


def test_every_kind_of_card_opens_from_the_map(client, run):
    furnish(run.city.sources.get())
    manifest = client.get("/data/town/layers.json").json()
    opened = set()
    for group in manifest["groups"]:
        for layer in group["layers"]:
            for feature in client.get(layer["url"]).json()["features"]:
                place = feature["properties"]
                address = f"/town/card/{place['type']}/{place['id']}/"
                assert client.get(address).status_code == 200, address
                opened.add(place["type"])
    assert opened == set(cards())


def test_the_run_page_tells_how(client, run):
    said = words(client.get(f"/en/town/runs/{run.pk}/"))

    assert "4.8 km/h" in said
    assert run.inputs["streets"] in said


def test_the_run_page_speaks_russian(client, run):
    said = words(client.get(f"/town/runs/{run.pk}/"))

    assert "Рядом — это до 15 минут пешком" in said
    assert not re.search(r"\b(tos|streets|districts|population)\b", said)
    assert not re.search(r"\d\.\d+ с\b", said), "seconds with a point"


def test_what_is_known_is_not_listed_as_unknown(client, run):
    page = f"/town/runs/{run.pk}/"
    assert client.get(page).context["run"]["unknown"] == []

    run.summary["completeness"]["official"] = 3
    run.save()
    assert client.get(page).context["run"]["unknown"] == [
        "Учреждения этого вида, о которых неизвестно, где они: 2."
    ]
    assert "только 1 из 3" in words(client.get("/town/"))


@pytest.mark.usefixtures("steady_clock")
def test_a_reader_keeps_what_did_not_change(client, run):
    first = client.get("/data/town/layers/coverage.geojson")
    again = client.get(
        "/data/town/layers/coverage.geojson", headers={"If-None-Match": first["ETag"]}
    )

    assert again.status_code == 304
    run.city.data_version += 1
    run.city.save()
    later = client.get(
        "/data/town/layers/coverage.geojson", headers={"If-None-Match": first["ETag"]}
    )
    assert later.status_code == 200


@pytest.mark.parametrize(
    "address", ["/town/", "/town/?by=grid", "/town/about/", "/data/town/layers.json"]
)
def test_more_things_cost_no_more_queries(client, run, address):
    source = run.city.sources.get()
    furnish(source)
    # The first reader of a state of the data has the tiles planned.
    client.get(address)
    cache.clear()
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    cache.clear()
    for number in (1, 2, 3):
        make_institution(source, f"more-{number}", 100.0 * number)
        make_district(source, f"district-{number}", 0, 100)
        make_tos(source, f"tos-{number}", 0, 100)
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)


def test_cells_are_named_by_where_they_lie(client, run):
    assert "Eastern district, cell 88" in words(client.get("/en/town/panel/?by=grid"))


def test_hours_are_read_in_the_readers_language(client, run):
    furnish(run.city.sources.get())
    host = Institution.objects.get(source_key="host")

    said = words(client.get(f"/en/town/card/institution/{host.pk}/"))
    assert "Mo–Fr 10:00–19:00; Sa closed" in said


def test_a_database_that_is_away_is_said_plainly(client, run, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("no connection")

    monkeypatch.setattr("layers.views.find_loaded", gone)
    page, data = client.get("/town/"), client.get("/data/town/layers.json")

    assert page.status_code == data.status_code == 503
    assert page["Retry-After"]
    assert "no connection" not in page.content.decode()


def test_a_name_from_the_data_never_becomes_markup(client, run):
    make_institution(run.city.sources.get(), "evil", 300, name="<img src=x onerror=alert(1)>")

    assert "<img src=x" not in client.get("/town/").content.decode()
    assert "<img src=x" not in client.get("/town/export/map.html").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_reading_is_all_one_may_do(client, run, method):
    assert getattr(client, method)("/town/").status_code == 405


def test_district_borders_start_off_where_districts_are_coloured(client, run):
    def active(query):
        groups = client.get(f"/data/town/layers.json?{query}").json()["groups"]
        return {layer["key"]: layer["active"] for group in groups for layer in group["layers"]}

    assert not active("by=district")["districts"]
    assert active("by=tos&minutes=7")["districts"]
