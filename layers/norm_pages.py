"""Sets of norms in words: the list, one set with its rows, the form of a row, what is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from layers import fields, owners, wording
from layers.sheets import Column, Sheet
from mapping.models import City, InstitutionKind, Norm, NormSet
from mapping.queries.norms import (
    REFERENCE_SET,
    SURE_TO_UNSURE,
    LeftOut,
    count_by_confidence,
    norm_sets_of,
    norms_of,
    own_norm_sets,
    public_norm_sets,
    read_norms,
)
from mapping.services.norm_sets import COPIED, IMPORTED, LONGEST_NAME
from mapping.services.norms import COLUMNS, Complaint, row_of, row_version

Words = dict[str, Any]
Original = Mapping[int, Mapping[str, str]]
HISTORY_SHOWN = 8
# Who edits every set sees every set, and who edited it.
EDITS_ALL = "mapping.change_normset"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowField:
    """A cell of a norm as the form asks for it."""

    label: Any
    help: Any = ""
    input: str = "text"
    offered: tuple[str, ...] = ()
    """Words worth offering, as acts write them; others may be typed."""
    is_needed: bool = False


KNOWN_SETTLEMENTS = ("городской округ", "город", "город более 500 тыс.", "сельское поселение")
KNOWN_GROUPS = ("человек", "дети", "молодежь", "пожилые", "мест на 1000 жителей")

ROW_FIELDS: Mapping[str, RowField] = {
    "kind": RowField(
        label=lazy("Kind of institution"),
        help=lazy("What of the city is counted. Without a kind the norm is kept, but not counted."),
        input="select",
    ),
    "facility_type": RowField(
        label=lazy("What the act calls it"),
        help=lazy("For example: public library."),
        is_needed=True,
    ),
    "settlement_type": RowField(
        label=lazy("For which settlements"),
        help=lazy("In the words of the act, with its size limits. Empty: for any."),
        offered=KNOWN_SETTLEMENTS,
    ),
    "units": RowField(
        label=lazy("How many are required"),
        help=lazy("A number, or two such as 1-2. Empty: the norm sets minutes alone."),
    ),
    "per_population": RowField(
        label=lazy("For how many people"),
        help=lazy("20000, or 4000-7000. Empty: for the whole city."),
    ),
    "population_group": RowField(
        label=lazy("Of whom, and in what units"),
        help=lazy("In the words of the act: people, children, seats per 1000 residents…"),
        offered=KNOWN_GROUPS,
    ),
    "accessibility_minutes": RowField(
        label=lazy("No farther than, minutes"),
        help=lazy("30, or 30-40. Empty: the act does not say."),
    ),
    "accessibility_mode": RowField(
        label=lazy("On foot or by transport"),
        help=lazy("In the words of the act. The atlas itself counts minutes on foot."),
    ),
    "source": RowField(
        label=lazy("Act"),
        help=lazy("Its name, number and date, so that anybody can find it."),
        input="textarea",
        is_needed=True,
    ),
    "clause": RowField(
        label=lazy("Clause or table"), help=lazy("For example: table 1, item 3."), is_needed=True
    ),
    "source_url": RowField(label=lazy("Link to the act"), help="https://…", input="url"),
    "confidence": RowField(label=lazy("How sure the norm is"), input="select"),
    "note": RowField(label=pgettext_lazy("of a norm", "Note"), input="textarea"),
}
PARTS: Sequence[tuple[Any, tuple[str, ...]]] = (
    (lazy("What it is about"), ("kind", "facility_type", "settlement_type")),
    (lazy("How much is required"), ("units", "per_population", "population_group")),
    (lazy("How near"), ("accessibility_minutes", "accessibility_mode")),
    (lazy("Where it stands"), ("source", "clause", "source_url", "confidence", "note")),
)
REASONS = {
    "no_kind": lazy("no kind of institution is chosen"),
    "another_settlement": lazy("for settlements of another sort or size"),
    "no_figure": lazy("the number required is not clear"),
    "unclear_group": lazy("it is not clear whom the act counts"),
    "unclear_unit": lazy("counted in units the atlas does not know"),
}


def address(name: str, city: City, norm_set: NormSet | None = None, *more: Any) -> str:
    """Address of a page or a door of norms."""
    place = [city.slug, *([norm_set.slug] if norm_set else []), *more]
    return reverse(f"layers:{name}", args=place)


def list_page(request: HttpRequest, city: City, **more: Any) -> Words:
    """Sets one may choose from, one's own first, and the form that reads a list."""
    own = list(own_norm_sets(city, **owners.owner(request)).select_related("copied_from"))
    known = norm_sets_of(city) if request.user.has_perm(EDITS_ALL) else public_norm_sets(city)
    others = [each for each in known.select_related("copied_from") if each not in own]
    counts = count_by_confidence([*own, *others])
    return {
        "own_sets": [_set_words(request, city, each, counts[each.pk]) for each in own],
        "other_sets": [_set_words(request, city, each, counts[each.pk]) for each in others],
        "import_url": address("norms_import", city),
        "example_url": _example_url(city, others),
        "planner_norms_url": planner_url(city),
        "longest_name": LONGEST_NAME,
        "browser_kept_days": settings.BROWSER_KEPT_DAYS,
        "columns": [{"name": column, "label": str(ROW_FIELDS[column].label)} for column in COLUMNS],
        "complaints": [],
        "has_more_complaints": False,
        "given_name": "",
        **more,
    }


