/* The composer's form while it is open: its draft, the words it is about, and how it goes away. */

import { rangeOf, textOf } from "../anchors.js";
import { insist } from "../left.js";
import { complete } from "../pages/mentions.js";
import { paragraphAt } from "./cursor.js";
import { keepDraft, sendLeft } from "./drafts.js";
import { copyOf, parsed, words } from "./page.js";

/** The composer that is open: form, draft, root, back, address, and of a post busy, wish, timer, pause; else null.
    `saved` ends when the draft of the one that was closed last is saved, or cannot be. */
export const composer = { open: null, saved: null };

export const isSeen = (one) => Boolean(one?.isConnected && one.checkVisibility());
export const focus = (one) => one?.focus({ preventScroll: true });

/** The composer in what the server sent; null when none is there. */
export function formIn(html) {
  return parsed(html).querySelector(".composer");
}

/** The first field that waits for words, else the text. */
export function firstField(form) {
  const fields = [...form.querySelectorAll('textarea, input:is([type="text"], [type="url"])')].filter(isSeen);
  return fields.find((one) => !one.value) ?? form.elements.body;
}

/** What a refused request has to say. */
export async function reason(answer, otherwise) {
  const isProblem = answer?.headers.get("Content-Type")?.includes("json");
  return isProblem ? (await answer.json()).detail : words(otherwise);
}

/** The runs that the open form is about: "4:12-40", "4:0-" for all of a paragraph. */
function runs() {
  const { form, root } = composer.open ?? {};
  const chosen = form?.querySelector('[name="sentence"]:checked');
  const number = root && paragraphAt(root)?.querySelector("[data-number]")?.dataset.number;
  if (!chosen) return [];
  if (chosen.value === "selected") return form.elements.spans.value.split(";");
  return [`${number}:${chosen.value || "0-"}`];
}

/** Keep the words that are written about lit. */
export function light() {
  const ranges = runs().flatMap((run) => {
    const [, number, start, end] = run.match(/(\d+):(\d+)-(\d*)/) ?? [];
    const text = document.querySelector(`[data-number="${number}"]`);
    return (text && rangeOf(text, Number(start), end ? Number(end) : [...textOf(text)].length)) ?? [];
  });
  CSS.highlights?.set("pending", new Highlight(...ranges));
}

let chipsAsked = 0;
let chipShown = 0;
let isStale = false;

const chip = () => document.querySelector("[data-draft-chip]");
const page = { ...chip()?.dataset }; // a chip that is shown anew may be another's who has signed in since

/** Show how many drafts there are, unless somebody is in their list or a later answer came first; false while the
    server is away. */
async function showChip() {
  const asked = ++chipsAsked;
  const answer = await fetch(page.drafts, { headers: { "X-Fragment": "1" }, redirect: "manual" }).catch(() => null);
  const html = answer?.ok && (await answer.text().catch(() => ""));
  if (html && asked >= chipShown && !chip().contains(document.activeElement)) {
    chipShown = asked;
    chip().outerHTML = html;
  }
  return html || (!answer?.ok && answer?.status < 500);
}

/** Send the drafts that wait in this browser, now and until the server has them. */
export const settleDrafts = insist(async () => {
  const { took, waits } = await sendLeft(page);
  isStale ||= took;
  if (isStale) isStale = !(await showChip());
  return waits || isStale;
});

/** Show anew how many drafts there are. */
export function refreshChip() {
  isStale = true;
  settleDrafts();
}

/** Make the form the composer that is open, its draft kept from now on. */
export function attach(form) {
  const { open } = composer;
  open.form = form;
  const tell = (text) => {
    if (!open.wish) form.querySelector("[data-said]").textContent = text;
    form.querySelector(".asks").hidden = !form.dataset.draftId;
  };
  const differ = (current) => {
    form.querySelector(".differs")?.remove();
    form.prepend(choice(current, (theirs) => {
      open.draft.settle(current, theirs);
      light();
      focus(form.elements.body);
    }));
  };
  form.querySelectorAll("[data-mentions]").forEach(complete);
  open.draft = keepDraft(form, { tell, differ });
  light();
}

/** Two states of one draft to choose from: what the form has, and what was saved elsewhere. */
export function choice(current, choose) {
  const both = copyOf("conflict");
  both.querySelector("blockquote").textContent = current.words.join("\n");
  both.addEventListener("click", ({ target }) => {
    if (!target.dataset.take) return;
    both.remove();
    choose(target.dataset.take === "theirs");
  });
  return both;
}

/** Take the open form off the page, and the focus back to where it came from. */
export function leave() {
  const { form, root, back, timer } = composer.open;
  clearTimeout(timer);
  composer.open = null;
  const had = form.contains(document.activeElement);
  form.remove();
  light();
  if (had) focus(isSeen(back) ? back : paragraphAt(root)?.querySelector(".add"));
}

/** Close the composer that is open, if any; its draft stays. */
export function close() {
  const { open } = composer;
  if (!open) return;
  leave();
  composer.saved = open.draft.stop();
  composer.saved.then(refreshChip);
}
