"""Deciding on reports: accept, decline with an answer, move the pin."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from leaflet.admin import LeafletGeoAdmin
from simple_history.admin import SimpleHistoryAdmin

from participation import services
from participation.errors import ClosedReportError, NothingToApplyError
from participation.models import Report


@admin.register(Report)
class ReportAdmin(SimpleHistoryAdmin, LeafletGeoAdmin):
    """Words and pin are the sender's and stay as they are; the answer is ours."""

    list_display = ["label", "subject_title", "about", "status", "sent_at", "city"]
    list_filter = ["status", "about", "city"]
    list_select_related = ["city"]
    search_fields = ["number", "subject_title", "text"]
    readonly_fields = [
        "label",
        "city",
        "subject_title",
        "institution",
        "about",
        "text",
        "contact",
        "consent_version",
        "consented_at",
        "sent_at",
        "closed_at",
        "decided_by",
    ]
    fields = ["status", "answer", "pin", *readonly_fields]
    actions = ["accept", "apply_pin"]
    modifiable = False

    @admin.display(description=_("number"), ordering="number")
    def label(self, report):
        return report.label

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """What its sender took back is for reading only."""
        is_withdrawn = obj is not None and obj.status == Report.Status.WITHDRAWN
        return not is_withdrawn and super().has_change_permission(request, obj)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "status":
            ours = [each for each in Report.Status.choices if each[0] != Report.Status.WITHDRAWN]
            kwargs["choices"] = ours
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        try:
            services.decide(obj, obj.status, answer=obj.answer, user_id=request.user.pk)
        except ClosedReportError:
            messages.error(request, _("The sender withdrew this report; nothing was changed."))

    @admin.action(description=_("Accept for checking"), permissions=["change"])
    def accept(self, request, queryset):
        for report in queryset.filter(status=Report.Status.NEW):
            services.decide(report, Report.Status.ACCEPTED, user_id=request.user.pk)

    @admin.action(
        description=_("Move the institution to the pin and call it mended"),
        permissions=["apply_pin"],
    )
    def apply_pin(self, request, queryset):
        moved = 0
        for report in queryset:
            try:
                services.apply_pin(report, user_id=request.user.pk)
                moved += 1
            except (NothingToApplyError, ClosedReportError):
                text = _("%(number)s: no pin, no institution, or withdrawn; left as it is.")
                messages.warning(request, text % {"number": report.label})
        if moved:
            told = ngettext("%(count)s place moved.", "%(count)s places moved.", moved)
            messages.success(request, told % {"count": moved})

    def has_apply_pin_permission(self, request):
        """Moving a place changes the place as well, so both must be allowed."""
        return request.user.has_perms(["participation.change_report", "mapping.change_institution"])
