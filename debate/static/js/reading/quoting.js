/* Links to paragraphs and words, and words copied with where they stand. Ordinary copying is left alone. */

import { rangeOf, textOf } from "../anchors.js";
import { say } from "./arrivals.js";
import { reveal } from "./cursor.js";
import { copyOf, on, words } from "./page.js";
import { chosen, named } from "./selection.js";

const LONG = 80;

/** The whole of a paragraph, as if its words were selected. */
function whole(paragraph) {
  const text = paragraph.querySelector("[data-number]");
  return [{ text, span: { exact: textOf(text) } }];
}

/** The address of the words. Its text fragment lights the first of them where our script does not run. */
function linkTo(parts) {
  const { text, span } = parts[0];
  const paragraph = text.parentElement.querySelector(".n").href;
  if (!span.end) return paragraph;
  const first = span.exact.length > LONG ? span.exact.slice(0, LONG).replace(/\s+\S*$/, "") : span.exact;
  // A hyphen has a meaning in text fragments.
  const said = encodeURIComponent(first).replaceAll("-", "%2D");
  return `${paragraph.replace(/words=\d+/, `words=${named(parts)}`)}:~:text=${said}`;
}

function cited(parts) {
  const p = copyOf("citation");
  const [quote, place, tail, link] = p.querySelectorAll("span");
  const numbers = new Set([parts[0], parts.at(-1)].map(({ text }) => text.dataset.number));
  quote.textContent = parts.map(({ span }) => span.exact).join(" ");
  place.textContent = [...numbers].join("–");
  p.querySelector("a").href = link.textContent = linkTo(parts);
  const plain = p.textContent;
  tail.remove();
  return { "text/plain": plain, "text/html": p.outerHTML };
}

async function copy(kinds, done) {
  try {
    const parts = Object.entries(kinds).map(([type, text]) => [type, new Blob([text], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(parts))]);
    say(words(done));
  } catch {
    say(words("not_copied"));
  }
}

/** Light the words that the address names. */
function light() {
  const named = new URLSearchParams(location.search).get("words") ?? "";
  const ranges = [...named.matchAll(/(\d+):(\d+)-(\d+)/g)]
    .map(([, number, start, end]) => {
      const text = document.querySelector(`[data-number="${number}"]`);
      return text && rangeOf(text, Number(start), Number(end));
    })
    .filter(Boolean);
  if (ranges.length) CSS.highlights?.set("lit", new Highlight(...ranges));
  return ranges[0];
}

function press(event) {
  const one = event.target.closest(".n, .cite, [data-do=cite], [data-do=link]");
  if (!one || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const parts = one.dataset.do ? chosen() : whole(one.parentElement);
  const isLink = one.matches(".n, [data-do=link]");
  copy(isLink ? { "text/plain": linkTo(parts) } : cited(parts), isLink ? "linked" : "cited");
}

export function start() {
  document.addEventListener("click", press);
  const lit = light();
  if (lit) reveal(lit.getBoundingClientRect());
  on("changed", light);
}
