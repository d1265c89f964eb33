"""Sets of norms over HTTP: read by all, copied by anyone, changed by whoever made them."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mapping.errors import UnknownNameError
from mapping.models import Norm, NormSet
from mapping.queries.norms import find_norm_set
from mapping.services.measures import answer
from mapping.services.norm_sets import MOST_COMPLAINTS, copy_norm_set
from mapping.services.norms import COLUMNS, edit_norm, row_of, row_version
from mapping.services.runs import find_current
from tests.factories import make_city, make_kind

pytestmark = pytest.mark.usefixtures("networks")

ROW = {
    "kind": "library",
    "facility_type": "библиотека",
    "settlement_type": "",
    "units": "1",
    "per_population": "500",
    "population_group": "человек",
    "accessibility_minutes": "15",
    "accessibility_mode": "пешком",
    "source": "Приказ № 1 от 01.02.2024",
    "source_url": "https://example.org/act",
    "clause": "п. 1",
    "confidence": "quoted",
    "note": "",
}


@pytest.fixture
def reference(town):
    norm_set = NormSet.objects.create(slug="reference", name="Нормативы")
    for number, units in enumerate(("1", "2 и более"), start=1):
        Norm.objects.create(
            norm_set=norm_set,
            row=number,
            kind=make_kind(),
            facility_type="библиотека",
            units=units,
            per_population_min=500,
            per_population_max=500,
            act="Приказ № 1 от 01.02.2024",
            clause=f"п. {number}",
            confidence="quoted",
        )
    return norm_set


@pytest.fixture
def ours(client, town, reference):
    """A copy that belongs to the browser of `client`."""
    client.post(f"/{town.slug}/norms/reference/copy/", {"name": "Наши"})
    return NormSet.objects.get(name="Наши")


def page_of(town, norm_set, *more):
    return "/".join([f"/en/{town.slug}/norms/{norm_set.slug}", *map(str, more), ""])


def edit_address(town, norm):
    return page_of(town, norm.norm_set, "rows", norm.pk)


def upload(client, town, content, name="norms.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/en/{town.slug}/norms/import/", {"name": "Список", "file": file})


def csv_of(*rows, columns=COLUMNS):
    lines = [";".join(columns), *(";".join(row[name] for name in columns) for row in rows)]
    return "\n".join(lines).encode("utf-8-sig")


def test_the_list_tells_whose_each_set_is_and_how_sure(client, town, ours):
    page = client.get(f"/en/{town.slug}/norms/")

    assert [each["name"] for each in page.context["own_sets"]] == ["Наши"]
    assert [each["name"] for each in page.context["other_sets"]] == ["Нормативы"]
    assert page.context["other_sets"][0]["is_reference"]
    assert page.context["own_sets"][0]["counts"][0]["number"] == 2
    stranger = Client().get(f"/en/{town.slug}/norms/")
    assert [each["name"] for each in stranger.context["other_sets"]] == ["Нормативы"]
    assert stranger.context["own_sets"] == []


def test_a_set_shows_act_clause_and_confidence_of_each_row(client, town, reference):
    norm = reference.norms.first()
    norm.url = "https://example.org/act"
    norm.settlement_type = "сельское поселение"
    norm.save()

    page = client.get(page_of(town, reference))

    html = page.content.decode()
    assert page.context["rows"][0]["required"] == "1 per 500"
    assert "sort or size" in page.context["rows"][0]["left_out"]
    assert page.context["rows"][1]["left_out"] == ""
    assert 'href="https://example.org/act"' in html
    assert "Приказ № 1 от 01.02.2024" in html
    assert "stands in an official document" in html
    assert page.context["rows"][0]["edit_url"] == ""


def test_a_copy_belongs_to_the_browser_that_made_it(client, town, reference):
    answer = client.post(page_of(town, reference, "copy"), {"name": "Наши"})

    ours = NormSet.objects.get(name="Наши")
    assert answer["Location"] == page_of(town, ours)
    assert answer.cookies["planner"]["httponly"]
    assert ours.owner_key not in answer.cookies["planner"].value
    assert [row_of(norm) for norm in ours.norms.all()] == [
        row_of(norm) for norm in reference.norms.all()
    ]
    assert client.get(page_of(town, ours)).context["set"]["may_change"]
    assert not Client().get(page_of(town, ours)).context["set"]["may_change"]


def test_one_sender_makes_only_so_many_sets(client, town, reference, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"norm_set": (2, 600)}
    copy = page_of(town, reference, "copy")

    made = [client.post(copy, {"name": "Наши"}).status_code for _ in range(3)]

    assert made == [302, 302, 429]
    assert NormSet.objects.count() == 3


def writes(town, norm):
    """Every write there is to somebody's set, with something to send."""
    return {
        page_of(town, norm.norm_set, "rename"): {"name": "Чужие"},
        page_of(town, norm.norm_set, "add"): ROW,
        edit_address(town, norm): {"units": "9", "seen": row_version(norm)},
        edit_address(town, norm) + "remove/": {"seen": row_version(norm)},
        page_of(town, norm.norm_set, "delete"): {},
    }


