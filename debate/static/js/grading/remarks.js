/* The bank of remarks: a sentence goes into the words that were written last, where the caret stands. */

import { form } from "./column.js";

let last = null;

/** Open the bank for that criterion. */
export function openBank(row) {
  const bank = form.querySelector("[data-bank]");
  for (const one of bank.querySelectorAll("[data-criterion]")) {
    one.hidden = Boolean(one.dataset.criterion) && one.dataset.criterion !== row?.dataset.row;
  }
  bank.open = true;
  (bank.querySelector("li:not([hidden]) button") ?? bank.querySelector("summary")).focus();
}

function insert(button) {
  const field = last?.isConnected ? last : form.elements.comment;
  if (!last) field.setSelectionRange(field.value.length, field.value.length);
  const fold = field.closest("details");
  if (fold) fold.open = true;
  const before = field.value.slice(0, field.selectionStart);
  const space = before && !/\s$/.test(before) ? " " : "";
  field.setRangeText(space + button.title, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const body = new URLSearchParams({ act: "use", csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  fetch(button.dataset.remark, { method: "POST", body, keepalive: true, headers: { "X-Fragment": "1" } }).catch(() => {});
}

export function startRemarks() {
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("form[data-marking] textarea, [data-feedback] textarea")) last = target;
  });
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-remark]");
    if (button) insert(button);
  });
}
