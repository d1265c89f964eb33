import json
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mapping.services.editing import mark_changed
from tests.factories import make_institution
from tests.nearby.conftest import origin

NEAR = "/en/town/near/"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def names(html):
    return [
        re.sub(r"<[^>]+>|\s+", " ", name).strip()
        for name in re.findall(
            r'<h3 class="(?:place-name|event-title)">(.*?)</h3>', html, re.DOTALL
        )
    ]


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def get(client, **query):
    response = client.get(NEAR, query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_nearest_come_first_with_minutes_and_metres(client, lively):
    html = get(client, **{"from": origin(100)})

    assert names(html)[:3] == ["Библиотека west", "Соседский центр «Очаг»", "Музей улицы"]
    assert re.findall(r'class="near-walk">([^<]+)<', html)[:3] == ["1 min", "5 min", "11 min"]
    assert re.findall(r'class="near-distance">([^<]+)<', html)[:2] == ["100 m", "400 m"]


def test_what_has_no_point_is_listed_last_and_said(client, lively):
    html = get(client, **{"from": origin(0)})

    unplaced = html.split('data-list="unplaced"')[1].split("</section>")[0]
    assert names(unplaced) == ["Библиотека без точки"]


def test_the_front_page_speaks_of_the_whole_city(client, lively):
    html = client.get("/en/").content.decode()

    assert "Culture near you: Town" in html
    assert names(html)[0] == "Библиотека west"  # the only one that is open
    assert 'class="near-walk"' not in html
    assert "Сказки вслух" in html


def test_far_from_every_street_the_crow_flies(client, lively):
    html = get(client, **{"from": origin(0, 20_000)})

    assert "as the crow flies" in html
    assert "no way on foot" in html


def test_filters_combine_and_can_be_taken_off(client, lively):
    html = get(client, open="1", access="wheelchair", kind="library")

    assert names(html.split('data-list="events"')[0]) == ["Библиотека west"]
    assert len(re.findall(r'name="(?:open|access|kind)"[^>]*checked', html)) == 3
    assert html.count("data-remove") == 1  # the others stand on the page with their boxes


def test_options_say_how_many_would_remain(client, lively):
    html = get(client, kind="library")

    counts = dict(
        re.findall(r'value="(library|museum|center)".*?class="chip-count">(\d+)<', html, re.DOTALL)
    )
    assert counts == {"library": "2", "museum": "1", "center": "1"}


def test_an_empty_answer_is_widened_and_says_so(client, lively):
    html = get(client, **{"from": origin(0), "kind": "museum", "minutes": "5"})

    assert names(html)[0] == "Музей улицы"
    assert "Nothing is found within 5 minutes on foot. Shown: up to 15 minutes on foot." in html


def test_unknown_hours_are_told_and_can_be_shown(client, lively):
    html = get(client, open="1")
    assert "The hours of 2 more places are not known." in html

    link = re.search(r'href="([^"]+)" data-also', html)[1].replace("&amp;", "&")
    shown = client.get(link).content.decode()
    assert "Музей улицы" in names(shown)


def test_events_have_a_list_of_their_own(client, lively):
    html = get(client, show="events", age="7")

    assert names(html) == ["Сказки вслух"]


def test_events_that_nobody_has_told_of_are_not_counted_as_none(client, lively):
    assert re.search(r'class="near-count"[^>]*>[^<]*event', get(client))

    lively.events.all().delete()
    assert get(client)  # told of a moment ago, gone now: left out

    mark_changed([lively.pk])
    assert not re.search(r'class="near-count"[^>]*>[^<]*event', get(client))


def test_the_next_event_stands_in_the_line_of_its_place(client, lively):
    html = get(client, kind="library")

    assert re.search(r'class="[^"]*near-next[^"]*">[^<]*Сказки вслух', html)


def test_more_is_on_the_next_page(client, lively):
    source = lively.institutions.first().source
    for number in range(25):
        make_institution(source, f"many-{number}", 100 + number)
    first = get(client, **{"from": origin(0)})
    more = re.search(r'href="([^"]+)" data-more', first)[1].replace("&amp;", "&")
    second = client.get(more).content.decode()

    assert len(names(first.split('data-list="events"')[0])) == 20
    assert len(names(second)) == 9
    assert not set(names(first)[:20]) & set(names(second))


def test_a_fragment_is_the_answer_alone(client, lively):
    response = client.get(NEAR, headers={"X-Requested-With": "fragment"})

    assert "<html" not in response.content.decode()
    assert response["Vary"].startswith("X-Requested-With")


def test_one_clear_place_is_taken_filters_kept(client, lively):
    response = client.get(NEAR, {"q": "Главная улица", "open": "1"})

    assert response.status_code == 302
    assert "from=" in response["Location"]
    assert "open=1" in response["Location"]


def test_several_places_are_offered(client, lively):
    html = get(client, q="библиотека")

    assert html.count('<a class="place" href') >= 2
    assert "Which one do you mean?" in html


def test_a_name_nobody_bears_is_said(client, lively):
    assert "Nothing is called “qqqqq” here." in get(client, q="qqqqq")


def test_suggestions(client, lively):
    answer = client.get("/data/town/search.json", {"q": "главн", "lang": "en"}).json()

    street = next(item for item in answer["items"] if item["type"] == "street")
    assert street["label"] == "Главная улица"
    assert street["match"] == [[0, 5]]
    assert street["approximate"] is True
    assert street["sort"] == "street"
    assert client.get("/data/town/search.json", {"q": "г"}).json()["items"] == []


def test_points_are_those_of_the_list(client, lively):
    answer = client.get("/data/town/near.geojson", {"from": origin(0), "lang": "en"})
    features = json.loads(answer.content)["features"]

    assert [each["properties"]["name"] for each in features] == [
        "Библиотека west",
        "Соседский центр «Очаг»",
        "Музей улицы",
    ]
    assert features[1]["properties"]["subtitle"].startswith("6 min")


def test_the_way_is_as_long_as_it_is_drawn(client, lively):
    museum = lively.institutions.get(source_key="museum")
    query = {"from": origin(200, 30), "to": f"institution:{museum.pk}", "lang": "en"}
    way = client.get("/data/town/walk.json", query).json()

    assert way["length_m"] == pytest.approx(830, abs=2)
    assert way["text"] == "10 minutes on foot, 830 m"
    assert len(way["geometry"]["coordinates"]) >= 3


def test_to_what_has_no_point_there_is_no_way(client, lively):
    lost = lively.institutions.get(source_key="lost")
    way = client.get(
        "/data/town/walk.json", {"from": origin(0), "to": f"institution:{lost.pk}"}
    ).json()

    assert way["minutes"] is None
    assert way["geometry"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "55,82"}, 400),
        ({"to": "institution:1"}, 400),
        ({"from": "55,82", "to": "dragon:1"}, 400),
        ({"from": "55,82", "to": "institution:1 OR 1=1"}, 400),
        ({"from": "55,82", "to": "institution:99999999999999999999999"}, 404),
    ],
)
def test_ways_to_nowhere(client, lively, query, status):
    answer = client.get("/data/town/walk.json", query)

    assert answer.status_code == status
    assert answer.json()