def _example_url(city: City, known: Iterable[NormSet]) -> str:
    shown = next((each for each in known if each.slug == REFERENCE_SET), None)
    return address("norms_export", city, shown, "csv") if shown else ""


def planner_url(city: City, norm_set: NormSet | None = None) -> str:
    """The planner's question about norms, by a set where one is given."""
    query = f"&norm_set={norm_set.slug}" if norm_set else ""
    return f"{reverse('layers:planner', args=[city.slug])}?tab=norms{query}"


def may(request: HttpRequest, action: str, norm_set: NormSet) -> bool:
    """Whether who asks may `change` or `delete` the set; nobody the reference one."""
    return norm_set.slug != REFERENCE_SET and owners.may(request, action, norm_set)


def set_words(request: HttpRequest, city: City, norm_set: NormSet) -> Words:
    """What a set is, whose, and how sure its rows are."""
    return _set_words(request, city, norm_set, count_by_confidence([norm_set])[norm_set.pk])


def _set_words(
    request: HttpRequest, city: City, norm_set: NormSet, counts: Mapping[str, int]
) -> Words:
    total = sum(counts.values())
    said = ngettext("%(number)s norm", "%(number)s norms", total)
    is_reference = norm_set.slug == REFERENCE_SET
    return {
        "slug": norm_set.slug,
        "name": norm_set.name,
        "url": address("norm_set", city, norm_set),
        "copy_url": address("norms_copy", city, norm_set),
        "copy_name": _copy_name(norm_set.name),
        "is_reference": is_reference,
        "may_change": may(request, "change", norm_set),
        "may_delete": may(request, "delete", norm_set),
        "is_mine": norm_set.is_personal and owners.is_own(request, norm_set),
        "copied_from": norm_set.copied_from.name if norm_set.copied_from else "",
        "total": total,
        "total_text": said % {"number": wording.number(total)},
        "counts": [
            {"code": code, "text": str(wording.CONFIDENCES[code]), "number": number}
            for code, number in counts.items()
            if number
        ],
    }


def _copy_name(name: str) -> str:
    """A copy of a copy is called as the copy is."""
    copied = _("Copy of: %(name)s")
    is_copy = name.startswith(copied % {"name": ""})
    return (name if is_copy else copied % {"name": name})[:LONGEST_NAME]


