// Keeps the clipboard's HTML beside the pasted text, so that headings and emphasis are not lost.
const form = document.querySelector("[data-import]");
const text = form?.elements.namedItem("text");
const html = form?.elements.namedItem("html");
const MOST = 1_500_000; // characters; word processors put far more markup than words on the clipboard

if (text && html) {
  text.addEventListener("paste", (event) => {
    const replacesAll = text.selectionEnd - text.selectionStart === text.value.length;
    const markup = replacesAll ? event.clipboardData.getData("text/html") : "";
    html.value = markup.length > MOST ? "" : markup;
  });
  // Words changed by hand are newer than the HTML.
  text.addEventListener("input", ({ inputType }) => {
    if (inputType !== "insertFromPaste") html.value = "";
  });
}
