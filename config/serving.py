"""How the site is served: `gunicorn --config=python:config.serving config.wsgi`."""

import threading
from typing import Any

worker_class = "gthread"
workers = 2
threads = 4
loglevel = "warning"
# The site is imported once, before the workers part: they start at once and share its memory.
preload_app = True


def when_ready(server: Any) -> None:
    """Import what pages would import one by one, while there is one process yet."""
    from layers.lazy import import_all

    import_all()


def post_worker_init(worker: Any) -> None:
    """Make ready what the first question after a start would wait for, beside answering others."""
    threading.Thread(target=_get_ready, name="getting ready", daemon=True).start()


def _get_ready() -> None:
    from django.utils import timezone

    from mapping.services.readiness import get_ready
    from mapping.tasks import schedule_housekeeping

    get_ready(lambda: schedule_housekeeping(timezone.now()))
