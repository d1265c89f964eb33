"""How numbers and findings are said in the reader's language."""

import datetime as dt
import math
import re
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, npgettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from mapping.models import AnalysisRun, CoverageRow
from mapping.queries import coverage
from mapping.queries.institutions import find_kind

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
WORST_NAMED = 2
# Below this many people within reach a share is not worth trusting.
FEW_PEOPLE = 50

# After “of” in English and in the genitive case in Russian.
GROUPS_OF = {
    "all": lazy("of residents"),
    "children": lazy("of children aged 0–14"),
    "youth": lazy("of people aged 15–30"),
    "working": lazy("of people aged 31–59"),
    "senior": lazy("of people aged 60 and over"),
}
# As the sentence «Считать … по …» counts them.
GROUPS_COUNTED = {
    "all": pgettext_lazy("counted", "all residents"),
    "children": pgettext_lazy("counted", "children 0–14"),
    "youth": pgettext_lazy("counted", "people 15–30"),
    "working": pgettext_lazy("counted", "people 31–59"),
    "senior": pgettext_lazy("counted", "people 60+"),
}
LEVELS_COUNTED = {
    "district": pgettext_lazy("counted by", "districts"),
    "tos": pgettext_lazy("counted by", "ТОС territories"),
    "grid": pgettext_lazy("counted by", "map cells"),
}
LEVEL_NAMES = {
    "district": lazy("District"),
    "tos": lazy("ТОС territory"),
    "grid": lazy("Map cell"),
}
ACCURACIES = {
    "exact": lazy("exact position"),
    "building": lazy("position of the building"),
    "street": lazy("approximate position: known to the street"),
    "district": lazy("approximate position: known to the district"),
}
APPROXIMATE_ACCURACIES = ("street", "district")
# Remarks that stand in English in lists of facts and say how sure a record is.
_REMARKS = {
    "secondary public source": lazy("a secondary public source"),
    "secondary public source (low precision)": lazy("a secondary public source, roughly"),
    "municipal library page": lazy("page of a municipal library"),
    "address secondary public source": lazy("address from a secondary public source"),
    "name only": lazy("only the name is known"),
    "initials unconfirmed": lazy("initials not confirmed"),
    "closed for repair since 2012": lazy("closed for repair since 2012"),
    "conference venue": lazy("a conference was held here"),
    "outside the city boundary": lazy("outside the city boundary"),
}
_KNOWN_REMARK = re.compile("|".join(re.escape(said) for said in sorted(_REMARKS, reverse=True)))
_ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,9}\b")
_ENGLISH_WORD = re.compile(r"\b[a-z]{3,}\b")
STATUSES = {
    "planned": lazy("planned"),
    "closed_for_repair": lazy("closed for repair"),
    "closed": lazy("closed"),
}
CONFIDENCES = {
    "quoted": lazy("stands in an official document"),
    "secondary": lazy("from a secondary source"),
    "unconfirmed": lazy("not confirmed"),
}
MARKS = {
    "synthetic": (
        lazy("demonstration data"),
        lazy("Some of these records are invented to show how the service works."),
    ),
    "modelled": (
        lazy("modelled"),
        lazy("Numbers of people in houses are estimated from totals of larger areas."),
    ),
    "approximate": (
        lazy("approximate"),
        lazy("Some positions are known only to the street or the district."),
    ),
    "few": (
        lazy("few people"),
        lazy("Fewer than 50 people are counted within reach, so the share says little."),
    ),
    "unconfirmed": (
        lazy("not confirmed"),
        lazy("The source of this record is not an official document."),
    ),
    "incomplete": (
        lazy("incomplete"),
        lazy("Not every institution that officially exists has a known position."),
    ),
}


def _russian() -> bool:
    return (get_language() or "ru").startswith("ru")


def number(value: float | None) -> str:
    """12400 → «12 400» (narrow space) or “12,400”; nothing → “no data”."""
    if value is None or not math.isfinite(value):
        return _("no data")
    return f"{round(value):,}".replace(",", NARROW_SPACE if _russian() else ",")


def percent(share: float | None) -> str:
    """
    0.58 → «58 %» or “58%”; nothing → “no data”.

    Only nobody is 0 and only everybody is 100: what is nearly so says “<1” or “>99”.
    """
    if share is None or not math.isfinite(share):
        return _("no data")
    space = NO_BREAK_SPACE if _russian() else ""
    if 0 < share < 0.005:
        return f"<{space}1{space}%"
    if 0.995 <= share < 1:
        return f">{space}99{space}%"
    return f"{round(share * 100)}{space}%"


def decimal(value: float) -> str:
    """0.737 → «0,7» or “0.7”: one digit after the point."""
    said = f"{value:.1f}"
    return said.replace(".", ",") if _russian() else said


