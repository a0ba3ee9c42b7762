"""The project's settings for the benches: no bound on requests, and the baselines' addresses beside ours."""

from debate.settings import *  # noqa: F403 - the same settings, but for what follows

ROOT_URLCONF = "tests.bench.urls"
API_RATES = dict.fromkeys(("read", "write", "bulk"), (10**9, 60))
LOGGING = {"version": 1, "root": {"level": "ERROR"}}
