"""After a start nobody waits for what could have been read before."""

import pytest
from django.db import DatabaseError, connection

from mapping.models import City
from mapping.services import readiness
from mapping.services.baselines import baseline_of
from mapping.services.whatif import WhatIfQuestion


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


def test_what_is_ready_answers_without_reading_the_city_again(
    town, django_assert_max_num_queries, monkeypatch
):
    # The connection is the test's own; a server's thread closes that of its own.
    monkeypatch.setattr(connection, "close", lambda: None)

    readiness.get_ready()

    city = City.objects.get()
    with django_assert_max_num_queries(1):  # the kind, by its name
        baseline_of(city, WhatIfQuestion(kind="library"))


def test_a_city_without_streets_is_left_to_whoever_asks(town, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    town.streets.all().delete()

    readiness.get_ready()


def test_a_database_that_is_away_is_left_to_whoever_asks(town, monkeypatch, caplog):
    def fail(city):
        raise DatabaseError("away")

    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(readiness, "_ask_first_questions", fail)

    with caplog.at_level("INFO"):
        readiness.get_ready()

    assert "away" in caplog.text
