"""What search engines may read: pages of places, events and territories, in every language."""

from collections.abc import Sequence
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agenda import queries as agenda
from layers import links
from mapping.models import City, District, Institution, NeighborCenter, TosTerritory


class _Things(Sitemap):
    """Cards of one sort, of all cities whose data is not invented; of invented ones where there
    is nothing else."""

    i18n = True
    alternates = True
    x_default = True
    kind = ""

    def rows(self, cities: Sequence[City]) -> QuerySet[Any]:
        raise NotImplementedError

    def items(self) -> QuerySet[Any]:
        return self.rows(shown_cities()).select_related("city").order_by("pk")

    def location(self, item: Any) -> str:
        return links.thing_url(item.city, self.kind, item.pk)


def shown_cities() -> list[City]:
    """Real cities; invented ones only where there is nothing else."""
    cities = list(City.objects.all())
    return [each for each in cities if not each.synthetic] or cities


class Institutions(_Things):
    kind = "institution"

    def rows(self, cities: Sequence[City]) -> QuerySet[Institution]:
        rows = Institution.objects.filter(city__in=cities, kind__is_culture=True)
        return rows.exclude(status=Institution.Status.CLOSED)


class Centers(_Things):
    kind = "center"

    def rows(self, cities: Sequence[City]) -> QuerySet[NeighborCenter]:
        return NeighborCenter.objects.filter(city__in=cities)


class Districts(_Things):
    kind = "district"

    def rows(self, cities: Sequence[City]) -> QuerySet[District]:
        return District.objects.filter(city__in=cities, valid_to__isnull=True)


class Tos(_Things):
    kind = "tos"

    def rows(self, cities: Sequence[City]) -> QuerySet[TosTerritory]:
        return TosTerritory.objects.filter(city__in=cities, valid_to__isnull=True)


class Events(_Things):
    kind = "event"

    def items(self) -> list[Any]:
        now = timezone.now()
        return [event for city in shown_cities() for event in agenda.upcoming(city, now)]


class Pages(Sitemap):
    """The cities' own pages."""

    i18n = True
    alternates = True
    x_default = True
    NAMES = ("nearby:near", "layers:map", "layers:about")

    def items(self) -> list[tuple[str, str]]:
        return [(name, city.slug) for city in shown_cities() for name in self.NAMES]

    def location(self, item: tuple[str, str]) -> str:
        name, slug = item
        return reverse(name, args=[slug])


SITEMAPS = {
    "pages": Pages,
    "institutions": Institutions,
    "centers": Centers,
    "events": Events,
    "districts": Districts,
    "tos": Tos,
}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may read: everything but calculations, which cost, and other people's reports."""
    whole = request.build_absolute_uri(reverse("api:sitemap"))
    return render(request, "api/robots.txt", {"sitemap": whole}, content_type="text/plain")
