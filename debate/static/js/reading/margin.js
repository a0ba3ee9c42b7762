/* Puts each note beside the line where its words begin. The one in use stands exactly there, the others give way;
   the text never moves. On narrow screens notes lie in the sheet, and nothing is put anywhere. */

import { reveal } from "./cursor.js";
import { cardsAt, isNarrow, notesOf, on, paragraphs } from "./page.js";

const GAP = 14;
const NEAR = 90;
const LINES = ["all", "3", "1"];

const essay = document.querySelector(".essay");

/** By the element's id of each card, how far below the essay's top its words begin. */
function beginnings(top) {
  const found = new Map();
  for (const mark of essay.querySelectorAll("mark[aria-details]")) {
    const ids = cardsAt(mark).filter((id) => !found.has(id));
    if (!ids.length) continue;
    const begin = mark.getBoundingClientRect().top - top;
    for (const id of ids) found.set(id, begin);
  }
  return found;
}

/** What stands beside a paragraph, in the order of the words: `wanted` is where each belongs. */
function itemsOf(paragraph, begin, top) {
  const first = paragraph.querySelector("p").getBoundingClientRect().top - top;
  const notes = notesOf(paragraph);
  const items = [];
  for (const element of notes?.querySelectorAll(":scope > :is(.c, .more)") ?? []) {
    const wanted = begin.get(element.id) ?? (element.matches(".more") ? (items.at(-1)?.wanted ?? first) : first);
    items.push({ element, wanted });
  }
  // A pinned note stands first, wherever its words are.
  items.reduceRight((below, item) => (item.wanted = Math.min(item.wanted, below)), Infinity);
  const writing = (notes ?? paragraph).nextElementSibling;
  if (writing?.matches(".composer")) {
    const [, answered] = writing.dataset.draft?.match(/^[re]:(.+)/) ?? [];
    const at = items.findIndex(({ element }) => element.id === `a-${answered}`);
    const [words] = CSS.highlights?.get("pending") ?? [];
    const wanted = at < 0 ? (words ? words.getBoundingClientRect().top - top : first) : items[at].wanted;
    const below = items.findIndex((item) => item.wanted >= wanted);
    items.splice(at < 0 ? (below < 0 ? items.length : below) : at + 1, 0, { element: writing, wanted });
  }
  return items;
}

/** The column from top to bottom without overlap: `active` where it wants to be, what is above it moves up for it, but
    not beyond `ceiling`; all others as near to their places as those above let them. */
export function arrange(items, active, ceiling) {
  const tops = items.map(({ wanted }) => wanted);
  const give = (from) => {
    let free = from ? tops[from - 1] + items[from - 1].height + GAP : ceiling;
    for (let at = from; at < items.length; at += 1) {
      tops[at] = Math.max(tops[at], free);
      free = tops[at] + items[at].height + GAP;
    }
  };
  give(0);
  if (active < 0) return tops;
  for (let at = active; at < items.length; at += 1) tops[at] = items[at].wanted;
  for (let at = active - 1; at >= 0; at -= 1) tops[at] = Math.min(tops[at], tops[at + 1] - GAP - items[at].height);
  give(0);
  return tops;
}

/** The notes of each paragraph that has any, in the order of the text. */
function groups() {
  const { top } = essay.getBoundingClientRect();
  const begin = beginnings(top);
  return paragraphs().map((paragraph) => itemsOf(paragraph, begin, top)).filter((items) => items.length);
}

/** Show the notes of each paragraph as long as there is room beside it: whole, else by three lines, else by one. */
function fold() {
  for (const notes of essay.querySelectorAll(".ns[data-lines]")) delete notes.dataset.lines;
  const beside = groups();
  for (const lines of LINES) {
    essay.dataset.lines = lines;
    for (const item of beside.flat()) (item.heights ??= []).push(item.element.offsetHeight);
  }
  delete essay.dataset.lines;
  let free = -Infinity;
  beside.forEach((items, at) => {
    const end = (level) => items.reduce((bottom, { wanted, heights }) => Math.max(wanted, bottom) + heights[level] + GAP, free);
    const room = (beside[at + 1]?.[0].wanted ?? Infinity) + NEAR;
    const fitting = LINES.findIndex((_, level) => end(level) <= room);
    const level = fitting < 0 ? LINES.length - 1 : fitting;
    const notes = items[0].element.closest(".ns");
    if (notes && level) notes.dataset.lines = LINES[level];
    free = end(level);
  });
}

