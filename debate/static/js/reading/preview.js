/* Shows a note's Markdown as the server will, in the place of its text, and back. */

import { send } from "./drafts.js";

export async function preview(form, button) {
  const text = form.elements.body;
  const shown = form.querySelector("[data-preview]");
  const wanted = shown.hidden;
  if (wanted) {
    const body = text.value;
    const answer = await send(form.dataset, shown.dataset.preview, () => new URLSearchParams({ body }));
    const refused = !answer?.ok && (await answer?.json().catch(() => null));
    if (refused) shown.textContent = refused.detail;
    else if (answer?.ok) shown.innerHTML = await answer.text();
    else return;
    if (text.value !== body) return; // whoever has written on meanwhile goes on
  }
  shown.hidden = !wanted;
  text.parentElement.hidden = wanted;
  button.setAttribute("aria-pressed", String(wanted));
  (wanted ? shown : text).focus({ preventScroll: true });
}
