"""The composer beside the text, as a test finds it on the page."""


def composer(page):
    return page.locator("form.composer")


def body(page):
    return composer(page).locator("[name=body]")
