"""Reports are sent, decided, withdrawn and forgotten here; one transaction each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from mapping.models import City, Institution
from mapping.models.sources import PositionAccuracy
from mapping.services.editing import mark_changed
from mapping.services.housekeeping import Chore
from participation.errors import ClosedReportError, NothingToApplyError, NotOursToSayError
from participation.models import Report
from participation.numbers import draw_number, number_of_form

# Changes with every change of the wording people agree to, which `forms` holds.
CONSENT_VERSION = "2026-11-22"
# What makes two reports from one form the same report.
SAID = ("city_id", "subject_type", "subject_id", "about", "text", "pin", "contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The thing a report is about, as its card shows it."""

    type: str
    id: str
    title: str


@transaction.atomic
def send_report(
    city: City,
    subject: Subject,
    *,
    about: str,
    text: str = "",
    pin: Point | None = None,
    contact: str = "",
    consented: bool = False,
    language: str = "ru",
    form_key: str = "",
) -> Report:
    """
    Keep a report; a contact is kept only with consent, and left out without.

    The same words from the same form are one report: pressing the button twice gives the number
    of the first. `form_key` is what only whoever filled in the form knows: a number lets its
    holder take the report back, so that equal words of two people are two reports.
    """
    keeps_contact = bool(contact) and consented
    return _with_number(
        Report(
            city=city,
            subject_type=subject.type,
            subject_id=subject.id,
            subject_title=subject.title[:300],
            institution=_institution(city, subject),
            about=about,
            text=text,
            pin=pin,
            contact=contact if keeps_contact else "",
            consent_version=CONSENT_VERSION if keeps_contact else "",
            consented_at=timezone.now() if keeps_contact else None,
            language=language,
        ),
        number_of_form(form_key) if form_key else draw_number(),
    )


def _institution(city: City, subject: Subject) -> Institution | None:
    if subject.type != "institution":
        return None
    return Institution.objects.filter(city=city, pk=int(subject.id)).first()


def _with_number(report: Report, number: str) -> Report:
    """Save under a number nobody has; two equal draws in a row are not to be expected."""
    for _attempt in range(3):
        report.number = number
        try:
            with transaction.atomic():
                report.save(force_insert=True)
        except IntegrityError:
            known = Report.objects.filter(number=number).first()
            if known is None:
                raise
            if _says_the_same(report, known):
                return known
            number = draw_number()
        else:
            return report
    raise IntegrityError("no free report number in three draws")


def _says_the_same(one: Report, other: Report) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in SAID)


@transaction.atomic
def decide(
    report: Report, status: str, *, answer: str | None = None, user_id: int | None = None
) -> Report:
    """
    Move a report on, with an answer its sender reads by the number; None leaves it as it is.

    Raises ClosedReportError for a report that was withdrawn, and NotOursToSayError for a decision
    that its sender alone can take.
    """
    if status == Report.Status.WITHDRAWN:
        raise NotOursToSayError(report.label)
    report = Report.objects.select_for_update().get(pk=report.pk)
    if report.status == Report.Status.WITHDRAWN:
        raise ClosedReportError(report.label)
    report.status = status
    report.answer = report.answer if answer is None else answer
    report.decided_by_id = user_id
    report.closed_at = None if report.is_open else (report.closed_at or timezone.now())
    report.save()
    return report


@transaction.atomic
def apply_pin(report: Report, *, user_id: int | None = None) -> Institution:
    """
    Put the institution where the report says it stands, and call the report mended.

    The institution's history keeps the place before. Raises NothingToApplyError for a report
    without a pin or without an institution, ClosedReportError for a withdrawn one.
    """
    if report.pin is None or report.institution_id is None:
        raise NothingToApplyError(report.label)
    decide(report, Report.Status.FIXED, user_id=user_id)
    institution = Institution.objects.select_for_update().get(pk=report.institution_id)
    institution.geometry = report.pin
    institution.position_accuracy = PositionAccuracy.BUILDING
    # Not by its number, which is for the sender: whoever knows it may take the report back.
    institution.position_source = f"report {report.pk}"
    moved = ["geometry", "position_accuracy", "position_source", "updated_at"]
    institution.save(update_fields=moved)
    mark_changed([institution.city_id])
    return institution


@transaction.atomic
def withdraw(report: Report) -> Report:
    """The sender takes the report back: contact and words are erased, the fact of it stays."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.status = Report.Status.WITHDRAWN
    report.closed_at = report.closed_at or timezone.now()
    _forget_contact(report)
    report.text, report.pin, report.about = "", None, Report.About.OTHER
    report.save()
    report.history.update(text="", pin=None)
    return report


@transaction.atomic
def forget_contact(report: Report) -> Report:
    """Erase the contact and the consent to keep it; the report itself stays."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    _forget_contact(report)
    report.save()
    return report


def _forget_contact(report: Report) -> None:
    report.contact, report.consent_version, report.consented_at = "", "", None


@transaction.atomic
def forget_old_contacts(now: datetime) -> int:
    """
    Erase contacts kept as long as was promised; how many.

    A report that nobody closes does not keep them either: its contact goes so many days after it
    was sent.
    """
    closed_until = now - timedelta(days=settings.CONTACT_KEPT_DAYS)
    sent_until = now - timedelta(days=settings.CONTACT_LONGEST_DAYS)
    is_over = Q(closed_at__lt=closed_until) | Q(sent_at__lt=sent_until)
    old = Report.objects.filter(is_over).exclude(contact="")
    return old.update(contact="", consent_version="", consented_at=None)


CHORES = (Chore("contacts of reports", forget_old_contacts),)
