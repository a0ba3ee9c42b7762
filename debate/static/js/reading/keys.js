/* The keys of the reading page, and the buttons that do what they do. */

import { shortcut } from "../keys.js";
import { toWords } from "./cards.js";
import { current, leave, paragraphAt, sentence, step } from "./cursor.js";
import { toggleHighlights } from "./look.js";
import { emit, goTo, notesOf, on, paragraphs } from "./page.js";
import { compose, hide } from "./selection.js";
import { closeSheet } from "./sheet.js";

const KINDS = { c: "comment", x: "counterargument", e: "evidence", q: "question" };

let active = "";

/** The note in use, else the one that has the focus. */
function card() {
  return document.activeElement.closest(".c") ?? document.getElementById(`a-${active}`);
}

function use(one) {
  const act = () => goTo(one);
  // Those of another paragraph than the sheet shows come in another sheet.
  if (one?.checkVisibility()) act();
  else if (one) closeSheet(act);
}

/** Go to the next note, or with -1 to the one before; those in the sheet belong where it was opened. */
function turn(by) {
  const beside = paragraphs().map((one) => document.querySelector(`.drawer [data-notes-of=${one.id}]`) ?? notesOf(one));
  const all = [...beside, document.querySelector(".orphans")].flatMap((one) => [...(one?.querySelectorAll(".c") ?? [])]);
  const at = all.indexOf(card());
  if (at >= 0) return use(all[at + by]);
  const side = by > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const there = all.filter((one) => current()?.compareDocumentPosition(one) & side);
  use(by > 0 ? there[0] : there.at(-1));
}

/** From words to their note, from a note to its words, and back. */
function jump() {
  const at = document.activeElement;
  // A button of the menu does it for the note in use.
  const note = paragraphAt(at) ? at.closest(".c") : card();
  if (note) toWords(note);
  else {
    const [, id] = at.getAttribute("href")?.match(/^#(a-.+)/) ?? [];
    const notes = current() && notesOf(current());
    use(document.getElementById(id) ?? (notes?.contains(card()) ? card() : notes?.querySelector(".c")));
  }
}

const ACTS = {
  j: () => closeSheet(() => step(1)),
  k: () => closeSheet(() => step(-1)),
  s: () => closeSheet(() => sentence(false)),
  S: () => closeSheet(() => sentence(true)),
  n: () => turn(1),
  p: () => turn(-1),
  g: jump,
  r: () => card()?.querySelector('[href$="/reply/"]')?.click(),
  h: toggleHighlights,
  m: () => document.querySelector('.crumb-tabs [href$="/map/"]')?.click(),
};

/** What Escape takes away, one thing a press: the open menu, the bar, the note in use, the cursor. */
function escape() {
  const menu = document.activeElement.closest(".menu[open]");
  // An open dialog closes by itself.
  if (document.querySelector("dialog[open]")) return;
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (!hide()) {
    if (active) emit("activate", { id: "" });
    else leave();
  }
}

function press(event) {
  if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) return escape();
  const key = shortcut(event);
  if (KINDS[key]) compose(KINDS[key], current());
  else if (ACTS[key]) ACTS[key]();
  else return;
  event.preventDefault();
}

export function start() {
  document.addEventListener("keydown", press);
  document.addEventListener("click", ({ target }) => ACTS[target.closest("[data-do]")?.dataset.do]?.());
  on("activate", ({ id }) => {
    active = id;
  });
}
