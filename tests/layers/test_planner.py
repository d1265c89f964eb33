"""The planner's doors: a question, its queue, its result, its files."""

import json
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation

from layers import findings, planner, planner_form, wording
from mapping.models import AnalysisRun, Institution, Job
from mapping.services.jobs import perform_job
from tests.factories import make_city, make_institution, make_kind

NOBODY = UUID("00000000-0000-4000-8000-000000000000")
PAGE = "/town/planner/"
ASK = "/town/planner/ask/"
QUEUE = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def asking(client, town, networks, django_capture_on_commit_callbacks):
    """Ask as the page's script does."""

    def ask(measure="coverage", **given):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(
                ASK, {"measure": measure, **given}, headers={"Accept": "application/json"}
            )

    return ask


@pytest.fixture
def waiting(settings):
    """A queue nobody works on."""
    settings.TASKS = QUEUE


@pytest.mark.parametrize("tab", [tab.key for tab in planner.tabs()])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_tab_opens_with_its_question(client, town, tab, prefix):
    answer = client.get(f"{prefix}{PAGE}?tab={tab}")

    assert answer.status_code == 200
    assert answer.context["tab"]["key"] == tab
    assert answer.context["form"]["fields"]
    assert "csrftoken" in answer.cookies


@pytest.fixture
def answer_of(asking, client):
    """Ask, and wait for the run."""

    def answer(measure, **given):
        job = asking(measure, **given).json()
        return client.get(job["job_url"]).json()["run"]

    return answer


def test_a_question_is_answered_and_then_found_in_the_store(asking, answer_of, client):
    run = answer_of("coverage", kind="library", minutes="10")
    again = asking(kind="library", minutes="10")

    assert again.status_code == 200
    assert again.json()["run"] == run
    page = client.get(again.json()["url"])
    assert page.context["result"]["run"]["id"] == run
    assert page.context["form"]["by"]["minutes"]["value"] == "10"


def test_the_same_address_without_a_run_finds_the_stored_answer(answer_of, client):
    run = answer_of("coverage", kind="library", minutes="10")
    page = client.get(PAGE, {"tab": "coverage", "kind": "library", "minutes": "10"})

    assert page.context["result"]["run"]["id"] == run


def test_a_waiting_question_is_followed_cancelled_and_asked_once(asking, client, waiting):
    first, second = asking(kind="library"), asking(kind="library")

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["job"] == second.json()["job"]
    job = first.json()
    assert client.get(job["job_url"]).json()["status"] == "queued"
    page = client.get(job["page_url"])
    assert page.context["job"]["cancel_url"] == job["cancel_url"]
    assert client.post(job["cancel_url"]).json()["status"] == "cancelled"
    assert not AnalysisRun.objects.exists()


def test_a_queue_says_how_many_are_before(asking, client, waiting):
    asking(kind="library", minutes="10")
    job = asking(kind="library", minutes="15").json()

    assert client.get(job["job_url"]).json()["queue_ahead"] == 1


def test_a_job_that_fails_says_why_and_leaves_no_run(asking, client, waiting, town):
    job = asking(kind="library").json()
    Institution.objects.all().delete()
    perform_job(job["id"])
    said = client.get(job["job_url"]).json()

    assert said["status"] == "failed"
    assert said["message"] == (
        "Ни у одного открытого учреждения этого вида место пока не известно. Выберите другой вид."
    )
    assert not AnalysisRun.objects.exists()


@pytest.mark.parametrize(("prefix", "said"), [("", "остановилась"), ("/en", "has ended")])
def test_a_job_whose_worker_is_gone_says_so_and_may_be_asked_again(
    asking, client, waiting, prefix, said
):
    job = asking(kind="library").json()
    # Killed: whoever lives holds the job it has begun.
    Job.objects.update(status=Job.Status.RUNNING)

    page = client.get(f"{prefix}{job['page_url']}")

    assert said in page.context["job"]["message"]
    assert said in page.content.decode()
    assert asking(kind="library").json()["job"] != job["job"]


