"""How often one sender may ask the open data."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from accounts import limits


class SenderThrottle(BaseThrottle):
    """By the measure that all addresses share."""

    scope = "api"
    told = "wanted at most {count} requests in {seconds} seconds."

    def allow_request(self, request: Any, view: Any) -> bool:
        """Raises Throttled, which says how much is too much and when to come again."""
        wait_seconds = limits.take(self.scope, request)
        if wait_seconds:
            count, seconds = settings.RATE_LIMITS[self.scope]
            detail = f"Too many requests from your address: {self.told}"
            raise Throttled(wait_seconds, detail.format(count=count, seconds=seconds))
        return True


class FileThrottle(SenderThrottle):
    """Whole answers as files, each of which costs as much as hundreds of pages."""

    scope = "api_file"
    told = (
        "wanted at most {count} whole files in {seconds} seconds;"
        " parts of them, by `limit` and `cursor`, are counted as pages."
    )
