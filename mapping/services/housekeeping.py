"""What is kept no longer than was promised: the chores of every app, done once a day."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from mapping.models import Norm, NormSet, Scenario

log = logging.getLogger(__name__)


class Do(Protocol):
    """What a chore does at a moment; gives how many things went."""

    def __call__(self, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be forgotten in time."""

    name: str
    do: Do


def keep_house(now: datetime) -> dict[str, int]:
    """
    Do every chore of `settings.CHORE_MODULES`; name → how many things went.

    One that breaks does not keep the others from being done; its error is raised at the end.
    """
    done: dict[str, int] = {}
    broken: Exception | None = None
    for chore in _chores():
        try:
            done[chore.name] = chore.do(now)
        except Exception as error:
            log.exception("the chore %s broke", chore.name)
            broken = error
    if broken is not None:
        raise broken
    return done


def _chores() -> Iterator[Chore]:
    for name in settings.CHORE_MODULES:
        yield from import_module(name).CHORES


@transaction.atomic
def forget_gone_browsers(now: datetime) -> int:
    """
    Remove what browsers saved that have changed nothing for `settings.BROWSER_KEPT_DAYS`.

    The secret of such a browser has expired, so nobody could change these things any more. A
    browser that still changes one of its things keeps all of them; what is of a user, or of
    nobody, stays.
    """
    until = now - timedelta(days=settings.BROWSER_KEPT_DAYS)
    latest: dict[str, datetime] = {}
    for key, changed_at in (*_scenario_changes(), *_norm_changes()):
        latest[key] = max(changed_at, latest.get(key, changed_at))
    gone = [key for key, changed_at in latest.items() if changed_at < until]
    sets = list(_of_browsers(NormSet).filter(owner_key__in=gone))
    scenarios = _of_browsers(Scenario).filter(owner_key__in=gone)
    count = len(sets) + scenarios.count()
    scenarios.delete()
    for each in sets:
        pk = each.pk
        each.delete()
        # Their names are somebody's words as well.
        NormSet.history.filter(id=pk).delete()
        Norm.history.filter(norm_set_id=pk).delete()
    return count


def _of_browsers(model: Any) -> Any:
    return model.objects.filter(owner=None).exclude(owner_key="")


def _scenario_changes() -> list[tuple[str, datetime]]:
    rows = _of_browsers(Scenario).order_by().values_list("owner_key")
    return list(rows.annotate(Max("updated_at")))


def _norm_changes() -> Iterator[tuple[str, datetime]]:
    """When each set or a row of it was changed last, of whichever browser."""
    keys = dict(_of_browsers(NormSet).values_list("pk", "owner_key"))
    for rows, field in ((NormSet.history, "id"), (Norm.history, "norm_set_id")):
        found = rows.filter(**{f"{field}__in": list(keys)}).order_by().values_list(field)
        for pk, changed_at in found.annotate(Max("history_date")):
            yield keys[pk], changed_at


CHORES = (Chore("scenarios and sets of norms of browsers that are gone", forget_gone_browsers),)
