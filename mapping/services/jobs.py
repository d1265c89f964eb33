"""
Computations that wait in a queue: asked for, followed, cancelled, and told in words when they fail.

A job that dies leaves the active run as it was; one nobody works on stays visibly waiting.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from mapping.errors import CancelledError, MappingError
from mapping.models import City, Job
from mapping.services.measures import answer, find_measure
from mapping.services.questions import read_question
from mapping.services.workspace import Workspace

log = logging.getLogger(__name__)


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


def perform_job(job_id: str) -> None:
    """Compute a queued job; whatever happens is written on it."""
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
        _fail(job_id, str(error), error=type(error).__name__, facts=dict(error.facts))
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


def _fail(job_id: str, message: str, **failure: Any) -> None:
    """Write down why: a sentence for logs, and what to word it from for whoever asked."""
    _finish(job_id, status=Job.Status.FAILED, message=message, failure=failure)


def _finish(job_id: str, **values: Any) -> None:
    Job.objects.filter(pk=job_id, status=Job.Status.RUNNING).update(
        finished_at=timezone.now(), **values
    )
