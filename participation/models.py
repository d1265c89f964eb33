"""What residents tell us: a report that something on the map is not so."""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mapping.models import City, Institution


class Report(models.Model):
    """
    A mistake that somebody noticed on a card.

    No account and no name; a contact only with a consent of its own, whose version and time are
    kept with it. The contact never enters the history, so that erasing it erases it.
    """

    class About(models.TextChoices):
        HOURS = "hours", _("opening hours")
        PLACE = "place", _("address or place on the map")
        CLOSED = "closed", _("it is closed for good")
        CONTACTS = "contacts", _("telephone, e-mail or web site")
        ACCESSIBILITY = "accessibility", _("accessibility")
        OTHER = "other", _("something else")

    class Status(models.TextChoices):
        NEW = "new", _("received")
        ACCEPTED = "accepted", _("accepted, being checked")
        FIXED = "fixed", _("mended")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn by the sender")

    number = models.CharField(_("number"), max_length=10, unique=True, editable=False)
    city = models.ForeignKey(City, models.CASCADE, related_name="reports", verbose_name=_("city"))
    subject_type = models.SlugField(_("what sort of thing"), max_length=20, editable=False)
    subject_id = models.CharField(_("which one"), max_length=40, editable=False)
    subject_title = models.CharField(_("what it is about"), max_length=300, editable=False)
    institution = models.ForeignKey(
        Institution,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("institution"),
        editable=False,
    )
    about = models.CharField(_("what is wrong"), max_length=16, choices=About)
    text = models.TextField(_("in your own words"), max_length=2000, blank=True)
    pin = models.PointField(_("where it really is"), null=True, blank=True)
    contact = models.CharField(_("e-mail or telephone for an answer"), max_length=200, blank=True)
    consent_version = models.CharField(_("consent"), max_length=20, blank=True, editable=False)
    consented_at = models.DateTimeField(_("consent given"), null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.NEW)
    answer = models.TextField(_("answer to the sender"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=8, editable=False)
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        editable=False,
    )
    history = HistoricalRecords(excluded_fields=["contact"])

    class Meta:
        verbose_name = _("report of a mistake")
        verbose_name_plural = _("reports of mistakes")
        ordering: ClassVar = ["-sent_at"]
        indexes: ClassVar = [models.Index(fields=["city", "status", "-sent_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(contact="") | Q(consented_at__isnull=False) & ~Q(consent_version=""),
                name="participation_report_contact_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["new", "accepted"], closed_at__isnull=True)
                | Q(status__in=["fixed", "declined", "withdrawn"], closed_at__isnull=False),
                name="participation_report_closed_with_time",
            ),
            models.CheckConstraint(
                condition=~Q(text="")
                | Q(pin__isnull=False)
                | Q(about="closed")
                | Q(status="withdrawn"),
                name="participation_report_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.subject_title}"

    @property
    def label(self) -> str:
        """The number as people read it aloud."""
        return f"{self.number[:5]}-{self.number[5:]}"

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.NEW, self.Status.ACCEPTED}
