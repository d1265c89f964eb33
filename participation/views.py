"""Doors of reports: send one, follow it by its number, take it back."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from layers import choice as choices
from layers import http, links, pages, registry
from layers.views import find_loaded
from mapping.models import City
from participation import services
from participation.forms import ReportForm
from participation.models import Report
from participation.numbers import draw_form_key, read_number

# Cards of these say how to reach somebody; a cell of the map has nobody to be wrong about.
REPORTED = frozenset({"institution", "center", "event", "district", "tos", "stop"})


def _find_card(city: City, kind: str, identifier: str) -> dict[str, Any]:
    fill = registry.cards().get(kind) if kind in REPORTED else None
    if fill is None:
        raise Http404(_("No such sort of card."))
    try:
        return fill(choices.read(city, {}), identifier)
    except ObjectDoesNotExist as error:
        raise Http404(_("Nothing like that is known here.")) from error


def _page(
    request: HttpRequest, template: str, city: City | None, status: int = 200, **context: Any
) -> HttpResponse:
    with timezone.override(city.timezone if city else None):
        frame = pages.chrome(request, "report", city)
        return render(request, template, {**frame, **context}, status=status)


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, city: str, kind: str, identifier: str) -> HttpResponse:
    """
    The form, and what was sent with it.

    Reports are rationed, not attempts: what is refused costs as little as the form, and whoever
    has to wait keeps what was written.
    """
    found = find_loaded(city)
    card = _find_card(found, kind, identifier)
    is_sent = request.method == "POST"
    form = ReportForm(request.POST if is_sent else None, city=found)
    wait_seconds = 0
    if is_sent and form.is_valid():
        wait_seconds = limits.take("report", request)
        if not wait_seconds:
            return _thank(request, found, card, form)
        form.add_error(None, http.too_often_words(wait_seconds))
    choice = choices.read(found, {})
    context = {
        "form": form,
        "form_key": request.POST.get("form_key") or draw_form_key(),
        "card": card,
        "card_url": links.card_url(choice, kind, identifier),
        "appeals_url": settings.APPEALS_URL,
        "kept_days": settings.CONTACT_KEPT_DAYS,
        "longest_days": settings.CONTACT_LONGEST_DAYS,
        **pages.map_frame(choice, http.language()),
    }
    status = (429 if wait_seconds else 422) if is_sent else 200
    response = _page(request, "participation/report.html", found, status=status, **context)
    if wait_seconds:
        response["Retry-After"] = str(wait_seconds)
    return response


def _thank(
    request: HttpRequest, city: City, card: dict[str, Any], form: ReportForm
) -> HttpResponse:
    if form.is_from_a_program:
        # It is told what people are told, and nothing is kept.
        return _page(request, "participation/thanks.html", city, report=None)
    said = form.cleaned_data
    sent = services.send_report(
        city,
        services.Subject(type=card["type"], id=str(card["id"]), title=str(card["title"])),
        about=said["about"],
        text=said["text"],
        pin=said["pin"],
        contact=said["contact"],
        consented=said["consent"],
        language=http.language(),
        form_key=said["form_key"],
    )
    return redirect("participation:status", number=sent.label)


@never_cache
@require_safe
@http.limited("report_status")
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a number; the page of that report when it is one."""
    typed = request.GET.get("number", "")
    number = read_number(typed[:40])
    if number and Report.objects.filter(number=number).exists():
        return redirect("participation:status", number=f"{number[:5]}-{number[5:]}")
    return _page(
        request, "participation/find.html", None, status=404 if typed else 200, typed=typed[:40]
    )


def _find(number: str) -> Report:
    report = Report.objects.filter(number=read_number(number)).select_related("city").first()
    if report is None:
        raise Http404(_("There is no report with this number. Please check it."))
    return report


@never_cache
@require_safe
@http.limited("report_status")
def status(request: HttpRequest, number: str) -> HttpResponse:
    """What became of a report."""
    found = _find(number)
    return _page(request, "participation/status.html", found.city, report=found)


@require_POST
@csrf_protect
@http.limited("report_status")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever knows the number may take the report back, or have the contact erased."""
    found = _find(number)
    if "contact_only" in request.POST:
        services.forget_contact(found)
    else:
        services.withdraw(found)
    return redirect("participation:status", number=found.label)
