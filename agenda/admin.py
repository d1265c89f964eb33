"""Editing the calendar."""

from django.contrib import admin

from agenda.models import Event, Occurrence
from mapping.admin import HistoryMapAdmin


class OccurrenceInline(admin.TabularInline):
    model = Occurrence
    extra = 0


@admin.register(Event)
class EventAdmin(HistoryMapAdmin):
    list_display = ["title", "kind", "age_mark", "is_free", "status", "institution", "synthetic"]
    list_filter = ["city", "status", "age_mark", "is_free", "pushkin_card", "kind", "synthetic"]
    list_select_related = ["institution"]
    search_fields = ["title", "title_en", "description"]
    autocomplete_fields = ["source", "institution", "center", "organizer"]
    inlines = [OccurrenceInline]
