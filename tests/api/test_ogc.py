"""OGC API – Features: the documents of the standard, and GDAL as a client of it."""

import json
import subprocess
import sys

import pytest

from agenda.models import Event
from mapping.models import Institution
from tests.factories import make_institution, point_at

pytestmark = pytest.mark.django_db
COLLECTIONS = {"institutions", "centers", "events", "districts", "tos"}
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"


def links(document) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def items(client, collection="institutions", **query) -> dict:
    answer = client.get(f"/ogc/collections/{collection}/items", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def box(west_m: float, east_m: float) -> str:
    west, east = point_at(west_m, -50), point_at(east_m, 50)
    return f"{west.x},{west.y},{east.x},{east.y}"


def test_the_landing_page_leads_to_all_that_the_standard_wants(client, open_town):
    found = links(client.get("/ogc/").json())
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= set(found)
    assert all(client.get(href).status_code == 200 for href in found.values())
    assert CORE in client.get(found["conformance"]).json()["conformsTo"]


def test_collections_lead_to_their_features(client, open_town):
    document = client.get("/ogc/collections").json()
    assert {each["id"] for each in document["collections"]} == COLLECTIONS
    for each in document["collections"]:
        west, south, east, north = each["extent"]["spatial"]["bbox"][0]
        assert west < east
        assert south < north
        answer = client.get(links(each)["items"])
        assert answer["Content-Type"] == "application/geo+json"
        assert answer.json()["features"]


def test_features_are_points_with_stable_ids(client, open_town):
    found = items(client)
    assert found["numberMatched"] == found["numberReturned"] == 2
    for feature in found["features"]:
        assert feature["geometry"]["type"] == "Point"
        one = client.get(f"/ogc/collections/institutions/items/{feature['id']}").json()
        assert one["properties"] == feature["properties"]
        assert links(one)["collection"].endswith("/collections/institutions")


def test_a_parade_is_a_point_on_its_way(client, open_town):
    route = "SRID=4326;LINESTRING (82.9 55, 82.92 55)"
    Event.objects.filter(source_key="someday").update(geometry=route)
    assert {each["geometry"]["type"] for each in items(client, "events")["features"]} == {"Point"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": box(-50, 50)}, 1),
        ({"bbox": "82,54,0,84,56,100"}, 2),
        ({"kind": "museum"}, 1),
        ({"name": "Библиотека west"}, 1),
        ({"status": "planned"}, 0),
        ({"limit": "100000"}, 2),
    ],
)
def test_places_are_found_by_box_kind_and_property(client, open_town, query, found):
    assert items(client, **query)["numberMatched"] == found


@pytest.mark.parametrize(("span", "found"), [("2026-06-05", 1), ("2026-06-06/2026-06-30", 0)])
def test_events_are_found_by_time(client, open_town, span, found):
    assert items(client, "events", datetime=span)["numberMatched"] == found


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"limit": "0"},
        {"limit": "ten"},
        {"bbox": "1,2,3,4,5"},
        {"after": "-1"},
        {"organization": "first"},
        {"f": "xml"},
    ],
)
def test_what_makes_no_sense_is_refused(client, open_town, query):
    answer = client.get("/ogc/collections/institutions/items", query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert "wanted" in answer.json()["detail"]


@pytest.mark.parametrize(
    "address",
    ["/ogc/", "/ogc/conformance", "/ogc/collections", "/ogc/collections/institutions/items"],
)
def test_browsers_get_pages(client, open_town, address):
    for asked in (
        client.get(address, headers={"Accept": "text/html"}),
        client.get(address, {"f": "html", "lang": "en"}),
    ):
        assert asked["Content-Type"].startswith("text/html")
        assert "OGC API" in asked.content.decode()


def test_every_path_of_the_description_answers(client, open_town):
    document = client.get("/ogc/api").json()
    place = Institution.objects.get(source_key="west").pk
    for path in document["paths"]:
        if "{id}" in path and "institutions" not in path:
            continue
        assert client.get("/ogc" + path.replace("{id}", str(place))).status_code == 200


GDAL = """
import json, sys, pyogrio
server, box = sys.argv[1], tuple(map(float, sys.argv[2].split(",")))
def read(**options):
    return pyogrio.read_dataframe(server, layer="institutions", PAGE_SIZE="3", **options)
everything = read()
print(json.dumps({
    "layers": [name for name, _ in pyogrio.list_layers(server)],
    "rows": len(everything),
    "ids": everything["id"].nunique(),
    "shapes": sorted(set(everything.geometry.geom_type)),
    "crs": everything.crs.to_epsg(),
    "box": len(read(bbox=box)),
    "kind": len(read(where="kind = 'museum'")),
    "name": len(read(where="name = 'Библиотека more-3'")),
}))
"""


@pytest.mark.django_db(transaction=True)
def test_gdal_reads_layers_boxes_properties_and_pages(open_town, live_server):
    """In a process of its own: GDAL waits for answers without letting this one give them."""
    source = open_town.sources.get(slug="town")
    for number in range(5):
        make_institution(source, f"more-{number}", 1500 + number)
    asked = [sys.executable, "-c", GDAL, f"OAPIF:{live_server.url}/ogc/", box(-50, 50)]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True)
    found = json.loads(told.stdout)
    assert set(found.pop("layers")) == COLLECTIONS
    everything = {"rows": 7, "ids": 7, "shapes": ["Point"], "crs": 4326}
    assert found == {**everything, "box": 1, "kind": 1, "name": 1}
