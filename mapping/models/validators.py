"""What a form may store: the errors of the pure modules in the words of a form."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mapping.errors import CountryError, HoursError
from mapping.hours.holidays import check_country
from mapping.hours.syntax import parse_hours


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
