"""
The same work over many cities: here one after another, or shared out by a Dask scheduler.

A unit of work is a whole city: its tables are read and its network searched by one process, so
nothing but names and counts travels. A worker (`dask worker … --preload config.dask_worker`) has
the same code and the same database; the answers are stored by it, as they would be here.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.db.models import Count

from mapping.errors import CodeVersionError, MappingError, SchedulerError
from mapping.models import City
from mapping.queries.cities import find_city
from mapping.queries.institutions import culture_kinds_present
from mapping.services.coverage import default_questions, run_coverages
from mapping.version import code_version

PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class CityDone:
    """How many questions of a city have their answers, or why it has none."""

    slug: str
    questions: int
    seconds: float
    problem: str = ""


def compute_defaults(slugs: Iterable[str], *, scheduler: str | None = None) -> Iterator[CityDone]:
    """
    Compute what the map offers at the start of every city; yield each as it is done.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler; empty computes here. None takes `settings.DASK_SCHEDULER`.

    Raises
    ------
    UnknownNameError
        If a city is not loaded; nothing is computed then.
    SchedulerError
        If nobody answers at the address, or `dask.distributed` is not installed.
    """
    cities = [find_city(slug).pk for slug in slugs]
    ordered = _largest_first(cities)
    address = settings.DASK_SCHEDULER if scheduler is None else scheduler
    if address:
        yield from _share_out(ordered, address)
    else:
        for slug in ordered:
            yield defaults_of_city(slug, code_version())


def defaults_of_city(slug: str, version: str) -> CityDone:
    """
    Do one unit of work; what cannot be answered is told, and other cities go on.

    Raises CodeVersionError where this process has other code than the one that asks.
    """
    if code_version() != version:
        raise CodeVersionError(code_version(), version)
    started = time.perf_counter()
    try:
        city = find_city(slug)
        runs = run_coverages(city, default_questions(city, culture_kinds_present(city)))
    except MappingError as error:
        return CityDone(slug, 0, time.perf_counter() - started, str(error))
    return CityDone(slug, len(runs), time.perf_counter() - started)


def _on_worker(slug: str, version: str) -> CityDone:
    """A worker lives long: a connection that died since its last city is opened anew."""
    close_old_connections()
    return defaults_of_city(slug, version)


def _largest_first(cities: list[int]) -> list[str]:
    """Slugs, most homes first: what is left for the end is short, so that workers end together."""
    homes = City.objects.filter(pk__in=cities).annotate(homes=Count("population_units"))
    return list(homes.order_by("-homes", "slug").values_list("slug", flat=True))


def _share_out(slugs: list[str], address: str) -> Iterator[CityDone]:
    distributed = _distributed(address)
    try:
        client = distributed.Client(address, timeout=PATIENCE_S)
    except OSError as error:
        raise SchedulerError(address, "no scheduler there", "one that answers") from error
    with client:
        asked = {
            client.submit(_on_worker, slug, code_version(), pure=False): slug for slug in slugs
        }
        for done in distributed.as_completed(asked):
            if done.status == "finished":
                yield done.result()
            else:
                yield CityDone(asked[done], 0, 0.0, str(done.exception()))


def _distributed(address: str) -> Any:
    # Optional, and slow to import: only who has a scheduler needs it.
    try:
        import distributed
    except ImportError as error:
        wanted = "dask.distributed: pip install -r requirements-dask.txt"
        raise SchedulerError(address, "no library to reach it", wanted) from error
    return distributed
