"""The installed application: its manifest, its worker, and the pages kept on the device."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

from layers.scripts import modules_of
from nearby.shell import FILES, shell

LANGUAGES = {"ru": "/", "en": "/en/"}
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_speaks_the_language_asked_and_starts_in_it(client, language):
    answer = client.get("/manifest.webmanifest", {"lang": language})
    manifest = json.loads(answer.content)

    assert answer["Content-Type"] == "application/manifest+json"
    assert manifest["lang"] == language
    assert manifest["start_url"] == LANGUAGES[language]
    assert manifest["name"]
    assert manifest["display"] == "standalone"
    purposes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert purposes >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_every_icon_of_the_manifest_is_a_picture_of_its_size(client):
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    for icon in manifest["icons"]:
        with open(finders.find(icon["src"].removeprefix("/static/")), "rb") as file:
            head = file.read(24)
        sides = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
        assert head[1:4] == b"PNG"
        assert "x".join(map(str, sides)) == icon["sizes"]


def test_the_worker_stands_at_the_root_and_is_asked_for_anew_each_time(client):
    answer = client.get("/sw.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    given = json.loads(re.search(r"self\.SHELL = (\{.*\});", answer.content.decode())[1])
    assert given == shell()
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_everything_of_the_shell_is_there(client):
    for name in (*FILES, *modules_of(["js/pages/near.js"], with_later=True)):
        assert finders.find(name), name
    for address in shell()["pages"]:
        assert client.get(address).status_code == 200, address


def test_favourites_need_no_city_and_know_nothing_of_the_reader(client):
    answer = client.get("/favourites/")

    assert answer.status_code == 200
    assert not answer.cookies
    assert "data-favourites" in answer.content.decode()


def test_nothing_is_written_by_these_addresses(client):
    for address in ("/sw.js", "/manifest.webmanifest", "/favourites/", "/offline/"):
        assert client.post(address).status_code == 405
