"""
Computations that wait in a queue: asked for, followed, cancelled, and told in words when they fail.

A job that dies leaves the active run as it was; one nobody works on stays visibly waiting.

Whoever computes a job holds a lock of the database's session for it. The lock goes with the
session, however the worker ends, and a living one may compute as long as it has to. A job begun
that nobody holds is abandoned: it fails at the next look at it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mapping.errors import CancelledError, MappingError, WorkerGoneError
from mapping.models import City, Job
from mapping.services.measures import answer, find_measure
from mapping.services.questions import read_question
from mapping.services.workspace import Workspace

log = logging.getLogger(__name__)

TAKEN_LASTS = timedelta(minutes=5)
"""A worker that took a job out of the queue begins it at once; so much later it never will."""
# A worker on another machine that lost its power says no farewell: the database asks after it.
HOLD = """
SELECT pg_advisory_lock(%s),
    set_config('tcp_keepalives_idle', '60', false),
    set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '6', false)
"""
# Read and not tried: whoever tries a lock holds it for a moment.
HELD = """
SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def queue_job(
    city: City, analysis: str, given: Mapping[str, Any], *, enqueue: Callable[[str], Any]
) -> Job:
    """
    Write a question down and hand its job's id to `enqueue` once it is written.

    Raises
    ------
    UnknownNameError, ParameterError
        When it makes no sense: a question is refused at the door, not in the queue.
    """
    question = read_question(find_measure(analysis).question, given)
    with transaction.atomic():
        job = Job.objects.create(city=city, analysis=analysis, parameters=question.parameters)
        transaction.on_commit(lambda: enqueue(str(job.pk)))
    return job


def find_waiting(city: City, analysis: str, parameters: Mapping[str, Any]) -> Job | None:
    """The job that is about to answer the same question, so that nobody computes it twice."""
    fail_abandoned()
    waiting = (Job.Status.QUEUED, Job.Status.RUNNING)
    return Job.objects.filter(
        city=city, analysis=analysis, parameters=dict(parameters), status__in=waiting
    ).first()


def queue_ahead(job: Job) -> int:
    """How many jobs are to be done before this one."""
    if job.status != Job.Status.QUEUED:
        return 0
    waiting = Job.objects.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    return waiting.filter(created_at__lt=job.created_at).count()


def cancel_job(job: Job) -> None:
    """Stop a job that is not over; one being computed stops at its next step."""
    over = (Job.Status.DONE, Job.Status.FAILED, Job.Status.CANCELLED)
    Job.objects.filter(pk=job.pk).exclude(status__in=over).update(
        status=Job.Status.CANCELLED, finished_at=timezone.now()
    )
    job.refresh_from_db()


def fail_abandoned() -> int:
    """Write on every job whose worker is gone that it failed, and why; gives how many."""
    error, count = WorkerGoneError(), 0
    for status, job_ids in (
        (Job.Status.RUNNING, _without_worker()),
        (Job.Status.QUEUED, _taken_and_left()),
    ):
        # One that has ended, or has begun after all, meanwhile is not of this status any more.
        count += Job.objects.filter(pk__in=job_ids, status=status).update(
            status=Job.Status.FAILED,
            finished_at=timezone.now(),
            message=str(error),
            failure=_told(error),
        )
    if count:
        log.error("jobs whose worker is gone: %s", count)
    return count


def _without_worker() -> list[UUID]:
    """Jobs begun that nobody holds."""
    # Read before the locks: what is begun later is not among these.
    begun = list(Job.objects.filter(status=Job.Status.RUNNING).values_list("pk", flat=True))
    if not begun:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HELD)
        held = {key for (key,) in cursor}
    return [job_id for job_id in begun if _lock_key(job_id) not in held]


def _taken_and_left() -> list[UUID]:
    """Jobs that a worker took out of the queue long ago and never began."""
    long_ago = timezone.now() - TAKEN_LASTS
    waiting = Job.objects.filter(status=Job.Status.QUEUED, created_at__lt=long_ago)
    named = {str(job_id): job_id for job_id in waiting.values_list("pk", flat=True)}
    if not named:
        return []
    taken = DBTaskResult.objects.exclude(status=TaskResultStatus.READY)
    names = taken.filter(started_at__lt=long_ago, args_kwargs__args__0__in=list(named))
    return [named[name] for name in names.values_list("args_kwargs__args__0", flat=True)]


def _lock_key(job_id: UUID) -> int:
    """As much of an id as a lock takes: 63 bits, most of them random."""
    return job_id.int & (2**63 - 1)


@contextmanager
def _holding(job_id: str) -> Iterator[None]:
    """Hold the lock that tells everybody that a worker is at this job."""
    key = _lock_key(UUID(job_id))
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [key])
    try:
        yield
    finally:
        # A session that broke has let go already.
        with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def perform_job(job_id: str) -> None:
    """Compute a queued job; whatever happens is written on it."""
    fail_abandoned()
    with _holding(job_id):
        _perform(job_id)


def _perform(job_id: str) -> None:
    started = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED).update(
        status=Job.Status.RUNNING, started_at=timezone.now()
    )
    if not started:
        return
    job = Job.objects.select_related("city").get(pk=job_id)
    try:
        given = {name: value for name, value in job.parameters.items() if name != "mode"}
        workspace = Workspace(job.city, report=lambda share, step: _follow(job_id, share, step))
        run = answer(job.city, job.analysis, given, workspace=workspace)
    except CancelledError:
        return
    except MappingError as error:
        _fail(job_id, str(error), **_told(error))
    except Exception:
        log.exception("job %s died", job_id)
        _fail(job_id, "internal error", error="", facts={})
        raise
    else:
        _finish(job_id, status=Job.Status.DONE, progress=1.0, run=run)


def _follow(job_id: str, share: float, step: str) -> None:
    """Write progress down; raise CancelledError where somebody has cancelled meanwhile."""
    running = Job.objects.filter(pk=job_id, status=Job.Status.RUNNING)
    if not running.update(progress=min(max(share, 0.0), 1.0), step=step[:200]):
        raise CancelledError


def _told(error: MappingError) -> dict[str, Any]:
    """What to word an error from, in the reader's language."""
    return {"error": type(error).__name__, "facts": dict(error.facts)}


def _fail(job_id: str, message: str, **failure: Any) -> None:
    """Write down why: a sentence for logs, and what to word it from for whoever asked."""
    _finish(job_id, status=Job.Status.FAILED, message=message, failure=failure)


def _finish(job_id: str, **values: Any) -> None:
    Job.objects.filter(pk=job_id, status=Job.Status.RUNNING).update(
        finished_at=timezone.now(), **values
    )