def test_without_scripts_one_is_led_to_the_answer(client, town, networks):
    answer = client.post(
        ASK, {"measure": "coverage", "kind": "library"}, headers={"Accept": "text/html"}
    )

    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "dragon"}, "dragon"),
        ({"kind": "library", "minutes": "0"}, "0"),
        ({"kind": "library", "minutes": "soon"}, "soon"),
        ({"kind": "library", "group": "elves"}, "elves"),
        ({"kind": "library", "group": "children"}, "Choose all residents"),
        ({"kind": "museum"}, "Choose another kind"),
        ({"measure": "horoscope"}, "horoscope"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(client, town, given, said):
    make_kind("museum")
    answer = client.post(
        "/en" + ASK, {"measure": "coverage", **given}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert not Job.objects.exists()


def test_an_address_that_makes_no_sense_still_opens_the_page(client, town):
    answer = client.get("/en" + PAGE, {"tab": "coverage", "minutes": "0"})

    assert answer.status_code == 400
    assert "0" in answer.context["problem"]
    assert answer.context["form"]["by"]["kind"]["value"] == "library"


def test_asking_needs_the_token_of_the_page(town):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)

    assert strict.post(ASK, {"measure": "coverage", "kind": "library"}).status_code == 403


@pytest.fixture
def answered(answer_of):
    return AnalysisRun.objects.get(pk=answer_of("white_spots", kind="library", link_m="600"))


def test_a_result_is_a_fragment_or_a_page(client, answered):
    url = reverse("layers:result", args=["town", answered.pk])
    fragment = client.get(url, headers={"X-Requested-With": "fragment"})
    page = client.get(url)

    assert b"<html" not in fragment.content
    assert b"<html" in page.content
    assert fragment.context["result"]["headline"] == page.context["result"]["headline"]


def test_every_file_that_is_offered_can_be_had(client, answered):
    offered = client.get(reverse("layers:result", args=["town", answered.pk])).context["result"][
        "exports"
    ]

    assert {each["form"] for each in offered} >= {"xlsx", "csv", "json", "gpkg", "geojson"}
    for each in offered:
        answer = client.get(each["url"])
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")


def test_the_layers_of_a_result_can_be_had(client, answered):
    layers = client.get(reverse("data:run_layers", args=["town", answered.pk])).json()
    own = next(group for group in layers["groups"] if group["key"] == "result")["layers"]

    features = json.loads(client.get(own[0]["url"]).content)["features"]
    assert len(features) == own[0]["count"] == 1
    assert own[0]["active"] is True


def test_how_it_was_computed_can_be_read(client, answered):
    answer = client.get(reverse("layers:run", args=["town", answered.pk]))

    assert answer.status_code == 200
    assert answer.context["run"]["headline"]


@pytest.mark.parametrize(
    "url",
    [
        "/nowhere/planner/",
        PAGE + "?run=999999",
        PAGE + "?run=first",
        PAGE + "?job=first",
        PAGE + f"?job={NOBODY}",
        "/town/planner/result/999999/",
        "/data/town/runs/999999/layers.json",
        f"/data/town/jobs/{NOBODY}/",
    ],
)
def test_what_is_not_there_is_not_found(client, town, url):
    assert client.get(url).status_code == 404


def test_a_run_of_another_city_is_not_shown(client, answered):
    make_city("other")

    assert client.get(f"/other/planner/result/{answered.pk}/").status_code == 404


def test_the_map_of_a_result_leaves_as_one_file(client, answered):
    offered = client.get(f"/town/planner/result/{answered.pk}/").context["result"]["exports"]
    url = next(each["url"] for each in offered if each["form"] == "html")
    answer = client.get(url)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('.html"')
    assert "<html" in answer.content.decode()


@pytest.mark.parametrize("path", ["dragons.csv", "spot.doc", "map.html?table=dragons"])
def test_an_unknown_table_or_form_is_refused(client, answered, path):
    assert client.get(f"/town/planner/runs/{answered.pk}/{path}").status_code == 400


@pytest.mark.parametrize(("objective", "is_asked"), [("mclp", True), ("p_median", False)])
def test_minutes_are_asked_only_where_the_aim_has_them(client, town, objective, is_asked):
    answer = client.get(f"{PAGE}?tab=siting&objective={objective}")

    assert answer.context["form"]["by"]["minutes"]["asked"] is is_asked
    assert ('data-is="mclp lscp" hidden' in " ".join(answer.text.split())) is not is_asked


def test_without_a_timetable_only_walking_is_promised(client, town):
    answer = client.get(f"/en{PAGE}?tab=transit")

    assert "There is no timetable: counted on foot only." in answer.text
    assert "30 minutes from door to door" in answer.text
    assert 'name="feed"' not in answer.text


def test_with_a_timetable_its_day_and_hours_can_be_asked(client, town, settings, tmp_path):
    settings.TIMETABLE_DIR = tmp_path
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "bus.zip").touch()

    answer = client.get(f"{PAGE}?tab=transit&feed=bus.zip&date=2026-03-31")

    by = answer.context["form"]["by"]
    assert [option["value"] for option in by["feed"]["options"]] == ["", "bus.zip"]
    assert [by[name]["value"] for name in ("date", "from_time", "until_time")] == [
        "2026-03-31",
        "08:00",
        "09:00",
    ]
    assert all(f'name="{name}"' in answer.text for name in ("feed", "date", "from_time"))


