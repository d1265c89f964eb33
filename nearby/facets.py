"""The filters as a form: what may be chosen, what is, and how many would remain."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from layers import wording
from layers.http import language
from nearby.asking import CENTER, DAYS, MARKS, MINUTES, PROFILES, Asked
from nearby.sieve import Sieve
from nearby.words import DAYS as DAY_WORDS
from nearby.words import NEEDS

Option = dict[str, Any]


def form(sieve: Sieve, asked: Asked, shelf: str) -> dict[str, Any]:
    """
    Groups of options, each with its count under all the other filters.

    `quick` stand on the page at once, `more` in the sheet; a name is in one of them only.
    """
    count = _Counter(sieve, asked, shelf)
    more = [
        _group("kind", pgettext("filter", "What"), "checkbox", _kinds(count)),
        _group("date", _("When"), "radio", _days(count)),
        _group("age", _("For what age"), "select", _ages(count)),
        _group(
            "free",
            pgettext("filter", "Events"),
            "checkbox",
            [_flag(count, "free", _("free"), free=True)],
        ),
        _group(
            "pushkin",
            "",
            "checkbox",
            [_flag(count, "pushkin", _("Pushkin card"), pushkin=True)],
        ),
        _group("access", _("How to get in"), "checkbox", _needs(count, PROFILES[1:])),
        _group("district", _("District"), "select", _districts(count)),
        _group("tos", _("ТОС territory"), "select", _tos(count)),
    ]
    quick = [
        _group("open", "", "checkbox", [_flag(count, "is_open", _("open now"), is_open=True)]),
        _group("access", "", "checkbox", _needs(count, PROFILES[:1])),
        _group("minutes", _("On foot"), "select", _minutes(count)),
    ]
    return {
        "quick": [group for group in quick if group["options"]],
        "more": [group for group in more if group["options"]],
        "hidden": _hidden(asked),
        "on": on(asked, sieve),
        "on_count": len(list(_on(asked, sieve))),
    }


class _Counter:
    """Counts what would remain if one filter were another."""

    def __init__(self, sieve: Sieve, asked: Asked, shelf: str) -> None:
        self.sieve, self.asked, self.shelf = sieve, asked, shelf

    def __call__(self, **changes: Any) -> int:
        return self.sieve.count(self.asked.but(**changes), self.shelf)


def _group(name: str, legend: str, sort: str, options: Iterable[Option]) -> dict[str, Any]:
    shown = list(options)
    if sort == "select" and len(shown) == 1:  # nothing but “any”
        shown = []
    return {
        "name": name,
        "legend": str(legend),
        "type": sort,
        "options": shown,
        "count_on": sum(option["checked"] and bool(option["value"]) for option in shown),
    }


def _option(value: object, label: object, count: int | None, checked: bool) -> Option:
    said = "" if count is None else wording.number(count)
    return {
        "value": str(value),
        "label": capfirst(str(label)),
        "count": count,
        "count_text": said,
        "checked": checked,
    }


def _flag(count: _Counter, field: str, label: str, **on: bool) -> Option:
    return _option("1", label, count(**on), getattr(count.asked, field))


def _kinds(count: _Counter) -> Iterator[Option]:
    chosen = count.asked.kinds
    catalogue = count.sieve.catalogue
    labels = {kind.code: (kind.plural_label, kind.icon, kind.color) for kind in catalogue.kinds}
    if catalogue.place_sets.kind.get(CENTER):
        labels[CENTER] = (_("Neighbour centres"), "neighbour-center", "")
    for code, (label, icon, color) in labels.items():
        yield _option(code, label, count(kinds=(code,)), code in chosen) | {
            "icon": icon,
            "color": color,
        }


def _days(count: _Counter) -> Iterator[Option]:
    chosen = count.asked.day
    if not any(count.sieve.catalogue.times):
        return
    yield _option("", _("any day"), None, not chosen)
    for day in DAYS:
        yield _option(day, DAY_WORDS[day], count(day=day), chosen == day)
    if chosen and chosen not in DAYS:
        yield _option(chosen, day_words(chosen), count(day=chosen), True)


def _ages(count: _Counter) -> Iterator[Option]:
    chosen = count.asked.age
    if not any(mark is not None for mark in count.sieve.catalogue.marks):
        return
    yield _option("", _("any age"), None, not chosen)
    for mark in MARKS:
        yield _option(mark, age_words(mark), count(age=mark), chosen == mark)
    if chosen and chosen not in MARKS:
        yield _option(chosen, age_words(chosen), count(age=chosen), True)


def _needs(count: _Counter, profiles: Iterable[str]) -> Iterator[Option]:
    chosen = count.asked.access
    for need in profiles:
        would = tuple(each for each in PROFILES if each in chosen or each == need)
        yield _option(need, NEEDS[need], count(access=would), need in chosen)


def _minutes(count: _Counter) -> Iterator[Option]:
    chosen = count.asked.minutes
    if count.sieve.walks is None:
        return
    yield _option("", _("any distance"), None, chosen is None)
    for each in sorted({*MINUTES, *([chosen] if chosen else [])}):
        label = wording.minutes_limit(each)
        yield _option(f"{each:g}", label, count(minutes=each), chosen == each)


def _districts(count: _Counter) -> Iterator[Option]:
    chosen, english = count.asked.district, language() == "en"
    yield _option("", _("whole city"), None, chosen is None)
    for pk, name, name_en in count.sieve.catalogue.districts:
        label = name_en if english and name_en else name
        yield _option(pk, label, count(district=pk), chosen == pk)


def _tos(count: _Counter) -> Iterator[Option]:
    chosen = count.asked.tos
    yield _option("", pgettext("territory", "any"), None, chosen is None)
    for pk, name in count.sieve.catalogue.tos:
        yield _option(pk, name, count(tos=pk), chosen == pk)


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """What the form must carry along: where from, which list, what else passes."""
    return [pair for pair in asked.pairs() if pair[0] in {"from", "place", "q", "show", "also"}]


def on(asked: Asked, sieve: Sieve) -> list[dict[str, str]]:
    """Filters that are on, but those with boxes on the page; with the query that takes them off."""
    hidden = asked.but(is_open=False, access=_other(asked.access, PROFILES[0]), minutes=None)
    shown = {label for label, _without in _on(hidden, sieve)}
    return [
        {"label": capfirst(label), "query": without.query()}
        for label, without in _on(asked, sieve)
        if label in shown
    ]


def _on(asked: Asked, sieve: Sieve) -> Iterator[tuple[str, Asked]]:
    yield from _on_of_places(asked, sieve)
    yield from _on_of_events(asked)
    if asked.district:
        yield district_name(sieve, asked.district), asked.but(district=None)
    if asked.tos:
        yield dict(sieve.catalogue.tos).get(asked.tos, ""), asked.but(tos=None)
    if asked.minutes and sieve.walks is not None:
        yield wording.minutes_limit(asked.minutes), asked.but(minutes=None)


def _on_of_places(asked: Asked, sieve: Sieve) -> Iterator[tuple[str, Asked]]:
    names = {kind.code: kind.plural_label for kind in sieve.catalogue.kinds}
    names[CENTER] = _("Neighbour centres")
    for code in asked.kinds:
        yield names.get(code, code), asked.but(kinds=_other(asked.kinds, code))
    if asked.is_open:
        yield _("open now"), asked.but(is_open=False, also=_other(asked.also, "hours"))
    for need in asked.access:
        yield str(NEEDS[need]), asked.but(access=_other(asked.access, need))


def _on_of_events(asked: Asked) -> Iterator[tuple[str, Asked]]:
    if asked.age:
        yield age_words(asked.age), asked.but(age="", also=_other(asked.also, "age"))
    if asked.free:
        yield _("free"), asked.but(free=False, also=_other(asked.also, "price"))
    if asked.pushkin:
        yield _("Pushkin card"), asked.but(pushkin=False, also=_other(asked.also, "pushkin"))
    if asked.day:
        yield day_words(asked.day), asked.but(day="")


def _other(names: Iterable[str], but: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != but)


def district_name(sieve: Sieve, pk: int) -> str:
    """The district's name in the reader's language."""
    for each, name, name_en in sieve.catalogue.districts:
        if each == pk:
            return name_en if name_en and language() == "en" else name
    return ""


def age_words(age: str) -> str:
    """«6+» as it is, a child's years in words."""
    if age.endswith("+"):
        return age
    years = ngettext("%(number)s year old", "%(number)s years old", int(age))
    return years % {"number": age}


def day_words(day: str) -> str:
    """“today”, «5 июня»."""
    if day in DAY_WORDS:
        return str(DAY_WORDS[day])
    return date_format(date.fromisoformat(day), "j E" if language() == "ru" else "j N")
