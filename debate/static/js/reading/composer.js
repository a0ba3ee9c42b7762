/* The composer beside its paragraph: the form of the composer's page, fetched and posted without leaving the text. */

import { say } from "./arrivals.js";
import { attach, close, composer, firstField, focus, leave, formIn, light, reason, refreshChip, settleDrafts } from "./box.js";
import { send } from "./drafts.js";
import { paragraphAt } from "./cursor.js";
import { show as showBeside } from "./margin.js";
import { copyOf, isNarrow, notesOf, on } from "./page.js";
import { arrive, change, post } from "./posting.js";
import { preview } from "./preview.js";
import { closeSheet } from "./sheet.js";

const GAP = 12;

let asked = 0;

/** The element beside which one writes at that address: a paragraph, or a note; null for what is not on this page. */
function rootOf({ pathname }) {
  const [, number] = pathname.match(/\/annotate\/\d+\/(\d+)\/$/) ?? [];
  const [, note] = pathname.match(/\/annotations\/([0-9a-f-]{36})\/(?:reply|edit)\/$/) ?? [];
  return document.getElementById(number ? `p-${number}` : `a-${note}`);
}

/** What the composer beside that element stands under: the notes of its paragraph, or that itself where it has none. */
function under(root) {
  const paragraph = paragraphAt(root) ?? root;
  return notesOf(paragraph) ?? paragraph;
}

async function compose({ url, kind, spans, root }) {
  const address = new URL(url, location);
  const back = document.activeElement;
  asked += 1;
  const mine = asked;
  if (kind) address.searchParams.set("kind", kind);
  if (spans) address.searchParams.set("spans", spans);
  await composer.saved; // what was closed a moment ago may be what is opened
  const had = composer.open?.form.dataset.draft;
  const answer = await fetch(address, { headers: { "X-Fragment": "1" }, redirect: "manual" }).catch(() => null);
  const html = answer?.ok && (await answer.text());
  if (mine !== asked) return;
  if (answer?.type === "opaqueredirect") return location.assign(address);
  if (!html) return say(await reason(answer, "composer_away"));
  const form = formIn(html);
  close();
  if (form.dataset.draft === had) return compose({ url, kind, spans, root }); // more may have been written in it since
  await new Promise(closeSheet);
  document.querySelector(".discarded")?.remove();
  composer.open = { root, back, address };
  under(root).after(form);
  attach(form);
  focus(firstField(form));
  await null; // the notes beside it give way
  show(form);
}

/** Scroll no further than shows the composer or, where it lies over the text, the words that it is about. */
function show(form) {
  const [words] = CSS.highlights?.get("pending") ?? [];
  const { top, bottom } = (words ?? form).getBoundingClientRect();
  const over = bottom - form.getBoundingClientRect().top + GAP;
  if (!isNarrow()) showBeside(form);
  else if (words && over > 0) scrollBy(0, Math.min(over, top - GAP));
}

async function discard() {
  const { open } = composer;
  const { address, draft, form, root } = open;
  const { drafts, draft: key } = form.dataset;
  await draft.save();
  const answer = await send(form.dataset, `${drafts}discard/`, () => new URLSearchParams({ id: form.dataset.draftId }));
  if (!answer?.ok) return;
  const { content, submission_key } = await answer.json();
  const gone = copyOf("discarded");
  const undo = gone.querySelector("button");
  const isOpen = composer.open === open; // else it was closed meanwhile, and one is elsewhere
  draft.end(true);
  (isOpen ? form : under(root)).after(gone);
  if (isOpen) {
    leave();
    focus(undo);
  }
  refreshChip();
  undo.addEventListener("click", async () => {
    const again = () => JSON.stringify({ key, content, submission_key });
    const kept = await send(form.dataset, drafts, again, { type: "application/json" });
    if (kept?.ok) compose({ url: address, root }).then(refreshChip);
  });
}

const ACTS = { close, preview, discard };

/** Links to a composer open it in place, where what it is about stands on this page. */
function follow(event) {
  const link = event.target.closest("main a[href]");
  const isPlain = !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const root = isPlain && link && !link.closest(".kindbar") && rootOf(link);
  if (!root) return;
  event.preventDefault();
  link.closest(".menu")?.removeAttribute("open");
  compose({ url: link.href, root });
}

/** Tapping a choice leaves the caret in a text: the first that waits for words. Keys move among choices as ever. */
function click(event) {
  const form = composer.open?.form;
  if (!form?.contains(event.target)) return follow(event);
  const button = event.target.closest("[data-act]");
  if (button) ACTS[button.dataset.act](form, button);
  else if (event.target.matches('[name="kind"], [name="stance"]') && event.detail) focus(firstField(form));
}

function input({ target }) {
  const form = composer.open?.form;
  if (!form?.contains(target)) return;
  change();
  if (target.name === "sentence") light();
  const readers = target.name === "audience" && form.querySelector("[data-readers]");
  if (readers) readers.textContent = target.closest("label").querySelector("b").textContent;
}

function press(event) {
  const form = composer.open?.form;
  if (!form?.contains(event.target) || event.isComposing || event.defaultPrevented) return;
  const posts = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (!posts && event.key !== "Escape") return;
  event.preventDefault();
  if (posts) form.requestSubmit(form.querySelector(".primary"));
  else close();
}

function submit(event) {
  if (event.target !== composer.open?.form) return;
  event.preventDefault();
  post(event.submitter);
}

/** How much of the page a keyboard on the screen leaves, and what it covers below. */
function fit() {
  const { height, offsetTop } = visualViewport;
  document.documentElement.style.setProperty("--seen", `${height}px`);
  document.documentElement.style.setProperty("--covered", `${Math.max(0, innerHeight - height - offsetTop)}px`);
}

export function start() {
  const chip = document.querySelector("[data-draft-chip]");
  if (!chip) return; // one does not write here
  on("compose", compose);
  // After the page has put back the focus that it had before it changed.
  on("changed", () => queueMicrotask(arrive));
  on("drafts", ({ count }) => {
    if (Number(document.querySelector("[data-draft-chip]").dataset.draftChip) !== count) refreshChip();
  });
  document.addEventListener("click", click);
  document.addEventListener("input", input);
  // Before the page's own keys, which the document hears: Escape in the composer is the composer's.
  document.querySelector("main").addEventListener("keydown", press);
  document.addEventListener("submit", submit);
  addEventListener("online", () => {
    settleDrafts();
    if (composer.open?.wish) post(composer.open.wish);
  });
  visualViewport.addEventListener("resize", fit);
  visualViewport.addEventListener("scroll", fit);
  fit();
  settleDrafts();
}
