/* Selecting words of the essay offers to annotate them: each kind is a link to the composer with the runs
   in its address. The words of the bar stand in the page's <template>. */

import { spanOf } from "../anchors.js";

const template = document.querySelector("template[data-kind-bar]");
const paragraphs = [...document.querySelectorAll("[data-annotate]")];
let bar = null;

function chosen() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return [];
  const range = selection.getRangeAt(0);
  return paragraphs.flatMap((root) => {
    const span = spanOf(root, range);
    return span ? [{ root, span }] : [];
  });
}

function hide() {
  bar?.remove();
  bar = null;
}

function place(range) {
  const words = range.getBoundingClientRect();
  const top = words.top > bar.offsetHeight + 64 ? words.top - bar.offsetHeight - 8 : words.bottom + 8;
  const middle = words.left + words.width / 2 - bar.offsetWidth / 2;
  const left = Math.min(Math.max(middle, 8), document.documentElement.clientWidth - bar.offsetWidth - 8);
  bar.style.setProperty("inset-block-start", `${top + window.scrollY}px`);
  bar.style.setProperty("inset-inline-start", `${left}px`);
}

function show() {
  const parts = chosen();
  if (!parts.length) return hide();
  if (!bar) {
    bar = template.content.firstElementChild.cloneNode(true);
    document.querySelector("main").append(bar);
  }
  const spans = parts.map(({ root, span }) => `${root.dataset.number}:${span.start}-${span.end}`).join(";");
  for (const link of bar.querySelectorAll("a")) {
    link.href = `${parts[0].root.dataset.annotate}?kind=${link.dataset.kind}&spans=${encodeURIComponent(spans)}`;
  }
  place(document.getSelection().getRangeAt(0));
}

if (template && paragraphs.length) {
  // The bar follows a finished selection: while the mouse is down it would be in the way.
  document.addEventListener("pointerup", () => setTimeout(show));
  document.addEventListener("keyup", (event) => {
    if (event.key === "Escape") hide();
    else if (event.shiftKey || event.key === "Shift") show();
  });
  document.addEventListener("selectionchange", () => {
    if (document.getSelection().isCollapsed) hide();
    else if (bar) show();
    else if (matchMedia("(pointer: coarse)").matches) show();
  });
}
