"""The ASGI application: bounded bodies, static files, who waits, a gate for open pages, then Django."""

from __future__ import annotations

import os

from debate.core.handling import get_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debate.settings")
django_application = get_application()

from annotations.live.gate import with_gate  # noqa: E402 - as the next
from annotations.live.waiting import with_waiting  # noqa: E402 - as the next
from debate.core.bodies import with_bounded_bodies  # noqa: E402 - as the next
from debate.core.roles import take  # noqa: E402 - as the next
from debate.core.staticfiles import with_static_files_asgi  # noqa: E402 - needs the settings

take()
application = with_bounded_bodies(
    with_static_files_asgi(with_waiting(with_gate(django_application)))
)