def state():
    sets = sorted(NormSet.objects.values_list("slug", "name"))
    return sets, sorted(Norm.objects.values_list("pk", "units"))


def test_a_stranger_changes_nothing(town, ours):
    before = state()

    for url, sent in writes(town, ours.norms.first()).items():
        refused = Client().post(url, sent)
        assert refused.status_code == 403, url
        assert "Make a copy" in refused.content.decode()

    assert state() == before


def test_nobody_changes_the_reference_set(admin_client, client, town, reference):
    before = state()

    for each in (client, admin_client):
        for url, sent in writes(town, reference.norms.first()).items():
            assert each.post(url, sent).status_code == 403, url

    assert state() == before


def test_every_write_of_others_needs_its_permission_and_not_a_desk(town, ours, django_user_model):
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    browser, before = Client(), state()
    browser.force_login(clerk)
    sent_to = writes(town, ours.norms.first())

    assert [browser.post(url, sent).status_code for url, sent in sent_to.items()] == [403] * 5
    assert state() == before
    assert ours.slug not in browser.get(f"/{town.slug}/norms/").content.decode()

    clerk.user_permissions.set(Permission.objects.filter(codename="change_normset"))
    assert ours.slug in browser.get(f"/{town.slug}/norms/").content.decode()
    page = browser.get(page_of(town, ours)).content.decode()
    assert page_of(town, ours, "rename") in page
    assert page_of(town, ours, "delete") not in page
    statuses = [browser.post(url, sent).status_code for url, sent in sent_to.items()]
    assert statuses == [302, 302, 302, 302, 403]
    assert NormSet.objects.get(pk=ours.pk).name == "Чужие"

    clerk.user_permissions.set(Permission.objects.filter(codename="delete_normset"))
    statuses = [browser.post(url, sent).status_code for url, sent in sent_to.items()]
    assert statuses == [403, 403, 403, 403, 302]
    assert not NormSet.objects.filter(pk=ours.pk).exists()


def test_the_administrator_and_the_owner_do_every_write(admin_client, client, town, ours):
    for each in (admin_client, client):
        for url, sent in writes(town, Norm.objects.filter(norm_set=ours).first()).items():
            if not url.endswith("delete/"):
                assert each.post(url, sent).status_code == 302, url
    assert client.post(page_of(town, ours, "delete")).status_code == 302

    assert not NormSet.objects.filter(pk=ours.pk).exists()


def test_every_write_is_guarded_and_not_done_by_address(client, town, ours):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    before = state()

    for url, sent in writes(town, ours.norms.first()).items():
        assert strict.post(url, sent).status_code == 403, url
        assert client.get(url).status_code in (200, 405), url
    assert strict.post(f"/{town.slug}/norms/import/", {}).status_code == 403
    assert strict.post(page_of(town, ours, "copy"), {"name": "Ещё"}).status_code == 403

    assert state() == before


def test_a_set_of_another_city_is_not_found(client, town, ours):
    other, norm = make_city("other"), ours.norms.first()

    for url, sent in writes(other, norm).items():
        assert client.post(url, sent).status_code == 404, url
    assert client.get(page_of(other, ours)).status_code == 404


def test_a_row_is_saved_and_its_change_is_remembered(client, town, ours):
    norm = ours.norms.first()

    sent = {**row_of(norm), "per_population": "400", "clause": "п. 7", "seen": row_version(norm)}
    answer = client.post(edit_address(town, norm), sent)

    assert answer["Location"].endswith("#row-1")
    page = client.get(answer["Location"])
    assert page.context["rows"][0]["required"] == "1 per 400"
    assert page.context["rows"][0]["change"] == "changed"
    assert page.context["rows"][1]["change"] == ""
    assert [each["what"] for each in page.context["history"]] == ["changed"]
    assert "The norm is saved." in page.content.decode()


