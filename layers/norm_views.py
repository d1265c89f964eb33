"""Doors of sets of norms: read by all, copied by anyone, changed by whoever made them."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from layers import http, norm_pages, owners, pages, sheets
from layers.views import find_loaded
from mapping.errors import (
    ChangedMeanwhileError,
    MappingError,
    NormListError,
    ParameterError,
    UnreadableFileError,
    UnsafeArchiveError,
)
from mapping.models import City, Norm, NormSet
from mapping.queries.norms import norm_sets_of
from mapping.services.norm_sets import (
    LONGEST_NAME,
    MOST_COMPLAINTS,
    MOST_SETS,
    copy_norm_set,
    delete_norm_set,
    import_norm_set,
    rename_norm_set,
)
from mapping.services.norms import COLUMNS, MOST_ROWS, add_norm, edit_norm, remove_norm, row_of

MOST_UPLOAD_BYTES = 2 * 1024**2
FORMS = (".csv", ".xlsx")


def _find(city: City, slug: str) -> NormSet:
    found = norm_sets_of(city).select_related("copied_from").filter(slug=slug).first()
    if found is None:
        raise Http404(_("No such set of norms: it may have been deleted."))
    return found


def _find_own(request: HttpRequest, city: City, slug: str, action: str = "change") -> NormSet:
    found = _find(city, slug)
    if not norm_pages.may(request, action, found):
        raise PermissionDenied(
            _("Only whoever made a set of norms may change it. Make a copy and change the copy.")
        )
    return found


def _find_norm(norm_set: NormSet, identifier: int) -> Norm:
    found = norm_set.norms.select_related("kind", "norm_set").filter(pk=identifier).first()
    if found is None:
        raise Http404(_("No such norm: it may have been removed."))
    return found


def _page(
    request: HttpRequest, template: str, city: City, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    with timezone.override(city.timezone):
        frame = pages.chrome(request, "planner", city)
        return render(request, template, {**frame, **context}, status=status)


@require_safe
def norm_sets(request: HttpRequest, city: str) -> HttpResponse:
    """Sets of norms one may choose from."""
    found = find_loaded(city)
    return _page(request, "planner/norms.html", found, norm_pages.list_page(request, found))


@require_safe
def norm_set(request: HttpRequest, city: str, norm_set: str) -> HttpResponse:
    """One set with its rows."""
    place = find_loaded(city)
    return _show(request, place, _find(place, norm_set))


def _show(
    request: HttpRequest, city: City, shown: NormSet, status: int = 200, **more: Any
) -> HttpResponse:
    context = norm_pages.set_page(request, city, shown, **more)
    return _page(request, "planner/norms_set.html", city, context, status)


@require_POST
@http.limited("norm_set")
def copy(request: HttpRequest, city: str, norm_set: str) -> HttpResponse:
    """Make a set of one's own with the same rows."""
    place = find_loaded(city)
    original, secret = _find(place, norm_set), owners.secret_of(request)
    try:
        made = copy_norm_set(
            original,
            name=request.POST.get("name", ""),
            city=place,
            **owners.owner(request, secret),
        )
    except ParameterError as error:
        return _show(request, place, original, 400, copy_problem=_say(error))
    messages.success(request, _("The copy is yours: change it as you need."))
    return _to_set(place, made, secret)


def _to_set(city: City, norm_set: NormSet, secret: str = "", row: int = 0) -> HttpResponse:
    anchor = f"#row-{row}" if row else ""
    response = redirect(norm_pages.address("norm_set", city, norm_set) + anchor)
    if secret:
        owners.remember(response, secret)
    return response


def _say(error: ParameterError) -> str:
    """A refused name, or too many of something."""
    if error.name == "name":
        return _("The name: wanted 1 to %(most)s characters.") % {"most": LONGEST_NAME}
    if error.name == "norms":
        return _("A set holds %(most)s norms at most.") % {"most": MOST_ROWS}
    return _("You have %(most)s sets already, and there is room for no more: delete one first.") % {
        "most": MOST_SETS
    }


@require_POST
def rename(request: HttpRequest, city: str, norm_set: str) -> HttpResponse:
    """Give a set another name."""
    place = find_loaded(city)
    found = _find_own(request, place, norm_set)
    try:
        rename_norm_set(found, request.POST.get("name"))
    except ParameterError as error:
        return _show(request, place, found, 400, name_problem=_say(error))
    messages.success(request, _("The name is saved."))
    return _to_set(place, found)


@require_POST
def delete(request: HttpRequest, city: str, norm_set: str) -> HttpResponse:
    """Forget a set for good."""
    place = find_loaded(city)
    found = _find_own(request, place, norm_set, "delete")
    delete_norm_set(found)
    messages.success(request, _("The set “%(name)s” is deleted.") % {"name": found.name})
    return redirect(norm_pages.address("norm_sets", place))


