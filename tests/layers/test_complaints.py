"""What cannot be computed is told in the reader's words, at once and after a job has failed."""

import ast
import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from layers import complaints, planner
from mapping import errors
from mapping.models import Job
from tests.conftest import CHECKOUT

AUGUST = (dt.date(2026, 8, 1), dt.date(2026, 3, 2), dt.date(2026, 6, 30))
ERRORS = {
    "no_institutions": errors.NoInstitutionsError("town", "museum", 3),
    "no_people": errors.NoPeopleKnownError("town", "children"),
    "no_streets": errors.NoStreetsError("town"),
    "no_norm": errors.NoNormError("reference", "museum", "quoted", ["less_sure"]),
    "foreign_stops": errors.StopsOffNetworkError(1200),
    "no_departures": errors.NoDeparturesError(8 * 3600, 9 * 3600),
    "no_service": errors.NoServiceError("/var/feeds/spring.zip", *AUGUST),
    "no_calendar": errors.NoServiceError("/var/feeds/spring.zip", AUGUST[0], None, None),
    "unreadable": errors.UnreadableFileError("/var/feeds/spring.zip", "half a zip", "a feed"),
    "off_streets": errors.OffStreetsError("candidates", 2, 500.0),
    "not_in_time": errors.NotInTimeError(5.0),
    "worker_gone": errors.WorkerGoneError(),
    "unknown_kind": errors.UnknownNameError("kind", "dragon", ["library"]),
    "too_many_sites": errors.ParameterError("sites", 900, "more than 0 and at most 500"),
}


def failed(error, **more):
    facts = json.loads(json.dumps(dict(error.facts)))
    failure = {"error": type(error).__name__, "facts": facts}
    return Job(status=Job.Status.FAILED, message=str(error), failure=failure | more)


@pytest.mark.parametrize("name", ERRORS)
def test_a_failed_job_says_what_the_error_said(name):
    for language in ("ru", "en"):
        with translation.override(language):
            assert complaints.of_job(failed(ERRORS[name])) == complaints.complaint(ERRORS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_russian_readers_are_told_in_russian(name):
    with translation.override("ru"):
        said = complaints.complaint(ERRORS[name])

    known = {"dragon", "library", "spring", "zip"}
    assert set(re.findall("[A-Za-z]{3,}", said)) <= known, said
    assert re.search("[а-яё]{3}", said)


def test_no_service_names_the_days_of_the_timetable():
    with translation.override("en"):
        said = complaints.complaint(ERRORS["no_service"])

    assert "on 01.08.2026" in said
    assert "from 02.03.2026 to 30.06.2026" in said
    assert "/var" not in said


def test_a_number_out_of_bounds_is_told_by_its_field():
    with translation.override("en"):
        said = complaints.complaint(ERRORS["too_many_sites"])

    assert said == "How many places: got “900”, wanted a number from 1 to 500."


def test_an_error_nobody_has_worded_is_told_plainly():
    error = errors.ShapeMismatchError("cost", (1, 2), (2, 1))

    with translation.override("ru"):
        assert "shape" not in complaints.complaint(error)
    with translation.override("en"):
        assert complaints.complaint(error) == str(error)


def test_a_fault_of_ours_says_what_happened_what_was_kept_and_what_to_do():
    job = Job(
        status=Job.Status.FAILED, message="internal error", failure={"error": "", "facts": {}}
    )

    with translation.override("en"):
        said = complaints.of_job(job)

    for part in ("broke on our side", "earlier answers stay", "calculate again"):
        assert part in said


def test_a_job_that_did_not_fail_says_nothing():
    assert complaints.of_job(Job(status=Job.Status.DONE)) == ""


def reported_steps():
    """Every step that a computation reports, as the code spells it."""
    for path in sorted((CHECKOUT / "mapping" / "services").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "report":
                step = call.args[1]
                yield Path(path).name, (step.args[0] if isinstance(step, ast.Call) else step).value


@pytest.mark.parametrize(("module", "step"), sorted(set(reported_steps())))
def test_every_step_of_a_computation_has_words(module, step):
    with translation.override("ru"):
        russian = planner.step_words(step)
    with translation.override("en"):
        english = planner.step_words(step)

    assert re.search("[а-яё]{4}", russian), (module, step)
    assert " " in english, (module, step)


def test_there_are_steps_to_say():
    assert len(set(reported_steps())) > 5
