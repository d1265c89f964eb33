"""What the first question after a start would wait for, made ready before anybody asks it."""

import logging
from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Count

from mapping.errors import MappingError
from mapping.models import City
from mapping.queries.institutions import kinds_present
from mapping.services.baselines import GROUNDS_KEPT
from mapping.services.changes import Open
from mapping.services.walks import doors, footing_of, minutes_to
from mapping.services.whatif import WhatIfQuestion, weigh

log = logging.getLogger(__name__)

FIRST_MINUTES = 15


def get_ready(begin: Callable[[], None] = lambda: None) -> None:
    """
    Do what has to `begin` with the site, read the largest cities and load the machine code: as
    many cities as a process keeps.

    A city or a database that cannot answer now is left to whoever asks, who is told why.
    """
    close_old_connections()
    try:
        begin()
        cities = City.objects.annotate(homes=Count("population_units")).order_by("-homes", "slug")
        for city in cities[:GROUNDS_KEPT]:
            with suppress(MappingError):
                _ask_first_questions(city)
    except DatabaseError as error:
        log.info("nothing was made ready: %s", error)
    finally:
        connection.close()


def _ask_first_questions(city: City) -> None:
    """Walk from the middle of the city, and open one more place there."""
    middle = (city.center.y, city.center.x)
    footing = footing_of(city)
    minutes_to(footing, middle, doors(footing, [middle]), within_minutes=FIRST_MINUTES)
    opened = Open(lat=middle[0], lon=middle[1])
    for kind in kinds_present(city)[:1]:
        weigh(city, WhatIfQuestion(kind=kind.code), [opened])
