"""Refusals for programs: problem details that say what was got and what was wanted."""

import pytest
from django.db import OperationalError
from django.test import Client

from api.resources import RESOURCES

pytestmark = pytest.mark.django_db
LISTS = [f"/api/v1/{each.name}" for each in RESOURCES]
EVERYWHERE = [
    "/api/",
    "/api/v1/",
    "/api/v1/schema",
    *LISTS,
    "/ogc/",
    "/ogc/api",
    "/ogc/conformance",
    "/ogc/collections",
    "/ogc/collections/districts",
    "/ogc/collections/districts/items",
    "/areas/at/54.9,82.9",
    "/oembed",
]


def problem(answer, status: int) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    said = answer.json()
    assert said["status"] == status
    assert said["title"]
    return said


@pytest.mark.parametrize(
    "address", [*LISTS, "/ogc/collections", "/ogc/collections/districts/items"]
)
def test_a_slash_at_the_end_leads_to_the_same(client, open_town, address):
    answer = client.get(f"{address}/?limit=1&city=town")
    assert (answer.status_code, answer["Location"]) == (301, f"{address}?limit=1&city=town")
    assert answer["Access-Control-Allow-Origin"] == "*"
    problem(client.post(f"{address}/"), 405)


def test_a_slash_leads_nowhere_where_nothing_is(client, open_town):
    problem(client.get("/api/v1/nothing/"), 404)
    problem(client.get("/api/v1/institutions/1/2/"), 404)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"colour": "red"}, "parameter"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "1.5"}, "limit"),
        ({"cursor": "after-0"}, "cursor"),
        ({"format": "yaml"}, "format"),
        ({"lang": "fr"}, "lang"),
        ({"city": ""}, "city"),
        ({"city": "town'--"}, "city"),
        ({"city": ["town", "town"]}, "city"),
        ({"kind": "library,"}, "kind"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "0,10,5,-10"}, "bbox"),
        ({"bbox": "nan,0,1,1"}, "bbox"),
        ({"within": "city:1"}, "within"),
        ({"near": "91,0"}, "near"),
        ({"minutes": "15"}, "minutes"),
        ({"open_at": "tomorrow"}, "open_at"),
        ({"updated_since": "2026-02-30"}, "updated_since"),
        ({"updated_since": "0001-01-01"}, "updated_since"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(client, open_town, query, parameter):
    said = problem(client.get("/api/v1/institutions", query), 400)
    assert said["parameter"] == parameter
    assert "got" in said["detail"]
    assert said.get("wanted") or said.get("known")


@pytest.mark.parametrize("span", ["..", "/", "2026-06-02/2026-06-01", "2026-13-01", "a/b/c"])
def test_spans_that_are_none_are_refused(client, open_town, span):
    said = problem(client.get("/api/v1/events", {"datetime": span}), 400)
    assert said["parameter"] == "datetime"
    assert said["got"] in (span, span.partition("/")[0])


@pytest.mark.parametrize(
    "query",
    [{"city": "atlantis"}, {"kind": "dragon"}, {"within": "tos:999999"}, {"near": "0,0"}],
)
def test_what_is_not_held_here_is_not_found(client, open_town, query):
    said = problem(client.get("/api/v1/institutions", query), 404)
    assert said["parameter"] == next(iter(query))
    assert "wanted" in said


@pytest.mark.parametrize(
    "address",
    [
        "/api/v2/",
        "/api/v1/nothing",
        "/api/v1/institutions/999999",
        "/api/v1/institutions/one",
        "/api/v1/institutions/" + "9" * 400,
        "/api/v1/institutions.doc",
        "/api/v1/institutions/1.csv",
        "/ogc/nothing",
        "/ogc/collections/dragons",
        "/ogc/collections/dragons/items",
        "/ogc/collections/districts/items/999999",
        "/areas/at/0,0",
        "/oembed?url=https://elsewhere.example/",
        "/oembed?url=ftp://testserver/town/",
        "/oembed?url=http://testserver@elsewhere.example/town/",
        "/oembed?url=http://[::1/town/",
    ],
)
def test_unknown_addresses_are_problems_too(client, open_town, address):
    problem(client.get(address), 404)


@pytest.mark.parametrize("address", EVERYWHERE)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes(open_town, address, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)
    problem(answer, 405)
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("address", EVERYWHERE)
def test_scripts_of_other_sites_may_read(client, open_town, address):
    asked = client.options(address)
    assert asked.status_code in (200, 204)
    for answer in (asked, client.get(address)):
        assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in asked["Access-Control-Allow-Methods"]
    assert "If-None-Match" in asked["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("address", [*LISTS, "/ogc/collections/districts/items", "/api/v1/"])
def test_head_says_the_same_without_the_body(client, open_town, address):
    whole, head = client.get(address), client.head(address)
    assert head.status_code == whole.status_code == 200
    assert head["Content-Type"] == whole["Content-Type"]
    assert head.get("ETag") == whole.get("ETag")
    assert head.content == b""


@pytest.mark.parametrize(
    "address", [*LISTS, "/api/v1/institutions.csv", "/ogc/collections/districts/items"]
)
@pytest.mark.usefixtures("steady_clock")
def test_nothing_is_sent_twice_until_it_changes(client, open_town, address):
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == tag
    open_town.data_version += 1
    open_town.save()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("held", ["*", '"somebody-elses"'])
@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((f"/api/v1/institutions{form}?bbox=1,2,3", 400) for form in ("", ".csv", ".gpkg")),
        ("/api/v1/institutions?limit=0", 400),
        ("/api/v1/institutions?near=0,0", 404),
        ("/api/v1/institutions/999999", 404),
        ("/api/v1/layers?city=atlantis", 404),
        ("/ogc/collections/institutions/items?bbox=1,2,3", 400),
        ("/ogc/collections/institutions/items?f=yaml", 400),
    ],
)
def test_what_makes_no_sense_is_never_unchanged(client, open_town, address, status, held):
    for conditions in ({"If-None-Match": held}, {"If-Match": '"older"', "If-None-Match": held}):
        answer = client.get(address, headers=conditions)
        problem(answer, status)
        assert "ETag" not in answer