def test_a_figure_changed_alone_is_told_to_be_unconfirmed(client, town, ours):
    norm = ours.norms.first()

    sent = {**row_of(norm), "units": "3", "seen": row_version(norm)}
    page = client.post(edit_address(town, norm), sent, follow=True)

    assert page.context["rows"][0]["confidence"] == "unconfirmed"
    assert "marked as not confirmed" in page.content.decode()


def test_the_offered_question_counts_what_was_changed(client, town, reference, ours):
    def offered(norm_set):
        options = client.get(page_of(town, norm_set)).context["confidences"]
        return next(each["value"] for each in options if each["selected"])

    assert offered(ours) == "quoted"
    edit_norm(ours.norms.first(), {"units": "3"})

    assert offered(ours) == "unconfirmed"
    assert offered(reference) == "quoted"
    upload(client, town, csv_of(ROW, {**ROW, "confidence": "secondary"}))
    assert offered(NormSet.objects.get(name="Список")) == "secondary"


def test_what_makes_no_sense_is_told_beside_its_field(client, town, ours):
    norm = ours.norms.first()
    wrong = {"per_population": "много", "clause": " ", "source_url": "javascript:alert(1)"}

    sent = {**row_of(norm), **wrong, "seen": row_version(norm)}
    page = client.post(edit_address(town, norm), sent)

    assert page.status_code == 400
    cells = {cell["name"]: cell for part in page.context["parts"] for cell in part["fields"]}
    problems = {name: cell["problem"] for name, cell in cells.items() if cell["problem"]}
    assert problems == {
        "per_population": "got “много”, wanted a whole number, two such as 30-40, or nothing",
        "clause": "got nothing, wanted a text",
        "source_url": "got “javascript:alert(1)”, wanted an address that begins with http:// or "
        "https://, or nothing",
    }
    assert cells["per_population"]["value"] == "много"
    assert Norm.objects.get(pk=norm.pk).clause == "п. 1"


def test_two_edits_at_once_do_not_overwrite_each_other(client, town, ours):
    norm = ours.norms.first()
    seen = row_version(norm)
    edit_norm(norm, {"units": "5"})

    late = client.post(edit_address(town, norm), {**row_of(norm), "units": "7", "seen": seen})

    assert late.status_code == 409
    assert {"label": "How many are required", "now": "5", "yours": "7"} in late.context["conflict"]
    assert Norm.objects.get(pk=norm.pk).units == "5"
    labels = {cell["label"]: cell for cell in late.context["conflict"]}
    assert labels["How sure the norm is"]["now"] == "not confirmed"
    cells = {cell["name"]: cell for part in late.context["parts"] for cell in part["fields"]}
    chosen = [each["value"] for each in cells["confidence"]["options"] if each["selected"]]
    assert (cells["units"]["value"], chosen) == ("7", ["unconfirmed"])
    again = {**row_of(norm), "units": "7", "confidence": chosen[0], "seen": late.context["seen"]}
    assert client.post(edit_address(town, norm), again).status_code == 302
    assert Norm.objects.get(pk=norm.pk).units == "7"


@pytest.mark.parametrize("sent", [{}, {"seen": "older"}])
def test_a_row_that_changed_meanwhile_is_not_removed(client, town, ours, sent):
    norm = ours.norms.first()

    client.post(edit_address(town, norm) + "remove/", sent)

    assert Norm.objects.filter(pk=norm.pk).exists()


def test_a_new_row_is_added_at_the_end(client, town, ours):
    bad = client.post(page_of(town, ours, "add"), {**ROW, "facility_type": ""})
    page = client.post(page_of(town, ours, "add"), ROW, follow=True)

    assert bad.status_code == 400
    assert [row["number"] for row in page.context["rows"]] == [1, 2, 3]
    assert page.context["rows"][2]["change"] == "added"
    assert row_of(ours.norms.get(row=3)) == ROW


def test_a_copy_of_a_copy_is_called_once(client, town, reference):
    first = client.get(page_of(town, reference)).context["set"]["copy_name"]
    client.post(page_of(town, reference, "copy"), {"name": first})

    copy = NormSet.objects.get(copied_from=reference)
    assert (first, client.get(page_of(town, copy)).context["set"]["copy_name"]) == (
        "Copy of: Нормативы",
        "Copy of: Нормативы",
    )