def set_page(request: HttpRequest, city: City, norm_set: NormSet, **more: Any) -> Words:
    """A set with its rows, what may be done with it, and its latest changes."""
    words = set_words(request, city, norm_set)
    norms = list(norms_of(norm_set))
    kind = request.GET.get("kind", "")
    shown = [norm for norm in norms if not kind or _code(norm) == kind]
    original = _original(norm_set)
    return {
        "set": words,
        "rows": _rows(city, norm_set, shown, original, may_change=words["may_change"]),
        "kinds": _kind_options(norms, kind),
        "confidences": _confidence_options(norm_set, norms, original),
        "history": _history(request, city, norm_set),
        "list_url": address("norm_sets", city),
        "ask_url": reverse("layers:ask", args=[city.slug]),
        "add_url": address("norms_add", city, norm_set),
        "rename_url": address("norms_rename", city, norm_set),
        "delete_url": address("norms_delete", city, norm_set),
        "exports": [
            {"label": str(label), "url": address("norms_export", city, norm_set, form)}
            for form, label in EXPORT_FORMS.items()
        ],
        "longest_name": LONGEST_NAME,
        "name_problem": "",
        **more,
    }


EXPORT_FORMS = {"xlsx": lazy("Table for Excel"), "csv": lazy("Table (CSV)")}
NO_KIND = "none"


def _code(norm: Norm) -> str:
    return norm.kind.code if norm.kind else NO_KIND


def _kind_options(norms: Iterable[Norm], chosen: str) -> list[Words]:
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    for norm in norms:
        code = _code(norm)
        counts[code] = counts.get(code, 0) + 1
        labels[code] = norm.kind.plural_label if norm.kind else _("Without a kind")
    every = {"value": "", "label": _("All kinds"), "selected": not chosen}
    return [
        every,
        *(
            {"value": code, "label": f"{labels[code]} ({number})", "selected": code == chosen}
            for code, number in counts.items()
        ),
    ]


def _confidence_options(
    norm_set: NormSet, norms: Sequence[Norm], original: Original | None
) -> list[Words]:
    """
    Which rows to count by: those of the acts, and as far as it takes to count what was changed.

    In a set that was read from a table, all rows are somebody's change.
    """
    own = [norm for norm in norms if original is not None and _change(norm, original)]
    if original is None and norm_set.is_personal:
        own = list(norms)
    sure = [each.value for each in SURE_TO_UNSURE]
    present = [code for code in sure if any(norm.confidence == code for norm in norms)]
    usual = max((norm.confidence for norm in own), key=sure.index, default="")
    return [
        {
            "value": code,
            "label": str(label),
            "selected": code == (usual or next(iter(present), sure[0])),
        }
        for code, label in fields.CONFIDENCES.items()
    ]


def _rows(
    city: City,
    norm_set: NormSet,
    norms: Sequence[Norm],
    original: Original | None,
    *,
    may_change: bool,
) -> list[Words]:
    left_out = {each.row.pk: each for each in _understand(city, norms)}
    return [
        {
            **row_words(city, norm, left_out.get(norm.pk)),
            "change": _change(norm, original) if original is not None else "",
            "edit_url": address("norms_edit", city, norm_set, norm.pk) if may_change else "",
        }
        for norm in norms
    ]


def _understand(city: City, norms: Sequence[Norm]) -> list[LeftOut]:
    """Rows that say nothing of this city; people are counted as the answer counts them."""
    people = city.population or city.population_units.aggregate(all=Sum("people"))["all"] or 0
    _read, left_out = read_norms(norms, city=city, people=people, confidence="unconfirmed")
    return left_out


def _original(norm_set: NormSet) -> Original | None:
    """Rows of the set that this one was copied from; None where it was not, or it is gone."""
    if norm_set.copied_from is None:
        return None
    return {norm.row: row_of(norm) for norm in norms_of(norm_set.copied_from)}


