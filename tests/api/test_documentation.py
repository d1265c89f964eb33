"""What is written about the open data works as it is written."""

import re

import pytest

from api.resources import RESOURCES
from tests.conftest import CHECKOUT
from tests.factories import point_at

pytestmark = pytest.mark.django_db
GUIDE = (CHECKOUT / "docs" / "api.md").read_text()
STREET = point_at(0)
EXAMPLES = re.findall(r'curl (?:-O )?"\$SITE(/[^"]*)"', GUIDE)


def test_there_are_examples():
    assert len(EXAMPLES) > 8


@pytest.mark.parametrize("address", EXAMPLES)
def test_every_example_answers(client, open_town, address):
    here = re.sub(r"near=[^&]*", f"near={STREET.y},{STREET.x}", address)
    answer = client.get(here.replace("novosibirsk-demo", "town"))
    assert answer.status_code == 200, answer.content.decode()


def test_the_guide_names_every_resource():
    assert all(f"`{each.name}`" in GUIDE for each in RESOURCES)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_leads_to_every_file(client, open_town, language):
    page = client.get("/api/", {"lang": language}).content.decode()
    files = re.findall(r'href="(/api/v1/[a-z]+\.[a-z]+)"\s+download', page)
    assert len(files) > 20
    assert all(client.get(address).status_code == 200 for address in files)
    examples = re.findall(r'href="(/api/v1/[a-z]+)"', page)
    assert len(examples) == len(RESOURCES) + 1
