"""How the figures of any measure were computed: question, result, inputs, what is not known."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from layers import cards, findings, wording
from layers.pages import INPUTS
from mapping.models import AnalysisRun


def context(run: AnalysisRun) -> dict[str, Any]:
    """The page that a result links to as “how this was calculated”."""
    return {
        "run": {
            "id": run.pk,
            "headline": findings.headline(run),
            "rows": [*findings.facts(run), *_question_rows(run), *_computation_rows(run)],
            "inputs": [
                _row(INPUTS.get(name, name), checksum)
                for name, checksum in run.inputs.items()
                if isinstance(checksum, str)
            ],
            "marks": findings.marks(run),
            "sources": [cards.source_line(each) for each in findings.sources(run)],
            "unknown": findings.unknown(run),
        },
        "exports": [],
        "back_url": reverse("layers:result", args=[run.city.slug, run.pk]),
    }


def _row(label: object, value: object) -> dict[str, str]:
    return {"label": str(label), "value": str(value), "note": ""}


def _question_rows(run: AnalysisRun) -> list[dict[str, str]]:
    return [_row(label, value) for label, value in findings.parameters(run)]


def _computation_rows(run: AnalysisRun) -> list[dict[str, str]]:
    there = run.finished_at.astimezone(ZoneInfo(run.city.timezone))
    seconds = sum(value for value in run.timings.values() if isinstance(value, int | float))
    return [
        _row(_("Calculated"), date_format(there, "d.m.Y H:i")),
        _row(_("Calculation took"), _("%(seconds)s s") % {"seconds": wording.quantity(seconds)}),
        _row(_("Version of the code"), run.code_version),
    ]