@pytest.mark.parametrize(
    "query",
    [
        {"from": "abc"},
        {"from": "55,82'; DROP TABLE mapping_city"},
        {"q": "x" * 10_000},
        {"kind": "dragon"},
        {"kind": "library' OR '1'='1"},
        {"district": "999999"},
        {"tos": "-1"},
        {"minutes": "1e309"},
        {"page": "1e3"},
        {"date": "<script>"},
    ],
)
def test_hostile_questions_get_a_clear_refusal(client, lively, query):
    page = client.get(NEAR, query)
    data = client.get("/data/town/near.geojson", query)

    assert page.status_code == data.status_code == 400
    assert "error" in data.json()


def test_a_zero_byte_is_refused(client, lively):
    assert client.get("/data/town/search.json?q=%00").status_code == 400
    assert client.get(f"{NEAR}?q=a%00b").status_code == 400


def test_sql_looking_words_are_only_words(client, lively):
    answer = client.get("/data/town/search.json", {"q": "'; DROP TABLE mapping_city; --"})

    assert answer.json()["items"] == []


@pytest.mark.parametrize("address", [NEAR, "/data/town/near.geojson"])
def test_more_places_take_no_more_queries(client, lively, address):
    def count():
        with CaptureQueriesContext(connection) as first:  # reads the catalogue and the streets
            client.get(address, {"from": origin(0)})
        with CaptureQueriesContext(connection) as queries:
            client.get(address, {"from": origin(0)})
        return len(first), len(queries)

    count()
    lively.data_version += 1
    lively.save()
    few = count()
    source = lively.institutions.first().source
    for number in range(15):
        make_institution(source, f"many-{number}", 100 + number)
    lively.data_version += 1
    lively.save()

    assert count() == few
    assert few <= (40, 15)


def test_a_change_of_the_data_is_seen_at_once(client, lively):
    assert "Новый музей" not in get(client)
    make_institution(lively.institutions.first().source, "new", 300, name="Новый музей")
    lively.data_version += 1
    lively.save()

    assert "Новый музей" in get(client)


def card(client, place, **query):
    return client.get(f"/en/town/card/institution/{place.pk}/", query).content.decode()


def test_a_card_tells_what_a_visitor_needs(client, lively):
    library = lively.institutions.get(source_key="west")
    said = text(card(client, library))

    for words in ("In a wheelchair yes", "With a pram yes", "impaired hearing not known"):
        assert words in said
    assert "Сказки вслух" in said
    assert "Report a mistake" in said


def test_a_card_opened_from_the_list_leads_back_and_says_how_far(client, lively):
    html = get(client, **{"from": origin(80), "place": "home", "open": "1"})
    address = re.search(r'href="([^"]*/card/institution/[^"]+)"', html)[1]
    shown = client.get(address).content.decode()

    assert "1 minute on foot, 80 m" in text(shown)
    back = re.search(r'class="card-back" href="([^"]+)"', shown)[1].replace("&amp;", "&")
    assert back.startswith(NEAR)
    assert "open=1" in back


def test_a_shared_card_leads_back_to_what_is_near(client, lively):
    shown = card(client, lively.institutions.get(source_key="west"))

    assert f'class="card-back" href="{NEAR}"' in shown


def test_a_spoilt_way_back_is_refused(client, lively):
    library = lively.institutions.get(source_key="west")

    answer = client.get(f"/town/card/institution/{library.pk}/", {"near": "from=abc"})
    assert answer.status_code == 400


def test_moments_are_told_in_the_city(client, lively):
    now = re.search(r'data-now="([^"]+)"', get(client))[1]

    assert now.endswith("+07:00")
    assert abs(timezone.datetime.fromisoformat(now) - timezone.now()).total_seconds() < 120
