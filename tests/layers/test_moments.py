"""A question about a moment as its reader meets it: in words, in a command, in a refusal."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from layers import complaints, findings, moments
from mapping.errors import NoneOpenError
from mapping.models import Institution
from mapping.services.coverage import CoverageQuestion, run_coverage
from tests.factories import make_institution

pytestmark = pytest.mark.usefixtures("networks")


@pytest.fixture
def open_late(town):
    """The library is open in the evening; of another one in the east nobody knows."""
    Institution.objects.update(opening_hours="Mo-Su 12:00-20:00")
    make_institution(town.sources.get(), "east", 2000)
    return town


def test_a_moment_in_words():
    with translation.override("en"):
        assert moments.said("sa-18:00") == "on Saturday at 18:00"
        assert moments.said("") == "at any time"
        assert next(iter(moments.options())) == ""


def test_a_finding_says_the_moment_and_whose_hours_nobody_knows(open_late):
    run = run_coverage(open_late, CoverageQuestion(kind="library", open_at="sa-18:00"))

    with translation.override("en"):
        assert findings.headline(run).startswith("On Saturday at 18:00: 60% of residents live")
        told = findings.unknown(run)
        assert told[0] == "Known to be open on Saturday at 18:00: 1 of 2."
        assert "Библиотека east" in told[1]
        assert dict(findings.parameters(run))["Open"] == "on Saturday at 18:00"


def test_the_command_counts_those_open_then(open_late, capsys):
    asked = ["analyse", "coverage", "--city", "town", "--kind", "library", "--format", "json"]

    call_command(*asked)
    at_any_time = json.loads(capsys.readouterr().out)
    call_command(*asked, "--open-at", "sa-18:00")
    then = json.loads(capsys.readouterr().out)

    assert (at_any_time["covered"], then["covered"]) == (1000, 600)
    with pytest.raises(CommandError, match="open_at"):
        call_command(*asked, "--open-at", "tomorrow")


def test_none_open_is_told_in_words():
    with translation.override("en"):
        said = complaints.complaint(NoneOpenError("town", "library", "su-03:00", 2))

    assert "on Sunday at 03:00" in said
    assert "unknown hours: 2" in said


def chosen(options):
    return [option["label"] for option in options if option["selected"]]


def test_the_sentence_offers_moments_and_any_weekday_and_hour(client, open_late):
    form = client.get("/en/town/planner/?kind=library&open_at=tu-09:30").context["form"]

    assert chosen(form["by"]["open_at"]["options"]) == ["at another time"]
    assert form["moment"]["is_other"]
    assert chosen(form["moment"]["days"]) == ["on Tuesday"]
    assert chosen(form["moment"]["times"]) == ["at 09:30"]
    offered = client.get("/en/town/planner/?kind=library&open_at=sa-18:00").context["form"]
    assert chosen(offered["by"]["open_at"]["options"]) == ["on Saturday at 18:00"]
    assert not offered["moment"]["is_other"]


def test_a_weekday_and_an_hour_chosen_apart_are_one_moment(client, open_late):
    own = "open_at=other&open_day=tu&open_time=09:30"
    page = client.get(f"/en/town/planner/?kind=library&{own}")

    assert page.status_code == 200
    assert "open_at=tu-09%3A30" in page.context["query"]


def test_a_moment_that_is_none_is_refused(client, open_late):
    refused = client.get("/en/town/planner/?kind=library&open_at=never")
    assert refused.status_code == 400
    assert "open" in refused.context["problem"].lower()