def test_points_of_a_result_are_not_hidden_under_the_pins_of_the_map(client, answer_of):
    run = answer_of("audience", kind="library", minutes=15)

    groups = client.get(reverse("data:run_layers", args=["town", run])).json()["groups"]

    active = [layer["key"] for group in groups for layer in group["layers"] if layer["active"]]
    assert "institution" in active
    assert "institutions" not in active


def test_public_buildings_are_offered_as_candidates_and_not_as_a_kind_of_culture(town):
    source = town.sources.get()
    buildings = make_kind("public_building", is_culture=False)
    school = make_kind("school", parent=buildings, is_culture=False)
    make_institution(source, "school", 500, kind=school)
    make_institution(source, "hall", 900, kind=make_kind("house_of_culture"))

    with translation.override("en"):
        fields = planner_form.form(town, "siting", {})["by"]
        kinds = planner_form.form(town, "coverage", {})["by"]["kind"]["options"]

    offered = {option["value"]: option["label"] for option in fields["candidates"]["options"]}
    assert offered["existing:library,public_building"] == "libraries and public_building"
    assert list(offered) == [
        "existing:house_of_culture",
        "existing:library",
        "existing:house_of_culture,library",
        "existing:library,public_building",
        "existing:house_of_culture,library,public_building",
        "existing:public_building",
        "existing:all",
    ]
    assert {option["value"] for option in kinds if option["value"]} == {
        "library",
        "house_of_culture",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("existing:library", "Libraries"),
        ("existing:all", "institutions of culture of every kind"),
        ("existing:library|points:55.1,82.9", "Libraries; 1 point on the map"),
        ("institutions:3,5", "2 chosen institutions"),
        ("points:55.1,82.9", "1 point on the map"),
    ],
)
def test_candidates_are_told_in_words(town, text, said):
    with translation.override("en"):
        assert findings.parameter_words("candidates", text).lower() == said.lower()


def test_shared_access_is_told_per_thousand_people_as_in_the_headline(answer_of):
    run = AnalysisRun.objects.get(pk=answer_of("accessibility", kind="library", minutes=15))

    with translation.override("en"):
        mean = next(fact for fact in findings.facts(run) if fact["key"] == "mean")

        assert mean["value"] == wording.quantity(run.summary["headline"]["mean"] * 1000)
        assert f"{mean['value']} units of capacity per 1,000" in findings.headline(run)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"minutes": "0"}, "got “0”, wanted more than 0, at most 120"),
        ({"minutes": "ten"}, "got “ten”, wanted a number"),
        ({"open_at": "someday"}, "wanted a weekday and a time, such as sa-18:00"),
    ],
)
def test_a_refusal_says_what_was_got_and_what_was_wanted(asking, client, given, said):
    refused = client.post(
        f"/en{ASK}",
        {"measure": "coverage", "kind": "library", **given},
        headers={"Accept": "application/json"},
    )

    assert refused.status_code == 400
    assert said in refused.json()["message"]
    assert not Job.objects.exists()


def test_a_set_of_norms_nobody_has_is_refused_at_the_door(asking):
    refused = asking("provision", norm_set="dragons")

    assert refused.status_code == 400
    assert "dragons" in refused.json()["message"]
    assert not Job.objects.exists()
