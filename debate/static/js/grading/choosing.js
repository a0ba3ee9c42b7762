/* The keys of the desk, and what they choose. Each has a field, button or link that does the same; none holds in text. */

import { words } from "../reading/page.js";
import { fieldsOf, form, keepApart, rows } from "./column.js";
import { isOnItsWay, settled, undo } from "./saving.js";
import { openBank } from "./remarks.js";

const TEXT = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]";
const CONTROL = "a, button, summary, select, textarea";
let current = null;
let submits = false;

/** Make a criterion the one that keys act on. */
function turnTo(row, { quietly = false } = {}) {
  if (!row) return;
  current?.removeAttribute("aria-current");
  current = row;
  row.setAttribute("aria-current", "true");
  if (quietly) return;
  row.scrollIntoView({ block: "nearest" });
  const { number } = row.dataset;
  const title = row.querySelector("[data-title]").textContent;
  form.querySelector("[data-at]").textContent = words("at_row", { number, title });
}

function step(by) {
  const all = rows();
  turnTo(all[Math.min(Math.max(all.indexOf(current) + by, 0), all.length - 1)]);
}

/** Choose by digit: a level, a check, or so many points; where one choice is all, the next criterion is turned to. */
function choose(digit) {
  if (!current) step(1);
  const row = current;
  if (!row || form.querySelector("fieldset.rows").disabled) return;
  const choice = row.querySelector(`[data-digit="${digit}"]`);
  if (choice) {
    choice.checked = choice.type === "radio" || !choice.checked;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    const points = row.querySelector("[type=number]");
    if (!points || digit > Number(row.dataset.most)) return;
    points.value = digit;
    points.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (choice?.type !== "checkbox") step(1);
}

const items = () => [...document.querySelectorAll(".item")];
const itemInUse = () => document.activeElement.closest(".item") ?? document.querySelector(".item[aria-current]");

function turnItem(by) {
  const all = items();
  const one = all[Math.min(Math.max(all.indexOf(itemInUse()) + by, 0), all.length - 1)];
  if (!one) return;
  itemInUse()?.removeAttribute("aria-current");
  one.setAttribute("aria-current", "true");
  one.focus({ preventScroll: true });
  one.scrollIntoView({ block: "nearest" });
}

/** Rest the current criterion on the contribution in use, the first where none is, or no longer. */
function cite() {
  if (!itemInUse()) turnItem(1);
  const id = itemInUse()?.id.slice(2);
  const box = current && fieldsOf(`cited-${current.dataset.row}`).find((one) => one.value === id);
  if (!box) return;
  box.closest("details").open = true;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function note() {
  const fold = form.querySelector("[data-private]");
  fold.open = true;
  fold.querySelector("textarea").focus();
}

async function submit(then) {
  // A mark that is submitted already is saved.
  const saves = then === "next" ? "save_next" : "save";
  const button = form.querySelector(`[name=then][value=${then}]`) ?? form.querySelector(`[name=then][value=${saves}]`);
  if (!button || button.matches(":disabled")) return;
  submits = true;
  const isSaved = await settled();
  submits = false;
  if (isSaved) form.requestSubmit(button);
}

const ACTS = {
  j: () => document.querySelector('form[action$="/grading/next/"] button')?.click(),
  k: () => document.querySelector("[data-previous]")?.click(),
  h: () => turnItem(-1),
  l: () => turnItem(1),
  e: cite,
  b: () => openBank(current),
  n: note,
  u: undo,
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
};

/** The key's name, small; where the letters of the keyboard are others, of the key in the place of ours. */
function nameOf({ key, code }) {
  if (key.length > 1) return key;
  return (key > "~" ? code.replace("Key", "") : key).toLowerCase();
}

function act(event) {
  const { target } = event;
  const key = nameOf(event);
  // Who submits and goes on means the next work, not the one that is still shown.
  if ((submits || isOnItsWay(form)) && (/^\d$/.test(key) || key === "Enter" || ACTS[key])) return true;
  if (event.repeat && !["ArrowDown", "ArrowUp", "h", "l"].includes(key)) return false;
  if (key === "Enter") {
    if (target.closest(CONTROL)) return false;
    submit(event.shiftKey ? "submit" : "next");
    return true;
  }
  if (/^\d$/.test(key)) choose(Number(key));
  else if (target.type === "radio" && key.startsWith("Arrow")) return false;
  else if (ACTS[key] && !event.shiftKey) ACTS[key]();
  else return false;
  return true;
}

function press(event) {
  const { key, target } = event;
  const isOpen = document.querySelector("dialog[open]");
  if (isOpen || event.isComposing || event.defaultPrevented) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return submit("next");
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest(TEXT)) {
    // A number is done with Enter; it sends no form.
    if (key === "Enter" && target.type === "number") {
      event.preventDefault();
      target.blur();
      step(1);
    }
    return;
  }
  if (document.documentElement.dataset.keys === "off") return;
  if (act(event)) event.preventDefault();
}

export function startChoosing() {
  document.addEventListener("keydown", press);
  document.addEventListener("change", ({ target }) => {
    if (target.form === form && target.name) keepApart(target);
  }, true);
  form.addEventListener("focusin", ({ target }) => turnTo(target.closest("[data-row]"), { quietly: true }));
  turnTo(rows()[0], { quietly: true });
}
