"""Every form of the admin opens, saves with history, and is closed to strangers."""

import pytest
from django.contrib import admin
from django.forms import model_to_dict, modelform_factory
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from mapping.admin import HoursForm
from mapping.models import City, Institution, InstitutionKind, Norm, NormSet
from tests.factories import make_institution, make_kind, make_source, point_at

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def editor_client(client, db):
    client.force_login(User.objects.create_superuser("editor", password="x"))
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_lists_and_forms_open(model, editor_client, town):
    model_admin = admin.site._registry[model]

    assert editor_client.get(address(model, "changelist"), {"q": "а"}).status_code == 200
    if model_admin.has_add_permission(type("Request", (), {"user": User(is_superuser=True)})):
        assert editor_client.get(address(model, "add")).status_code == 200
    row = model._default_manager.first()
    if row:
        assert editor_client.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_strangers_are_sent_to_the_door(model, client, db):
    response = client.get(address(model, "changelist"))

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_someone_without_the_right_cannot_write(client, town):
    client.force_login(User.objects.create_user("guest", password="x", is_staff=True))
    institution = Institution.objects.get()

    response = client.post(address(Institution, "change", institution.pk), {"name": "Чужое"})

    assert response.status_code == 403
    assert Institution.objects.get().name != "Чужое"


def test_a_changed_norm_is_a_change_in_every_city(editor_client, town):
    norm_set = NormSet.objects.create(slug="ours", name="Наши")
    norm = Norm.objects.create(
        norm_set=norm_set, row=1, facility_type="библиотека", act="Act", clause="1"
    )
    form = {"norm_set": norm_set.pk, "row": 1, "facility_type": "клуб", "act": "Act",
            "clause": "1", "confidence": "quoted"}  # fmt: skip

    response = editor_client.post(address(Norm, "change", norm.pk), form)

    assert response.status_code == 302
    norm.refresh_from_db()
    assert norm.facility_type == "клуб"
    assert City.objects.get(pk=town.pk).data_version > town.data_version


def test_a_changed_kind_is_a_change_in_every_city(editor_client, town):
    """Filters, tiles and walks to a kind are kept ready with its name and all beneath it."""
    kind = make_kind()
    form = {name: value for name, value in model_to_dict(kind).items() if value is not None}

    response = editor_client.post(
        address(InstitutionKind, "change", kind.pk), form | {"name_en": "Book house"}
    )

    assert response.status_code == 302
    assert InstitutionKind.objects.get(pk=kind.pk).name_en == "Book house"
    assert City.objects.get(pk=town.pk).data_version > town.data_version


def form_of(institution, **changes):
    inlines = ("opening_rules", "opening_exceptions", "external_ids", "photos")
    management = {
        f"{prefix}-{name}": 0
        for prefix in inlines
        for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    return {
        "source": institution.source_id,
        "source_key": institution.source_key,
        "city": institution.city_id,
        "kind": institution.kind_id,
        "name": institution.name,
        "status": institution.status,
        "geometry": institution.geometry.geojson,
        "position_accuracy": institution.position_accuracy,
        **management,
        **changes,
    }


def test_a_correction_is_remembered_and_empties_the_caches(editor_client, town):
    institution = Institution.objects.get()
    before = City.objects.get().data_version

    response = editor_client.post(
        address(Institution, "change", institution.pk), form_of(institution, name="Новое имя")
    )

    assert response.status_code == 302, response.context["errors"]
    remembered = Institution.history.first()
    assert remembered.name == "Новое имя"
    assert remembered.history_user.username == "editor"
    assert City.objects.get().data_version == before + 1


def test_a_place_outside_the_city_is_saved_with_a_warning(editor_client, town):
    institution = make_institution(make_source(town, "other"), "far", 0)

    with translation.override("en"):
        response = editor_client.post(
            address(Institution, "change", institution.pk),
            form_of(institution, geometry=point_at(50_000).geojson),
            follow=True,
        )

    said = [str(message) for message in response.context["messages"]]
    assert any("outside the city boundary" in message for message in said)
    institution.refresh_from_db()
    assert institution.geometry.distance(point_at(50_000)) < 1e-6


def test_a_position_without_its_accuracy_is_refused(editor_client, town):
    institution = Institution.objects.get()

    response = editor_client.post(
        address(Institution, "change", institution.pk),
        form_of(institution, position_accuracy=""),
    )

    assert response.status_code == 200
    assert response.context["errors"]


def test_hours_nobody_can_read_are_refused_but_a_sources_own_words_may_stay(town, db):
    form_class = modelform_factory(Institution, form=HoursForm, fields=["opening_hours"])
    library = make_institution(town.sources.get(), "words", 0, opening_hours="по будням")

    def complaints(text):
        form = form_class({"opening_hours": text}, instance=library)
        return form.errors.get("opening_hours", [])

    assert complaints("по будням") == []
    assert complaints("Mo-Fr 10.00–19.00") == []
    assert "10-19" in complaints("10-19")[0]
