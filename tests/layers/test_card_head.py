"""What the page of a thing tells search engines, messengers and assistants."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from agenda.models import Event, Occurrence
from layers import place_picture, tile_store
from mapping.models import Institution
from mapping.models.institutions import InstitutionKind
from mapping.services.editing import mark_changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("steady_clock")]


@pytest.fixture
def library(town) -> Institution:
    InstitutionKind.objects.update(schema_org="Library")
    town.country = "RU"
    town.save()
    row = Institution.objects.get(city=town)
    row.address = "Главная улица, 1"
    row.phone = "+7 383 000-00-00"
    row.opening_hours = "Mo-Fr 10:00-19:00; Sa 11:00-16:00"
    row.accessibility = ["wheelchair", "hearing"]
    row.save()
    return row


@pytest.fixture
def concert(library) -> Event:
    event = Event.objects.create(
        city=library.city,
        source=library.source,
        source_key="concert",
        title="Концерт",
        institution=library,
        is_free=True,
        age_mark="6+",
    )
    for days in (1, 8):
        Occurrence.objects.create(event=event, starts_at=timezone.now() + timedelta(days=days))
    return event


def page_of(client, kind, row, prefix=""):
    path = reverse("layers:card", args=["town", kind, row.pk])
    return client.get(f"{prefix}{path}?kind=library").content.decode()


def data_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def meta_of(page: str, name: str) -> str:
    found = re.search(rf'property="{name}"\s+content="([^"]*)"', page)
    return found[1] if found else ""


def test_a_library_is_a_library_with_its_hours_and_address(client, library):
    data = data_of(page_of(client, "institution", library))
    assert data["@type"] == "Library"
    assert data["name"] == library.name
    assert data["address"]["streetAddress"] == "Главная улица, 1"
    assert data["address"]["addressCountry"] == "RU"
    assert data["url"].startswith("http://testserver/town/card/institution/")
    assert data["geo"]["latitude"] == pytest.approx(library.point.y, abs=1e-6)
    hours = {
        day.rpartition("/")[2]: (each["opens"], each["closes"])
        for each in data["openingHoursSpecification"]
        for day in (
            [each["dayOfWeek"]] if isinstance(each["dayOfWeek"], str) else each["dayOfWeek"]
        )
    }
    assert hours["Monday"] == ("10:00", "19:00")
    assert hours["Saturday"] == ("11:00", "16:00")
    assert "Sunday" not in hours


def test_what_is_not_known_is_left_out(client, library):
    library.accessibility, library.phone, library.opening_hours = [], "", ""
    library.save()
    data = data_of(page_of(client, "institution", library))
    assert not {"telephone", "amenityFeature", "openingHoursSpecification", "email"} & set(data)


def test_an_event_says_when_where_and_that_it_is_free(client, concert, library):
    data = data_of(page_of(client, "event", concert))
    assert data["@type"] == "Event"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["startDate"].endswith("+07:00")
    assert data["location"]["name"] == library.name
    assert data["offers"]["price"] == 0
    assert data["isAccessibleForFree"] is True
    assert len(data["subEvent"]) == 1


def test_a_cancelled_event_says_so(client, concert):
    concert.status = "cancelled"
    concert.save()
    assert data_of(page_of(client, "event", concert))["eventStatus"].endswith("EventCancelled")


def test_the_address_is_one_whatever_was_asked_and_each_language_names_the_other(client, library):
    page = page_of(client, "institution", library, "/en")
    here = f"/town/card/institution/{library.pk}/"
    assert f'<link rel="canonical" href="http://testserver/en{here}"' in page
    assert f'hreflang="ru"\n      href="http://testserver{here}"' in page or (
        f'hreflang="ru" href="http://testserver{here}"' in page
    )


def test_a_name_cannot_end_the_data_block(client, library):
    library.name = "</script><script>alert(1)</script>"
    library.save()
    page = page_of(client, "institution", library)
    assert "<script>alert(1)" not in page
    assert data_of(page)["name"] == library.name


def test_the_shared_picture_shows_the_place(client, library):
    picture = meta_of(page_of(client, "institution", library), "og:image").replace("&amp;", "&")
    answer = client.get(picture)
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (1200, 630)
    assert len(answer.content) < 300_000
    # The pin in the kind's colour stands in the middle of the map's part.
    assert image.convert("RGB").getpixel((830 + 20, 315)) == pytest.approx((27, 110, 110), abs=12)
    assert client.get(picture, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_a_hundred_readers_cost_one_drawing_until_something_changes(
    client, library, settings, tmp_path, monkeypatch
):
    settings.TILE_DIR = tmp_path / "tiles"
    drawn, draw = [], place_picture.draw
    monkeypatch.setattr(
        place_picture, "draw", lambda *what, **how: drawn.append(what) or draw(*what, **how)
    )
    address = f"/pictures/town/institution/{library.pk}.png"

    first, *others = [client.get(address) for _ in range(5)]
    assert len(drawn) == 1
    assert {each.content for each in others} == {first.content}
    client.get(address, HTTP_ACCEPT_LANGUAGE="en")
    assert len(drawn) == 2

    Institution.objects.update(name="Другое имя")
    mark_changed([library.city_id])
    renamed = client.get(address)
    assert len(drawn) == 3
    assert renamed.content != first.content
    (pictures,) = settings.TILE_DIR.glob("*/pictures")
    assert len(list(pictures.iterdir())) == 1


def test_a_disk_that_is_full_takes_no_picture_away(
    client, library, settings, tmp_path, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    settings.TILE_DIR = tmp_path / "tiles"
    monkeypatch.setattr(tile_store, "_write", full)
    answer = client.get(f"/pictures/town/institution/{library.pk}.png")
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)


def test_a_picture_in_another_language_is_another_picture(client, library):
    address = f"/pictures/town/institution/{library.pk}.png"
    in_russian = client.get(address, HTTP_ACCEPT_LANGUAGE="ru")
    asked = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_IF_NONE_MATCH": in_russian["ETag"]}
    assert client.get(address, **asked).status_code == 200


def test_a_place_without_a_position_has_no_picture(client, library):
    Institution.objects.update(geometry=None, position_accuracy=None)
    assert "og:image" not in page_of(client, "institution", library)
    assert client.get(f"/pictures/town/institution/{library.pk}.png").status_code == 404
