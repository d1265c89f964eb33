"""What several groups of layers say about their rows."""

from typing import Any

from django.db.models import Case, Count, Expression, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf

from layers import wording
from layers.http import BoundingBox, language
from layers.registry import Shown
from mapping.queries import layers as queries

APPROXIMATE = Q(position_accuracy__in=wording.APPROXIMATE_ACCURACIES)


def shown(rows: QuerySet, *, modelled: bool = False) -> Shown:
    """How many rows there are and whether any of them is invented."""
    counts = rows.order_by().aggregate(
        count=Count("pk"), synthetic=Count("pk", filter=Q(synthetic=True))
    )
    return Shown(
        count=counts["count"],
        synthetic=counts["synthetic"] > 0,
        modelled=modelled,
        sources=queries.sources_of([rows]),
    )


def within(rows: QuerySet, bbox: BoundingBox | None, geometry: str = "geometry") -> QuerySet:
    """Rows whose geometry touches the box; all that have one when no box was asked."""
    rows = rows.filter(**{f"{geometry}__isnull": False})
    if bbox is None:
        return rows
    return rows.filter(**{f"{geometry}__bboverlaps": bbox.as_polygon()})


def name_in_language(name: str = "name", name_en: str = "name_en") -> Any:
    """The English name for an English reader where there is one."""
    if language() != "en":
        return name
    return Coalesce(NullIf(name_en, Value("")), name)


def words_for(column: str, words: dict[str, Any]) -> Expression:
    """A column's code said in the reader's language; nothing for an empty one."""
    cases = [When(**{column: code}, then=Value(str(text))) for code, text in words.items()]
    return Case(*cases, default=Value(""), output_field=TextField())


def accuracy_words() -> Expression:
    """How well the position is known."""
    return words_for("position_accuracy", wording.ACCURACIES)