def _change(norm: Norm, original: Original) -> str:
    """How a row of a copy differs from the set it was copied from."""
    if norm.row not in original:
        return pgettext("norm", "added")
    return "" if original[norm.row] == row_of(norm) else pgettext("norm", "changed")


def row_words(city: City, norm: Norm, left_out: LeftOut | None) -> Words:
    """What a row says, and whether it binds the city."""
    row = row_of(norm)
    return {
        "id": norm.pk,
        "number": norm.row,
        "kind": norm.kind.label if norm.kind else "",
        "facility": norm.facility_type,
        "required": _required(row),
        "whom": norm.population_group,
        "minutes": _minutes(norm),
        "mode": norm.mode,
        "settlement": norm.settlement_type,
        "act": norm.act,
        "clause": norm.clause,
        "url": norm.url if norm.url.startswith(("http://", "https://")) else "",
        "note": norm.note,
        "confidence": norm.confidence,
        "confidence_text": str(wording.CONFIDENCES[norm.confidence]),
        "left_out": str(REASONS[left_out.reason]) if left_out else "",
    }


def _required(row: Mapping[str, str]) -> str:
    units = row["units"].replace(".", get_format("DECIMAL_SEPARATOR")).replace("-", "–")
    if not units:
        return ""
    if not row["per_population"]:
        return units
    people = "–".join(wording.number(int(end)) for end in row["per_population"].split("-"))
    return _("%(units)s per %(people)s") % {"units": units, "people": people}


def _minutes(norm: Norm) -> str:
    if norm.minutes_min is None or norm.minutes_max is None:
        return ""
    ends = "–".join(dict.fromkeys((str(norm.minutes_min), str(norm.minutes_max))))
    return _("%(minutes)s min") % {"minutes": ends}


HISTORY_WORDS = {
    "+": pgettext_lazy("norm", "added"),
    "~": pgettext_lazy("norm", "changed"),
    "-": pgettext_lazy("norm", "removed"),
}


def _history(request: HttpRequest, city: City, norm_set: NormSet) -> list[Words]:
    """
    Latest changes of rows, without those that came with the set.

    Who made them is for editors: what people sign in by is nobody else's business.
    """
    changes = Norm.history.filter(norm_set=norm_set.pk)
    made = changes.exclude(history_change_reason__in=(COPIED, IMPORTED))
    zone = ZoneInfo(city.timezone)
    return [
        {
            "when": date_format(each.history_date.astimezone(zone), "d.m.Y H:i"),
            "what": str(HISTORY_WORDS[each.history_type]),
            "row": each.row,
            "name": f"{each.facility_type} — {each.clause}",
            "who": str(each.history_user or "") if request.user.has_perm(EDITS_ALL) else "",
        }
        for each in made.select_related("history_user").order_by("-history_date")[:HISTORY_SHOWN]
    ]


def form_page(
    city: City,
    norm_set: NormSet,
    row: Mapping[str, str],
    *,
    norm: Norm | None = None,
    problems: Mapping[str, str] | None = None,
    conflict: Sequence[Words] = (),
) -> Words:
    """The form of a row: its cells in words, what is wrong with each, and by what it is edited."""
    problems = problems or {}
    return {
        "set_name": norm_set.name,
        "set_url": address("norm_set", city, norm_set),
        "norm": {"id": norm.pk, "number": norm.row, "name": norm.facility_type} if norm else None,
        "seen": row_version(norm) if norm else "",
        "remove_url": address("norms_remove", city, norm_set, norm.pk) if norm else "",
        "parts": [
            {
                "title": str(title),
                "fields": [_cell(name, row.get(name, ""), problems) for name in names],
            }
            for title, names in PARTS
        ],
        "problems_count": len(problems),
        "other_problems": [text for name, text in problems.items() if name not in ROW_FIELDS],
        "conflict": conflict,
    }


