#!/usr/bin/env python
"""Django's command line for Counterpoint."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command named on the command line under the project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debate.settings")
    from django.conf import settings  # noqa: PLC0415 - settings first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - settings first
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings first

    try:
        settings.DEBUG  # noqa: B018 - the first use reads the environment
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
