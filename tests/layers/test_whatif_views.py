"""What if over HTTP: figures for the page, and refusals a person can read."""

import json

import pytest
from django.test import Client

from tests.factories import make_kind, point_at
from tests.mapping.services.measures.test_provision import make_norm

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
        (b'{"question": {"kind": "\\ud800"}, "changes": []}', "body"),
        (b"[" * 50_000, "body"),
        (b" " * 100_001, "at most 100000"),
        ({"question": ASKED}, "changes"),
        ({"changes": []}, "question"),
        ({"question": {"minutes": 15}, "changes": []}, "kind"),
        ({"question": {**ASKED, "kind": "libary"}, "changes": []}, "libary"),
        ({"question": {**ASKED, "norm_set": "own"}, "changes": []}, "own"),
        ({"question": {**ASKED, "method": "magic"}, "changes": []}, "magic"),
        ({"question": {**ASKED, "minutes": 0}, "changes": []}, "minutes"),
        ({"question": {**ASKED, "colour": "red"}, "changes": []}, "colour"),
        ({"question": {**ASKED, "group": "senior"}, "changes": []}, "counted"),
        ({"question": {**ASKED, "minutes": 10**400}, "changes": []}, "minutes"),
        ({"question": ASKED, "changes": [{**FAR, "lat": 10**400}]}, "lat"),
        ({"question": ASKED, "changes": [{**FAR, "do": ["open"]}]}, "do"),
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


def test_norms_and_shared_seats_are_told_today_and_then(client, town):
    make_norm(confidence="unconfirmed")

    answer = post(client, town, {"question": ASKED, "changes": [{**FAR, "capacity": 40}]}).json()

    (norm,) = answer["norms"]
    assert norm["mark"] == "not confirmed"
    assert norm["act"] == "Act, table 1"
    assert norm["rule"] == "1 institution per 500 residents, within 10–15 minutes"
    assert norm["missing"] == ["1", "0"]
    by_label = {row["label"]: row["cells"] for row in norm["rows"]}
    assert by_label["There are"] == [
        {"text": "1"},
        {"text": "2", "delta_text": "+1", "better": True},
    ]
    share = by_label["Live within 10–15 minutes on foot, all residents"]
    assert [cell["text"] for cell in share] == ["30.0–60.0%", "70.0–100.0%"]
    districts = {row["label"]: row["cells"][1] for row in norm["districts"]}
    assert districts["Eastern district"] == {"text": "0", "delta_text": "−0.8", "better": True}

    access = {row["label"]: row["cells"] for row in answer["access"]["rows"]}
    assert [cell["text"] for cell in access["People with no seat within reach"]] == ["400", "0"]
    # One has 60 seats because libraries usually do, the other those that were given.
    assert [cell["text"] for cell in access["Seats per 1,000 people within reach"]] == ["60", "100"]
    assert "E2SFCA" in answer["access"]["note"]
    assert "1 of the institutions" in answer["access"]["note"]


def test_where_nothing_is_known_no_figure_is_made_up(client, town):
    library = town.institutions.get().pk
    closing = [{"do": "close", "institution": library}]

    answer = post(client, town, {"question": ASKED, "changes": closing}).json()

    assert answer["norms"] == []
    access = {row["label"]: row["cells"] for row in answer["access"]["rows"]}
    assert access["Gini index"][1] == {"text": "—"}
    assert access["Palma ratio"][0]["text"] == "∞"


@pytest.mark.parametrize("seats", [-1, 1_000_001, "many", 1.5])
def test_a_wrong_number_of_seats_is_refused(client, town, seats):
    changes = [{"do": "capacity", "institution": town.institutions.get().pk, "capacity": seats}]

    found = post(client, town, {"question": ASKED, "changes": changes})

    assert found.status_code == 400
    assert "a whole number from 0 to 1000000" in found.json()["message"]
