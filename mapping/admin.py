"""Editing what is where: geometry on a map, search, filters, and who changed what."""

from django import forms
from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdmin
from simple_history.admin import SimpleHistoryAdmin

from mapping.hours import parse_hours
from mapping.importers.pictures import CONTENT_TYPES, fit
from mapping.models import (
    AnalysisRun,
    BaseFeature,
    City,
    District,
    ExternalId,
    ImportRun,
    Institution,
    InstitutionKind,
    NeighborCenter,
    Norm,
    NormSet,
    OfficialCount,
    OpeningException,
    OpeningRule,
    Organization,
    Photo,
    PopulationUnit,
    Source,
    Stop,
    Street,
    StreetName,
    TosTerritory,
)
from mapping.models.validators import validate_hours, validate_photo
from mapping.queries.cities import lies_outside
from mapping.services.editing import mark_changed
from mapping.services.photos import keep_photo

admin.site.site_header = _("Culture Atlas")
admin.site.site_title = _("Culture Atlas")

PREVIEW_PX = 240


class MapAdmin(LeafletGeoAdmin):
    """A form with a map; every change moves the city's data version on."""

    list_per_page = 50
    show_full_result_count = False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        mark_changed([obj.pk if isinstance(obj, City) else obj.city_id])
        if lies_outside(obj):
            text = _("“%(name)s” lies outside the city boundary. It is saved; please check.")
            messages.warning(request, text % {"name": obj})

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        if not isinstance(obj, City):
            mark_changed([obj.city_id])

    def delete_queryset(self, request, queryset):
        is_city = queryset.model is City
        cities = [] if is_city else list(queryset.values_list("city_id", flat=True).distinct())
        super().delete_queryset(request, queryset)
        mark_changed(cities)


class HistoryMapAdmin(SimpleHistoryAdmin, MapAdmin):
    """With the history of changes beside the form."""


