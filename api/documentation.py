"""The open data explained to people, from the schema that programs read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from api.files import DRAWN, TYPES
from api.filters import parameters_of
from api.resources import RESOURCES, Resource
from layers import pages


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """What there is, and where it is described."""
    whole = request.build_absolute_uri
    answer = {
        **{each.name: whole(reverse(f"api:{each.name}")) for each in RESOURCES},
        "layers": whole(reverse("api:layers")),
        "schema": whole(reverse("api:schema")),
        "docs": whole(reverse("api:docs")),
    }
    return JsonResponse(answer, headers={"Access-Control-Allow-Origin": "*"})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One page: resources with their filters, fields and forms, and examples that work."""
    context = {
        **pages.chrome(request, "api"),
        "resources": [_describe(request, each) for each in RESOURCES],
        "schema_url": reverse("api:schema"),
        "host": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "api/docs.html", context)


def _describe(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    url = reverse(f"api:{resource.name}")
    forms = [form for form in TYPES if resource.geometry or form not in DRAWN]
    return {
        "name": resource.name,
        "title": resource.title,
        "url": url,
        "files": [{"form": form, "url": f"{url}.{form}"} for form in forms],
        "filters": [
            {"name": each.name, "text": each.description} for each in parameters_of(resource)
        ],
        "fields": [
            {"name": name, "text": str(field.help_text or "")}
            for name, (_, field) in resource.fields.items()
        ],
    }
