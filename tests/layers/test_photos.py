"""Photos on the card of a place, in what it tells programs, and as files."""

import io
import json
import re

import pytest
from django.urls import reverse
from PIL import Image

from mapping.importers.pictures import read_picture
from mapping.models import License, NeighborCenter, Photo
from mapping.services.photos import keep_photo
from tests.factories import make_institution, point_at
from tests.photos import telephone_photo


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "photos"
    return settings.MEDIA_ROOT


@pytest.fixture
def library(town):
    return town.institutions.get()


def add_photo(place, **fields):
    owner = "center" if isinstance(place, NeighborCenter) else "institution"
    told = {
        "alt": "Дом с крыльцом",
        "caption": "Вход с улицы",
        "author": "И. Петров",
        "license": License.CC_BY_SA,
        "source_url": "https://example.org/photo/1",
        "taken_year": 2019,
    }
    picture = read_picture(io.BytesIO(telephone_photo(2000, 1500)))
    return keep_photo(Photo(**{owner: place, **told, **fields}), picture)


def page_of(client, place, prefix=""):
    sort = "center" if isinstance(place, NeighborCenter) else "institution"
    path = reverse("layers:card", args=["town", sort, place.pk])
    return client.get(f"{prefix}{path}").content.decode()


def data_of(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_a_card_shows_the_photo_its_author_and_licence(client, library):
    photo = add_photo(library)

    page = " ".join(page_of(client, library).split())

    image = re.search(r"<img src=\"/photos/[^>]*>", page)[0]
    assert f'src="{photo.small_url}"' in image
    assert 'width="800" height="600"' in image
    assert 'alt="Дом с крыльцом"' in image
    assert 'loading="lazy"' in image
    assert f'<a class="photo-link" href="{photo.large_url}">' in page
    assert "Вход с улицы" in page
    assert "И. Петров, 2019" in page
    assert '<a href="https://creativecommons.org/licenses/by-sa/4.0/"' in page
    assert '<a href="https://example.org/photo/1"' in page


def test_a_card_without_photos_says_nothing_of_them(client, library):
    page = page_of(client, library)

    assert "photo" not in re.sub(r"<head>.*?</head>", "", page, flags=re.S)
    assert isinstance(data_of(page)["image"], str)


def test_terms_in_words_are_shown_as_words(client, library):
    add_photo(library, license=License.OTHER, license_note="с согласия <автора>")

    page = page_of(client, library)

    assert "с согласия &lt;автора&gt;" in page
    assert "creativecommons" not in page
    image = data_of(page)["image"][0]
    assert "license" not in image
    assert image["copyrightNotice"] == "с согласия <автора>"


def test_english_words_where_there_are_any(client, library):
    add_photo(library, alt_en="A house with a porch")

    page = page_of(client, library, prefix="/en")

    assert 'alt="A house with a porch"' in page
    assert "Вход с улицы" in page


def test_photos_stand_in_their_order(client, library):
    second = add_photo(library, position=2)
    first = add_photo(library, position=1)

    shown = re.findall(r'<img src="(/photos/[^"]+)"', page_of(client, library))

    assert shown == [first.small_url, second.small_url]


def test_a_neighbour_centre_shows_its_photos(client, town):
    center = NeighborCenter.objects.create(
        city=town,
        source=town.sources.get(),
        source_key="center",
        name="Очаг",
        geometry=point_at(500),
        position_accuracy="exact",
    )
    photo = add_photo(center)

    page = page_of(client, center)

    assert photo.small_url in page
    assert data_of(page)["image"][0]["thumbnailUrl"].endswith(photo.small_url)


def test_programs_learn_whose_the_photo_is(client, library):
    photo = add_photo(library)

    (image,) = data_of(page_of(client, library))["image"]

    assert image["@type"] == "ImageObject"
    assert image["contentUrl"] == f"http://testserver{photo.large_url}"
    assert image["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert image["creditText"] == "И. Петров"
    assert (image["width"], image["height"]) == (1600, 1200)


def test_a_file_is_served_for_ever_as_what_it_is(client, library):
    photo = add_photo(library)

    for address, size in ((photo.small_url, (800, 600)), (photo.large_url, (1600, 1200))):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer["Cache-Control"]
        assert "max-age=31536000" in answer["Cache-Control"]
        assert "Cookie" not in answer["Vary"]
        assert Image.open(io.BytesIO(answer.content)).size == size
        assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "name",
    ["00000000-0000-0000-0000-000000000000-800.webp", "{token}-801.webp", "{token}-800.png",
     "../secret_key", "..%2fsecret_key", "%2e%2e/secret_key", ""],
)  # fmt: skip
def test_nothing_else_is_served_from_there(client, library, folder, name):
    photo = add_photo(library)
    (folder.parent / "secret_key").write_text("secret")

    answer = client.get(f"/photos/{name.format(token=photo.token)}")

    assert answer.status_code == 404
    assert answer.content != b"secret"


def test_a_file_asks_no_database(client, library, django_assert_num_queries):
    photo = add_photo(library)

    with django_assert_num_queries(0):
        client.get(photo.small_url)


def test_a_photo_cannot_be_written_there(client, library):
    photo = add_photo(library)

    assert client.post(photo.small_url).status_code == 405
    assert client.delete(photo.small_url).status_code == 405


def test_a_card_asks_as_often_with_many_photos_as_with_one(
    client, library, django_assert_max_num_queries
):
    add_photo(library)
    page_of(client, library)
    with django_assert_max_num_queries(100) as one:
        page_of(client, library)
    for _ in range(4):
        add_photo(library)
    page_of(client, library)
    with django_assert_max_num_queries(100) as five:
        page_of(client, library)

    assert len(five) == len(one)


def test_photos_of_one_place_stay_off_the_card_of_another(client, town, library):
    add_photo(library)
    other = make_institution(town.sources.get(), "east", 2000)

    assert "/photos/" not in page_of(client, other)
