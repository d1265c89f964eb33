"""The door of “what if”: changes in, their effect out; nothing is stored."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from layers import effects, http, planner
from layers.views import find_loaded, in_readers_language
from mapping.errors import MappingError, ParameterError
from mapping.services.changes import read_changes
from mapping.services.questions import read_question
from mapping.services.whatif import WhatIfQuestion, weigh

MOST_BYTES = 100_000


def refusing(title: Callable[[], str]) -> Callable[[Any], Any]:
    """Answer errors raised on purpose with `{title, message}`: 400, or 403 where forbidden."""

    def decorate(view: Any) -> Any:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except MappingError as error:
                answer = {"title": title(), "message": planner.complaint(error)}
                return JsonResponse(answer, status=400)
            except PermissionDenied as error:
                return JsonResponse({"title": title(), "message": str(error)}, status=403)

        return wrapped

    return decorate


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent. Raises ParameterError for anything else, or for too much of it."""
    try:
        body = request.body
    except RawPostDataException as error:
        raise ParameterError("body", "a form", "JSON") from error
    if len(body) > MOST_BYTES:
        raise ParameterError("body", f"{len(body)} bytes", f"at most {MOST_BYTES}")
    try:
        sent = json.loads(body)
        # Half of a surrogate pair is read without complaint, and no text of the database holds it.
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ParameterError("body", "something else", "JSON") from error
    if not isinstance(sent, dict) or b"\\u0000" in body:
        raise ParameterError("body", type(sent).__name__, "an object without null characters")
    return sent


def read_walk(given: Any) -> WhatIfQuestion:
    """The question changes are weighed by. Raises ParameterError or UnknownNameError."""
    if not isinstance(given, dict):
        raise ParameterError("question", type(given).__name__, "an object with a kind")
    return read_question(WhatIfQuestion, {k: v for k, v in given.items() if k != "mode"})


@require_POST
@in_readers_language
@http.limited("whatif")
@refusing(lambda: _("These changes cannot be weighed"))
def whatif(request: HttpRequest, city: str) -> HttpResponse:
    """Weigh changes against today."""
    sent = read_json(request)
    asked, changes = read_walk(sent.get("question")), read_changes(sent.get("changes"))
    response = JsonResponse(effects.answer(weigh(find_loaded(city), asked, changes)))
    response["Cache-Control"] = "no-store"
    return response
