"""The open data tells photos of places, with whose they are and on what terms."""

import io

import pytest

from mapping.importers.pictures import read_picture
from mapping.models import Institution, License, NeighborCenter, Photo
from mapping.services.photos import keep_photo
from tests.photos import telephone_photo


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "photos"


def add_photo(**place):
    picture = read_picture(io.BytesIO(telephone_photo(2000, 1500)))
    told = {"alt": "Дом", "alt_en": "A house", "author": "И. Петров", "license": License.CC_BY}
    return keep_photo(Photo(**told, **place), picture)


def test_a_place_tells_its_photos(client, open_town):
    library = Institution.objects.get(source_key="west")
    photo = add_photo(institution=library)

    told = client.get(f"/api/v1/institutions/{library.pk}?lang=en").json()["photos"]

    assert told == [
        {
            "url": f"http://testserver{photo.large_url}",
            "thumbnail_url": f"http://testserver{photo.small_url}",
            "width": 1600,
            "height": 1200,
            "alt": "A house",
            "caption": "",
            "author": "И. Петров",
            "license": "CC-BY-4.0",
            "license_url": "https://creativecommons.org/licenses/by/4.0/",
            "license_note": "",
            "source_url": "",
            "taken_year": None,
        }
    ]


def test_a_place_without_photos_has_an_empty_list(client, open_town):
    for name in ("institutions", "centers"):
        rows = client.get(f"/api/v1/{name}").json()["results"]
        assert rows
        assert all(row["photos"] == [] for row in rows)


def test_centres_tell_theirs(client, open_town):
    center = NeighborCenter.objects.get()
    add_photo(center=center)

    assert len(client.get(f"/api/v1/centers/{center.pk}").json()["photos"]) == 1


def test_tables_stay_as_wide_as_they_were(client, open_town):
    add_photo(institution=Institution.objects.get(source_key="west"))

    assert "photos" not in client.get("/api/v1/institutions.csv").content.decode().split("\n")[0]


def test_many_photos_are_told_in_as_many_queries_as_one(
    client, open_town, django_assert_max_num_queries
):
    counts = []
    for row in Institution.objects.all():
        add_photo(institution=row)
        with django_assert_max_num_queries(100) as asked:
            client.get("/api/v1/institutions")
        counts.append(len(asked))

    assert len(set(counts)) == 1


def test_a_new_photo_is_a_change_that_readers_find(client, open_town):
    library = Institution.objects.get(source_key="west")
    address = f"/api/v1/institutions/{library.pk}"
    before = client.get(address)

    add_photo(institution=library)

    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.json()["updated_at"] > before.json()["updated_at"]
