"""Public holidays of a country, days moved by government included as the library knows them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from mapping.errors import CountryError


@lru_cache(maxsize=64)
def _calendar(country: str, language: str) -> holidays.HolidayBase | None:
    if not country:
        return None
    try:
        return holidays.country_holidays(country, language=language or None)
    except NotImplementedError as error:
        raise CountryError(country) from error


def check_country(country: str) -> str:
    """
    The code, if its holidays are known.

    Raises
    ------
    CountryError
        If it is no ISO 3166-1 alpha-2 code with a known calendar.
    """
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        raise CountryError(country)
    _calendar(country, "")
    return country


def is_holiday(country: str, day: date) -> bool:
    calendar = _calendar(country, "")
    return calendar is not None and day in calendar


def holiday_name(country: str, day: date, language: str) -> str:
    """The holiday in a language of the library, or in the country's own; empty on other days."""
    calendar = _calendar(country, language)
    return "" if calendar is None else calendar.get(day, "")