def trimmed(value: float) -> str:
    """A parameter as it was given: 15 → “15”, 7.5 → «7,5» or “7.5”."""
    said = f"{value:g}"
    return said.replace(".", ",") if _russian() else said


def quantity(value: float | None) -> str:
    """A figure of any size to three digits: 0.00124 → «0,00124», 12.5 → «12,5», 3 → “3”."""
    if value is None or not math.isfinite(value):
        return _("no data")
    if value == round(value) or abs(value) >= 100:
        return number(value)
    said = f"{value:.3g}"
    return said.replace(".", ",") if _russian() else said


def day(iso: str) -> str:
    """“2026-03-31” as people write it; what is no date stays as it is."""
    try:
        return date_format(dt.date.fromisoformat(iso), "d.m.Y")
    except ValueError:
        return iso


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: “libraries, museums and schools”."""
    if len(names) < 2:
        return "".join(names)
    words = {"most": ", ".join(names[:-1]), "last": names[-1]}
    return pgettext("list", "%(most)s and %(last)s") % words


def yes_no(value: object) -> str:
    """A flag in words."""
    return _("yes") if value else _("no")


def walk_minutes(value: float | None) -> str:
    """12.4 → “12 min”; nothing → “no path”."""
    if value is None or not math.isfinite(value):
        return _("no path")
    return _("%(minutes)s min") % {"minutes": round(value)}


def people(value: float | None) -> str:
    """12400 → «12 400 человек» in the right plural."""
    if value is None or not math.isfinite(value):
        return _("no data")
    count = round(value)
    return ngettext("%(number)s person", "%(number)s people", count) % {"number": number(count)}


def minutes_choice(value: float) -> str:
    """A choice in the sentence: “15 minutes on foot”, «15 минутах пешком»."""
    said = ngettext("%(number)s minute on foot", "%(number)s minutes on foot", round(value))
    return said % {"number": trimmed(value)}


def minutes_door_to_door(value: float) -> str:
    """A choice in the sentence: “30 minutes from door to door”, «30 минутах от двери до двери»."""
    said = ngettext(
        "%(number)s minute from door to door",
        "%(number)s minutes from door to door",
        round(value),
    )
    return said % {"number": trimmed(value)}


def minutes_limit(value: float) -> str:
    """What counts as near: “up to 15 minutes on foot”, «до 15 минут пешком»."""
    said = npgettext(
        "limit", "up to %(number)s minute on foot", "up to %(number)s minutes on foot", round(value)
    )
    return said % {"number": trimmed(value)}


def share_range(lower: float | None, upper: float | None) -> str:
    """A class of shares: “up to 10 %”, “10–25 %”, “over 75 %”."""
    if lower is None:
        return _("up to %(upper)s") % {"upper": percent(upper)}
    if upper is None:
        return _("over %(lower)s") % {"lower": percent(lower)}
    return f"{round(lower * 100)}–{percent(upper)}"


def count_range(lower: float | None, upper: float | None) -> str:
    """A class of counts: “up to 50”, “50–100”, “over 1 000”."""
    if lower is None and upper is None:
        return _("any number")
    if lower is None:
        return _("up to %(upper)s") % {"upper": number(upper)}
    if upper is None:
        return _("over %(lower)s") % {"lower": number(lower)}
    return f"{number(lower)}–{number(upper)}"


def minutes_range(lower: float | None, upper: float | None) -> str:
    """A class of minutes: “up to 5 min”, “5–10 min”, “over 30 min”."""
    if lower is None and upper is None:
        return _("any number")
    if lower is None:
        return _("up to %(upper)s") % {"upper": walk_minutes(upper)}
    if upper is None:
        return _("over %(lower)s") % {"lower": walk_minutes(lower)}
    return f"{lower:g}–{walk_minutes(upper)}"


def one_of(kind_name: str) -> str:
    """“a library”, “an NGO resource centre”; «библиотека» where a language has no articles."""
    name = inside_sentence(kind_name)
    if _russian():
        return name
    spelt_with_vowel = "AEFHILMNORSX" if name[1:2].isupper() else "aeiou"
    return f"{'an' if name[:1] in spelt_with_vowel else 'a'} {name}"


def inside_sentence(name: str) -> str:
    """A name without its leading capital, unless the capital belongs to an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def finding(
    *,
    kind_name: str,
    minutes: float,
    group: str,
    share: float | None,
    uncovered: float,
    level: str = "district",
    worst: Sequence[str] = (),
) -> str:
    """The finding as one sentence, led by the share; the worst-served territories named."""
    if share is None:
        return _("Nobody can be counted: no population with a path is known here.")
    if round(uncovered) == 0:
        return ngettext(
            "Everybody counted lives within %(minutes)s minute's walk of %(kind)s.",
            "Everybody counted lives within %(minutes)s minutes' walk of %(kind)s.",
            round(minutes),
        ) % {"minutes": trimmed(minutes), "kind": one_of(kind_name)}
    said = ngettext(
        "%(share)s %(group)s live within %(minutes)s minute's walk of %(kind)s; %(rest)s do not.",
        "%(share)s %(group)s live within %(minutes)s minutes' walk of %(kind)s; %(rest)s do not.",
        round(minutes),
    ) % {
        "share": percent(share),
        "group": _counted(group, level),
        "minutes": trimmed(minutes),
        "kind": one_of(kind_name),
        "rest": number(uncovered),
    }
    if not worst:
        return said
    return f"{said} " + _("Worst: %(names)s.") % {"names": ", ".join(worst)}


