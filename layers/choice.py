"""What the reader asked to see: one frozen value read from the query, and written back to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from layers import http
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ParameterError
from mapping.models import AgeGroup, AnalysisRun, City, CoverageRow, InstitutionKind
from mapping.queries import coverage
from mapping.queries import layers as queries

GROUPS = ("all", *AgeGroup.values)
LEVELS = tuple(CoverageRow.Level.values)
DEFAULT_KIND = "library"
DEFAULT_MINUTES = 15
MAX_MINUTES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One question about one city, with the run that answers it where there is one."""

    city: City
    kinds: tuple[InstitutionKind, ...]
    """Every kind known, in the order of the tree."""
    kind: InstitutionKind
    minutes: float
    group: str
    level: str
    bbox: http.BoundingBox | None
    run: AnalysisRun | None

    @property
    def asked_kinds(self) -> frozenset[int]:
        """Ids of the kind and of everything beneath it in the tree."""
        return queries.families(self.kinds)[self.kind.pk]

    @property
    def totals(self) -> dict[str, Any]:
        """The run's figures of the whole city, as counted over the territories of the level."""
        return self.run.summary["totals"][self.level]

    def params(self, **changes: Any) -> dict[str, str]:
        """The query that brings this choice back, with some of it changed or added."""
        given = {
            "kind": self.kind.code,
            "minutes": f"{self.minutes:g}",
            "group": self.group,
            "by": self.level,
        }
        return {name: str(value) for name, value in {**given, **changes}.items()}

    def query(self, **changes: Any) -> str:
        """The canonical query string, without a question mark."""
        return urlencode(self.params(**changes))

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever anything shown could have changed."""
        return self.city.data_version, self.run.pk if self.run else 0


def read(city: City, params: Mapping[str, str], *, run: AnalysisRun | None = None) -> Choice:
    """
    Read and check the query; a `run` given answers it instead of the active one.

    Raises UnknownNameError or ParameterError, saying what was got and what was wanted.
    """
    kinds = queries.kinds()
    kind = _read_kind(kinds, params)
    minutes = http.number(params, "minutes", low=1, high=MAX_MINUTES, default=DEFAULT_MINUTES)
    group = http.choice(params, "group", GROUPS, "all")
    return Choice(
        city=city,
        kinds=kinds,
        kind=kind,
        minutes=minutes,
        group=group,
        level=http.choice(params, "by", LEVELS, "district"),
        bbox=http.bounding_box(params),
        run=run
        or coverage.active_run(
            city, kind=kind.code, minutes=minutes, group=group, speed_kmh=DEFAULT_SPEED_KMH
        ),
    )


def of_run(run: AnalysisRun, params: Mapping[str, str]) -> Choice:
    """The choice that a stored run answers; only the level is taken from the query."""
    asked = {name: f"{run.parameters[name]}" for name in ("kind", "group")}
    minutes = f"{run.parameters['minutes']:g}"
    return read(run.city, {**asked, "minutes": minutes, "by": params.get("by", "")}, run=run)


def _read_kind(kinds: tuple[InstitutionKind, ...], params: Mapping[str, str]) -> InstitutionKind:
    if not kinds:
        raise ParameterError("kind", "no kinds at all", "reference lists, loaded with a city")
    by_code = {kind.code: kind for kind in kinds}
    default = DEFAULT_KIND if DEFAULT_KIND in by_code else kinds[0].code
    return by_code[http.choice(params, "kind", by_code, default)]
