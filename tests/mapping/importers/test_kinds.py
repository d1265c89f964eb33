import json

import pytest

from mapping.errors import UnreadableFileError
from mapping.importers.kinds import TagMatcher, load_kinds, root_of


def test_the_reference_list_is_a_tree():
    kinds = load_kinds()

    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))
    assert {"library", "children_library", "house_of_culture", "museum", "school"} <= set(codes)
    assert root_of("children_library", kinds) == "library"


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"amenity": "library"}, "library"),
        ({"amenity": "library", "library:type": "children"}, "children_library"),
        ({"amenity": "theatre", "theatre:type": "circus"}, "circus"),
        ({"amenity": "theatre"}, "theatre"),
        ({"library:type": "children", "shop": "books"}, "children_library"),
        ({"amenity": "pub"}, ""),
        ({}, ""),
    ],
)
def test_tags_name_the_most_particular_kind(tags, code):
    assert TagMatcher(load_kinds()).find(tags) == code


def test_schools_and_their_like_are_not_culture():
    kinds = load_kinds()

    outside = {kind.code for kind in kinds if not kind.is_culture}
    assert {"public_building", "school", "kindergarten", "college"} <= outside
    assert {root_of(code, kinds) for code in outside} == {"public_building"}


def test_half_a_branch_cannot_be_culture(tmp_path):
    school = {**blank(), "code": "school", "parent": None, "is_culture": False}
    rows = [school, {**blank(), "code": "art_class", "parent": "school"}]
    (tmp_path / "kinds.json").write_text(json.dumps(rows))

    with pytest.raises(UnreadableFileError, match="branches that are culture or are not"):
        load_kinds(tmp_path / "kinds.json")


def test_a_child_before_its_parent_is_refused(tmp_path):
    rows = json.loads(json.dumps([{**blank(), "code": "b", "parent": "a"}]))
    (tmp_path / "kinds.json").write_text(json.dumps(rows))

    with pytest.raises(UnreadableFileError, match="parents first"):
        load_kinds(tmp_path / "kinds.json")


def test_another_list_is_refused(tmp_path):
    (tmp_path / "kinds.json").write_text('[{"name": "Library"}]')

    with pytest.raises(UnreadableFileError, match="a JSON list of kinds"):
        load_kinds(tmp_path / "kinds.json")


def blank():
    names = "name name_en plural plural_en genitive genitive_en sysname icon color schema_org"
    return {**dict.fromkeys(names.split(), ""), "osm": []}
