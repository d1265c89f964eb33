"""Jobs whose worker is gone fail in words at the next look; a slow living one is left alone."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mapping.models import AnalysisRun, Job
from mapping.services import measures
from mapping.services.editing import mark_changed
from mapping.services.jobs import TAKEN_LASTS, fail_abandoned, find_waiting, perform_job, queue_job
from mapping.tasks import compute
from tests.conftest import CHECKOUT, database_url
from tests.factories import make_institution

LIBRARY = {"kind": "library", "minutes": "15"}
MANY_LOOKS = 1200


@pytest.fixture(autouse=True)
def in_the_database(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path / "networks"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@contextmanager
def a_worker(tmp_path):
    """A worker of the queue in a process of its own, killed at the end where it still stands."""
    environment = {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CULTURE_ATLAS_VAR": str(tmp_path),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--batch", "--verbosity=0"],
        cwd=CHECKOUT,
        env=os.environ | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def until(seen, process=None):
    """Look again and again, a bounded number of times; fail when the process ends before."""
    for _ in range(MANY_LOOKS):
        if seen():
            return
        assert process is None or process.poll() is None, "the worker ended before it was seen"
        time.sleep(0.05)
    pytest.fail("never seen")


def somebody_waits_for(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table]
        )
        return cursor.fetchone() is not None


def parts_of(run):
    """The rows of a run as the database writes them down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row::text FROM mapping_coveragerow AS row WHERE run_id = %s ORDER BY 1",
            [run.pk],
        )
        return cursor.fetchall()


def test_a_killed_worker_leaves_the_answer_before_and_the_question_free(
    town, transactional_db, tmp_path, client
):
    before = measures.answer(town, "coverage", LIBRARY)
    rows = parts_of(before)
    assert rows
    make_institution(town.sources.get(), "new", 30)
    mark_changed([town.pk])
    job = queue_job(town, "coverage", LIBRARY, enqueue=compute.enqueue)
    address = f"/data/{town.slug}/jobs/{job.pk}/"

    # The answer is held up in the middle of being stored, for as long as this transaction lasts.
    with a_worker(tmp_path) as process, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE mapping_coveragerow IN SHARE ROW EXCLUSIVE MODE")
        until(lambda: somebody_waits_for("mapping_coveragerow"), process)

        assert client.get(address).json()["status"] == "running"
        assert find_waiting(town, "coverage", job.parameters) == job
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    until(fail_abandoned)
    told = client.get(address).json()
    assert told["status"] == "failed"
    assert "остановилась" in told["message"]
    job.refresh_from_db()
    assert job.failure == {"error": "WorkerGoneError", "facts": {}}
    assert AnalysisRun.objects.get() == before
    assert parts_of(before) == rows

    assert find_waiting(town, "coverage", job.parameters) is None
    again = queue_job(town, "coverage", LIBRARY, enqueue=compute.enqueue)
    with a_worker(tmp_path) as process:
        assert process.wait(120) == 0
    again.refresh_from_db()
    assert again.status == Job.Status.DONE
    assert again.run != before


@pytest.fixture
def begun(town):
    """A job that is being computed, as far as its row says, and that nobody holds."""
    return Job.objects.create(
        city=town, analysis="coverage", parameters=LIBRARY, status=Job.Status.RUNNING
    )


def test_the_next_job_of_a_worker_finds_it_too(town, begun):
    waiting = queue_job(town, "coverage", LIBRARY, enqueue=str)

    perform_job(str(waiting.pk))

    begun.refresh_from_db()
    assert begun.status == Job.Status.FAILED


def test_a_job_under_way_in_this_very_session_lives(town, begun, monkeypatch):
    seen = []
    monkeypatch.setattr("mapping.services.jobs.answer", lambda *_, **__: seen.append(held()))
    waiting = queue_job(town, "coverage", LIBRARY, enqueue=str)

    def held():
        return fail_abandoned(), Job.objects.get(pk=waiting.pk).status

    perform_job(str(waiting.pk))

    assert seen == [(0, Job.Status.RUNNING)]


def taken(job, status, minutes):
    """The row of the queue for a job, taken out of it so long ago."""
    moment = timezone.now() - timedelta(minutes=minutes)
    Job.objects.filter(pk=job.pk).update(created_at=moment)
    compute.enqueue(str(job.pk))
    DBTaskResult.objects.update(status=status, started_at=moment)


@pytest.mark.parametrize(
    ("status", "minutes", "left"),
    [
        (TaskResultStatus.RUNNING, TAKEN_LASTS.seconds // 60 + 1, True),
        (TaskResultStatus.FAILED, TAKEN_LASTS.seconds // 60 + 1, True),
        (TaskResultStatus.RUNNING, 1, False),
        (TaskResultStatus.READY, 10_000, False),
    ],
)
def test_one_taken_out_of_the_queue_and_never_begun(town, status, minutes, left):
    job = queue_job(town, "coverage", LIBRARY, enqueue=str)
    taken(job, status, minutes)

    assert fail_abandoned() == int(left)
    assert (find_waiting(town, "coverage", job.parameters) is None) == left
