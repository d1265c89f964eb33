"""The open data explained to people, from the schema that programs read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from api import filters
from api.doors import frame, readable
from api.files import forms_of, told
from api.resources import RESOURCES, Resource
from layers.views import in_readers_language


@readable
def root(request: HttpRequest) -> HttpResponse:
    """What there is, and where it is described."""
    whole = request.build_absolute_uri
    answer = {
        **{each.name: whole(reverse(f"api:{each.name}")) for each in RESOURCES},
        "layers": whole(reverse("api:layers")),
        "schema": whole(reverse("api:schema")),
        "docs": whole(reverse("api:docs")),
    }
    return JsonResponse(answer)


@readable
@in_readers_language
def page(request: HttpRequest) -> HttpResponse:
    """One page: resources with their filters, fields and forms, and examples that work."""
    context = {
        **frame(request, "api"),
        "resources": [_describe(request, each) for each in RESOURCES],
        "schema_url": reverse("api:schema"),
        "host": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "api/docs.html", context)


def _describe(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    url = reverse(f"api:{resource.name}")
    return {
        "name": resource.name,
        "title": resource.title,
        "url": url,
        "files": [{"form": form, "url": f"{url}.{form}"} for form in forms_of(resource)],
        "filters": filters.of(resource),
        "fields": [
            {"name": name, "text": field.help_text or field.label or ""}
            for name, field in told(resource)
        ],
    }
