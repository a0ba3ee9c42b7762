#!/usr/bin/env python
"""Django's command line for Counterpoint."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command named on the command line under the project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debate.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
