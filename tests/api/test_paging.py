"""Pages in a stable order: no row is lost or doubled, whatever happens between two of them."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.resources import RESOURCES
from mapping.models import Institution
from tests.factories import make_institution

pytestmark = pytest.mark.django_db
NUMBERS = itertools.count()
TURNS = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 20), max_size=3)), max_size=12
)


def add(source, count: int) -> None:
    for _ in range(count):
        make_institution(source, f"place-{next(NUMBERS)}", None)


def remove(places: list[int]) -> None:
    ids = list(Institution.objects.order_by("pk").values_list("pk", flat=True))
    chosen = [ids[place] for place in set(places) if place < len(ids)]
    Institution.objects.filter(pk__in=chosen).delete()


@given(count=st.integers(0, 9), limit=st.integers(1, 4), turns=TURNS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rows_that_stay_are_seen_once_while_others_come_and_go(
    client, open_town, count, limit, turns
):
    source = open_town.sources.get(slug="town")
    Institution.objects.all().delete()
    add(source, count)
    staying = set(Institution.objects.values_list("pk", flat=True))
    seen, address = [], f"/api/v1/institutions?limit={limit}"
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
        if turns:
            added, removed = turns.pop()
            add(source, added)
            remove(removed)
            staying &= set(Institution.objects.values_list("pk", flat=True))
    assert seen == sorted(set(seen))
    assert staying <= set(seen)


def test_the_next_page_keeps_the_filters_and_stands_in_a_header_too(client, open_town):
    first = client.get("/api/v1/institutions?kind=library&limit=1")
    address = first.json()["next"]
    assert first["Link"] == f'<{address}>; rel="next"'
    second = client.get(address)
    assert [row["kind"] for row in second.json()["results"]] == ["library"]
    assert second.json()["next"] is None
    assert "Link" not in second


def test_a_collection_is_paged_by_its_links(client, open_town):
    seen, address = [], "/ogc/collections/districts/items?limit=1"
    while address:
        page = client.get(address).json()
        assert page["numberMatched"] == 2
        seen += [feature["id"] for feature in page["features"]]
        address = {link["rel"]: link["href"] for link in page["links"]}.get("next")
    assert len(seen) == len(set(seen)) == 2


@pytest.mark.parametrize(
    "address",
    [f"/api/v1/{each.name}" for each in RESOURCES]
    + ["/api/v1/institutions.csv", "/ogc/collections/institutions/items"],
)
def test_queries_do_not_grow_with_rows(client, open_town, address):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    few = count()
    source = open_town.sources.get(slug="town")
    add(source, 20)
    assert count() == few <= 10
