"""The schema says what the open data does: programs made from it work."""

import io

import pytest
import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings

from api.resources import RESOURCES

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(open_town):
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema?format=json", get_wsgi_application())
    schema.config.phases.coverage.enabled = True
    return schema


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_does_what_it_says(case):
    case.call_and_validate()


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
