"""What a request may ask for."""

import pytest

from layers import http
from mapping.errors import ParameterError, UnknownNameError


def test_a_box_of_four_degrees():
    assert http.bounding_box({"bbox": "82.7,54.8,83.2,55.2"}) == http.BoundingBox(
        82.7, 54.8, 83.2, 55.2
    )
    assert http.bounding_box({}) is None


@pytest.mark.parametrize(
    "box", ["1,2,3", "a,b,c,d", "3,2,1,4", "1,4,3,2", "-181,0,0,1", "nan,0,1,1", "0,0,inf,1"]
)
def test_what_is_no_box(box):
    with pytest.raises(ParameterError, match="wanted west,south,east,north"):
        http.bounding_box({"bbox": box})


def test_one_of_a_closed_list():
    assert http.choice({"by": "tos"}, "by", ("district", "tos"), "district") == "tos"
    assert http.choice({}, "by", ("district", "tos"), "district") == "district"
    with pytest.raises(UnknownNameError, match="wanted one of: district, tos"):
        http.choice({"by": "planet"}, "by", ("district", "tos"), "district")


@pytest.mark.parametrize("given", ["-1", "121", "many", "nan", "inf"])
def test_a_number_within_its_bounds(given):
    assert http.number({"minutes": "7.5"}, "minutes", low=1, high=120, default=15) == 7.5
    with pytest.raises(ParameterError, match="wanted a number from 1 to 120"):
        http.number({"minutes": given}, "minutes", low=1, high=120, default=15)


def test_a_tag_changes_with_any_part():
    assert http.etag("a", "bc") != http.etag("ab", "c")


@pytest.mark.parametrize("address", ["/town/planner/ask/", "/town/norms/import/"])
@pytest.mark.django_db
def test_a_form_with_what_no_text_can_hold_is_refused(client, town, address):
    said = {"measure": "provision", "norm_set": "a\x00", "kind": "all", "confidence": "quoted"}
    assert client.post(address, said).status_code == 400


@pytest.mark.django_db
def test_a_form_where_data_are_expected_is_refused(client, town):
    for address in ("/town/scenarios/", "/data/town/whatif/"):
        assert client.post(address, {"name": "a form of parts"}).status_code == 400