@pytest.mark.parametrize("name", ["", " ", "а" * 121])
def test_a_set_needs_a_name(client, town, ours, name):
    for act in ("rename", "copy"):
        page = client.post(page_of(town, ours, act), {"name": name})
        assert page.status_code == 400
        assert "wanted 1 to 120 characters" in page.content.decode()

    assert NormSet.objects.count() == 2


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_leaves_the_house_can_be_read_back(client, town, ours, form):
    edit_norm(ours.norms.first(), {"units": "1-2", "note": "+0,1 на центральную"})

    file = client.get(page_of(town, ours) + f"norms.{form}")
    upload(client, town, file.content, f"norms.{form}")

    read = NormSet.objects.get(name="Список")
    assert [row_of(norm) for norm in read.norms.all()] == [
        row_of(norm) for norm in ours.norms.all()
    ]


def test_a_csv_suits_russian_excel_and_a_workbook_explains_itself(client, town, ours):
    edit_norm(ours.norms.first(), {"units": "1-2"})

    text = client.get(page_of(town, ours) + "norms.csv").content.decode()
    assert text.startswith("\ufeffkind;facility_type;")
    # Excel would take 1-2 for the second of January.
    assert ";1–2;" in text
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(page_of(town, ours) + "norms.xlsx").content)
    )
    assert book.sheetnames == ["Norms", "About"]
    assert client.get(page_of(town, ours) + "norms.gpkg").status_code == 400


