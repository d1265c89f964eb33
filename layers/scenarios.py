"""Scenarios in words: the list beside the planner's map, and the table today | A | B."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from layers import effect_words, effects, fields, hours, moments, owners, wording
from layers.differences import Row, change, minutes, percent, row
from mapping.models import AgeGroup, City, Institution, Scenario
from mapping.queries import scenarios as queries
from mapping.queries.institutions import find_kind
from mapping.services.changes import Capacity, Change, Close, Hours, Open
from mapping.services.scenarios import Compared
from mapping.services.whatif import WhatIfQuestion

Words = dict[str, Any]


def planner_part(request: HttpRequest, city: City) -> Words:
    """What the planner's page needs to weigh changes and to keep them."""
    current = find(city, request.GET.get("scenario", ""))
    listed = list(queries.of_owner(city, **owners.owner(request)))
    if current and current not in listed:
        listed.insert(0, current)
    return {
        "whatif_url": reverse("data:whatif", args=[city.slug]),
        "scenarios": {
            "browser_kept_days": settings.BROWSER_KEPT_DAYS,
            "save_url": reverse("layers:scenario_save", args=[city.slug]),
            "compare_url": reverse("layers:scenario_compare", args=[city.slug]),
            "items": [_item(request, scenario) for scenario in listed],
            "current": current
            and {
                **_item(request, current),
                "question": current.question,
                "changes": current.changes,
            },
        },
    }


def find(city: City, identifier: str) -> Scenario | None:
    """The scenario of a link; None where there is none, or where that is no identifier."""
    try:
        number = UUID(identifier)
    except ValueError:
        return None
    return Scenario.objects.filter(city=city, pk=number).select_related("city").first()


def _item(request: HttpRequest, scenario: Scenario) -> Words:
    place = [scenario.city.slug, scenario.pk]
    return {
        "id": str(scenario.pk),
        "name": scenario.name,
        "url": planner_url(scenario),
        "changes_count": len(scenario.changes),
        "mine": owners.may(request, "change", scenario),
        "rename_url": reverse("layers:scenario_rename", args=place),
        "delete_url": reverse("layers:scenario_delete", args=place),
        "updated_at": scenario.updated_at,
    }


def planner_url(scenario: Scenario) -> str:
    """The planner's page with the scenario and the question it was saved with."""
    asked = sorted(scenario.question.items())
    said = {name: fields.as_address(value) for name, value in asked}
    query = urlencode({"tab": "whatif", **said, "scenario": scenario.pk})
    return f"{reverse('layers:planner', args=[scenario.city.slug])}?{query}"


def comparison(city: City, asked: WhatIfQuestion, compared: Sequence[Compared]) -> Words:
    """Today and the scenarios in one table; see the template `planner/compare.html`."""
    return {
        "question_text": question_text(asked),
        "finding": finding(compared),
        "columns": [
            {"id": None, "name": _("Today"), "url": None},
            *(
                {
                    "id": str(each.scenario.pk),
                    "name": each.scenario.name,
                    "url": planner_url(each.scenario),
                }
                for each in compared
            ),
        ],
        "rows": people_rows(compared),
        "districts": {"rows": district_rows(compared)},
        "norms": effect_words.norm_blocks([each.weighed for each in compared]),
        "access": effect_words.access_block([each.weighed for each in compared]),
        "changes": [{"name": each.scenario.name, "items": change_texts(each)} for each in compared],
        "marks": effects.marks(compared[0].weighed),
        "exports": [
            {"label": form.upper(), "url": _export_url(city, form, compared)}
            for form in ("xlsx", "csv")
        ],
        "back_url": planner_url(compared[0].scenario),
    }


def finding(compared: Sequence[Compared]) -> str:
    """Which of the scenarios brings most people within reach, in one sentence."""
    answers = [effects.summary(each.weighed) for each in compared]
    gains = [answer["covered"] - answer["before"]["covered"] for answer in answers]
    most = max(range(len(gains)), key=gains.__getitem__)
    said = {"name": compared[most].scenario.name, "people": wording.number(abs(gains[most]))}
    if round(gains[most]) > 0 and len(gains) > 1:
        return _("“%(name)s” helps most: %(people)s people more within reach.") % said
    if round(gains[most]) > 0:
        return _("“%(name)s”: %(people)s people more within reach.") % said
    if len(gains) == 1 and round(gains[most]) < 0:
        return _("“%(name)s”: %(people)s people fewer within reach.") % said
    return _("Nothing here brings more people within reach than there are today.")


def _export_url(city: City, form: str, compared: Sequence[Compared]) -> str:
    path = reverse("layers:scenario_export", args=[city.slug, form])
    return f"{path}?ids={','.join(str(each.scenario.pk) for each in compared)}"


