"""What every measure does: look in the store, else compute and store, all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from mapping.models import AnalysisRun
from mapping.services.runs import Question, Row, Stopwatch, find_stored, store_run, write_table
from mapping.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run says in short, and its tables by name; rows in their order."""

    summary: Mapping[str, Any]
    tables: Mapping[str, Sequence[Row]]


def answer_once(
    workspace: Workspace,
    analysis: AnalysisRun.Analysis,
    asked: Any,
    inputs: Mapping[str, Any],
    compute: Callable[[], Answer],
) -> AnalysisRun:
    """Answer from the stored run of the same parameters and inputs, or compute and store one."""
    question = Question(workspace.city, analysis, asked.parameters, inputs)
    stored = find_stored(question)
    if stored:
        return stored
    stopwatch = Stopwatch(workspace)
    workspace.report(0.1, gettext_noop("measuring walks"))
    computed = compute()
    workspace.report(0.9, gettext_noop("storing the result"))

    def write_rows(run: AnalysisRun) -> None:
        for table, rows in computed.tables.items():
            write_table(run, table, rows)

    return store_run(question, stopwatch, computed.summary, write_rows)
