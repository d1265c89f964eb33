"""A photo and its files come together and go together."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import translation

from mapping.errors import ParameterError
from mapping.importers.pictures import read_picture
from mapping.models import City, Institution, License, NeighborCenter, Photo
from mapping.services.photos import keep_photo
from tests.factories import point_at
from tests.photos import encoded, halves, telephone_photo


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "photos"
    return settings.MEDIA_ROOT


@pytest.fixture
def library(town):
    return town.institutions.get()


def picture(width=600, height=400):
    return read_picture(io.BytesIO(telephone_photo(width, height)))


def described(place, **fields):
    owner = "center" if isinstance(place, NeighborCenter) else "institution"
    told = {"alt": "Дом с крыльцом", "author": "И. Петров", "license": License.CC_BY}
    return Photo(**{owner: place, **told, **fields})


def files_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_photo_is_kept_with_its_files(library, folder):
    photo = keep_photo(described(library), picture(2000, 1500))

    assert files_in(folder) == sorted(photo.file_names)
    assert (photo.width, photo.height) == (1600, 1200)
    assert photo.small_size == (800, 600)
    assert photo.small_url == f"/photos/{photo.token}-800.webp"
    assert list(library.photos.all()) == [photo]


def test_a_photo_is_a_change_of_its_place_and_city(library):
    before, changed = City.objects.get(), library.updated_at

    keep_photo(described(library), picture())

    assert City.objects.get().data_version > before.data_version
    assert Institution.objects.get().updated_at > changed


def test_a_neighbour_centre_has_photos_too(town, folder):
    center = NeighborCenter.objects.create(
        city=town,
        source=town.sources.get(),
        source_key="center",
        name="Очаг",
        geometry=point_at(500),
        position_accuracy="exact",
    )

    photo = keep_photo(described(center), picture())

    assert list(center.photos.all()) == [photo]
    assert len(files_in(folder)) == 2


def test_another_picture_takes_new_names_and_the_old_files_go(
    library, folder, django_capture_on_commit_callbacks
):
    photo = keep_photo(described(library), picture())
    old = set(photo.file_names)

    with django_capture_on_commit_callbacks(execute=True):
        keep_photo(photo, picture(900, 600))

    assert set(files_in(folder)) == set(photo.file_names)
    assert not old & set(photo.file_names)
    assert Photo.objects.get().width == 900


def test_other_words_leave_the_picture_as_it_is(library, folder):
    photo = keep_photo(described(library), picture())
    photo.caption = "Вход со двора"

    keep_photo(photo)

    assert Photo.objects.get().caption == "Вход со двора"
    assert files_in(folder) == sorted(photo.file_names)


def test_a_photo_without_a_picture_is_none(library):
    with pytest.raises(ParameterError, match="wanted a picture for a new photo"):
        keep_photo(described(library))

    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"alt": ""}, {"author": ""}, {"license": "mine"}, {"license": License.OTHER},
     {"source_url": "javascript:alert(1)"}, {"source_url": "ftp://example.org/1.jpg"},
     {"taken_year": 1700}, {"taken_year": 2999}],
    ids=str,
)  # fmt: skip
def test_what_is_said_of_a_photo_must_hold_and_nothing_stays_behind(library, folder, fields):
    with pytest.raises(ValidationError):
        keep_photo(described(library, **fields), picture())

    assert not Photo.objects.exists()
    assert files_in(folder) == []


def test_a_full_disk_leaves_neither_row_nor_half_of_the_files(library, folder, monkeypatch):
    keep, names = default_storage.save, []

    def save(name, content):
        names.append(name)
        if len(names) == 2:
            raise OSError("No space left on device")
        return keep(name, content)

    monkeypatch.setattr(default_storage, "save", save)

    with pytest.raises(OSError, match="No space left"):
        keep_photo(described(library), picture())

    assert not Photo.objects.exists()
    assert files_in(folder) == []


@pytest.mark.parametrize("gone", ["photo", "rows", "place", "city"])
def test_files_go_with_the_row_whoever_removes_it(
    town, library, folder, gone, django_capture_on_commit_callbacks
):
    photo = keep_photo(described(library), picture())
    remove = {
        "photo": photo.delete,
        "rows": Photo.objects.all().delete,
        "place": Institution.objects.all().delete,
        "city": town.delete,
    }[gone]

    with django_capture_on_commit_callbacks(execute=True):
        remove()
        assert len(files_in(folder)) == 2  # not yet certain

    assert files_in(folder) == []


def test_a_removal_taken_back_keeps_the_files(library, folder, django_capture_on_commit_callbacks):
    photo = keep_photo(described(library), picture())

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        photo.delete()
        transaction.set_rollback(True)

    assert Photo.objects.exists()
    assert len(files_in(folder)) == 2


def test_the_database_wants_exactly_one_place(library):
    told = {"alt": "Дом", "author": "И.", "license": "CC0-1.0", "width": 1, "height": 1}

    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.create(**told)
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.create(institution=library, **{**told, "license": "other"})


def test_english_words_where_there_are_any(library):
    photo = described(library, alt_en="A house", caption="Вход")

    with translation.override("en"):
        assert (photo.alt_label, photo.caption_label) == ("A house", "Вход")
    with translation.override("ru"):
        assert photo.alt_label == "Дом с крыльцом"


def test_open_licences_have_addresses_and_words_have_none(library):
    assert {bool(described(library, license=each).license_url) for each in License} == {True, False}
    assert described(library, license=License.OTHER).license_url == ""
    assert (
        described(library, license=License.CC_BY_SA).license_url
        == "https://creativecommons.org/licenses/by-sa/4.0/"
    )


def test_the_same_picture_twice_is_two_photos(library, folder):
    content = encoded(halves())
    first, second = (
        keep_photo(described(library), read_picture(io.BytesIO(content))) for _ in range(2)
    )

    assert first.token != second.token
    assert len(files_in(folder)) == 4
