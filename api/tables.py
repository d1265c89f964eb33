"""Where the rows of calculations are: each table of a run is a file of its own."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from rest_framework.request import Request

from api.files import TYPES
from layers import sheets
from mapping.models import CoverageRow, RunRow

FORMS = [form for form in TYPES if form in sheets.CONTENT_TYPES]


def add_to(runs: Sequence[dict[str, Any]], request: Request) -> None:
    """Name the tables of every run in it: two queries, however many runs."""
    ids = [run["id"] for run in runs]
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for rows, column in ((CoverageRow.objects, "level"), (RunRow.objects, "table")):
        for run_id, key, count in _counted(rows.filter(run__in=ids), column):
            counts[run_id][key] = count
    for run in runs:
        run["tables"] = [
            {"name": key, "rows": count, "files": _files(request, run, key)}
            for key, count in counts[run["id"]].items()
        ]


def _counted(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    counted = rows.order_by("run", column).values_list("run", column)
    return counted.annotate(count=Count("pk"))


def _files(request: Request, run: dict[str, Any], key: str) -> dict[str, str]:
    return {
        form: request.build_absolute_uri(
            reverse("layers:export_table", args=[run["city"], run["id"], key, form])
        )
        for form in FORMS
    }
