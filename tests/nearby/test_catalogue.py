"""One catalogue of a city in memory, whatever happens to its data."""

import gc

import pytest
from django.http import QueryDict

from mapping.models import City
from nearby.answer import near
from nearby.asking import read
from nearby.catalogue import Catalogue, catalogue_of
from tests.nearby.conftest import origin

pytestmark = pytest.mark.django_db


def in_memory(city):
    gc.collect()
    known = [each for each in gc.get_objects() if isinstance(each, Catalogue)]
    return [each.key for each in known if each.city.pk == city.pk]


def test_a_catalogue_is_read_once_for_one_state_of_the_data(lively):
    assert catalogue_of(lively) is catalogue_of(City.objects.get(pk=lively.pk))


def test_changes_of_the_data_leave_no_dead_catalogues_behind(lively):
    for _ in range(3):
        lively.data_version += 1
        lively.save()
        for east_m in (0, 100, 900):
            assert near(lively, read(QueryDict(f"from={origin(east_m)}")))["total"]
        assert in_memory(lively) == [(lively.pk, lively.data_version)]
