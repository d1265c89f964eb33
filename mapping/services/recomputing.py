"""
Everything a planner can ask about walks, asked at once: every measure, kind and group.

One workspace reads the city and walks its streets once for all of it.
"""

import dataclasses
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from typing import Any

from django.db import connections, transaction

from mapping.analysis.snapping import DEFAULT_MAX_SNAP_M
from mapping.errors import MappingError
from mapping.models import AnalysisRun, City
from mapping.queries.institutions import culture_kinds_present
from mapping.services.measures import MEASURES, Measure
from mapping.services.questions import OnFoot
from mapping.services.workspace import LEVELS, Workspace


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answer's seconds, or the reason why it has none."""

    measure: str
    question: OnFoot
    seconds: float
    problem: str = ""


def questions_on_foot(workspace: Workspace) -> Iterator[tuple[str, OnFoot]]:
    """
    Name a measure and a question of it, for all of them: as they are asked unless somebody says
    otherwise, about every kind one can walk to and every group that somebody has counted.
    """
    kinds = [kind.code for kind in culture_kinds_present(workspace.city)]
    for name, measure in MEASURES.items():
        if measure.question.MODE != OnFoot.MODE:
            continue
        about: list[dict[str, Any]] = [{}]
        if _needs_kind(measure):
            about = [{"kind": kind} for kind in kinds]
        for given in about:
            for group in ("all", *workspace.known_groups):
                yield name, measure.question(**given, group=group)


def _needs_kind(measure: Measure) -> bool:
    fields = {field.name: field for field in dataclasses.fields(measure.question)}
    return "kind" in fields and fields["kind"].default is dataclasses.MISSING


def answer_everything(city: City, *, processes: int = 1, keep: bool = True) -> Iterator[Answered]:
    """
    Answer every question on foot, those with a stored answer from the store.

    Parameters
    ----------
    processes
        Among so many the kinds are shared out; each has what the first has read of the city.
        They are forked: a process that has threads is refused (RuntimeError).
    keep
        Not to: everything is read, computed and written anew as it would be, whatever is stored,
        and every transaction is taken back. That tells the seconds.
    """
    workspace = Workspace(city)
    batches = _by_kind(questions_on_foot(workspace))
    if processes > 1 and threading.active_count() > 1:
        raise RuntimeError("got a process with threads, wanted one that can be forked")
    if processes == 1:
        yield from _answer_here(workspace, batches, keep=keep)
        return
    _read_ahead(workspace)
    # A forked process has what its parent has read, but must not share its connection.
    connections.close_all()
    _inherited[:] = [workspace]
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            for answered in pool.map(_answer_apart, batches, repeat(keep)):
                yield from answered
    finally:
        _inherited.clear()


Batch = list[tuple[str, OnFoot]]
_inherited: list[Workspace] = []
"""The workspace that forked processes find in their memory."""


def _by_kind(questions: Iterable[tuple[str, OnFoot]]) -> list[Batch]:
    """Questions of one kind together: they share its walks."""
    batches: dict[str, Batch] = {}
    for name, question in questions:
        batches.setdefault(getattr(question, "kind", name), []).append((name, question))
    return list(batches.values())


def _read_ahead(workspace: Workspace) -> None:
    """Read what every question needs, once for all processes."""
    workspace.minute_grid(DEFAULT_MAX_SNAP_M)
    workspace.unit_snap(DEFAULT_MAX_SNAP_M)
    for level in LEVELS:
        workspace.territories[level]


def _answer_apart(batch: Batch, keep: bool) -> list[Answered]:
    return list(_answer_here(_inherited[0], [batch], keep=keep))


def _answer_here(
    workspace: Workspace, batches: Iterable[Batch], *, keep: bool
) -> Iterator[Answered]:
    for batch in batches:
        with transaction.atomic() if not keep else nullcontext():
            if not keep:
                _set_aside(workspace.city, batch)
            yield from [_answer(workspace, name, question) for name, question in batch]
            if not keep:
                transaction.set_rollback(True)


def _set_aside(city: City, batch: Batch) -> None:
    """Answers stored of the same kind are not seen; those of others stay free for others."""
    for name, question in batch:
        runs = AnalysisRun.objects.filter(city=city, is_active=True, analysis=name)
        if kind := getattr(question, "kind", ""):
            runs = runs.filter(parameters__kind=kind)
        runs.update(is_active=False)


def _answer(workspace: Workspace, name: str, question: OnFoot) -> Answered:
    started = time.perf_counter()
    problem = ""
    try:
        MEASURES[name].answer(workspace, question)
    except MappingError as error:
        problem = str(error)
    return Answered(name, question, time.perf_counter() - started, problem)
