"""The map inside other people's pages."""

from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from mapping.models import Institution

pytestmark = pytest.mark.django_db


def ask(client, url, **params):
    return client.get("/oembed", {"url": url, **params})


def test_only_the_frame_may_stand_in_other_pages_and_it_sets_no_cookie(client, town):
    frame = client.get("/embed/town/?layers=institutions")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert not frame.cookies
    page = client.get("/town/")
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_the_frame_leads_back_to_the_same_question(client, town):
    page = client.get("/embed/town/?kind=library&at=55.01,82.9,14&junk=1").content.decode()
    assert "/town/?kind=library&amp;at=55.01%2C82.9%2C14" in page
    assert "junk" not in page


def test_a_map_page_is_embedded_with_its_question(client, town):
    answer = ask(client, "http://testserver/en/town/?kind=library&layers=institutions").json()
    assert (answer["type"], answer["version"]) == ("rich", "1.0")
    source = answer["html"].split('src="')[1].split('"')[0].replace("&amp;", "&")
    assert urlsplit(source).path == "/en/embed/town/"
    assert "kind=library" in source
    assert client.get(source).status_code == 200


def test_a_card_is_embedded_as_its_place_on_the_map(client, town):
    library = Institution.objects.get(city=town)
    card = reverse("layers:card", args=["town", "institution", library.pk])
    answer = ask(client, f"http://testserver{card}", maxwidth="300", maxheight="250").json()
    assert library.name in answer["title"]
    assert f"sel=institution%3A{library.pk}" in answer["html"]
    assert (answer["width"], answer["height"]) == (300, 250)


def test_xml_says_the_same(client, town):
    asked = "http://testserver/town/"
    root = ElementTree.fromstring(ask(client, asked, format="xml").content)
    assert {each.tag: each.text for each in root}["html"] == ask(client, asked).json()["html"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("", 400),
        ("https://elsewhere.example/town/", 404),
        ("http://testserver/nowhere/", 404),
        ("http://testserver/town/planner/", 404),
        ("http://testserver/town/card/institution/999999/", 404),
        ("javascript:alert(1)", 404),
        ("http://[::1", 404),
    ],
)
def test_what_cannot_be_embedded_is_refused(client, town, url, status):
    assert ask(client, url).status_code == status


def test_an_unknown_format_is_not_implemented(client, town):
    assert ask(client, "http://testserver/town/", format="yaml").status_code == 501


def test_a_title_cannot_break_out_of_the_frame(client, town):
    library = Institution.objects.get(city=town)
    library.name = '"><script>alert(1)</script>'
    library.save()
    card = reverse("layers:card", args=["town", "institution", library.pk])
    assert "<script" not in ask(client, f"http://testserver{card}").json()["html"]