class SharedAdmin(admin.ModelAdmin):
    """What all cities share: every change moves the data version of all of them on."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self._mark_all_changed()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        self._mark_all_changed()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        self._mark_all_changed()

    def _mark_all_changed(self):
        mark_changed(City.objects.values_list("pk", flat=True))


class NormsAdmin(SimpleHistoryAdmin, SharedAdmin):
    """With the history of changes beside the form."""


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records of what happened: to be read, not written."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class HoursForm(forms.ModelForm):
    """New hours must be readable; what a source once said may stay as it is."""

    def clean_opening_hours(self):
        text = self.cleaned_data["opening_hours"]
        if text == self.initial.get("opening_hours", ""):
            return text
        validate_hours(text)
        return parse_hours(text)


class OfficialCountInline(admin.TabularInline):
    model = OfficialCount
    extra = 0


class OpeningRuleInline(admin.TabularInline):
    model = OpeningRule
    extra = 0


class OpeningExceptionInline(admin.TabularInline):
    model = OpeningException
    extra = 0


class ExternalIdInline(admin.TabularInline):
    model = ExternalId
    extra = 0


class PhotoForm(forms.ModelForm):
    """A photo with what is said of it; without a new file the stored one stays."""

    picture = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(CONTENT_TYPES)}),
        help_text=_(
            "JPEG, PNG or WebP, up to 16 MB. Where and by what it was taken is not kept from it."
        ),
    )

    def clean_picture(self):
        file = self.cleaned_data["picture"]
        if file:
            return validate_photo(file)
        if self.instance.pk is None:
            raise forms.ValidationError(_("Choose the file of the photo."))
        return None

    def save(self, commit=True):
        photo = super().save(commit=False)
        return keep_photo(photo, self.cleaned_data["picture"]) if commit else photo


class PhotoInline(admin.StackedInline):
    """Photos of a place, for whoever may change the place."""

    model = Photo
    form = PhotoForm
    extra = 0
    readonly_fields = ["preview"]
    fields = [
        ("preview", "picture"),
        ("alt", "alt_en"),
        ("caption", "caption_en"),
        ("author", "taken_year"),
        ("license", "license_note"),
        ("source_url", "position"),
    ]

    @admin.display(description=_("photo"))
    def preview(self, photo):
        if photo.pk is None:
            return "—"
        width, height = fit(photo.width, photo.height, PREVIEW_PX)
        return format_html(
            '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>',
            photo.large_url, photo.small_url, width, height, photo.alt_label,
        )  # fmt: skip

    def _may(self, request, do):
        place = self.parent_model._meta
        return request.user.has_perm(f"{place.app_label}.{do}_{place.model_name}")

    def has_view_permission(self, request, obj=None):
        return self._may(request, "view") or self._may(request, "change")

    def has_add_permission(self, request, obj=None):
        return self._may(request, "change")

    def has_change_permission(self, request, obj=None):
        return self._may(request, "change")

    def has_delete_permission(self, request, obj=None):
        return self._may(request, "change")


class NormInline(admin.TabularInline):
    model = Norm
    fields = ["row", "kind", "facility_type", "units", "per_population_max", "confidence"]
    extra = 0


@admin.register(City)
class CityAdmin(HistoryMapAdmin):
    list_display = ["name", "slug", "timezone", "metric_srid", "population", "synthetic"]
    search_fields = ["name", "name_en", "slug"]
    inlines = [OfficialCountInline]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["title", "slug", "city", "license", "as_of", "synthetic"]
    list_filter = ["city", "synthetic"]
    search_fields = ["title", "slug", "attribution"]


@admin.register(InstitutionKind)
class InstitutionKindAdmin(SharedAdmin):
    list_display = ["code", "name", "name_en", "parent", "is_culture", "sysname", "schema_org"]
    list_filter = ["is_culture"]
    search_fields = ["code", "name", "name_en"]
    list_select_related = ["parent"]


@admin.register(Organization)
class OrganizationAdmin(SimpleHistoryAdmin):
    list_display = ["name", "city", "inn", "founder", "parent"]
    list_filter = ["city", "synthetic"]
    list_select_related = ["city", "parent"]
    search_fields = ["name", "inn", "ogrn"]
    autocomplete_fields = ["source", "parent"]


@admin.register(Institution)
class InstitutionAdmin(HistoryMapAdmin):
    form = HoursForm
    list_display = ["name", "kind", "address", "status", "position_accuracy", "synthetic"]
    list_filter = [
        "city",
        "kind__is_culture",
        "kind",
        "status",
        "position_accuracy",
        "synthetic",
        "confidence",
    ]
    list_select_related = ["kind"]
    search_fields = ["name", "name_en", "address", "external_ids__value"]
    autocomplete_fields = ["source", "organization", "kind"]
    inlines = [OpeningRuleInline, OpeningExceptionInline, ExternalIdInline, PhotoInline]


@admin.register(District)
class DistrictAdmin(HistoryMapAdmin):
    list_display = ["name", "city", "population", "valid_from", "valid_to", "synthetic"]
    list_filter = ["city", ("valid_to", admin.EmptyFieldListFilter), "synthetic"]
    list_select_related = ["city"]
    search_fields = ["name", "name_en", "code"]
    autocomplete_fields = ["source"]


@admin.register(TosTerritory)
class TosTerritoryAdmin(HistoryMapAdmin):
    list_display = ["name", "city", "district_name", "valid_from", "valid_to", "synthetic"]
    list_filter = ["city", ("valid_to", admin.EmptyFieldListFilter), "synthetic"]
    list_select_related = ["city"]
    search_fields = ["name", "district_name", "note"]
    autocomplete_fields = ["source"]


@admin.register(NeighborCenter)
class NeighborCenterAdmin(HistoryMapAdmin):
    form = HoursForm
    list_display = ["name", "city", "host", "address", "opened_on", "synthetic"]
    list_filter = ["city", "synthetic"]
    list_select_related = ["city", "host"]
    search_fields = ["name", "address", "curator"]
    autocomplete_fields = ["source", "host"]
    inlines = [PhotoInline]


@admin.register(Street)
class StreetAdmin(MapAdmin):
    list_display = ["__str__", "city", "highway", "foot", "length_m"]
    list_filter = ["city", "highway", "foot"]
    list_select_related = ["city"]
    search_fields = ["name", "source_key"]
    autocomplete_fields = ["source"]


@admin.register(StreetName)
class StreetNameAdmin(MapAdmin):
    list_display = ["__str__", "city"]
    list_filter = ["city"]
    list_select_related = ["city"]
    search_fields = ["name"]
    autocomplete_fields = ["source"]


@admin.register(Stop)
class StopAdmin(MapAdmin):
    list_display = ["__str__", "city", "mode"]
    list_filter = ["city", "mode"]
    list_select_related = ["city"]
    search_fields = ["name"]
    autocomplete_fields = ["source"]


@admin.register(BaseFeature)
class BaseFeatureAdmin(MapAdmin):
    list_display = ["__str__", "city", "kind"]
    list_filter = ["city", "kind"]
    list_select_related = ["city"]
    search_fields = ["name"]
    autocomplete_fields = ["source"]


@admin.register(PopulationUnit)
class PopulationUnitAdmin(MapAdmin):
    list_display = ["__str__", "city", "people", "floors", "method", "modelled", "synthetic"]
    list_filter = ["city", "method", "modelled", "synthetic"]
    list_select_related = ["city"]
    search_fields = ["address", "source_key"]
    autocomplete_fields = ["source"]


@admin.register(NormSet)
class NormSetAdmin(NormsAdmin):
    list_display = ["name", "slug", "city", "copied_from"]
    search_fields = ["name", "slug"]
    inlines = [NormInline]


@admin.register(Norm)
class NormAdmin(NormsAdmin):
    list_display = ["facility_type", "kind", "units", "per_population_max", "clause", "confidence"]
    list_filter = ["norm_set", "confidence", "kind"]
    list_select_related = ["kind"]
    search_fields = ["facility_type", "act", "clause"]


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ["pack", "city", "started_at", "finished_at"]
    list_filter = ["city"]
    list_select_related = ["city"]


@admin.register(AnalysisRun)
class AnalysisRunAdmin(ReadOnlyAdmin):
    list_display = ["analysis", "city", "is_active", "started_at", "code_version"]
    list_filter = ["city", "analysis", "is_active"]
    list_select_related = ["city"]
