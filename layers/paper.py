"""A4 pages in the house's type: colours, sizes, paragraphs and the foot of every page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from layers import findings
from layers.http import language
from mapping.models import AnalysisRun

FONT = "golos"
FACES = {"": "vendor/golos-text/golos-text-400.ttf", "B": "vendor/golos-text/golos-text-700.ttf"}
MARGIN_MM = 15.0
WIDTH_MM = 210.0 - 2 * MARGIN_MM
# Where the text of a page ends; beneath it stands the foot.
BOTTOM_MM = 297.0 - 17.0
FOOT_MM = 297.0 - 12.0
PT_MM = 25.4 / 72
LEADING = 1.32

INK, SOFT, LINE, ACCENT = "#23211e", "#615b53", "#ddd8d0", "#0b5d63"
ACCENT_SOFT = "#e0eeee"
WARNING, WARNING_SOFT = "#7a4b00", "#fdf0d5"
TEXT_PT, SMALL_PT, TINY_PT, FIGURE_PT, HEADING_PT = 9.0, 8.0, 7.0, 15.0, 12.0


class Report(FPDF):
    """A4 with the house's type, a foot on every page, and paragraphs that stay within it."""

    def __init__(self, run: AnalysisRun) -> None:
        super().__init__(format="A4", unit="mm")
        self.run = run
        for style, path in FACES.items():
            self.add_font(FONT, style, static_file(path))
        self.set_font(FONT, size=TEXT_PT)
        self.set_margin(MARGIN_MM)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.set_title(f"{run.city.label}: {findings.headline(run)}")
        self.set_lang(language())
        self.set_creator("Culture Atlas")

    def footer(self) -> None:
        """Whose map it is, which run, which page."""
        self.set_xy(MARGIN_MM, FOOT_MM)
        self.set_text_color(SOFT)
        self.set_font(style="", size=TINY_PT)
        said = _("Culture Atlas · %(city)s · calculation no. %(run)s")
        self.cell(WIDTH_MM, 4, said % {"city": self.run.city.label, "run": self.run.pk})
        self.set_x(MARGIN_MM)
        page = _("Page %(page)s of %(pages)s") % {
            "page": self.page_no(),
            "pages": self.str_alias_nb_pages,
        }
        self.cell(WIDTH_MM, 4, page, align="R")

    def say(
        self,
        text: str,
        size_pt: float = TEXT_PT,
        *,
        bold: bool = False,
        color: str = INK,
        width: float = WIDTH_MM,
        align: str = "L",
    ) -> None:
        """A paragraph at the pen; the pen goes to the line beneath it, to the same place."""
        self.set_text_color(color)
        self.set_font(style="B" if bold else "", size=size_pt)
        self.multi_cell(
            width,
            size_pt * PT_MM * LEADING,
            text,
            align=align,
            new_x=XPos.LEFT,
            new_y=YPos.NEXT,
            padding=0,
        )

    def lines_of(self, text: str, size_pt: float, width: float, *, bold: bool = False) -> list[str]:
        """The text as it will be broken."""
        self.set_font(style="B" if bold else "", size=size_pt)
        return self.multi_cell(
            width, text=text, align="L", dry_run=True, output=MethodReturnValue.LINES
        )

    def fitting_pt(self, text: str, size_pt: float, width: float) -> float:
        """The largest size, `size_pt` at most, at which every word stays whole."""
        self.set_font(style="", size=size_pt)
        longest = max((self.get_string_width(word) for word in text.split()), default=0.0)
        return size_pt if longest < width else size_pt * 0.98 * width / longest

    def height_of(self, text: str, size_pt: float, width: float = WIDTH_MM) -> float:
        """How far `say` would go down, mm."""
        return len(self.lines_of(text, size_pt, width)) * size_pt * PT_MM * LEADING


def static_file(path: str) -> str:
    """Where a served file lies on disk. Raises FileNotFoundError."""
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return found


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text with its look and the space before it, mm."""

    text: str
    size_pt: float = SMALL_PT
    bold: bool = False
    color: str = INK
    before: float = 0.0


def heights(report: Report, paragraphs: Sequence[Paragraph]) -> float:
    """How much of the page the paragraphs take, mm."""
    return sum(report.height_of(each.text, each.size_pt) + each.before for each in paragraphs)


def write(report: Report, paragraphs: Sequence[Paragraph]) -> None:
    """One paragraph under another, from the pen down."""
    for each in paragraphs:
        report.ln(each.before)
        report.say(each.text, each.size_pt, bold=each.bold, color=each.color)
