"""Photos kept for places: the row and its files come together, and go together."""

import contextlib
import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from mapping.errors import ParameterError
from mapping.importers.pictures import Picture
from mapping.models import Photo
from mapping.services.editing import mark_changed


def keep_photo(photo: Photo, picture: Picture | None = None) -> Photo:
    """
    Store a photo; a picture given for a stored one takes the place of the old.

    Files are written before the row: who sees the row finds the files. They get new names, so
    nobody keeps seeing what was replaced.

    Raises
    ------
    ParameterError
        If a new photo comes without a picture.
    ValidationError
        If what is said of it does not hold; no file stays behind then.
    """
    if picture is None and photo.pk is None:
        raise ParameterError("picture", None, "a picture for a new photo")
    outdated = photo.file_names if picture and photo.pk else []
    if picture:
        photo.token, photo.width, photo.height = uuid.uuid4(), picture.width, picture.height
    try:
        _write(photo, picture)
        _save(photo)
    except BaseException:
        _forget(photo.file_names if picture else [])
        raise
    transaction.on_commit(partial(_forget, outdated))
    return photo


def _write(photo: Photo, picture: Picture | None) -> None:
    for side_px, content in picture.files.items() if picture else ():
        default_storage.save(photo.file_name(side_px), ContentFile(content))


@transaction.atomic
def _save(photo: Photo) -> None:
    photo.full_clean()
    photo.save()
    # Whoever asks what has changed since yesterday learns of the photo too.
    place = photo.institution or photo.center
    type(place).objects.filter(pk=place.pk).update(updated_at=timezone.now())
    mark_changed([place.city_id])


def forget_files(sender: type[Photo], instance: Photo, **_signal: Any) -> None:
    """Remove the files of a photo whose row is gone, for whatever reason, once that is certain."""
    transaction.on_commit(partial(_forget, instance.file_names))


def _forget(names: Iterable[str]) -> None:
    for name in names:
        # A file that cannot be removed is found by nobody: its name was told by the row alone.
        with contextlib.suppress(OSError):
            default_storage.delete(name)
