"""Judging the rows of one resource: which are still good, and what is told of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mapping.errors import MissingColumnError
from mapping.importers.gazetteer import Gazetteer
from mapping.importers.raw import RawTable, is_empty
from mapping.importers.records import RowProblem
from mapping.importers.specs import CitySpec, ResourceSpec

SHOWN_CHARACTERS = 80


@dataclass(slots=True)
class Context:
    """What a row is judged against."""

    city: CitySpec
    kind_codes: frozenset[str]
    gazetteer: Gazetteer
    synthetic: bool = False
    """Whether everything of the resource's source is invented."""
    districts: Mapping[str, Any] = field(default_factory=dict)
    """Name → outline, as far as they are read."""
    seen_keys: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(table, source) → keys met so far in the whole pack."""


class Judge:
    """
    Attributes
    ----------
    alive
        Which rows are still taken, shape (raw.count,).
    problems
        What was told so far.
    """

    def __init__(self, raw: RawTable, spec: ResourceSpec, file: str) -> None:
        self.raw = raw
        self.spec = spec
        self.file = file
        self.alive = np.ones(raw.count, dtype=bool)
        self.problems: list[RowProblem] = []
        self._tell_faults()

    @property
    def alive_rows(self) -> list[int]:
        return [int(index) for index in np.flatnonzero(self.alive)]

    def complain(
        self, index: int, column: str, got: Any, wanted: str, *, dropped: bool = True
    ) -> None:
        """Tell of a cell; unless it is only a warning, the row is given up with it."""
        if not self.alive[index]:
            return
        if dropped:
            self.alive[index] = False
        self.problems.append(
            RowProblem(
                resource=self.spec.name,
                file=self.file,
                row=self.raw.row_number(index),
                column=column,
                got=shown(got),
                wanted=wanted,
                dropped=dropped,
            )
        )

    def _tell_faults(self) -> None:
        self.problems.extend(
            RowProblem(
                resource=self.spec.name,
                file=self.file,
                row=fault.row,
                column=fault.column,
                got=fault.got,
                wanted=fault.wanted,
            )
            for fault in self.raw.faults
        )

    def column(self, column: str) -> Sequence[Any]:
        """Cells of a column the descriptor names."""
        cells = self.raw.cells(column)
        if cells is not None:
            return cells
        if self.raw.count == 0:
            return []
        raise MissingColumnError(self.file, column, self.raw.columns)


def shown(value: Any) -> str:
    text = "nothing" if is_empty(value) else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
