"""Many plain rows at once."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from django.db import connection, models
from shapely.geometry.base import BaseGeometry

from mapping.crs import STORAGE_SRID

_NULL = "\\N"


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """
    Append rows of numbers, texts and shapes (`to_hex`) with PostgreSQL's COPY; None is NULL.

    About eight times faster than `bulk_create`, which matters where a run writes hundreds of
    cells and a city has hundreds of runs. Constraints are checked as ever; no signal is sent.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([_NULL if value is None else value for value in row] for row in rows)
    buffer.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(quote(model._meta.get_field(column).column) for column in columns)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')"
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, buffer)


def to_hex(shape: BaseGeometry) -> str:
    """A shape in EPSG:4326 as COPY reads it."""
    return str(shapely.to_wkb(shapely.set_srid(shape, STORAGE_SRID), hex=True, include_srid=True))
