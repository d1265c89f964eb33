"""Who is asking: a browser that was given a secret, or a user who signed in."""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest, HttpResponse

from mapping.queries import owners

# A secret of the browser, so that whoever saved something may change it without an account.
COOKIE = "planner"
SALT = "layers.scenarios"
COOKIE_SECONDS = 365 * 24 * 3600


def read_secret(request: HttpRequest) -> str:
    """The secret this browser was given; empty when it has none, or one we did not sign."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=COOKIE_SECONDS)


def secret_of(request: HttpRequest) -> str:
    """The secret this browser was given, or a new one for it to remember."""
    return read_secret(request) or secrets.token_urlsafe(32)


def owner_key(secret: str) -> str:
    """What is stored of a secret: enough to know it again, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""


def owner(request: HttpRequest, secret: str = "") -> dict[str, Any]:
    """Who is asking, as `queries.owners` wants it."""
    user_id = request.user.pk if request.user.is_authenticated else None
    return {"owner_key": owner_key(secret or read_secret(request)), "user_id": user_id}


def may(request: HttpRequest, action: str, owned: Any) -> bool:
    """
    Whether it is theirs who ask, or they have the permission to `change` or `delete` such things.

    Working in the admin is no permission by itself.
    """
    meta = owned._meta
    permission = f"{meta.app_label}.{get_permission_codename(action, meta)}"
    return is_own(request, owned) or request.user.has_perm(permission)


def is_own(request: HttpRequest, owned: Any) -> bool:
    """Whether it was saved by whoever is asking."""
    return owners.is_own(owned, **owner(request))


def remember(response: HttpResponse, secret: str) -> None:
    """Give the browser its secret to keep; scripts never see it."""
    response.set_signed_cookie(
        COOKIE,
        secret,
        salt=SALT,
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
