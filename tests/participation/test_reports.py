"""Telling the atlas that something is not so, and what becomes of it."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mapping.models import City, Institution
from participation import services
from participation.errors import ClosedReportError, NothingToApplyError, NotOursToSayError
from participation.models import Report
from participation.numbers import draw_number, read_number
from tests.factories import point_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(town) -> Institution:
    return Institution.objects.get(city=town)


def address_of(library) -> str:
    return reverse("participation:report", args=["town", "institution", library.pk])


def send(client, library, **said):
    return client.post(address_of(library), {"about": "hours", "text": "По субботам до 16", **said})


def test_the_form_names_the_place_and_asks_for_no_name(client, library):
    page = client.get(address_of(library)).content.decode()
    assert library.name in page
    assert 'name="contact"' in page
    assert 'name="name"' not in page


def test_a_report_gets_a_number_and_its_page_tells_what_was_said(client, library):
    answer = send(client, library, follow=True)
    report = Report.objects.get()
    assert answer.url == reverse("participation:status", args=[report.label])
    page = client.get(answer.url).content.decode()
    assert report.label in page
    assert "По субботам до 16" in page
    assert report.institution == library


def test_a_contact_without_consent_is_refused_and_what_was_written_is_kept(client, library):
    answer = send(client, library, contact="me@example.org")
    assert answer.status_code == 422
    assert 'value="me@example.org"' in answer.content.decode()
    assert not Report.objects.exists()


def test_a_contact_with_consent_is_kept_with_its_version_and_time(client, library):
    send(client, library, contact="me@example.org", consent="on")
    report = Report.objects.get()
    assert report.contact == "me@example.org"
    assert report.consent_version == services.CONSENT_VERSION
    assert timezone.now() - report.consented_at < timedelta(minutes=1)
    assert not report.history.filter(text__contains="me@example.org").exists()
    assert "contact" not in {field.name for field in report.history.model._meta.fields}


@pytest.mark.parametrize(
    "said",
    [
        {"about": "nothing known"},
        {"text": ""},
        {"text": "x" * 2001},
        {"lat": "91", "lon": "83"},
        {"lat": "10", "lon": "10"},
        {"lat": "nan", "lon": "83"},
        {"lat": "inf", "lon": "83"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(client, library, said):
    answer = send(client, library, **said)
    assert answer.status_code == 422
    assert "report-complaint" in answer.content.decode() or "errorlist" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_place_closed_for_good_needs_no_words(client, library):
    assert send(client, library, about="closed", text="").status_code == 302


def key_of_form(client, library) -> str:
    page = client.get(address_of(library)).content.decode()
    return re.search(r'name="form_key" value="([^"]+)"', page)[1]


def test_pressing_twice_is_one_report(client, library):
    key = key_of_form(client, library)
    first, second = (send(client, library, form_key=key) for _ in range(2))
    assert first.url == second.url
    assert Report.objects.count() == 1


def test_other_words_from_the_same_form_are_another_report(client, library):
    key = key_of_form(client, library)
    first = send(client, library, form_key=key)
    client.post(reverse("participation:withdraw", args=[Report.objects.get().label]))
    again, other = (
        send(client, library, form_key=key),
        send(client, library, text="?", form_key=key),
    )
    assert len({first.url, again.url, other.url}) == 3


def test_equal_words_of_two_people_never_tell_one_the_number_of_the_other(client, library):
    stranger = Client()
    keys = key_of_form(client, library), key_of_form(stranger, library)
    said = {"about": "closed", "text": ""}
    answers = [
        send(client, library, **said, form_key=keys[0]),
        send(stranger, library, **said, form_key=keys[1]),
        send(stranger, library, **said),
        send(stranger, library, **said),
    ]
    assert len({each.url for each in answers}) == 4


def test_an_empty_form_is_told_what_it_lacks(client, library):
    answer = client.post(address_of(library), {})
    assert answer.status_code == 422
    assert "report-complaint" in answer.content.decode()


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(client, library):
    answer = send(client, library, website="http://spam.example")
    assert answer.status_code == 200
    assert not Report.objects.exists()


def test_the_sixth_report_of_an_hour_waits_and_keeps_what_was_written(client, library, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "report": (5, 3600)}
    answers = [send(client, library, text=f"раз {number}") for number in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]
    assert 3500 < int(answers[5]["Retry-After"]) <= 3600
    page = answers[5].content.decode()
    assert "раз 5" in page
    assert "60" in page


def test_attempts_that_were_refused_are_not_counted(client, library, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "report": (1, 3600)}
    assert [send(client, library, text="").status_code for _ in range(3)] == [422] * 3
    assert send(client, library).status_code == 302


def test_a_report_needs_the_token_of_its_form(library):
    assert send(Client(enforce_csrf_checks=True), library).status_code == 403


@pytest.mark.parametrize("kind", ["cell", "nonsense", "institution"])
def test_there_is_nothing_to_report_about_what_is_not_there(client, town, kind):
    address = reverse("participation:report", args=["town", kind, "999999"])
    assert client.get(address).status_code == 404


def test_numbers_are_read_as_people_type_them():
    number = draw_number()
    assert read_number(f" {number[:5].lower()}-{number[5:]} ") == number
    assert read_number("О1ВС3-АЕКМН") == "01BC3AEKMH"
    assert read_number("7K3F9") == read_number("7K3F9-2QDX!") == ""


def test_finding_a_report_by_its_number(client, library):
    send(client, library)
    report = Report.objects.get()
    found = client.get(reverse("participation:find"), {"number": report.label.lower()})
    assert found.url.endswith(f"{report.label}/")
    missing = client.get(reverse("participation:find"), {"number": "00000-00000"})
    assert missing.status_code == 404
    assert client.get(reverse("participation:status", args=["00000-00000"])).status_code == 404


def test_withdrawing_erases_words_pin_and_contact_from_the_history_too(client, library):
    pin = point_at(30)
    send(client, library, contact="me@example.org", consent="on", lat=pin.y, lon=pin.x)
    report = Report.objects.get()
    client.post(reverse("participation:withdraw", args=[report.label]))
    report.refresh_from_db()
    assert (report.status, report.text, report.pin, report.contact) == ("withdrawn", "", None, "")
    assert not report.history.exclude(text="").exists()
    assert not report.history.exclude(pin=None).exists()
    with pytest.raises(ClosedReportError):
        services.decide(report, "accepted")


def test_only_the_contact_may_be_erased(client, library):
    send(client, library, contact="me@example.org", consent="on")
    report = Report.objects.get()
    client.post(reverse("participation:withdraw", args=[report.label]), {"contact_only": "1"})
    report.refresh_from_db()
    assert (report.contact, report.consented_at, report.status) == ("", None, "new")
    assert report.text


def test_contacts_leave_after_the_days_the_settings_keep_them(client, library, settings, capsys):
    send(client, library, contact="me@example.org", consent="on")
    report = Report.objects.get()
    services.decide(report, "fixed", answer="Исправили")
    call_command("keep_house")
    report.refresh_from_db()
    assert report.contact
    late = timezone.now() - timedelta(days=settings.CONTACT_KEPT_DAYS, hours=1)
    Report.objects.update(closed_at=late)
    call_command("keep_house")
    report.refresh_from_db()
    assert report.contact == ""
    assert "contacts of reports: 1 gone" in capsys.readouterr().out


@pytest.mark.parametrize("status", ["new", "accepted", "fixed"])
def test_no_report_keeps_a_contact_longer_than_the_form_promises(client, library, settings, status):
    form = client.get(reverse("participation:report", args=["town", "institution", library.pk]))
    assert form.context["longest_days"] == settings.CONTACT_LONGEST_DAYS
    send(client, library, contact="me@example.org", consent="on")
    report = Report.objects.get()
    services.decide(report, status)
    sent_at = timezone.now() - timedelta(days=settings.CONTACT_LONGEST_DAYS)
    Report.objects.update(sent_at=sent_at + timedelta(hours=1))
    assert services.forget_old_contacts(timezone.now()) == 0
    Report.objects.update(sent_at=sent_at - timedelta(hours=1))
    assert services.forget_old_contacts(timezone.now()) == 1
    report.refresh_from_db()
    assert (report.contact, report.consent_version, report.consented_at) == ("", "", None)
    assert (report.status, report.text) == (status, Report.objects.get().text)


def test_the_moved_pin_moves_the_institution_and_its_history_keeps_the_old_place(client, library):
    pin, before, version = point_at(40), library.geometry, library.city.data_version
    before_at = library.updated_at
    send(client, library, about="place", lat=pin.y, lon=pin.x)
    report = Report.objects.get()
    services.apply_pin(report)
    library.refresh_from_db()
    assert library.geometry.distance(pin) < 1e-6
    assert library.position_accuracy == "building"
    assert library.updated_at > before_at
    assert library.history.count() == 1 or library.history.last().geometry == before
    assert City.objects.get(pk=library.city_id).data_version > version
    report.refresh_from_db()
    assert report.status == "fixed"


def test_the_card_of_a_moved_place_does_not_tell_the_number_of_the_report(client, library):
    pin = point_at(40)
    send(client, library, about="place", lat=pin.y, lon=pin.x)
    report = Report.objects.get()
    services.apply_pin(report)
    card = client.get(reverse("layers:card", args=["town", "institution", library.pk]))
    assert report.label not in card.content.decode()


def test_editors_may_take_an_answer_back_but_not_a_report(client, library):
    send(client, library)
    report = Report.objects.get()
    as_editor(client, "participation.change_report", "participation.view_report")
    address = reverse("admin:participation_report_change", args=[report.pk])
    client.post(address, {"status": "accepted", "answer": "Скоро проверим", "pin": ""})
    client.post(address, {"status": "accepted", "answer": "", "pin": ""})
    client.post(address, {"status": "withdrawn", "answer": "", "pin": ""})
    report.refresh_from_db()
    assert (report.status, report.answer) == ("accepted", "")
    with pytest.raises(NotOursToSayError):
        services.decide(report, "withdrawn")
    services.withdraw(report)
    assert client.post(address, {"status": "fixed", "answer": "", "pin": ""}).status_code == 403


def test_a_report_without_a_pin_moves_nothing(client, library):
    send(client, library)
    with pytest.raises(NothingToApplyError):
        services.apply_pin(Report.objects.get())


def as_editor(client, *permissions):
    from django.contrib.auth.models import Permission

    editor = User.objects.create_user("editor", is_staff=True)
    for each in permissions:
        app, codename = each.split(".")
        editor.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    client.force_login(editor)
    return client


def test_editors_answer_and_the_sender_reads_it(client, library):
    send(client, library)
    report = Report.objects.get()
    as_editor(client, "participation.change_report", "participation.view_report")
    address = reverse("admin:participation_report_change", args=[report.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"status": "declined", "answer": "Проверили: до 18", "pin": ""})
    report.refresh_from_db()
    assert (report.status, report.answer) == ("declined", "Проверили: до 18")
    assert report.text == "По субботам до 16"
    page = client.get(reverse("participation:status", args=[report.label])).content.decode()
    assert "Проверили: до 18" in page


@pytest.mark.parametrize(
    ("permissions", "moves"),
    [
        (["participation.view_report"], False),
        (["participation.view_report", "participation.change_report"], False),
        (
            [
                "participation.view_report",
                "participation.change_report",
                "mapping.change_institution",
            ],
            True,
        ),
    ],
)
def test_moving_a_place_needs_the_right_to_change_places(client, library, permissions, moves):
    pin = point_at(40)
    send(client, library, about="place", lat=pin.y, lon=pin.x)
    as_editor(client, *permissions)
    report = Report.objects.get()
    client.post(
        reverse("admin:participation_report_changelist"),
        {"action": "apply_pin", "_selected_action": [report.pk]},
    )
    library.refresh_from_db()
    assert (library.geometry.distance(pin) < 1e-6) is moves


def test_nobody_without_a_right_sees_reports(client, library):
    send(client, library)
    as_editor(client)
    assert client.get(reverse("admin:participation_report_changelist")).status_code == 403


def test_the_number_cannot_be_read_off_the_order(client, library):
    for number in range(3):
        send(client, library, text=f"раз {number}")
    numbers = list(Report.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 3
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", number) for number in numbers)
