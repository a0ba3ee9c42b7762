/* How the page looks, changed as it is chosen; kept in the account, by visitors in this browser. */

import { say } from "./arrivals.js";
import { read, words } from "./page.js";

const NAMES = { text_size: "size", single_keys: "keys" };
const KEPT = "counterpoint-highlights";

const root = document.documentElement;
const form = document.querySelector("form[data-look]");
const button = document.querySelector("[data-do=h]");
let marked = "all";
let last = Promise.resolve();

function tell() {
  const { highlights } = root.dataset;
  if (highlights && highlights !== "none") marked = highlights;
  button.setAttribute("aria-pressed", String(highlights === "none"));
}

/** Send what is chosen, also when the page is left meanwhile. */
async function send() {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Fragment": "1" },
    keepalive: true,
  }).catch(() => null);
  if (answer?.status !== 204) say(words("not_kept"));
}

/** Keep what is chosen, after what was chosen before it, so that it is the last choice that stays. */
function keep() {
  last = last.then(send);
}

function choose({ target: { name, type, value, checked } }) {
  const chosen = type === "checkbox" ? (checked ? "on" : "off") : value;
  // What arrives is told by what stands on the essay.
  (name === "announcements" ? read : root).dataset[NAMES[name] ?? name] = chosen;
  tell();
  keep();
}

/** Hide the highlights, or show those that were chosen before. */
export function toggleHighlights() {
  const chosen = root.dataset.highlights === "none" ? marked : "none";
  root.dataset.highlights = chosen;
  tell();
  if (!form) return localStorage.setItem(KEPT, chosen);
  form.elements.highlights.value = chosen;
  keep();
}

export function start() {
  if (!form && localStorage.getItem(KEPT) === "none") root.dataset.highlights = "none";
  tell();
  form?.addEventListener("change", choose);
}