@require_POST
@http.limited("norm_set")
def load(request: HttpRequest, city: str) -> HttpResponse:
    """Read a set from a table: all of its rows, or none and what is wrong with each."""
    place, secret = find_loaded(city), owners.secret_of(request)
    name, upload = request.POST.get("name", ""), request.FILES.get("file")
    complaints = _refuse_upload(upload)
    if not complaints:
        try:
            made = _import(upload, name=name, city=place, **owners.owner(request, secret))
        except (NormListError, ParameterError, UnreadableFileError, UnsafeArchiveError) as error:
            complaints = _complaints(error)
        else:
            messages.success(request, _("The list is read whole. The set is yours."))
            return _to_set(place, made, secret)
    context = norm_pages.list_page(
        request,
        place,
        complaints=complaints,
        has_more_complaints=len(complaints) >= MOST_COMPLAINTS,
        given_name=name,
    )
    return _page(request, "planner/norms.html", place, context, 400)


def _refuse_upload(upload: UploadedFile | None) -> list[str]:
    """What can be said of a file before it is read."""
    if upload is None:
        return [_("The file: got none, wanted a table CSV or XLSX.")]
    if Path(upload.name or "").suffix.lower() not in FORMS:
        return [_("The file: got “%(got)s”, wanted a table CSV or XLSX.") % {"got": upload.name}]
    if (upload.size or 0) > MOST_UPLOAD_BYTES:
        return [_("The file: wanted at most %(most)s MB.") % {"most": MOST_UPLOAD_BYTES // 1024**2}]
    return []


def _import(upload: UploadedFile, **what: Any) -> NormSet:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"norms{Path(upload.name or '').suffix.lower()}"
        path.write_bytes(upload.read())
        return import_norm_set(path, **what)


def _complaints(error: MappingError) -> list[str]:
    if isinstance(error, NormListError):
        return [norm_pages.complaint_line(each) for each in error.complaints]
    if isinstance(error, ParameterError):
        return [_say(error)]
    return [_("The file cannot be read as a table: save it as CSV (UTF-8) or XLSX again.")]


@require_safe
def export(request: HttpRequest, city: str, norm_set: str, extension: str) -> HttpResponse:
    """A set as a file that can be read back."""
    place = find_loaded(city)
    found = _find(place, norm_set)
    form = http.choice({"format": extension}, "format", norm_pages.EXPORT_FORMS)
    content = sheets.encode(norm_pages.sheet_of(place, found), form)
    return http.attachment(content, sheets.CONTENT_TYPES[form], f"{found.slug}.{form}")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, city: str, norm_set: str) -> HttpResponse:
    """A new row."""
    place = find_loaded(city)
    found = _find_own(request, place, norm_set)
    if request.method != "POST":
        return _form(request, place, found, {})
    given = _given(request)
    try:
        norm = add_norm(found, given)
    except NormListError as error:
        problems = norm_pages.problems_of(error.complaints)
        return _form(request, place, found, given, 400, problems=problems)
    except ParameterError as error:
        return _form(request, place, found, given, 400, problems={"": _say(error)})
    messages.success(request, _("The norm is added."))
    return _to_set(place, found, row=norm.row)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, city: str, norm_set: str, norm: int) -> HttpResponse:
    """A row: its form, and what is sent from it."""
    place = find_loaded(city)
    found = _find_own(request, place, norm_set)
    shown = _find_norm(found, norm)
    if request.method != "POST":
        return _form(request, place, found, row_of(shown), norm=shown)
    given = _given(request)
    try:
        saved = edit_norm(shown, given, seen=_seen(request))
    except NormListError as error:
        problems = norm_pages.problems_of(error.complaints)
        return _form(request, place, found, given, 400, norm=shown, problems=problems)
    except ChangedMeanwhileError:
        now = _find_norm(found, norm)
        conflict = norm_pages.conflict_words(now, given)
        # A confidence left over from the older row is not a choice made about the newer one.
        given["confidence"] = norm_pages.less_sure(
            given.get("confidence", now.confidence), now.confidence
        )
        return _form(request, place, found, given, 409, norm=now, conflict=conflict)
    messages.success(request, _saved_words(given, saved))
    return _to_set(place, found, row=saved.row)


def _saved_words(given: Mapping[str, str], saved: Norm) -> str:
    if given.get("confidence", saved.confidence) == saved.confidence:
        return _("The norm is saved.")
    return _(
        "The norm is saved. Its figure is not the one of the act any more, so it is marked as "
        "not confirmed; if the act does say so, name its clause or choose how sure it is."
    )


def _seen(request: HttpRequest) -> str:
    """The version of the row that the form was filled in by; a form without one is too old."""
    return request.POST.get("seen") or "none"


def _given(request: HttpRequest) -> dict[str, str]:
    sent = {name: request.POST[name] for name in COLUMNS if name in request.POST}
    return {name: text.replace("\r\n", "\n").strip() for name, text in sent.items()}


def _form(
    request: HttpRequest,
    city: City,
    norm_set: NormSet,
    row: Mapping[str, str],
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = norm_pages.form_page(city, norm_set, row, **more)
    return _page(request, "planner/norms_row.html", city, context, status)


@require_POST
def remove(request: HttpRequest, city: str, norm_set: str, norm: int) -> HttpResponse:
    """Take a row out."""
    place = find_loaded(city)
    found = _find_own(request, place, norm_set)
    shown = _find_norm(found, norm)
    try:
        remove_norm(shown, seen=_seen(request))
    except ChangedMeanwhileError:
        messages.error(request, _("Somebody has just changed this norm: look at it again."))
        return redirect(norm_pages.address("norms_edit", place, found, norm))
    messages.success(request, _("The norm is removed."))
    return _to_set(place, found)
