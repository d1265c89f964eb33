"""What a form may store: the errors of the pure modules in the words of a form."""

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from mapping.errors import (
    BrokenPhotoError,
    CountryError,
    HeavyPhotoError,
    HoursError,
    LargePhotoError,
    MovingPhotoError,
    NotAPhotoError,
    PhotoError,
    SmallPhotoError,
)
from mapping.hours.holidays import check_country
from mapping.hours.syntax import parse_hours
from mapping.importers.pictures import Picture, read_picture

PHOTO_COMPLAINTS: dict[type[PhotoError], str | Promise] = {
    NotAPhotoError: lazy("Got “%(got)s”, wanted a photo in JPEG, PNG or WebP."),
    BrokenPhotoError: lazy("Got “%(got)s”, which is cut short or damaged; wanted a whole photo."),
    MovingPhotoError: lazy("Got “%(got)s”, which moves; wanted a photo that does not."),
    HeavyPhotoError: lazy("Got %(got_mb)s MB, wanted a photo of at most %(most_mb)s MB."),
    LargePhotoError: lazy(
        "Got a picture of %(size)s pixels, wanted at most %(most_megapixels)s megapixels."
    ),
    SmallPhotoError: lazy(
        "Got a picture of %(size)s pixels, wanted at least %(least_px)s on the shorter side."
    ),
}


def validate_country(code: str) -> None:
    try:
        check_country(code)
    except CountryError as error:
        message = _("Got “%(got)s”, wanted a two-letter code of a country, for example RU.")
        raise ValidationError(message, params={"got": code}) from error


def validate_hours(text: str) -> None:
    try:
        parse_hours(text)
    except HoursError as error:
        message = _(
            "Got “%(got)s”, wanted opening hours in the OpenStreetMap syntax, "
            "for example: Mo-Fr 10:00-19:00; Sa off"
        )
        raise ValidationError(message, params={"got": error.got}) from error


def validate_photo(file: UploadedFile) -> Picture:
    """The picture inside the file, ready to be kept."""
    try:
        return read_picture(file, file.name or "")
    except PhotoError as error:
        raise ValidationError(PHOTO_COMPLAINTS[type(error)], params=vars(error)) from error
