"""Settings of web processes of their own that use the database of a test: see `workers.py`."""

import os

from tests.settings import *  # noqa: F403 - the same settings, but for what follows
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["COUNTERPOINT_TEST_DATABASE"]
