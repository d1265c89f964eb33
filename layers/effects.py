"""What a scenario does, in figures and words for the page that shows it while a pin is dragged."""

import math
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import differences, effect_words, moments, wording
from mapping.models import AgeGroup
from mapping.services.plans import Problem
from mapping.services.whatif import Figures, Weighed

# Finer than any street network, and short.
DEGREE_DIGITS = 5


MOMENT_PROBLEMS = {
    "shut_then": lazy("not open at the moment asked about, so it changes nothing here"),
    "hours_unknown": lazy("nobody has said when it is open, so it does not count at that moment"),
    "any_time": lazy("hours matter when the question is about a moment: choose one above"),
}


def answer(weighed: Weighed) -> dict[str, Any]:
    """Everything the page draws and tells of a scenario; counts are people of the asked group."""
    return {
        **summary(weighed),
        "by_group": _by_group(weighed),
        "by_district": by_district(weighed),
        "norms": [_shown(block) for block in effect_words.norm_blocks([weighed])],
        "access": _shown(effect_words.access_block([weighed])),
        "points": _points(weighed),
        "points_cell_m": weighed.drawn_cell_m,
        "problems": [problem(each, weighed) for each in weighed.problems],
        "notes": _notes(weighed),
        "compute_ms": round(weighed.compute_ms, 3),
    }


def summary(weighed: Weighed) -> dict[str, Any]:
    """Who is covered before and after, and who wins or loses by it."""
    group = weighed.group
    return {
        "people": _people(weighed.after.people[group]),
        **figures(weighed.after, group),
        "before": figures(weighed.before, group),
        "gained": _people(weighed.gained[group]),
        "lost": _people(weighed.lost[group]),
        "minutes_changed": {
            "people_closer": _people(weighed.closer),
            "people_farther": _people(weighed.farther),
        },
    }


def _shown(block: dict[str, Any]) -> dict[str, Any]:
    """A block of rows without what is for files."""
    rows = {name: [differences.shown(row) for row in block[name]] for name in ("rows", "districts")}
    return {**block, **rows}


def figures(found: Figures, group: int) -> dict[str, Any]:
    """How many are covered, and by how many doors."""
    known = found.covered[group] + found.uncovered[group]
    return {
        "covered": _people(found.covered[group]),
        "uncovered": _people(found.uncovered[group]),
        "share": round(float(found.covered[group] / known), 6) if known > 0 else None,
        "median_minutes": _minutes(found.median_minutes),
        "institutions": found.institutions,
        "seats": found.seats if found.seats_unknown < found.institutions else None,
        "seats_unknown": found.seats_unknown,
    }


def marks(weighed: Weighed) -> list[dict[str, str]]:
    """What a reader must know before trusting the figures."""
    return [wording.mark(code) for code, holds in weighed.baseline.marks.items() if holds]


def by_district(weighed: Weighed) -> list[dict[str, Any]]:
    """Who wins and who loses, by district."""
    group, districts = weighed.group, weighed.baseline.ground.districts
    return [
        {
            "id": district.pk,
            "name": district.label,
            "gained": _people(weighed.gained_by_district[group, number]),
            "lost": _people(weighed.lost_by_district[group, number]),
            "covered_before": _people(weighed.before.covered_by_district[group, number]),
            "covered": _people(weighed.after.covered_by_district[group, number]),
        }
        for number, district in enumerate(districts)
    ]


def problem(found: Problem, weighed: Weighed) -> dict[str, Any]:
    """Why a change has no effect."""
    return {"index": found.index, "message": problem_text(found.code, weighed.asked.max_snap_m)}


def problem_text(code: str, max_snap_m: float) -> str:
    """A problem in words; see `plans.Problem`."""
    if code == "off_streets":
        said = _("farther than %(metres)s m from every street, so nobody can walk there")
        return said % {"metres": wording.number(max_snap_m)}
    if code == "other_kind":
        return _("of another kind than is asked about, so it changes nothing here")
    if code in MOMENT_PROBLEMS:
        return str(MOMENT_PROBLEMS[code])
    if code == "gone":
        return _("this institution is no longer among those of the city")
    return _("not open today or without a position, so it changes nothing here")


def _by_group(weighed: Weighed) -> list[dict[str, Any]]:
    groups = weighed.baseline.ground.groups
    return [
        {
            "group": name,
            "label": str(AgeGroup(name).label),
            "gained": _people(weighed.gained[number]),
            "lost": _people(weighed.lost[number]),
            "covered": _people(weighed.after.covered[number]),
        }
        for number, name in enumerate(groups)
        if name in AgeGroup.values
    ]


def _points(weighed: Weighed) -> list[dict[str, Any]]:
    lat, lon = np.round(weighed.drawn[:, :2].T, DEGREE_DIGITS).tolist()
    people = np.round(weighed.drawn[:, 2], 1).tolist()
    return [
        {"lat": north, "lon": east, "people": abs(count), "state": _state(count)}
        for north, east, count in zip(lat, lon, people, strict=True)
    ]


def _state(people: float) -> str:
    return "gained" if people > 0 else "lost"


def _notes(weighed: Weighed) -> list[str]:
    then = weighed.baseline.then
    notes = [moments.line_of(then)] if then else []
    if weighed.before.institutions == 0:
        notes.append(_("Today none of these has a known position, so nobody counts as covered."))
    if weighed.drawn_cell_m:
        said = _("Homes are drawn together by squares of %(metres)s m.")
        notes.append(said % {"metres": wording.number(weighed.drawn_cell_m)})
    return notes


def _people(value: float) -> float:
    """Modelled people are not whole; a tenth of a person is enough, and never minus zero."""
    return round(float(value), 1) + 0.0


def _minutes(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
