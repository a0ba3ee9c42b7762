// A button that copies a field, where the browser lets a page do that; without it the field is selected by hand.
const button = document.querySelector("[data-copy]");
const said = document.querySelector("[data-copied]");

if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    said.hidden = false;
  });
}
