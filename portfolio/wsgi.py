"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from portfolio import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
tracing.start()

application = get_wsgi_application()
