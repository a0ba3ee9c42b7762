"""A real Chromium against the application on the test's own database.

Run in a process of its own (`pytest -m browser`): Playwright keeps an event loop on the main
thread, beside which Django's ORM must be allowed by a setting that no other test may have.
"""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import expect, sync_playwright

from debate.core.staticfiles import collect_if_changed, with_static_files_asgi
from tests import chromium
from tests.browser.guard import Guard
from tests.browser.server import Followed, Watched, serve

PATIENCE = 30_000
"""Milliseconds that an expectation may take on a busy machine."""

expect.set_options(timeout=PATIENCE)

DESK, PHONE = (1440, 900), (360, 740)


def pytest_collection_modifyitems(items):
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chrome(django_db_setup, django_db_blocker):
    """The browser, started once.

    While Playwright's loop runs, Django keeps the main thread's connections apart from those
    before and after; they are closed here, as nobody would find them afterwards.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.FLAGS)
        yield browser
        browser.close()
        with django_db_blocker.unblock():
            connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def as_served(tmp_path_factory):
    """Static files collected as for the world: hashed, compressed, one stylesheet."""
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "debate.core.staticfiles.StaticStorage"}
    }
    folder = tmp_path_factory.mktemp("static")
    with override_settings(
        STORAGES=storages, STATIC_ROOT=folder, ROOT_URLCONF="tests.browser.urls"
    ):
        collect_if_changed()
        yield folder


@pytest.fixture(scope="session")
def application(as_served, django_db_setup):
    import debate.asgi  # noqa: F401, PLC0415 - sets up what serves, when first asked for

    handler = Followed()
    return Watched(with_static_files_asgi(handler), handler)


@pytest.fixture(scope="session")
def address(application):
    """Where the application is served, without a slash at its end."""
    with serve(application) as url:
        yield url


class Browse:
    """`browse(user)`: a page on which the person has signed in; `browse(None)`, on which nobody has.

    Further arguments are those of a Playwright context.
    """

    def __init__(self, chrome, address, application):
        self._chrome, self._address, self._application = chrome, address, application
        self._opened = []

    def __call__(self, user=None, *, size=DESK, **options):
        width, height = size
        context = self._chrome.new_context(
            base_url=self._address,
            viewport={"width": width, "height": height},
            **{"reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.guard = Guard(context, self._address)
        self._opened.append(page)
        if user is not None:
            sign_in(context, user, self._address)
        return page

    def close(self):
        """End everything under way, then let go of the pages; the faults that were seen."""
        for page in self._opened:
            page.context.close()
        self._application.wait_until_idle()
        return [fault for page in self._opened for fault in page.guard.faults]


def sign_in(context, user, address):
    """Give the context a session of the person's, without the sign-in page."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    context.add_cookies([{"name": name, "value": value, "url": address}])


@pytest.fixture
def browse(transactional_db, chrome, address, application):
    opened = Browse(chrome, address, application)
    yield opened
    assert opened.close() == []


@pytest.fixture
def reading(browse, student, assignment, paragraphs):
    """The essay as the student sees it, or whoever is named."""

    def open_page(who=student, **options):
        page = browse(who, **options)
        page.goto(assignment.get_absolute_url())
        return page

    return open_page