def test_a_broken_list_is_refused_row_by_row_and_nothing_is_stored(client, town, reference):
    rows = [ROW, {**ROW, "per_population": "тысяча"}, {**ROW, "confidence": "sure", "source": ""}]

    page = upload(client, town, csv_of(*rows))

    assert page.status_code == 400
    assert [each.split(",")[0] for each in page.context["complaints"]] == [
        "row 3",
        "row 4",
        "row 4",
    ]
    assert "per_population (For how many people): got “тысяча”" in page.context["complaints"][0]
    assert NormSet.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (csv_of(ROW, columns=COLUMNS[:5]), "norms.csv", "clause (Clause or table): got “kind"),
        (b"\x00\xff\xfe", "norms.xlsx", "cannot be read as a table"),
        (b"", "norms.csv", "cannot be read as a table"),
        (csv_of(), "norms.csv", "at least one norm"),
        (csv_of(ROW), "norms.pdf", "wanted a table CSV or XLSX"),
        (b"a" * (2 * 1024**2 + 1), "norms.csv", "at most 2 MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(client, town, reference, content, name, said):
    page = upload(client, town, content, name)

    assert page.status_code == 400
    assert any(said in each for each in page.context["complaints"]), page.context["complaints"]
    assert page.context["given_name"] == "Список"
    assert NormSet.objects.count() == 1


def required(run):
    """What the first norm of the set requires of the whole city."""
    return run.rows.get(table="city", values__norm=1).values["required_min"]


def test_an_edit_makes_the_question_be_asked_again(client, town, ours):
    asked = {"kind": "all", "norm_set": ours.slug, "confidence": "unconfirmed"}
    first = answer(town, "provision", asked)
    assert find_current(town, "provision", first.parameters) == first
    before = required(first)

    norm = ours.norms.first()
    client.post(
        edit_address(town, norm),
        {**row_of(norm), "per_population": "250", "seen": row_version(norm)},
    )

    assert find_current(town, "provision", first.parameters) is None
    second = answer(town, "provision", asked)
    assert required(second) == 2 * before
    edit_norm(norm, row_of(norm) | {"clause": "п. 1"})
    third = answer(town, "provision", asked)
    assert required(third) == before


def test_an_edit_of_one_set_leaves_the_answers_by_another(client, town, ours):
    by_reference = answer(town, "provision", {"kind": "library", "norm_set": "reference"})

    edit_norm(ours.norms.first(), {"units": "9"})

    assert find_current(town, "provision", by_reference.parameters) == by_reference


def test_the_planner_offers_ones_own_sets_and_those_of_nobody(client, town, ours):
    url = f"/en/{town.slug}/planner/?tab=norms"

    def offered(who, url):
        field = who.get(url).context["form"]["by"]["norm_set"]
        return {each["label"]: each["selected"] for each in field["options"]}

    assert offered(client, url) == {"Нормативы": True, "Наши": False}
    assert offered(Client(), url) == {"Нормативы": True}
    assert offered(Client(), f"{url}&norm_set={ours.slug}") == {"Нормативы": False, "Наши": True}
    assert f"/en/{town.slug}/norms/" in client.get(url).content.decode()


def test_the_page_asks_the_question_by_its_set(client, town, ours):
    page = client.get(page_of(town, ours))

    sent = {
        "measure": "provision",
        "tab": "norms",
        "kind": "all",
        "norm_set": ours.slug,
        "confidence": "quoted",
    }
    asked = client.post(page.context["ask_url"], sent, headers={"accept": "text/html"})

    assert asked.status_code == 302
    assert f"norm_set={ours.slug}" in asked["Location"]


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_of_rows_costs_the_same_for_few_and_many(
    client, town, reference, count, django_assert_max_num_queries
):
    for number in range(3, 3 + count):
        norm = reference.norms.first()
        norm.pk, norm.row = None, number
        norm.save(force_insert=True)
    copy = copy_norm_set(reference, name="Копия", city=town)

    with django_assert_max_num_queries(24):
        client.get(page_of(town, copy))


def test_the_list_of_sets_costs_the_same_for_few_and_many(client, town, ours):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/en/{town.slug}/norms/")
        return len(queries)

    few = asked()
    for number in range(3):
        client.post(f"/{town.slug}/norms/reference/copy/", {"name": f"Ещё {number}"})
    assert asked() == few


def test_a_text_no_table_can_hold_is_refused_in_words(client, town, ours):
    norm, said = ours.norms.first(), "a\x00b"
    answers = [
        client.post(page_of(town, ours, "copy"), {"name": said}),
        client.post(page_of(town, ours, "rename"), {"name": said}),
        client.post(edit_address(town, norm), {**ROW, "note": said, "seen": row_version(norm)}),
    ]
    assert [each.status_code for each in answers] == [400] * 3


def workbook(*, last_row=2, span="A1:M2"):
    """A list of one norm in a sheet that says it is as large as `span`, its last row far away."""
    book = openpyxl.Workbook()
    for cells in (COLUMNS, [ROW[name] for name in COLUMNS]):
        book.active.append(list(cells))
    plain, made = io.BytesIO(), io.BytesIO()
    book.save(plain)
    far = f'<row r="{last_row}"><c r="A{last_row}"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in given.namelist():
            text = given.read(name)
            if name.endswith("sheet1.xml"):
                text = re.sub(
                    rb'<dimension ref="[^"]*"', b'<dimension ref="%b"' % span.encode(), text
                )
                text = text.replace(b"</sheetData>", far.encode()) if last_row > 2 else text
            file.writestr(name, text)
    return made.getvalue()


def test_a_small_file_that_says_it_is_an_enormous_sheet_is_refused(client, town, reference):
    huge = workbook(last_row=1_048_576, span="A1:XFD1048576")
    assert len(huge) < 20_000

    page = upload(client, town, huge, "norms.xlsx")

    assert page.status_code == 400
    assert "cannot be read as a table" in page.context["complaints"][0]
    assert upload(client, town, workbook(), "norms.xlsx").status_code == 302


def test_a_damaged_workbook_is_refused_wherever_the_damage_is(client, town, reference):
    whole = workbook()
    for at in range(0, len(whole), 251):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        assert upload(client, town, damaged, "norms.xlsx").status_code in (302, 400)


def test_a_table_with_no_end_of_mistakes_gets_a_page_that_can_be_read(client, town, reference):
    faults = upload(client, town, csv_of(ROW) + b"\nx" * 100_000)
    rows = upload(client, town, csv_of(*[{**ROW, "kind": "?", "source": ""}] * 900))

    for page in (faults, rows):
        assert page.status_code == 400
        assert MOST_COMPLAINTS <= len(page.context["complaints"]) < MOST_COMPLAINTS + 20
        assert "a great deal is wrong" in page.content.decode()
    assert NormSet.objects.count() == 1


def test_a_set_of_somebody_else_is_not_among_those_one_may_ask_for(ours):
    with pytest.raises(UnknownNameError) as refused:
        find_norm_set("nothing")

    assert list(refused.value.known) == ["reference"]


def test_which_editor_changed_a_row_is_told_to_editors_alone(
    client, town, ours, admin_client, admin_user
):
    norm = ours.norms.first()
    admin_client.post(edit_address(town, norm), {**ROW, "units": "3", "seen": row_version(norm)})

    assert client.get(page_of(town, ours)).context["history"][0]["who"] == ""
    seen_by_editor = admin_client.get(page_of(town, ours)).context["history"][0]["who"]
    assert seen_by_editor == str(admin_user)
