"""«Where am I?»: the district and the ТОС territories around a place."""

import pytest

from mapping.models import City
from tests.factories import make_tos, point_at

pytestmark = pytest.mark.django_db


def ask(client, east_m, **headers):
    place = point_at(east_m)
    return client.get(f"/areas/at/{place.y},{place.x}", {"lang": "ru"}, **headers)


@pytest.fixture
def quarters(town: City) -> City:
    source = town.sources.get()
    make_tos(source, "Широкий", -500, 1500)
    make_tos(source, "Узкий", 0, 300)
    return town


def test_a_place_has_one_district_and_every_tos_that_covers_it(client, quarters):
    answer = ask(client, 100).json()
    assert answer["city"]["slug"] == "town"
    assert answer["district"]["name"] == "Западный район"
    assert [each["name"] for each in answer["tos"]] == ["Узкий", "Широкий"]
    assert client.get(answer["district"]["url"]).status_code == 200


def test_a_place_between_the_territories_says_so(client, quarters):
    answer = ask(client, 2000).json()
    assert answer["district"]["name"] == "Восточный район"
    assert answer["tos"] == []


def test_a_browser_gets_a_page(client, quarters):
    page = ask(client, 100, headers={"Accept": "text/html"})
    assert page["Content-Type"].startswith("text/html")
    assert "Западный район" in page.content.decode()


def test_no_city_lies_in_the_sea(client, town):
    assert client.get("/areas/at/0,0").status_code == 404


@pytest.mark.parametrize(
    "place", ["91,0", "0,181", "nan,0", "55", "55,82,1", "a,b", "1e309,0", "55;82", "' OR 1=1"]
)
def test_what_is_no_place_is_refused_in_words(client, town, place):
    answer = client.get(f"/areas/at/{place}", {"lang": "en"})
    assert answer.status_code == 400
    assert "wanted" in answer.content.decode()
