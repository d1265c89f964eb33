"""Doors of the queue: fetch by id, call one function."""

from django_tasks import task

from mapping.services.jobs import perform_job


@task()
def compute(job_id: str) -> None:
    perform_job(job_id)