def _counted(group: str, level: str) -> str:
    """Of whom the share is: ТОС territories leave gaps, so their people are not all residents."""
    if level == "tos":
        return _("%(group)s in ТОС territories") % {"group": GROUPS_OF[group]}
    return str(GROUPS_OF[group])


def headline(run: AnalysisRun, level: str = "district") -> str:
    """The finding of a stored coverage run."""
    totals = run.summary["totals"][level]
    worst = coverage.rows_of(run, level).filter(uncovered__gte=1)[:WORST_NAMED]
    return finding(
        kind_name=find_kind(run.parameters["kind"]).label,
        minutes=run.parameters["minutes"],
        group=run.parameters["group"],
        share=totals["share"],
        uncovered=totals["uncovered"],
        level=level,
        worst=[territory_name(row) for row in worst if row.level != "grid"],
    )


def territory_name(row: CoverageRow, place: str = "") -> str:
    """Name of the territory of a row; a cell is named by where it lies, and its grid address."""
    territory = row.district or row.tos
    if territory:
        return territory.label
    if place:
        return _("%(place)s, cell %(cell)s") % {"place": place, "cell": row.cell.rstrip("f")}
    return _("Cell %(cell)s") % {"cell": row.cell}


def completeness(*, located: int, listed: int, official: int | None, kind_plural: str) -> str:
    """
    How many institutions the figure rests on: “70 of 70 libraries have a position”.

    Where some are missing it is said what that does to the figure.
    """
    total = listed if official is None else official
    words = {
        "located": number(located),
        "total": number(total),
        "kinds": inside_sentence(kind_plural),
    }
    if located >= total:
        said = ngettext(
            "%(located)s of %(total)s %(kinds)s has a position",
            "%(located)s of %(total)s %(kinds)s have a position",
            located,
        )
    else:
        said = ngettext(
            "Only %(located)s of %(total)s %(kinds)s has a position. The rest are not counted, "
            "so people may be nearer than shown.",
            "Only %(located)s of %(total)s %(kinds)s have a position. The rest are not counted, "
            "so people may be nearer than shown.",
            located,
        )
    return said % words


def accuracy(code: str | None) -> str:
    """How well a position is known, or that nobody knows it."""
    return str(ACCURACIES[code]) if code else _("position unknown")


def remark(given: str) -> str:
    """
    A note of a source as its reader can use it.

    Lists of facts are kept partly in English: a Russian reader gets the known remarks translated,
    and of other English prose the addresses alone; the data keep every word.
    """
    said = [_remark_part(part.strip()) for part in given.split(";")]
    return "; ".join(dict.fromkeys(filter(None, said)))


def _remark_part(part: str) -> str:
    said = _KNOWN_REMARK.sub(lambda match: str(_REMARKS[match[0]]), part)
    if _russian() and _ENGLISH_WORD.search(_ADDRESS.sub("", said)):
        return ", ".join(match[0] for match in _ADDRESS.finditer(said))
    return said


def status(code: str) -> str:
    """Anything but open deserves a word."""
    return str(STATUSES.get(code, ""))


def mark_codes(run: AnalysisRun, level: str) -> list[str]:
    """What a reader must know before trusting the figures of a run, in the usual order."""
    known = run.summary["completeness"]
    wanted = known["listed"] if known["official"] is None else known["official"]
    true = {
        **run.summary["marks"],
        "few": run.summary["totals"][level]["covered"] < FEW_PEOPLE,
        "incomplete": known["located"] < wanted,
    }
    return [code for code in MARKS if true.get(code)]


def marks_of(run: AnalysisRun, level: str) -> list[dict[str, str]]:
    """The marks of a run in words."""
    return [mark(code) for code in mark_codes(run, level)]


def mark(code: str) -> dict[str, str]:
    """A mark next to a figure: its code, its word and the note that explains it."""
    text, note = MARKS[code]
    return {"code": code, "text": str(text), "note": str(note)}
