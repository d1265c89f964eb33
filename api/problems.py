"""Refusals for programs: problem details (RFC 9457), saying what was got and what was wanted."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from rest_framework.exceptions import APIException, Throttled

from layers.http import RETRY_SECONDS, status_of
from mapping.errors import ParameterError, UnknownNameError

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """One refusal."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    return JsonResponse(
        {**body, **more},
        status=status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
        headers={"Access-Control-Allow-Origin": "*"},
    )


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook: every error of the table becomes a problem, faults of ours stay faults."""
    if isinstance(error, ParameterError):
        return problem(
            400, str(error), parameter=error.name, got=f"{error.got}", wanted=error.wanted
        )
    if isinstance(error, UnknownNameError):
        known = [str(name) for name in error.known]
        return problem(400, str(error), parameter=error.what, got=f"{error.got}", known=known)
    if isinstance(error, APIException):
        response = problem(error.status_code, str(error.detail))
        if isinstance(error, Throttled) and error.wait:
            response["Retry-After"] = str(int(error.wait))
        return response
    status = status_of(error)
    if status is None:
        return None
    response = problem(status, str(error) if status < 500 else "")
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
