"""The schema says what the open data does: programs made from it work."""

import io

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from api.resources import RESOURCES
from tests.api import schemathesis_hooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(open_town):
    """The schema of the town, asked within the transaction of the test."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema?format=json", get_wsgi_application())
    yield schema
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_does_what_it_says(described, mode):
    """Good and bad queries of every operation, the same ones every time."""
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 2 * len(RESOURCES) + 1
    for operation in operations:
        _try(operation.as_strategy(generation_mode=mode))


def _try(cases) -> None:
    @given(case=cases)
    @settings(
        max_examples=8,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        case.query = schemathesis_hooks.in_order(case)
        # The client of the tests does not unpack what is compressed.
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    ask()


def test_the_schema_is_made_without_a_warning(open_town):
    call_command(
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--format",
        "openapi-json",
        stdout=io.StringIO(),
    )


def test_every_resource_and_every_field_is_described(client, open_town):
    document = client.get("/api/v1/schema?format=json").json()
    for resource in RESOURCES:
        assert f"/api/v1/{resource.name}" in document["paths"]
        assert f"/api/v1/{resource.name}/{{id}}" in document["paths"]
        row = document["components"]["schemas"][resource.name.title()]
        told = client.get(f"/api/v1/{resource.name}").json()["results"][0]
        assert set(row["required"]) <= set(told) <= set(row["properties"])
