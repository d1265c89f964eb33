"""What search engines find."""

from xml.etree import ElementTree

import pytest
from django.urls import reverse

from mapping.models import Institution

pytestmark = pytest.mark.django_db


def addresses(answer) -> list[str]:
    root = ElementTree.fromstring(answer.content)
    return [each.text for each in root.iter() if each.tag.endswith("}loc")]


def test_the_sitemap_leads_to_pages_that_answer_in_both_languages(client, town):
    sections = addresses(client.get("/sitemap.xml"))
    pages = [page for section in sections for page in addresses(client.get(section))]
    library = Institution.objects.get(city=town)
    for prefix in ("", "/en"):
        card = reverse("layers:card", args=["town", "institution", library.pk])
        assert f"http://testserver{prefix}{card}" in pages
    assert all(client.get(page).status_code == 200 for page in pages)


def test_an_invented_city_is_not_offered_beside_a_real_one(client, town):
    from tests.factories import make_town

    invented = make_town("invented")
    invented.synthetic = True
    invented.save()
    sections = addresses(client.get("/sitemap.xml"))
    pages = [page for section in sections for page in addresses(client.get(section))]
    assert pages
    assert not [page for page in pages if "/invented/" in page]


def test_robots_are_told_where_the_sitemap_is_and_what_costs(client, town):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /*/planner/" in text
