"""Loops of the analysis are compiled when first called: no reader in a browser waits for that."""

from functools import cache

from mapping.models import City
from mapping.services.changes import Open
from mapping.services.readiness import get_ready
from mapping.services.recomputing import answer_everything
from mapping.services.whatif import WhatIfQuestion, weigh
from tests.factories import point_at


def load_machine_code() -> None:
    """Ask every measure once in this process, of the one town there is; nothing is stored."""
    _load()


@cache
def _load() -> None:
    town = City.objects.get()
    get_ready()
    list(answer_everything(town, keep=False))
    middle = point_at(500)
    seats = Open(lat=middle.y, lon=middle.x, capacity=40)
    weigh(town, WhatIfQuestion(kind="library"), [seats])