@pytest.mark.parametrize(
    "address", ["/api/v1/institutions", "/api/v1/tos.csv", "/ogc/collections/tos/items"]
)
def test_any_version_is_one_that_is_there(client, open_town, address):
    answer = client.get(address, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"] == client.get(address)["ETag"]


@pytest.mark.parametrize("form", ["csv", "geojson", "gpkg", "kml", "xlsx"])
def test_files_refuse_as_pages_do_and_know_head(client, open_town, form):
    address = f"/api/v1/institutions.{form}"
    for query, status in (("bbox=1,2,3", 400), ("kind=dragon", 404), ("colour=red", 400)):
        for method in (client.get, client.head):
            answer = method(f"{address}?{query}")
            assert answer.status_code == status
            assert answer["Content-Type"] == "application/problem+json"
        problem(client.get(f"{address}?{query}"), status)
    problem(client.post(address), 405)
    assert client.options(address).status_code == 204
    whole, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "ETag", "Content-Disposition"):
        assert head[name] == whole[name]


def test_a_new_calculation_changes_the_tag(client, open_town):
    tag = client.get("/api/v1/runs")["ETag"]
    open_town.analysis_runs.all().delete()
    answer = client.get("/api/v1/runs", headers={"If-None-Match": tag})
    assert answer.json()["results"] == []


@pytest.mark.parametrize("address", ["/api/v1/institutions", "/ogc/collections", "/areas/at/1,1"])
def test_who_asks_too_often_waits(client, open_town, settings, address):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": (2, 60)}
    for _ in range(2):
        client.get(address)
    answer = client.get(address)
    problem(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_whole_files_have_a_ration_of_their_own(client, open_town, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api_file": (2, 60)}
    for address in ("/api/v1/institutions.csv", "/api/v1/tos?format=geojson"):
        assert client.get(address).status_code == 200
    for form in ("csv", "geojson", "gpkg", "kml", "xlsx"):
        answer = client.get(f"/api/v1/institutions.{form}")
        assert "at most 2 whole files in 60 seconds" in problem(answer, 429)["detail"]
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert client.head(f"/api/v1/institutions.{form}").status_code == 429
    for page in ("/api/v1/institutions", "/api/v1/institutions.csv?limit=2"):
        assert client.get(page).status_code == 200


def test_large_pages_for_maps_are_rationed_as_files(client, open_town, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api_file": (1, 60)}
    items = "/ogc/collections/institutions/items?limit="
    assert [client.get(f"{items}{limit}").status_code for limit in (10_000, 1001)] == [200, 429]
    assert 1 <= int(client.get(f"{items}99999")["Retry-After"]) <= 60
    problem(client.get(f"{items}1001"), 429)
    assert client.get(f"{items}1000").status_code == 200


def test_bodies_are_refused_by_their_size(client, open_town):
    answer = client.generic("POST", "/api/v1/institutions", CONTENT_LENGTH="10485760")
    problem(answer, 413)


@pytest.mark.parametrize(
    ("address", "broken"),
    [
        ("/api/v1/institutions", "api.tags.tag_of"),
        ("/ogc/collections/districts/items", "api.tags.tag_of"),
        ("/api/v1/cities", "accounts.limits.take"),
        ("/ogc/", "accounts.limits.take"),
    ],
)
def test_a_database_that_is_away_is_said_so(client, open_town, monkeypatch, address, broken):
    def away(*_):
        raise OperationalError("connection to server at 10.0.0.1 refused")

    monkeypatch.setattr(broken, away)
    answer = client.get(address)
    said = problem(answer, 503)
    assert int(answer["Retry-After"]) > 0
    assert "10.0.0.1" not in str(said)


def test_a_reader_who_accepts_nothing_we_have_is_told(client, open_town):
    problem(client.get("/api/v1/cities", headers={"Accept": "image/png"}), 406)
    assert client.get("/api/v1/cities.csv", headers={"Accept": "image/png"}).status_code == 200
