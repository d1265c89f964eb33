"""Computations that wait: followed, cancelled, refused at the door, failing in words."""

import pytest
from django.core.management import call_command

from mapping.errors import NoInstitutionsError, ParameterError, UnknownNameError
from mapping.models import AnalysisRun, Institution, Job
from mapping.services import jobs, measures
from mapping.services.jobs import cancel_job, perform_job, queue_job
from mapping.services.questions import WalkQuestion, read_question
from mapping.tasks import compute

LIBRARY = {"kind": "library", "minutes": "15"}


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


@pytest.fixture
def queued(town, django_capture_on_commit_callbacks):
    waiting = []
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_job(town, "coverage", LIBRARY, enqueue=waiting.append)
    assert waiting == [str(job.pk)]
    return job


def test_a_job_ends_with_its_run(queued):
    perform_job(str(queued.pk))

    queued.refresh_from_db()
    assert (queued.status, queued.progress, queued.message) == ("done", 1.0, "")
    assert queued.run.summary["totals"]["district"]["covered"] == 600


def test_the_worker_takes_a_job_from_the_database(town, settings, transactional_db):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    job = queue_job(town, "coverage", LIBRARY, enqueue=compute.enqueue)

    call_command("db_worker", batch=True, verbosity=0)

    job.refresh_from_db()
    assert job.status == Job.Status.DONE


def test_a_question_without_an_answer_fails_in_words(queued):
    Institution.objects.all().delete()

    perform_job(str(queued.pk))

    queued.refresh_from_db()
    assert queued.status == Job.Status.FAILED
    assert "none open with a position" in queued.message
    assert queued.failure["error"] == "NoInstitutionsError"
    assert not AnalysisRun.objects.exists()


def test_a_cancelled_job_is_not_begun(queued):
    cancel_job(queued)

    perform_job(str(queued.pk))

    assert not AnalysisRun.objects.exists()
    assert queued.status == Job.Status.CANCELLED


def test_a_job_cancelled_on_the_way_stores_nothing(queued, monkeypatch):
    def answer(city, name, given, *, workspace):
        workspace.report(0.5, "half way")
        cancel_job(queued)
        workspace.report(0.6, "further")
        pytest.fail("went on after it was cancelled")

    monkeypatch.setattr(jobs, "answer", answer)
    perform_job(str(queued.pk))

    queued.refresh_from_db()
    assert (queued.status, queued.progress) == (Job.Status.CANCELLED, 0.5)


def test_a_bug_is_written_on_the_job_and_not_hidden(queued, monkeypatch):
    def answer(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "answer", answer)
    with pytest.raises(ZeroDivisionError):
        perform_job(str(queued.pk))

    queued.refresh_from_db()
    assert queued.status == Job.Status.FAILED
    assert queued.failure == {"error": "", "facts": {}}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"kind": "library", "minutes": "soon"}, ParameterError, "minutes: got 'soon'"),
        ({"kind": "library", "colour": "red"}, ParameterError, "colour"),
        ({"minutes": "15"}, ParameterError, "kind"),
        ({"kind": "library", "minutes": "nan"}, ParameterError, "minutes"),
        ({"kind": "library", "group": "dogs"}, UnknownNameError, "children"),
    ],
)
def test_nonsense_is_refused_at_the_door(given, error, said):
    with pytest.raises(error, match=said):
        read_question(WalkQuestion, given)


def test_an_unknown_measure_is_refused_with_the_known_ones(town):
    with pytest.raises(UnknownNameError, match="coverage"):
        measures.answer(town, "horoscope", {})


def test_what_cannot_be_answered_is_an_error_not_a_number(town):
    Institution.objects.all().delete()

    with pytest.raises(NoInstitutionsError):
        measures.answer(town, "coverage", LIBRARY)
