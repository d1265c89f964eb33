"""How often one sender may ask the open data."""

from typing import Any

from rest_framework.throttling import BaseThrottle

from accounts import limits


class SenderThrottle(BaseThrottle):
    """By the measure that all addresses share."""

    wait_seconds = 0

    def allow_request(self, request: Any, view: Any) -> bool:
        self.wait_seconds = limits.take("api", request)
        return not self.wait_seconds

    def wait(self) -> float | None:
        return self.wait_seconds or None
