"""Scenarios over HTTP: kept for whoever saved them, shared by link, compared by all."""

import io
import json
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from openpyxl import load_workbook

from mapping.models import Scenario
from tests.factories import make_city, point_at
from tests.mapping.services.measures.test_provision import make_norm

ASKED = {"kind": "library", "minutes": 15, "group": "all"}
FAR = {"do": "open", "lat": point_at(2000).y, "lon": point_at(2000).x, "name": "Восточная"}

pytestmark = pytest.mark.usefixtures("networks")


def post(client, url, sent):
    return client.post(url, json.dumps(sent), content_type="application/json")


def save(client, city, name="Филиал", changes=(FAR,)):
    sent = {"name": name, "question": ASKED, "changes": list(changes)}
    return post(client, f"/{city.slug}/scenarios/", sent)


@pytest.fixture
def saved(client, town):
    return save(client, town).json()["id"]


def test_a_saved_scenario_opens_on_the_planners_page(client, town):
    answer = save(client, town)

    scenario = Scenario.objects.get()
    assert answer.status_code == 201
    assert answer.json()["id"] == str(scenario.pk)
    assert f"scenario={scenario.pk}" in answer.json()["url"]
    assert "tab=whatif&group=all&kind=library" in answer.json()["url"]
    link = client.get(f"/{town.slug}/scenarios/{scenario.pk}/")
    assert (link.status_code, link["Location"]) == (302, answer.json()["url"])


def test_the_secret_is_for_the_browser_alone(client, town):
    cookie = save(client, town).cookies["planner"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert Scenario.objects.get().owner_key not in cookie.value


def test_one_browser_keeps_one_secret(client, town):
    save(client, town)
    save(client, town, "Ещё один")

    assert len({scenario.owner_key for scenario in Scenario.objects.all()}) == 1


@pytest.mark.parametrize(("act", "sent"), [("rename", {"name": "Новое"}), ("delete", {})])
def test_only_whoever_saved_it_may_change_it(client, town, saved, act, sent):
    url = f"/en/{town.slug}/scenarios/{saved}/{act}/"

    stranger = post(Client(), url, sent)
    assert stranger.status_code == 403
    assert "whoever saved" in stranger.json()["message"]
    assert Scenario.objects.get().name == "Филиал"

    forged = Client()
    forged.cookies["planner"] = "made-up:1abcde:signature"
    assert post(forged, url, sent).status_code == 403

    assert post(client, url, sent).status_code == 200
    assert not Scenario.objects.filter(name="Филиал").exists()


@pytest.mark.parametrize(
    ("act", "sent", "permission"),
    [("rename", {"name": "Новое"}, "change"), ("delete", {}, "delete")],
)
def test_others_need_the_permission_and_not_a_desk(
    town, saved, act, sent, permission, django_user_model
):
    url = f"/{town.slug}/scenarios/{saved}/{act}/"
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.exclude(codename=f"{permission}_scenario"))
    client = Client()
    client.force_login(clerk)

    assert post(client, url, sent).status_code == 403
    assert Scenario.objects.get().name == "Филиал"
    clerk.user_permissions.add(Permission.objects.get(codename=f"{permission}_scenario"))
    assert post(client, url, sent).status_code == 200


def test_a_signed_in_planner_owns_it_from_anywhere(town, django_user_model):
    user = django_user_model.objects.create_user("planner")
    here, there = Client(), Client()
    here.force_login(user)
    there.force_login(user)

    saved = save(here, town).json()["id"]

    url = f"/{town.slug}/scenarios/{saved}/rename/"
    assert post(there, url, {"name": "Издалека"}).json()["name"] == "Издалека"


@pytest.mark.parametrize("act", ["", "rename", "delete"])
def test_every_write_is_guarded_against_other_sites(town, act):
    strict = Client(enforce_csrf_checks=True)
    path = f"{uuid.uuid4()}/{act}/" if act else ""

    assert post(strict, f"/{town.slug}/scenarios/{path}", {}).status_code == 403


@pytest.mark.parametrize("act", ["rename", "delete"])
def test_writes_are_not_done_by_address(client, town, saved, act):
    assert client.get(f"/{town.slug}/scenarios/{saved}/{act}/").status_code == 405


def test_one_of_another_city_is_not_found(client, town, saved):
    other = make_city("other")

    assert client.get(f"/{other.slug}/scenarios/{saved}/").status_code == 404
    assert post(client, f"/{other.slug}/scenarios/{saved}/delete/", {}).status_code == 404


