"""The WSGI application: static files first, then Django."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debate.settings")
django_application = get_wsgi_application()

from debate.core.roles import take  # noqa: E402 - as the next
from debate.core.staticfiles import with_static_files_wsgi  # noqa: E402 - needs the settings

take()
application = with_static_files_wsgi(django_application)
