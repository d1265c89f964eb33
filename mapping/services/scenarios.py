"""Scenarios: saved with what they were asked by, renamed, deleted, set beside today."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mapping.errors import ParameterError
from mapping.models import City, Institution, Scenario
from mapping.queries.institutions import find_kind
from mapping.queries.scenarios import of_owner
from mapping.services.changes import Change, Open, read_changes, write_changes
from mapping.services.questions import read_question
from mapping.services.whatif import Weighed, WhatIfQuestion, weigh

LONGEST_NAME = 120
MOST_SCENARIOS = 200
"""As many as one browser or user may keep in one city."""

MOST_COMPARED = 5


@transaction.atomic
def save_scenario(
    city: City,
    *,
    name: Any,
    asked: WhatIfQuestion,
    changes: Sequence[Change],
    owner_key: str,
    user_id: int | None = None,
) -> Scenario:
    """
    Save changes under a name, with the question they were weighed by.

    Raises
    ------
    ParameterError, UnknownNameError
        If the name is empty or too long, there are no changes or too many scenarios, the kind is
        unknown, or the city has no such institution.
    """
    find_kind(asked.kind)
    if not changes:
        raise ParameterError("changes", "none", "at least one")
    _check_institutions(city, changes)
    if of_owner(city, owner_key=owner_key, user_id=user_id).count() >= MOST_SCENARIOS:
        raise ParameterError("scenarios", MOST_SCENARIOS, f"fewer than {MOST_SCENARIOS} to add one")
    question = {key: value for key, value in asked.parameters.items() if key != "mode"}
    return Scenario.objects.create(
        city=city,
        name=read_name(name),
        question=question,
        changes=write_changes(tuple(changes)),
        owner_id=user_id,
        owner_key=owner_key,
    )


def rename_scenario(scenario: Scenario, name: Any) -> None:
    """Raises ParameterError if the name is empty or too long."""
    scenario.name = read_name(name)
    scenario.save(update_fields=["name", "updated_at"])


def delete_scenario(scenario: Scenario) -> None:
    """A shared link to it stops working."""
    scenario.delete()


def read_name(name: Any) -> str:
    """Return the name without spaces around it; raise ParameterError if it is none."""
    said = name.strip() if isinstance(name, str) else ""
    if not 0 < len(said) <= LONGEST_NAME:
        raise ParameterError("name", name, f"1 to {LONGEST_NAME} characters")
    return said


def _check_institutions(city: City, changes: Sequence[Change]) -> None:
    named = {each.institution for each in changes if not isinstance(each, Open)}
    known = set(Institution.objects.filter(city=city, pk__in=named).values_list("pk", flat=True))
    if named - known:
        wanted = f"ids of institutions of {city.slug}"
        raise ParameterError("changes", sorted(named - known), wanted)


def question_of(scenario: Scenario) -> WhatIfQuestion:
    """The question a scenario was saved with."""
    return read_question(WhatIfQuestion, scenario.question)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """
    One scenario weighed against today; `changes` in their order, each with why it has no effect.

    `weighed` counts without the institutions that the city has lost since it was saved.
    """

    scenario: Scenario
    weighed: Weighed
    changes: tuple[Change, ...]
    problems: dict[int, str]


def compare(city: City, scenarios: Sequence[Scenario], asked: WhatIfQuestion) -> list[Compared]:
    """
    Weigh scenarios by one question over today's data.

    Raises
    ------
    ParameterError
        If there is none, or more than `MOST_COMPARED`.
    MappingError
        When the question cannot be answered; see `whatif.weigh`.
    """
    if not 0 < len(scenarios) <= MOST_COMPARED:
        raise ParameterError("ids", f"{len(scenarios)} scenarios", f"1 to {MOST_COMPARED}")
    return [_compare_one(city, scenario, asked) for scenario in scenarios]


def _compare_one(city: City, scenario: Scenario, asked: WhatIfQuestion) -> Compared:
    changes = read_changes(scenario.changes)
    named = {each.institution for each in changes if not isinstance(each, Open)}
    there = set(Institution.objects.filter(city=city, pk__in=named).values_list("pk", flat=True))
    kept = [
        index
        for index, each in enumerate(changes)
        if isinstance(each, Open) or each.institution in there
    ]
    weighed = weigh(city, asked, [changes[index] for index in kept])
    problems = {kept[problem.index]: problem.code for problem in weighed.problems}
    gone = dict.fromkeys(set(range(len(changes))) - set(kept), "gone")
    return Compared(scenario, weighed, changes, problems | gone)
