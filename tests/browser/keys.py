"""A person who has a keyboard and nothing else."""

_FOCUSED = """() => {
  const one = document.activeElement;
  const names = [one.getAttribute("aria-label"), ...[...(one.labels || [])].map((label) => label.textContent)];
  return [...names, one.textContent].join(" ");
}"""


def tab_to(page, name, presses=120, *, key="Tab"):
    """Press Tab (or `key`) until what has the focus is called `name`, or its name begins or ends so."""
    for _ in range(presses):
        page.keyboard.press(key)
        focused = " ".join(page.evaluate(_FOCUSED).split())
        if focused.startswith(name) or focused.endswith(name):
            return
    raise AssertionError(f"{name} is not reached by Tab")


def press_on(page, name):
    """Go to the link or button that is called `name`, press Enter, and wait for the page it leads to."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
