/* The place where a reader without a mouse is: a paragraph, which has the focus, and the sentence selected in it.

   Where all sentences but the last end is the server's word (`data-ends`, in code points), so that both mean the same ones. */

import { codePoints, rangeOf, spanOf, textOf } from "../anchors.js";
import { focusOn, paragraphs } from "./page.js";
import { chosen, show } from "./selection.js";
import { paragraphOf } from "./sheet.js";

const FOOT = 80;

let here = "";

/** The paragraph to whose text or notes the element belongs; null for any other. */
export function paragraphAt(element) {
  return element.closest(".x") ?? paragraphOf(element);
}

/** How much of the window's top the bars take. */
function edge() {
  return parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
}

/** The first paragraph of which anything can be read. */
function inView() {
  return paragraphs().find((one) => one.getBoundingClientRect().bottom > edge());
}

/** The paragraph where the reader is, else the first in view. */
export function current() {
  return document.getElementById(here) ?? inView();
}

/** Scroll as little as shows what has these borders. */
export function reveal({ top, bottom }) {
  const above = top - edge();
  const below = bottom - innerHeight + FOOT;
  if (above < 0 || below > 0) scrollBy(0, above < 0 ? above : Math.min(below, above));
}

/** Take the cursor away. */
export function leave() {
  const marked = document.querySelector(".x[aria-current]");
  marked?.removeAttribute("aria-current");
  here = "";
}

/** Put the cursor and the focus on the paragraph. */
export function stand(paragraph) {
  leave();
  here = paragraph.id;
  paragraph.role = "group";
  paragraph.ariaLabel = paragraph.querySelector("h2")?.textContent ?? null;
  paragraph.ariaCurrent = "true";
  focusOn(paragraph);
}

/** Go to the next paragraph, or with -1 to the one before. */
export function step(by) {
  const all = paragraphs();
  const at = all.findIndex((one) => one.id === here);
  const next = at < 0 ? (inView() ?? all.at(-1)) : all[at + by];
  if (!next) return;
  // Words selected elsewhere are no longer meant.
  document.getSelection().removeAllRanges();
  stand(next);
  reveal(next.getBoundingClientRect());
}

/** Where the sentence begins and ends that reaches beyond `after`; null when the text has none. */
function sentenceAfter(text, after) {
  const ends = [...text.dataset.ends.split(" ").map(Number), codePoints(textOf(text))];
  const at = ends.findIndex((end) => end > after);
  // The space between two sentences belongs to neither.
  return at < 0 ? null : spanOf(text, rangeOf(text, ends[at - 1] ?? 0, ends[at]));
}

/** Select the next sentence, in the next paragraph when this one has no more; with `extended` beside what is selected. */
export function sentence(extended) {
  const texts = [...document.querySelectorAll("[data-number]")];
  const words = chosen();
  const last = words.at(-1);
  let text = last?.text ?? current()?.querySelector("[data-number]") ?? texts[0];
  let span = sentenceAfter(text, last?.span.end ?? 0);
  if (!span) {
    text = texts[texts.indexOf(text) + 1];
    span = text && sentenceAfter(text, 0);
  }
  if (!span) return;
  const range = rangeOf(text, span.start, span.end);
  const first = extended && words.length ? rangeOf(words[0].text, words[0].span.start, words[0].span.end) : range;
  stand(text.parentElement);
  document.getSelection().setBaseAndExtent(first.startContainer, first.startOffset, range.endContainer, range.endOffset);
  reveal(range.getBoundingClientRect());
  show();
}

export function start() {
  // Whoever presses or tabs somewhere goes on from there, without a mark.
  for (const name of ["pointerdown", "focusin"]) {
    document.addEventListener(name, ({ target }) => {
      const paragraph = target.closest && paragraphAt(target);
      if (!paragraph || paragraph.id === here) return;
      leave();
      here = paragraph.id;
    });
  }
}
