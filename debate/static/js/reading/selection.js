/* Selected words and the bar beside them: each kind is a link to the composer with the runs in its address.

   The bar stands in the last paragraph that has some of the words, behind its text, where Tab comes to it next. */

import { spanOf } from "../anchors.js";
import { copyOf, emit, focusOn, on } from "./page.js";

const GAP = 8;
const BELOW_THE_BAR = 64;

let bar = null;

/** The selected words: the element of each paragraph's text, and the run in it. */
export function chosen() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  return [...document.querySelectorAll("[data-number]")].flatMap((text) => {
    const span = spanOf(text, range);
    return span ? [{ text, span }] : [];
  });
}

/** The runs as addresses name them: "4:12-40;5:0-9". */
export function named(parts) {
  return parts.map(({ text, span }) => `${text.dataset.number}:${span.start}-${span.end}`).join(";");
}

/** Hide the bar; whether there was one. Who was in it is then at its paragraph. */
export function hide() {
  const was = Boolean(bar);
  if (bar?.contains(document.activeElement)) focusOn(bar.parentElement);
  bar?.remove();
  bar = null;
  return was;
}

function place() {
  const words = document.getSelection().getRangeAt(0).getBoundingClientRect();
  const home = bar.parentElement.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = bar;
  const isAbove = words.top > height + BELOW_THE_BAR;
  const middle = words.left + (words.width - width) / 2;
  const left = Math.min(Math.max(middle, home.left), document.documentElement.clientWidth - width - GAP);
  // Above the words it grows upwards.
  bar.style.left = `${left - home.left}px`;
  bar.style.top = isAbove ? "auto" : `${words.bottom + GAP - home.top}px`;
  bar.style.bottom = isAbove ? `${home.bottom - words.top + GAP}px` : "auto";
}

/** Show the bar at the selected words, or hide it when there are none. */
export function show() {
  const parts = chosen();
  if (!parts.length) return hide();
  bar ??= copyOf("kindbar");
  const home = parts.at(-1).text.parentElement;
  if (bar.parentElement !== home) parts.at(-1).text.after(bar);
  for (const link of bar.querySelectorAll("a")) {
    link.href = `${parts[0].text.dataset.annotate}?kind=${link.dataset.kind}&spans=${named(parts)}`;
  }
  place();
}

/** Open the composer of that kind on the selected words, else on that paragraph; nothing for a kind not taken here. */
export function compose(kind, paragraph) {
  const parts = chosen();
  const text = parts[0]?.text ?? paragraph?.querySelector("[data-annotate]");
  if (!text || !copyOf("kindbar").querySelector(`[data-kind=${kind}]`)) return;
  hide();
  if (document.activeElement === document.body) focusOn(text.parentElement);
  emit("compose", { url: text.dataset.annotate, kind, spans: named(parts), root: text.parentElement });
}

function press(event) {
  const link = event.target.closest(".kindbar a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  compose(link.dataset.kind);
}

export function start() {
  // What begins in the text takes the text alone, without the notes and controls between its paragraphs.
  document.addEventListener("pointerdown", ({ target }) => {
    document.querySelector(".essay")?.classList.toggle("taken", Boolean(target.closest("[data-number]")));
  });
  // The bar follows a finished selection: while the mouse is down it would be in the way.
  document.addEventListener("pointerup", ({ target }) => bar?.contains(target) || setTimeout(show));
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Escape" && (event.shiftKey || event.key === "Shift")) show();
  });
  document.addEventListener("selectionchange", () => {
    if (document.getSelection().isCollapsed) hide();
    else if (bar || matchMedia("(pointer: coarse)").matches) show();
  });
  // A press on the bar leaves the words selected.
  document.addEventListener("mousedown", (event) => event.target.closest(".kindbar") && event.preventDefault());
  document.addEventListener("click", press);
  // After the page has put back the words that were selected before it changed.
  on("changed", () => queueMicrotask(() => bar && show()));
}
