"""Photos of places, from our own storage."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from layers import http

# A name belongs to one picture for ever.
KEPT_SECONDS = 365 * 24 * 3600
CONTENT_TYPE = "image/webp"


@require_safe
def photo(request: HttpRequest, token: UUID, side_px: int) -> HttpResponse:
    """WebP of a photo, its longer side at most `side_px`: no row is asked, a file is or is not."""
    try:
        with default_storage.open(f"{token}-{side_px}.webp") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404(_("No such photo.")) from error
    tag = http.etag("photo", token, side_px)
    response = get_conditional_response(request, etag=tag) or HttpResponse(
        content, content_type=CONTENT_TYPE
    )
    response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS, immutable=True)
    return response
