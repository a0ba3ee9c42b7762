"""Pictures of every screen, at a desk and on a phone, light and dark: run by `make screenshots` alone.

The folder is named by COUNTERPOINT_SCREENSHOTS.
"""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import Browse
from tests.browser.gallery import SCHEMES, WIDTHS, file_name
from tests.browser.screens import SCREENS
from tests.browser.test_screens import pages, world  # noqa: F401 - the same fixtures

FOLDER = Path(os.environ.get("COUNTERPOINT_SCREENSHOTS", "screenshots"))


@pytest.mark.django_db
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_screen_is_photographed(screen, world, pages):  # noqa: F811 - a fixture
    page = pages[screen.who]
    _look(page, "light", 1440)

    answer = page.goto(screen.place.format(**world.places))
    screen.then(page)
    page.wait_for_load_state()

    assert answer.status == screen.status
    FOLDER.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        for scheme in SCHEMES:
            _look(page, scheme, width)
            page.screenshot(path=FOLDER / file_name(screen.name, width, scheme), full_page=True)
    assert {path.name for path in FOLDER.glob(f"{screen.name}-*.png")} >= {
        file_name(screen.name, width, scheme) for width in WIDTHS for scheme in SCHEMES
    }


def _look(page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})


@pytest.fixture(scope="module")
def phone(world, chrome, address, application):  # noqa: F811 - a fixture
    """The reading page of a student, on a phone in the dark."""
    page = Browse(chrome, address, application)(
        world.people["student1"],
        size=(360, WIDTHS[360]),
        color_scheme="dark",
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    yield page
    page.context.close()
    assert page.guard.take_faults() == []


@pytest.mark.django_db
def test_readme_has_its_pictures(world, pages, phone):  # noqa: F811 - fixtures
    """The reading page at a desk, and the notes of a paragraph on a phone."""
    desk = pages["student1"]
    _look(desk, "light", 1440)
    for page in (desk, phone):
        page.goto(world.places["reading"])
    desk.locator(".essay.laid").wait_for()
    phone.locator("#p-3 + .ns > .pips").tap()
    phone.get_by_role("dialog", name="Paragraph 3").wait_for()

    FOLDER.mkdir(parents=True, exist_ok=True)
    desk.screenshot(path=FOLDER / "readme-desk.png")
    phone.screenshot(path=FOLDER / "readme-phone.png")

    assert {path.name for path in FOLDER.glob("readme-*")} == {
        "readme-desk.png",
        "readme-phone.png",
    }
