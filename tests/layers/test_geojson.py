"""What the map draws says of itself what the list says."""

import json

import pytest
from django.utils import translation

from layers import choice as choices
from layers import geojson, registry
from mapping.models import Institution
from tests.factories import make_institution, make_kind, make_tos

EVERY = {"id", "type", "name", "label", "color", "class", "synthetic", "approximate", "modelled"}


def features(key, choice):
    return json.loads(registry.layers_by_key()[key].features(choice))["features"]


def test_every_feature_has_what_drawing_needs(choice):
    make_tos(choice.city.sources.get(), "Берег", 0, 700)
    for layer in registry.all_layers():
        for feature in features(layer.key, choice):
            assert feature["properties"].keys() >= EVERY, layer.key
            assert feature["geometry"]["coordinates"]


def test_colours_and_legend_agree(choice):
    layer = registry.layers_by_key()["coverage"]
    entries = layer.legend(choice).entries
    for feature in features("coverage", choice):
        drawn = feature["properties"]
        assert drawn["color"] == entries[drawn["class"]].color


def test_coverage_features_carry_the_rows_of_the_run(choice):
    by_name = {
        each["properties"]["name"]: each["properties"] for each in features("coverage", choice)
    }

    assert by_name["Восточный район"]["uncovered"] == 400
    assert by_name["Западный район"]["share"] == 1.0


def test_only_the_asked_kind_and_what_is_beneath_it_is_asked(run):
    source = run.city.sources.get()
    children = make_kind("children_library", parent=make_kind("library"))
    make_institution(source, "children", 100, kind=children)
    make_institution(source, "museum", 200, kind=make_kind("museum"))
    asked = {
        each["properties"]["kind"]: each["properties"]["asked"]
        for each in features("institutions", choices.read(run.city, {}))
    }

    assert asked == {"library": True, "children_library": True, "museum": False}


def test_without_a_position_there_is_a_note_instead_of_a_point(choice):
    make_institution(choice.city.sources.get(), "lost", None)
    layer = registry.layers_by_key()["institutions"]

    assert len(features("institutions", choice)) == 1
    assert "1" in layer.legend(choice).note


def test_a_school_is_on_its_own_layer_and_in_no_list_of_culture(choice):
    school = make_kind("school", is_culture=False)
    building = make_institution(choice.city.sources.get(), "school", 100, kind=school)
    layer, cards = registry.layers_by_key()["public-buildings"], registry.cards()
    shown = [each["properties"]["id"] for each in features("public-buildings", choice)]

    assert shown == [building.pk]
    assert not layer.starts_on(choice)
    assert len(features("institutions", choice)) == 1
    assert registry.layers_by_key()["institutions"].shown(choice).count == 1
    card = cards["institution"](choice, str(building.pk))
    assert card["type_label"] == school.label
    with translation.override("en"):
        facts = cards["institution"](choice, str(building.pk))["facts"]
    assert "a building that could host something; not culture" in [fact["value"] for fact in facts]


def test_in_a_city_without_culture_the_schools_are_shown(town, run):
    Institution.objects.update(kind=make_kind("school", is_culture=False))

    assert registry.layers_by_key()["public-buildings"].starts_on(choices.read(town, {}))


def test_a_box_limits_what_is_sent(run):
    box = "82.0,54.0,82.1,54.1"
    choice = choices.read(run.city, {"bbox": box})
    for layer in registry.all_layers():
        assert features(layer.key, choice) == [], layer.key


def test_closed_institutions_are_not_shown(choice):
    Institution.objects.update(status="closed")

    assert features("institutions", choice) == []


def test_a_cell_is_a_closed_ring():
    ring = json.loads(geojson.cell_polygon("880bb03733fffff"))["coordinates"][0]

    assert ring[0] == ring[-1]
    assert len(ring) == 7


@pytest.mark.parametrize("key", ["coverage", "uncovered"])
def test_nothing_computed_draws_nothing(town, key):
    assert features(key, choices.read(town, {})) == []