def question_text(asked: WhatIfQuestion) -> str:
    """What a comparison is about, in words."""
    words = {
        "walk": wording.minutes_choice(asked.minutes),
        "kinds": find_kind(asked.kind).genitive_label,
        "group": wording.GROUPS_COUNTED[asked.group],
        "moment": moments.said(asked.open_at),
    }
    if asked.open_at:
        said = _("Who lives within %(walk)s of %(kinds)s open %(moment)s, counting %(group)s")
        return said % words
    return _("Who lives within %(walk)s of %(kinds)s, counting %(group)s") % words


def people_rows(compared: Sequence[Compared]) -> list[Row]:
    """Who is within reach, by how many doors, today and in every scenario."""
    answers = [effects.summary(each.weighed) for each in compared]
    today = answers[0]["before"]
    people, units = _("people"), _("institutions")

    def figure(label: str, name: str, say: Any, unit: str, *, better: bool | None = True) -> Row:
        after = [answer[name] for answer in answers]
        return row(label, today[name], after, say, more_is_better=better, unit=unit)

    return [
        figure(_("People within reach"), "covered", wording.number, people),
        figure(_("People too far"), "uncovered", wording.number, people, better=False),
        figure(_("Share within reach"), "share", percent, "%"),
        figure(_("Median walk, minutes"), "median_minutes", minutes, _("minutes"), better=False),
        change(
            _("People who come within reach"), [each["gained"] for each in answers], unit=people
        ),
        change(_("People who lose it"), [each["lost"] for each in answers], unit=people),
        change(
            _("People whose walk gets shorter"),
            [each["minutes_changed"]["people_closer"] for each in answers],
            unit=people,
        ),
        change(
            _("People whose walk gets longer"),
            [each["minutes_changed"]["people_farther"] for each in answers],
            unit=people,
        ),
        *_group_rows(compared),
        figure(_("Institutions"), "institutions", wording.number, units, better=None),
        figure(_("Known capacity"), "seats", wording.number, _("seats"), better=None),
    ]


def _group_rows(compared: Sequence[Compared]) -> list[Row]:
    first = compared[0].weighed
    rows = []
    for number, name in enumerate(first.baseline.ground.groups):
        if name in AgeGroup.values:
            before = float(first.before.covered[number])
            after = [float(each.weighed.after.covered[number]) for each in compared]
            label = _("Within reach: %(group)s") % {"group": AgeGroup(name).label}
            rows.append(row(label, before, after, wording.number, unit=_("people")))
    return rows


def district_rows(compared: Sequence[Compared]) -> list[Row]:
    """People within reach of every district."""
    first = compared[0].weighed
    rows = []
    for number, district in enumerate(first.baseline.ground.districts):
        before = float(first.before.covered_by_district[first.group, number])
        after = [
            float(each.weighed.after.covered_by_district[each.weighed.group, number])
            for each in compared
        ]
        rows.append(row(district.label, before, after, wording.number, unit=_("people")))
    return rows


def change_texts(compared: Compared) -> list[str]:
    """What a scenario changes, and which of it has no effect."""
    ids = [each.institution for each in compared.changes if not isinstance(each, Open)]
    named = Institution.objects.defer("geometry").in_bulk(ids)
    names = {pk: row.label for pk, row in named.items()}
    max_snap_m = compared.weighed.asked.max_snap_m
    texts = []
    for index, each in enumerate(compared.changes):
        said = _change_text(each, names)
        code = compared.problems.get(index)
        texts.append(f"{said} — {effects.problem_text(code, max_snap_m)}" if code else said)
    return texts


def _change_text(change: Change, names: dict[int, str]) -> str:
    if isinstance(change, Open):
        name = change.name or _("a new place")
        return _("opens: %(name)s (%(place)s)") % {"name": name, "place": _place(change)}
    name = names.get(change.institution, _("an institution that is no longer known"))
    if isinstance(change, Close):
        return _("closes: %(name)s") % {"name": name}
    if isinstance(change, Hours):
        said = _("%(name)s: open %(hours)s")
        return said % {"name": name, "hours": hours.rules_in_words(change.hours)}
    if isinstance(change, Capacity):
        said = ngettext("%(name)s: %(count)s place", "%(name)s: %(count)s places", change.capacity)
        return said % {"name": name, "count": wording.number(change.capacity)}
    return _("moves: %(name)s (%(place)s)") % {"name": name, "place": _place(change)}


def _place(change: Any) -> str:
    return f"{change.lat:.5f}, {change.lon:.5f}"
