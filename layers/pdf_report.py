"""
A run on A4 for the meeting: a page with the finding and its map, then the table and the proof.

That is two pages; every district is printed, so norms of many districts take more.

Every measure gets it from the same words, tables and colours as its page.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from layers import findings, results, run_tables
from layers.paper import (
    ACCENT,
    BOTTOM_MM,
    FIGURE_PT,
    HEADING_PT,
    INK,
    MARGIN_MM,
    SMALL_PT,
    SOFT,
    TINY_PT,
    WARNING,
    WARNING_SOFT,
    WIDTH_MM,
    Paragraph,
    Report,
    heights,
    write,
)
from layers.report_map import draw_map
from layers.report_plot import PLOT_MM, draw_plot, has_plot
from layers.report_table import draw_table
from layers.run_tables import RunTable
from mapping.models import AnalysisRun

HEADLINE_PT, LONG_HEADLINE_PT, LONG_HEADLINE = 18.0, 14.0, 200
FACTS_SHOWN = 5
LEAST_TABLE_MM = 90.0


def render(run: AnalysisRun, key: str = "") -> bytes:
    """
    The report of a run as a PDF, in the reader's language; `key` names the table.

    Raises UnknownNameError for a table that the run does not have.
    """
    table = run_tables.read(run, key)
    report = Report(run)
    report.add_page()
    _draw_finding(report, table)
    draw_map(report, table)
    report.add_page()
    _draw_table_and_proof(report, table)
    return bytes(report.output())


def _draw_finding(report: Report, table: RunTable) -> None:
    """Whose city and of what day, the finding, its figures, and how far to trust them."""
    run = report.run
    report.set_xy(MARGIN_MM, MARGIN_MM - 3)
    report.say(f"{run.city.label} · {_day(run)}", SMALL_PT, color=SOFT)
    report.ln(1.5)
    said = findings.headline(run, table.key)
    size = HEADLINE_PT if len(said) < LONG_HEADLINE else LONG_HEADLINE_PT
    report.say(said, size, bold=True)
    report.ln(2)
    _draw_facts(report, findings.facts(run, table.key)[:FACTS_SHOWN])
    _draw_trust(report, table)


def _day(run: AnalysisRun) -> str:
    there = run.finished_at.astimezone(ZoneInfo(run.city.timezone))
    return _("calculated on %(day)s") % {"day": date_format(there, "DATE_FORMAT")}


def _draw_facts(report: Report, facts: Sequence[dict[str, str]]) -> None:
    """Headline figures beside one another."""
    if not facts:
        return
    top, width = report.get_y(), WIDTH_MM / len(facts)
    bottom = top
    for place, fact in enumerate(facts):
        report.set_xy(MARGIN_MM + place * width, top)
        report.say(fact["value"], FIGURE_PT, bold=True, color=ACCENT, width=width - 3)
        report.say(fact["label"], SMALL_PT, color=SOFT, width=width - 3)
        bottom = max(bottom, report.get_y())
    report.set_xy(MARGIN_MM, bottom + 2)


def _draw_trust(report: Report, table: RunTable) -> None:
    """Completeness and marks on a tinted ground, so that nobody reads past them."""
    known = findings.completeness(report.run)
    marks = [
        f"{mark['text'].capitalize()}. {mark['note']}"
        for mark in findings.marks(report.run, table.key)
    ]
    said = [*([known["text"]] if known else []), *marks]
    if not said:
        return
    inner = WIDTH_MM - 6
    height = sum(report.height_of(text, SMALL_PT, inner) for text in said) + 3
    report.set_fill_color(WARNING_SOFT if marks else "#f6f4f1")
    top = report.get_y()
    report.rect(MARGIN_MM, top, WIDTH_MM, height, style="F", round_corners=True, corner_radius=1.5)
    report.set_xy(MARGIN_MM + 3, top + 1.5)
    for text in said:
        report.say(text, SMALL_PT, color=WARNING if marks else INK, width=inner)
    report.set_xy(MARGIN_MM, top + height + 3)


def _draw_table_and_proof(report: Report, table: RunTable) -> None:
    """The table has what the proof beneath it and the sources at the foot leave."""
    proof, sources = _proof(report.run), _sources(report.run)
    foot = BOTTOM_MM - heights(report, sources)
    plot_mm = PLOT_MM if has_plot(report.run) else 0.0
    until = max(foot - heights(report, proof) - plot_mm, LEAST_TABLE_MM)
    report.set_xy(MARGIN_MM, MARGIN_MM)
    draw_table(report, table, until=until)
    if report.get_y() + plot_mm + heights(report, proof) > foot:
        report.add_page()
        report.set_xy(MARGIN_MM, MARGIN_MM)
    if plot_mm:
        draw_plot(report, results.context(report.run, table.key)["plot"])
    write(report, proof)
    report.set_xy(MARGIN_MM, foot)
    write(report, sources)


def _heading(text: str) -> Paragraph:
    return Paragraph(text, HEADING_PT, bold=True, before=4)


def _proof(run: AnalysisRun) -> list[Paragraph]:
    """How it was computed and what is unknown."""
    asked = [f"{label}: {value}" for label, value in findings.parameters(run)]
    unknown = findings.unknown(run)
    return [
        _heading(_("How this was computed")),
        Paragraph(" · ".join(asked)),
        Paragraph(_("Minutes are counted over the street network, not as the crow flies.")),
        Paragraph(_("Version of the code: %(version)s") % {"version": run.code_version}),
        *([_heading(_("What is unknown"))] if unknown else []),
        *(Paragraph(f"• {text}") for text in unknown),
    ]


def _sources(run: AnalysisRun) -> list[Paragraph]:
    """Whose data it is, under which licences."""
    return [
        _heading(_("Sources and licences")),
        *(Paragraph(text, TINY_PT, color=SOFT) for text in findings.source_lines(run)),
    ]
