"""Public holidays of a country, days moved by government included as the library knows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

from mapping.errors import CountryError

CHECKED_YEAR = 2026
"""A calendar that knows one year knows the country."""


@lru_cache(maxsize=1024)
def _days(country: str, language: str, year: int) -> Mapping[date, str]:
    """
    The holidays of one year.

    The library's own calendar grows by a year when it is asked about one, and a thread that reads
    while another lets it grow misses holidays; one that is whole from the start misses none.
    """
    if not country:
        return {}
    try:
        return dict(
            holidays.country_holidays(country, years=year, expand=False, language=language or None)
        )
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
    _days(country, "", CHECKED_YEAR)
    return country


def is_holiday(country: str, day: date) -> bool:
    return day in _days(country, "", day.year)


def holiday_name(country: str, day: date, language: str) -> str:
    """The holiday in a language of the library, or in the country's own; empty on other days."""
    return _days(country, language, day.year).get(day, "")
