"""Doors of the queue: fetch by id, call one function."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mapping.services import housekeeping
from mapping.services.jobs import perform_job

HOUSEKEEPING_EVERY = timedelta(days=1)
HOUSEKEEPING_LOCK = 20_101_917


@task()
def compute(job_id: str) -> None:
    perform_job(job_id)


@task()
def keep_house() -> None:
    now = timezone.now()
    # First, so that a chore that breaks today is tried again tomorrow.
    schedule_housekeeping(now + HOUSEKEEPING_EVERY)
    housekeeping.keep_house(now)


@transaction.atomic
def schedule_housekeeping(moment: datetime) -> None:
    """Put the daily chores into the queue for a moment, unless they wait there already."""
    with connection.cursor() as cursor:
        # Several processes start at once.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOUSEKEEPING_LOCK])
    waiting = {"task_path": keep_house.module_path, "status": TaskResultStatus.READY}
    if not DBTaskResult.objects.filter(**waiting).exists():
        keep_house.using(run_after=moment).enqueue()
