"""`dask worker ADDRESS --nthreads 1 --preload config.dask_worker`: a worker that knows the city."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
