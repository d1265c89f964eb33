"""What comes from the environment is understood or refused; nothing leaves the machine unasked."""

from importlib.util import find_spec

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database import parse_database_url
from config.tiles import tile_origins


def test_a_socket_folder_and_a_server_are_both_addresses():
    socket = parse_database_url("postgis://atlas@/culture_atlas?host=%2Fvar%2Frun%2Fatlas")
    server = parse_database_url("postgres://me:p%40ss@db.example.org:5433/atlas?sslmode=require")

    assert (socket["NAME"], socket["USER"], socket["HOST"]) == (
        "culture_atlas",
        "atlas",
        "/var/run/atlas",
    )
    assert (server["HOST"], server["PORT"], server["PASSWORD"]) == (
        "db.example.org",
        "5433",
        "p@ss",
    )
    assert server["OPTIONS"] == {
        "sslmode": "require",
        "options": "-c jit=off -c max_parallel_workers_per_gather=0",
        "connect_timeout": "10",
    }


def test_how_long_to_wait_for_the_database_may_be_said():
    told = parse_database_url("postgis://me@far/atlas?connect_timeout=3&options=-c%20jit%3Don")

    assert told["OPTIONS"] == {"connect_timeout": "3", "options": "-c jit=on"}


@pytest.mark.parametrize("url", ["sqlite:///atlas.db", "postgis://localhost/", "nonsense"])
def test_another_backend_or_no_name_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        parse_database_url(url)


def test_psycopg_3_is_absent():
    """Django would silently take it instead of psycopg2."""
    assert find_spec("psycopg") is None


def test_no_page_asks_another_server_unless_a_tile_layer_is_given(client, db):
    policy = client.get("/")["Content-Security-Policy"]

    assert "http" not in policy
    assert tile_origins("") == []


def test_the_tile_layer_of_the_settings_is_let_in_and_nobody_else():
    assert tile_origins("https://{s}.tiles.example.org/{z}/{x}/{y}.png") == [
        "https://*.tiles.example.org"
    ]
