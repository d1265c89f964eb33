import os
from types import SimpleNamespace

import pytest

from bootstrap import commands
from bootstrap.console import SetupError

READY = SimpleNamespace(missing=list, ensure=lambda: None)


def test_a_given_database_is_taken_and_no_cluster_is_touched(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgis://me@db.example.org/atlas")
    monkeypatch.setattr(commands, "private_cluster", lambda: pytest.fail("asked for a cluster"))

    commands.set_up(READY)

    assert os.environ["DATABASE_URL"] == "postgis://me@db.example.org/atlas"


def test_the_private_cluster_is_told_to_the_service_alone(monkeypatch):
    cluster = SimpleNamespace(
        answers=lambda: True, url="postgis://atlas@/culture_atlas?host=%2Frun"
    )
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PGPORT", "6432")
    monkeypatch.setattr(commands, "private_cluster", lambda: cluster)

    commands.set_up(READY)

    assert os.environ["DATABASE_URL"] == cluster.url
    assert "PGPORT" not in os.environ


def test_what_is_missing_is_said_in_words_and_fails(monkeypatch):
    def refuse(environment):
        raise SetupError("There is no pip here.")

    monkeypatch.setattr(commands, "set_up", refuse)

    with pytest.raises(SystemExit, match="There is no pip here"):
        commands.prepare(["demo"])


def test_an_interrupted_set_up_ends_quietly(monkeypatch, capsys):
    def interrupt(environment):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "set_up", interrupt)

    with pytest.raises(SystemExit) as ended:
        commands.prepare(["demo"])

    assert ended.value.code == commands.INTERRUPTED
    assert "run it again" in capsys.readouterr().err
