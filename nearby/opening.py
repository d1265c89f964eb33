"""Which places of a catalogue are open at a moment."""

from collections.abc import Sequence
from datetime import datetime

from mapping.hours import State, state_at
from nearby.catalogue import Catalogue, remembered

MOMENTS_KEPT = 4


def states_at(catalogue: Catalogue, moment: datetime) -> Sequence[State]:
    """The state of every place, in their order; told anew every minute."""
    return _states(catalogue, moment.replace(second=0, microsecond=0))


@remembered(MOMENTS_KEPT)
def _states(catalogue: Catalogue, minute: datetime) -> Sequence[State]:
    by_schedule = {each: state_at(each, minute) for each in set(catalogue.schedules)}
    return tuple(by_schedule[each] for each in catalogue.schedules)