def _cell(name: str, value: str, problems: Mapping[str, str]) -> Words:
    shown = ROW_FIELDS[name]
    return {
        "name": name,
        "label": str(shown.label),
        "help": str(shown.help),
        "input": shown.input,
        "value": value,
        "options": _options(name, value),
        "offered": shown.offered,
        "is_needed": shown.is_needed,
        "problem": problems.get(name, ""),
    }


def _options(name: str, value: str) -> list[Words]:
    if name == "confidence":
        offered = {code: str(text) for code, text in wording.CONFIDENCES.items()}
        value = value or Norm.Confidence.UNCONFIRMED.value
    elif name == "kind":
        kinds = InstitutionKind.objects.filter(is_culture=True)
        offered = {"": _("none of them"), **{kind.code: kind.label for kind in kinds}}
    else:
        return []
    if value not in offered:
        offered[value] = value
    return [
        {"value": code, "label": label, "selected": code == value}
        for code, label in offered.items()
    ]


def conflict_words(now: Norm, given: Mapping[str, str]) -> list[Words]:
    """Cells in which a row that somebody has changed differs from what is wanted of it."""
    stored = row_of(now)
    return [
        {
            "label": str(ROW_FIELDS[name].label),
            "now": _said(name, stored[name]),
            "yours": _said(name, given[name]),
        }
        for name in COLUMNS
        if name in given and given[name] != stored[name]
    ]


def _said(name: str, value: str) -> str:
    """What a cell says, as its form would show it."""
    labels = {option["value"]: option["label"] for option in _options(name, value)}
    return labels.get(value, value)


def less_sure(one: str, other: str) -> str:
    """Of two confidences the one that promises less; one that nobody knows promises nothing."""
    ranks = [each.value for each in SURE_TO_UNSURE]
    return max(one, other, key=lambda code: ranks.index(code) if code in ranks else -1)


def problems_of(complaints: Iterable[Complaint]) -> dict[str, str]:
    """What is wrong with a row, by its cells."""
    return {each.column: complaint_words(each) for each in complaints}


def complaint_words(complaint: Complaint) -> str:
    """What was got and what was wanted, in the reader's words."""
    wanted = _(complaint.wanted) % complaint.values
    got = _("“%(text)s”") % {"text": complaint.got} if complaint.got else _("nothing")
    return _("got %(got)s, wanted %(wanted)s") % {"got": got, "wanted": wanted}


def complaint_line(complaint: Complaint) -> str:
    """A complaint about a file: where it is, as a spreadsheet counts rows, and what is wrong."""
    where = []
    if complaint.row:
        # The header is the first row of a spreadsheet.
        where.append(_("row %(number)s") % {"number": complaint.row + 1})
    if complaint.column:
        label = ROW_FIELDS[complaint.column].label if complaint.column in ROW_FIELDS else ""
        where.append(f"{complaint.column} ({label})" if label else complaint.column)
    return ": ".join(filter(None, [", ".join(where), complaint_words(complaint)]))


def sheet_of(city: City, norm_set: NormSet) -> Sheet:
    """The set as a table that can be read back: columns by the names that lists have."""
    return Sheet(
        name="norms",
        title=_("Norms"),
        columns=tuple(Column(name, name) for name in COLUMNS),
        rows=[_file_row(norm) for norm in norms_of(norm_set)],
        about=(
            norm_set.name,
            city.label,
            *(f"{column}: {ROW_FIELDS[column].label}" for column in COLUMNS),
            *(f"{code}: {text}" for code, text in wording.CONFIDENCES.items()),
        ),
    )


def _file_row(norm: Norm) -> dict[str, str]:
    """Spans go with a dash: Excel would take 1-2 for the second of January."""
    row = dict(row_of(norm))
    spans = ("units", "per_population", "accessibility_minutes")
    return row | {name: row[name].replace("-", "–") for name in spans}
