"""Refusals for programs: problem details (RFC 9457), saying what was got and what was wanted."""

import logging
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import APIException, Throttled

from layers.http import RETRY_SECONDS, problem, status_of
from mapping.errors import ParameterError, UnknownNameError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


def handle(error: Exception, context: dict[str, Any] | None = None) -> HttpResponse | None:
    """DRF's hook: every error of the table becomes a problem, faults of ours stay faults."""
    if isinstance(error, APIException):
        return _refused(error)
    status = status_of(error)
    if status is None:
        return None
    if isinstance(error, ParameterError):
        said = {"parameter": error.name, "got": str(error.got), "wanted": str(error.wanted)}
    elif isinstance(error, UnknownNameError):
        known = [str(name) for name in error.known]
        said = {"parameter": error.what, "got": str(error.got), "known": known}
    else:
        said = {}
    # What the driver says is for the log, not for the reader.
    response = problem(status, str(error) if status < 500 else "", **said)
    if status == 503:
        log.error("The database is away", exc_info=error)
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _refused(error: APIException) -> HttpResponse:
    response = problem(error.status_code, str(error.detail))
    if isinstance(error, Throttled) and error.wait:
        response["Retry-After"] = str(int(error.wait))
    return response
