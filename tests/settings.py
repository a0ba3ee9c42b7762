"""The project's settings for tests: the run's own server, cheap passwords, nothing leaves memory."""

import os

from debate.core import postgres
from debate.settings import *  # noqa: F403 - the same settings, but for what follows
from debate.settings import DATABASES, STORAGES
from tests import cluster

SECRET_KEY = "only for tests"

if not os.environ.get("DATABASE_URL"):
    DATABASES["default"] |= {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(postgres.socket_folder(cluster.folder())),
    }

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
OUTGOING_REQUESTS = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA = cluster.folder() / "data"
DATABASE_ROLE = ""  # one process tests and serves here; tests/debate/core/test_roles.py take it
API_RATES = {}  # tests of the bounds give their own
