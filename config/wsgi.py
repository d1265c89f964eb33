"""Entry point of the web server."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Addresses bring the whole site with them: seconds better spent now than by the first reader.
import_module(settings.ROOT_URLCONF)