/** Put all notes in their places. They slide there unless `still`: then it is also decided anew how much of them is shown. */
export function layout(still = false) {
  if (!essay) return;
  const isWide = !isNarrow();
  essay.classList.toggle("laid", isWide);
  essay.classList.toggle("slides", isWide && !still);
  if (!isWide) return;
  if (still) fold();
  performance.mark("cp:layout");
  const items = groups().flat();
  for (const item of items) item.height = item.element.offsetHeight;
  const writing = items.findIndex(({ element }) => element.matches("form.composer"));
  const active = writing < 0 ? items.findIndex(({ element }) => element.ariaCurrent === "true") : writing;
  const ceiling = essay.parentElement.getBoundingClientRect().top - essay.getBoundingClientRect().top;
  const tops = arrange(items, active, ceiling);
  const fresh = items.filter(({ element }) => !element.style.getPropertyValue("--y"));
  items.forEach(({ element }, at) => element.style.setProperty("--y", `${Math.round(tops[at])}px`));
  // What is new comes in at its place instead of sliding there from the top of the essay.
  const slides = fresh.flatMap(({ element }) => element.getAnimations()).filter((one) => one instanceof CSSTransition);
  for (const one of slides) one.finish();
  const last = items.at(-1);
  essay.style.setProperty("--foot", last ? `${Math.round(tops.at(-1) + last.height)}px` : "auto");
  performance.measure("cp:layout", "cp:layout");
}

/** Scroll as little as shows a note where it stands, or will once it has slid there. */
export function show(one) {
  if (!essay.classList.contains("laid")) return one.scrollIntoView({ block: "nearest" });
  const top = essay.getBoundingClientRect().top + parseFloat(one.style.getPropertyValue("--y"));
  reveal({ top, bottom: top + one.offsetHeight });
}

/** Mark in the rail, and by its number, which paragraph is read: the one a third of the way down the window. */
function follow() {
  const seen = new IntersectionObserver(
    (entries) => {
      const here = entries.findLast((one) => one.isIntersecting)?.target;
      if (!here) return;
      for (const one of document.querySelectorAll(".rail [aria-current], .x.reads")) {
        one.removeAttribute("aria-current");
        one.classList.remove("reads");
      }
      here.classList.add("reads");
      const entry = document.querySelector(`.rail a[href="#${here.id}"]`);
      if (!entry) return;
      entry.setAttribute("aria-current", "location");
      const rail = entry.closest(".rail");
      rail.scrollTop = entry.offsetTop - rail.clientHeight / 2;
    },
    { rootMargin: "-33% 0px -66% 0px" },
  );
  for (const one of paragraphs()) seen.observe(one);
}

export function start() {
  if (!essay) return;
  layout(true);
  follow();
  // How the text runs, and how tall is what one writes in, say where notes belong. The first call only tells how it is.
  let isKnown = false;
  const sizes = new ResizeObserver((changed) => {
    if (isKnown) layout(changed.some(({ target }) => target.matches(".x")));
    isKnown = true;
  });
  for (const one of paragraphs()) sizes.observe(one);
  let composer = null;
  new MutationObserver(() => {
    const found = essay.querySelector(":scope > .composer");
    if (found === composer) return;
    if (composer) sizes.unobserve(composer);
    composer = found;
    if (composer) sizes.observe(composer);
    layout();
  }).observe(essay, { childList: true });
  on("changed", () => layout());
  essay.addEventListener("toggle", () => layout(), true);
  document.fonts.ready.then(() => layout(true));
}
