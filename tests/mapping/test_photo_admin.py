"""Photos are added where their place is edited, by whoever may change the place."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from mapping.models import City, Institution, NeighborCenter, Photo
from tests.factories import point_at
from tests.mapping.test_admin import form_of
from tests.photos import bomb, encoded, halves, telephone_photo, upload

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "photos"
    return settings.MEDIA_ROOT


@pytest.fixture
def library(town):
    return Institution.objects.get()


@pytest.fixture
def sign_in(client, town):
    def signed_in(*rights, **fields):
        user = User.objects.create_user("editor", password="x", **{"is_staff": True} | fields)
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        client.force_login(user)
        return client

    return signed_in


def address(place):
    name = f"admin:mapping_{place._meta.model_name}_change"
    with translation.override("en"):
        return reverse(name, args=[place.pk])


def with_photo(library, number=0, stored=0, **fields):
    told = {"alt": "Дом с крыльцом", "author": "И. Петров", "license": "CC-BY-4.0", "position": 0}
    own = {f"photos-{number}-{name}": value for name, value in {**told, **fields}.items()}
    counts = {"photos-TOTAL_FORMS": number + 1, "photos-INITIAL_FORMS": stored}
    return form_of(library) | counts | own


def complaints(response):
    """What the form says of the photo, beside whatever field."""
    formset = next(
        each.formset for each in response.context["inline_admin_formsets"]
        if each.formset.model is Photo
    )  # fmt: skip
    return [text for errors in formset.errors for texts in errors.values() for text in texts]


def test_whoever_may_change_the_place_adds_photos_and_sees_them(sign_in, library, folder):
    visitor = sign_in("change_institution")

    sent = visitor.post(address(library), with_photo(library, picture=upload()))
    page = visitor.get(address(library)).content.decode()

    assert sent.status_code == 302
    photo = Photo.objects.get()
    assert photo.institution == library
    assert len(list(folder.iterdir())) == 2
    assert f'src="{photo.small_url}"' in page
    assert 'accept="image/jpeg,image/png,image/webp"' in page
    assert 'enctype="multipart/form-data"' in page


def test_a_photo_empties_the_caches_of_its_city(sign_in, library):
    before = City.objects.get().data_version

    sign_in("change_institution").post(address(library), with_photo(library, picture=upload()))

    assert City.objects.get().data_version > before


def test_a_neighbour_centre_takes_photos(sign_in, town):
    center = NeighborCenter.objects.create(
        city=town,
        source=town.sources.get(),
        source_key="center",
        name="Очаг",
        geometry=point_at(500),
        position_accuracy="exact",
    )
    library = Institution.objects.get()
    form = with_photo(library, picture=upload()) | {
        "source_key": "center",
        "name": "Очаг",
        "geometry": center.geometry.geojson,
    }

    response = sign_in("change_neighborcenter").post(address(center), form)

    assert response.status_code == 302
    assert Photo.objects.get().center == center


@pytest.mark.parametrize("rights", [(), ("view_institution",), ("add_institution",),
                                    ("change_neighborcenter",), ("add_photo", "change_photo")],
                         ids=str)  # fmt: skip
def test_nobody_else_adds_a_photo(sign_in, library, folder, rights):
    response = sign_in(*rights).post(address(library), with_photo(library, picture=upload()))

    assert response.status_code == 403
    assert not Photo.objects.exists()
    assert not folder.exists()


def test_strangers_are_sent_to_the_door(client, library):
    response = client.post(address(library), with_photo(library, picture=upload()))

    assert "login" in response["Location"]
    assert not Photo.objects.exists()


def test_who_may_look_sees_the_photo_and_no_field_to_send_one(sign_in, library):
    visitor = sign_in("change_institution")
    visitor.post(address(library), with_photo(library, picture=upload()))
    User.objects.all().delete()

    page = sign_in("view_institution").get(address(library)).content.decode()

    assert Photo.objects.get().small_url in page
    assert 'type="file"' not in page


def test_words_are_changed_without_the_file_and_a_photo_is_removed(
    sign_in, library, folder, django_capture_on_commit_callbacks
):
    visitor = sign_in("change_institution")
    visitor.post(address(library), with_photo(library, picture=upload()))
    photo = Photo.objects.get()
    again = {"id": photo.pk, "institution": library.pk}

    visitor.post(address(library), with_photo(library, stored=1, caption="Двор", **again))
    changed = Photo.objects.get()
    assert (changed.caption, changed.token) == ("Двор", photo.token)

    with django_capture_on_commit_callbacks(execute=True):
        visitor.post(address(library), with_photo(library, stored=1, DELETE="on", **again))
    assert not Photo.objects.exists()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"just words", "words.jpg", "Got “words.jpg”, wanted a photo in JPEG, PNG or WebP."),
        (SVG, "logo.svg", "Got “logo.svg”, wanted a photo in JPEG, PNG or WebP."),
        (SVG, "logo.png", "Got “logo.png”, wanted a photo in JPEG, PNG or WebP."),
        (
            telephone_photo()[:2000],
            "half.jpg",
            "Got “half.jpg”, which is cut short or damaged; wanted a whole photo.",
        ),
        (bytes(30 * 2**20), "huge.jpg", "Got 30 MB, wanted a photo of at most 16 MB."),
        (
            bomb(9000, 9000),
            "bomb.png",
            "Got a picture of 9000 × 9000 pixels, wanted at most 50 megapixels.",
        ),
        (
            encoded(halves(120, 90)),
            "stamp.jpg",
            "Got a picture of 120 × 90 pixels, wanted at least 200 on the shorter side.",
        ),
    ],
    ids=["text", "svg", "svg named png", "truncated", "30 MB", "bomb", "stamp"],
)
def test_bad_files_are_refused_in_words_and_leave_nothing(
    sign_in, library, folder, content, name, said
):
    form = with_photo(library, picture=upload(content, name))

    response = sign_in("change_institution").post(address(library), form)

    assert response.status_code == 200
    assert complaints(response) == [said]
    assert not Photo.objects.exists()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"picture": ""}, "Choose the file of the photo."),
        ({"author": ""}, "This field is required."),
        ({"alt": ""}, "This field is required."),
        ({"license": "other"}, "Say in words by whose leave the photo is shown."),
        ({"taken_year": "2999"}, "wanted a year up to"),
        ({"source_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
    ids=str,
)
def test_a_photo_without_its_author_terms_or_words_is_refused(sign_in, library, fields, said):
    form = with_photo(library, **{"picture": upload(), **fields})

    response = sign_in("change_institution").post(address(library), form)

    assert response.status_code == 200
    assert any(said in text for text in complaints(response)), complaints(response)
    assert not Photo.objects.exists()


def test_large_bodies_are_for_staff_and_the_admin_alone(client, sign_in, library, settings):
    def status(visitor, path, size_bytes=settings.LARGEST_BODY_BYTES):
        return visitor.post(path, {"file": upload(bytes(size_bytes + 1))}).status_code

    assert status(client, address(library)) == 413
    assert status(sign_in(is_staff=False), address(library)) == 413
    User.objects.all().delete()
    staff = sign_in("change_institution")
    assert status(staff, "/town/") == 413
    assert status(staff, address(library), settings.STAFF_BODY_BYTES) == 413
