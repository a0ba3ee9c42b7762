"""Every screen: accessible, legible when small, dark or spaced out, and none forgotten."""

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from tests.browser.conftest import Browse
from tests.browser.looks import faults
from tests.browser.screens import NO_PAGES, SCREENS
from tests.browser.world import make_world


def names(patterns, namespace=""):
    """The names of all addresses of ours but for those of machines and of Django's admin."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if inner not in {"admin:", "api:", "wa:"}:
                yield from names(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all screens, as looking changes little."""
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        try:
            yield make_world()
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def pages(world, chrome, address, application):
    """A page of each person, and one of a visitor, for the whole of the module."""
    browse = Browse(chrome, address, application)
    yield {who: browse(world.people.get(who)) for who in {screen.who for screen in SCREENS}}
    assert browse.close() == []


@pytest.mark.django_db  # so that there is a test database; the world is made outside the tests
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_screen_is_accessible_and_fits(screen, world, pages, address):
    page = pages[screen.who]
    page.guard.expect_server_error(f"{address}/broken/")
    page.set_viewport_size({"width": 1440, "height": 900})

    answer = page.goto(screen.place.format(**world.places))
    screen.then(page)
    page.wait_for_load_state()

    assert answer.status == screen.status
    assert faults(page) == {}
    assert page.guard.take_faults() == []


def test_every_named_page_is_among_the_screens():
    shown = {screen.view for screen in SCREENS if screen.view}

    assert set(names(get_resolver("debate.urls").url_patterns)) == shown | NO_PAGES.keys()
