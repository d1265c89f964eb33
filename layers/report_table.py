"""A table of a run on paper: the ranking, its figures and bars, as far as there is room."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from layers import bars, columns, wording
from layers.paper import (
    ACCENT,
    BOTTOM_MM,
    HEADING_PT,
    LEADING,
    LINE,
    MARGIN_MM,
    PT_MM,
    SMALL_PT,
    SOFT,
    TEXT_PT,
    TINY_PT,
    WIDTH_MM,
    Report,
)
from layers.run_tables import Line, RunTable
from layers.sheets import Column

NAME_MM = 50.0
COLUMN_MM, COLUMN_GAP_MM = 17.0, 2.0
BAR_MM = 24.0
ROW_GAP_MM = 2.0
# So many rows may be set in larger type.
FEW_ROWS = 24
# Territories are printed all, however many pages they take; so is any table of so many rows.
WHOLE_TABLES, WHOLE_ROWS = ("district", "tos"), 60
# Texts that need no heading to be understood.
SPEAKING = ("kind", "address", "accuracy", "district", "facility")


def draw_table(report: Report, table: RunTable, *, until: float) -> None:
    """
    The ranking from its worst end.

    Territories, and tables that are not long, go on over further pages until their last row; of
    others there are as many rows as there is room for above `until`, mm from the top.
    """
    report.say(table.title, HEADING_PT, bold=True)
    report.ln(1)
    figures = _figures(table)
    _draw_heads(report, figures)
    is_whole = table.key in WHOLE_TABLES or table.total <= WHOLE_ROWS
    rows = _rows(report, table, figures)
    if is_whole and report.get_y() + sum(row.height for row, _bar in rows) > until - 5:
        until = BOTTOM_MM
    shown = 0
    for row, bar in rows:
        if report.get_y() + row.height > until - 5:
            if not is_whole:
                break
            report.add_page()
            report.set_xy(MARGIN_MM, MARGIN_MM)
            _draw_heads(report, figures)
        row.draw(bar)
        shown += 1
    report.ln(1)
    report.say(_rest(shown, table.total), SMALL_PT, color=SOFT)


def _rows(report: Report, table: RunTable, figures: Sequence[Column]) -> list[tuple["_Row", float]]:
    """Rows with their bars; what several rows on end say alike in words is said by the first."""
    found, before = [], ""
    for line, bar in zip(table.lines, bars.shares(table), strict=True):
        detail = _detail(table, line)
        said = "" if table.key in WHOLE_TABLES and detail == before else detail
        found.append((_Row(report, table, line, figures, said), bar or 0.0))
        before = detail
    return found


def _rest(shown: int, total: int) -> str:
    """How much of the table is on paper, and where all of it is."""
    held = ngettext(
        "The table file holds %(total)s row.", "The table file holds all %(total)s rows.", total
    ) % {"total": wording.number(total)}
    if shown == total:
        return held
    printed = ngettext(
        "The first %(shown)s row is printed here.",
        "The first %(shown)s rows are printed here.",
        shown,
    ) % {"shown": wording.number(shown)}
    return f"{printed} {held}"


def _figures(table: RunTable) -> list[Column]:
    """Columns of numbers that fit beside the name; texts go beneath the name."""
    room = WIDTH_MM - NAME_MM - (BAR_MM if table.bar else 0)
    numbers = [column for column in table.columns if column.kind not in ("text", "flag")]
    return numbers[: int(room // COLUMN_MM)]


def _column_left(place: int, count: int) -> float:
    """Columns of figures stand at the right edge."""
    return MARGIN_MM + WIDTH_MM - (count - place) * COLUMN_MM


def _draw_heads(report: Report, figures: Sequence[Column]) -> None:
    top, bottom = report.get_y(), report.get_y() + TINY_PT * PT_MM * LEADING
    width = COLUMN_MM - COLUMN_GAP_MM
    headings = [column.heading for column in figures]
    size_pt = min((report.fitting_pt(text, TINY_PT, width) for text in headings), default=TINY_PT)
    for place, heading in enumerate(headings):
        report.set_xy(_column_left(place, len(figures)) + COLUMN_GAP_MM, top)
        report.say(heading, size_pt, color=SOFT, width=width, align="R")
        bottom = max(bottom, report.get_y())
    report.set_draw_color(SOFT)
    report.set_line_width(0.3)
    report.line(MARGIN_MM, bottom + 1, MARGIN_MM + WIDTH_MM, bottom + 1)
    report.set_xy(MARGIN_MM, bottom + 1.6)


class _Row:
    """One row of the printed table, measured before it is drawn."""

    def __init__(
        self,
        report: Report,
        table: RunTable,
        line: Line,
        figures: Sequence[Column],
        detail: str,
    ) -> None:
        self.report, self.table, self.line, self.figures = report, table, line, figures
        bar = BAR_MM if table.bar else 0.0
        self.detail_width = WIDTH_MM - len(figures) * COLUMN_MM
        self.size_pt = TEXT_PT if table.total <= FEW_ROWS else SMALL_PT
        self.name_width = WIDTH_MM - len(figures) * COLUMN_MM - bar
        self.name = f"{line.position}. {line.name}"
        self.detail = detail
        self.height = (
            report.height_of(self.name, self.size_pt, self.name_width)
            + (report.height_of(self.detail, TINY_PT, self.detail_width - 2) if self.detail else 0)
            + ROW_GAP_MM
        )

    def draw(self, bar: float) -> None:
        report, top = self.report, self.report.get_y()
        report.set_xy(MARGIN_MM, top + ROW_GAP_MM / 2)
        report.say(self.name, self.size_pt, width=self.name_width)
        if self.detail:
            report.say(self.detail, TINY_PT, color=SOFT, width=self.detail_width - 2)
        self._draw_bar(top, bar)
        for place, column in enumerate(self.figures):
            report.set_xy(_column_left(place, len(self.figures)), top + ROW_GAP_MM / 2)
            said = columns.cell(column, self.line.values.get(column.key))
            report.say(said, self.size_pt, width=COLUMN_MM, align="R")
        bottom = top + self.height
        report.set_draw_color(LINE)
        report.set_line_width(0.1)
        report.line(MARGIN_MM, bottom, MARGIN_MM + WIDTH_MM, bottom)
        report.set_xy(MARGIN_MM, bottom)

    def _draw_bar(self, top: float, share: float) -> None:
        """`share` is the part of the longest bar of its unit."""
        if share <= 0:
            return
        self.report.set_fill_color(ACCENT)
        left = MARGIN_MM + self.name_width + 1
        self.report.rect(left, top + 1.4, (BAR_MM - 2) * share, 2.2, style="F")


def _detail(table: RunTable, line: Line) -> str:
    """What the row says in words: a norm's act and clause, how well a position is known."""
    texts = [
        (column, columns.cell(column, line.values[column.key]))
        for column in table.columns
        if column.kind == "text" and line.values.get(column.key) not in ("", None, line.name)
    ]
    return " · ".join(
        said if column.key in SPEAKING else f"{column.heading}: {said}" for column, said in texts
    )