def test_what_cannot_be_saved_is_refused_in_words(client, town):
    answer = save(client, town, name=" ")

    assert answer.status_code == 400
    assert answer.json()["title"]
    assert not Scenario.objects.exists()


def test_today_and_two_scenarios_stand_side_by_side(client, town):
    library = town.institutions.get()
    first = save(client, town).json()["id"]
    closing = [{"do": "close", "institution": library.pk}]
    second = save(client, town, "Закрыть", closing).json()["id"]

    page = Client().get(f"/en/{town.slug}/scenarios/compare/?ids={first},{second}")

    compare = page.context["compare"]
    assert [column["name"] for column in compare["columns"]] == ["Today", "Филиал", "Закрыть"]
    covered = compare["rows"][0]
    assert [cell["text"] for cell in covered["cells"]] == ["600", "1,000", "0"]
    assert [cell.get("delta_text") for cell in covered["cells"]] == [None, "+400", "−600"]
    assert [cell.get("better") for cell in covered["cells"]] == [None, True, False]
    share = compare["rows"][2]
    assert [cell.get("delta_text") for cell in share["cells"]] == [None, "+40.0 pp", "−60.0 pp"]
    districts = {row["label"]: row["cells"][1] for row in compare["districts"]["rows"]}
    assert districts["Eastern district"]["delta_text"] == "+400"
    assert compare["changes"][1]["items"] == [f"closes: {library.name}"]
    assert "Филиал" in page.content.decode()


def test_norms_and_seats_stand_in_the_comparison_and_in_its_file(client, town):
    make_norm()
    first = save(client, town).json()["id"]

    page = Client().get(f"/en/{town.slug}/scenarios/compare/?ids={first}")

    compare = page.context["compare"]
    rows = {row["label"]: row["cells"] for row in compare["norms"][0]["rows"]}
    assert [cell["text"] for cell in rows["Missing"]] == ["1", "0"]
    assert "Act, table 1" in page.content.decode()
    assert "Gini index" in page.content.decode()

    urls = {export["label"]: export["url"] for export in compare["exports"]}
    book = load_workbook(io.BytesIO(client.get(urls["XLSX"]).content))
    table, about = book.worksheets
    lines = [[cell.value for cell in row] for row in table.iter_rows()]
    assert lines[0][:4] == ["Section", "Figure", "Unit", "Today"]
    by_name = {line[1]: line[2:] for line in lines}
    assert by_name["People within reach"] == ["people", 600, 1000, 400]
    assert by_name["Share within reach"] == ["%", 60, 100, 40]
    assert by_name["Missing"] == ["institutions", 1, 0, -1]
    assert by_name["Palma ratio"][1] is None
    said = "\n".join(str(row[0].value) for row in about.iter_rows())
    assert "Филиал: opens: Восточная" in said
    assert "CC0" in said
    assert "Made on" in said

    table = client.get(urls["CSV"]).content.decode()
    assert table.startswith("\ufeffSection;Figure;Unit;Today;")
    document = client.get(urls["CSV"].replace("table.csv", "table.json")).json()
    assert document["question"]["method"] == "e2sfca"
    assert client.get(urls["CSV"].replace("table.csv", "table.exe")).status_code == 400


@pytest.mark.parametrize(
    ("prefix", "said"), [("", "слишком много запросов"), ("/en", "Too many requests")]
)
def test_comparisons_and_their_files_are_rationed_together(
    client, town, saved, settings, prefix, said
):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"compare": (2, 60)}
    page = f"{prefix}/{town.slug}/scenarios/compare/?ids={saved}"
    table = f"{prefix}/{town.slug}/scenarios/compare/table.csv?ids={saved}"

    assert [client.get(address).status_code for address in (page, table)] == [200, 200]
    for refused in map(client.get, (page, table)):
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 60
        assert said in refused.content.decode()
    assert client.get(f"/{town.slug}/planner/").status_code == 200


@pytest.mark.parametrize("ids", ["", ",,", "1,2,3,4,5,6"])
def test_a_comparison_of_nothing_or_too_much_is_refused(client, town, ids):
    assert client.get(f"/{town.slug}/scenarios/compare/?ids={ids}").status_code == 400


def test_a_deleted_scenario_is_not_found(client, town, saved):
    for ids in (f"{saved},{uuid.uuid4()}", "not-a-number"):
        assert client.get(f"/{town.slug}/scenarios/compare/?ids={ids}").status_code == 404
