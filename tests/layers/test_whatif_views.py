"""What if over HTTP: figures for the page, and refusals a person can read."""

import json

import pytest
from django.test import Client

from tests.factories import make_kind, point_at

ASKED = {"kind": "library", "minutes": 15, "group": "all"}
FAR = {"do": "open", "lat": point_at(2000).y, "lon": point_at(2000).x}

pytestmark = pytest.mark.usefixtures("networks")


def post(client, city, sent, **headers):
    body = sent if isinstance(sent, bytes) else json.dumps(sent)
    return client.post(
        f"/data/{city.slug}/whatif/?lang=en", body, content_type="application/json", **headers
    )


def test_the_page_learns_who_wins(client, town):
    found = post(client, town, {"question": ASKED, "changes": [FAR]})

    answer = found.json()
    assert found.status_code == 200
    assert (answer["people"], answer["covered"], answer["uncovered"]) == (1000, 1000, 0)
    assert (answer["gained"], answer["lost"], answer["share"]) == (400, 0, 1)
    assert answer["before"]["covered"] == 600
    assert answer["minutes_changed"] == {"people_closer": 400, "people_farther": 0}
    by_name = {row["name"]: row for row in answer["by_district"]}
    assert by_name["Eastern district"]["gained"] == 400
    assert {(point["people"], point["state"]) for point in answer["points"]} == {
        (150, "gained"),
        (250, "gained"),
    }
    assert answer["compute_ms"] > 0
    assert found["Cache-Control"] == "no-store"


def test_no_change_is_a_question_about_today(client, town):
    answer = post(client, town, {"question": ASKED, "changes": []}).json()

    assert (answer["covered"], answer["gained"], answer["points"]) == (600, 0, [])


def test_a_place_away_from_streets_is_told_beside_the_rest(client, town):
    changes = [{"do": "open", "lat": 0, "lon": 0}, FAR]

    answer = post(client, town, {"question": ASKED, "changes": changes}).json()

    assert answer["gained"] == 400
    assert [each["index"] for each in answer["problems"]] == [0]
    assert "500 m from every street" in answer["problems"][0]["message"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b'{"question": {"kind": "\\u0000"}, "changes": []}', "body"),
        (b"[" * 50_000, "body"),
        (b" " * 100_001, "at most 100000"),
        ({"question": ASKED}, "changes"),
        ({"changes": []}, "question"),
        ({"question": {"minutes": 15}, "changes": []}, "kind"),
        ({"question": {**ASKED, "kind": "libary"}, "changes": []}, "libary"),
        ({"question": {**ASKED, "minutes": 0}, "changes": []}, "minutes"),
        ({"question": {**ASKED, "colour": "red"}, "changes": []}, "colour"),
        ({"question": {**ASKED, "group": "senior"}, "changes": []}, "counted"),
        ({"question": ASKED, "changes": [{"do": "close", "institution": 9}] * 201}, "at most 200"),
        ({"question": ASKED, "changes": [{"do": "close", "institution": 999999}]}, "999999"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(client, town, sent, said):
    found = post(client, town, sent)

    assert found.status_code == 400
    assert found.json()["title"] == "These changes cannot be weighed"
    assert said.lower() in found.json()["message"].lower()


def test_an_unknown_city_is_not_found(client, town):
    town.slug = "elsewhere"

    assert post(client, town, {"question": ASKED, "changes": []}).status_code == 404


def test_other_peoples_pages_may_not_ask(town):
    strict = Client(enforce_csrf_checks=True)

    assert post(strict, town, {"question": ASKED, "changes": []}).status_code == 403


def test_it_is_not_read_by_address(client, town):
    assert client.get(f"/data/{town.slug}/whatif/").status_code == 405


def test_a_kind_nobody_has_yet_says_so(client, town):
    make_kind("museum")

    answer = post(client, town, {"question": {**ASKED, "kind": "museum"}, "changes": [FAR]}).json()

    assert answer["before"]["covered"] == 0
    assert "nobody counts as covered" in answer["notes"][0]
