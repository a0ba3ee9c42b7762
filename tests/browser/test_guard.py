"""What watches the pages must see what it watches for."""

from tests.browser.looks import faults

VIOLATION = "Policy violated: script-src-elem by inline"


def test_guard_sees_errors_broken_policy_and_missing_files(browse, db):
    page = browse()
    page.goto("/accounts/login/")

    with (
        page.expect_response("**/missing.png") as missing,
        page.expect_console_message(lambda message: message.text == VIOLATION),
    ):
        page.evaluate(
            """() => {
                 console.error("oops");
                 document.head.append(Object.assign(document.createElement("script"), { text: "1" }));
                 document.body.append(Object.assign(new Image(), { src: "/static/missing.png" }));
               }"""
        )

    seen = page.guard.take_faults()
    assert "Console: oops" in seen
    assert f"Console: {VIOLATION}" in seen
    assert f"Answered 404: {missing.value.url}" in seen


def test_looks_find_what_is_hard_to_see_or_to_reach(browse, db):
    page = browse()
    page.goto("/accounts/login/")

    page.evaluate(
        """() => {
             const field = document.querySelector("input[name=login]");
             field.labels[0].remove();
             field.removeAttribute("placeholder");
             const main = document.querySelector("main");
             main.style.setProperty("min-width", "330px");
             const row = document.createElement("p");
             row.style.setProperty("color", "light-dark(#222, #222)");
             row.append("Hard to read when it is dark.");
             const buttons = document.createElement("div");
             for (const text of ["a", "b"]) {
               const button = Object.assign(document.createElement("button"), { textContent: text });
               for (const [name, value] of [["padding", "0"], ["width", "12px"], ["height", "12px"]])
                 button.style.setProperty(name, value);
               buttons.append(button);
             }
             main.append(row, buttons);
           }"""
    )

    found = {what: {line.split(":")[0] for line in lines} for what, lines in faults(page).items()}
    assert "label" in found["axe, light"]
    assert "color-contrast" in found["axe, dark"]
    assert "scrolls to 330" in found["sideways at 320"]
    assert "target-size" in found["axe at 360"]
    assert "sideways at 360" not in found
