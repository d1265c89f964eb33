"""A comparison of scenarios as a file: the rows of the page, with what a reader elsewhere needs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from layers import effect_words, effects, scenarios, tables, wording
from layers.differences import Row
from layers.sheets import Column, Sheet
from mapping.models import City
from mapping.queries.institutions import completeness
from mapping.queries.layers import coverage_inputs, sources_of
from mapping.services.scenarios import Compared
from mapping.services.whatif import WhatIfQuestion

FORMS = ("xlsx", "csv", "json")


def sheet_of(city: City, asked: WhatIfQuestion, compared: Sequence[Compared]) -> Sheet:
    """Every row of the comparison; shares are per cent, so that one column holds all figures."""
    named = [each.scenario.name for each in compared]
    return Sheet(
        name="scenarios",
        title=_("Comparison of scenarios"),
        columns=tuple(_columns(named)),
        rows=list(_rows(compared)),
        head={
            "city": city.slug,
            "question": asked.parameters,
            "scenarios": [
                {"id": str(each.scenario.pk), "name": each.scenario.name} for each in compared
            ],
            "generated_at": timezone.now().isoformat(timespec="seconds"),
            "about": list(about_lines(city, asked, compared)),
        },
        about=tuple(about_lines(city, asked, compared)),
    )


def _columns(names: Sequence[str]) -> Iterator[Column]:
    yield Column("section", _("Section"))
    yield Column("name", _("Figure"))
    yield Column("unit", _("Unit"))
    yield Column("today", _("Today"), "number")
    for number, name in enumerate(names, start=1):
        yield Column(f"scenario_{number}", name, "number")
        yield Column(f"difference_{number}", _("%(name)s: difference") % {"name": name}, "number")


def _rows(compared: Sequence[Compared]) -> Iterator[dict[str, Any]]:
    weighed = [each.weighed for each in compared]
    yield from _section(_("People"), scenarios.people_rows(compared))
    yield from _section(_("Within reach by territory"), scenarios.district_rows(compared))
    for block in effect_words.norm_blocks(weighed):
        title = ". ".join(
            filter(None, [block["title"], block["rule"], block["act"], block["mark"]])
        )
        yield from _section(title, block["rows"])
        yield from _section(f"{title}. {_('Missing by district')}", block["districts"])
    access = effect_words.access_block(weighed)
    yield from _section(_("Seats and equality"), access["rows"])
    yield from _section(_("Seats per person by district"), access["districts"])


def _section(title: str, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        today, *after = row["values"]
        line = {"section": title, "name": row["label"], "unit": row["unit"], "today": _known(today)}
        for number, value in enumerate(after, start=1):
            line[f"scenario_{number}"] = _known(value)
            known = value is not None and today is not None
            line[f"difference_{number}"] = _known(value - today) if known else None
        yield line


def _known(value: float | None) -> float | None:
    """A file has no word for a ratio without end, nor for what nobody knows."""
    return None if value is None or abs(value) == float("inf") or value != value else value


def about_lines(city: City, asked: WhatIfQuestion, compared: Sequence[Compared]) -> Iterator[str]:
    """The question, what each scenario changes, the marks, the sources, and when it was made."""
    baseline = compared[0].weighed.baseline
    yield f"{city.label}. {scenarios.question_text(asked)}"
    yield _(
        "Walking speed: %(speed)s km/h; farthest a house may be from a street: %(metres)s m"
    ) % {
        "speed": wording.decimal(asked.speed_kmh),
        "metres": wording.number(asked.max_snap_m),
    }
    yield effect_words.access_block([each.weighed for each in compared])["note"]
    for each in compared:
        yield f"{each.scenario.name}: {'; '.join(scenarios.change_texts(each))}"
    known = completeness(city, baseline.kind)
    yield wording.completeness(
        located=known.located,
        listed=known.listed,
        official=known.official,
        kind_plural=baseline.kind.genitive_label,
    )
    for mark in effects.marks(compared[0].weighed):
        yield f"{mark['text']}: {mark['note']}"
    for source in sources_of(coverage_inputs(city, list(baseline.branch))):
        yield tables.source_line(source)
    made = timezone.localtime(timezone.now())
    yield _("Made on %(moment)s") % {"moment": f"{made:%d.%m.%Y %H:%M %Z}"}
