/* Who is reading now: in the bar, and in the rail where people share their paragraph. */

import { copyOf, read, words } from "./page.js";
import { atHand } from "./repaint.js";

const APART = 10_000;
const STILL = 2_000;
const DISCS = 3;

const place = document.querySelector(".here");
let posted;
let timer = 0;
let last = 0;

function disc({ initials, name }) {
  const one = copyOf("disc");
  one.textContent = initials;
  one.title = name;
  return one;
}

function entry(person) {
  const one = copyOf("person");
  const [link] = one.getElementsByTagName("a");
  one.prepend(disc(person), person.name);
  if (person.paragraph) {
    link.href = `#p-${person.paragraph}`;
    link.textContent = words("at_paragraph", { number: person.paragraph });
  } else link.remove();
  return one;
}

/** Show who is here beside the reader; nothing when nobody is, or when that is not to be known. */
export function show(reading) {
  const people = reading?.people ?? [];
  for (const one of document.querySelectorAll(".rail .disc")) one.remove();
  for (const one of people) document.querySelector(`.rail a[href="#p-${one.paragraph}"]`)?.after(disc(one));
  place.hidden = !people.length;
  if (!people.length || place.contains(document.activeElement)) return;
  const [discs, many, list] = place.querySelectorAll("[data-part]");
  const more = reading.count - people.length;
  discs.replaceChildren(...people.slice(0, DISCS).map(disc));
  many.textContent = reading.count + 1;
  const self = copyOf("person");
  self.textContent = words(more ? "more_and_you" : "and_you", { more });
  list.replaceChildren(...people.map(entry), self);
}

/** Tell the server, of whoever shares it, which paragraph is at hand once the page has come to rest. */
async function tell() {
  timer = 0;
  const number = atHand()?.querySelector("p").dataset.number ?? "";
  if (document.hidden || number === posted) return;
  posted = number;
  last = Date.now();
  const body = new URLSearchParams({ paragraph: number });
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  await fetch(read.dataset.presence, { method: "POST", body }).catch(() => {});
}

export function start() {
  if (!read?.dataset.presence) return;
  const soon = () => {
    timer ||= setTimeout(tell, Math.max(STILL, last + APART - Date.now()));
  };
  addEventListener("scroll", soon, { passive: true });
  soon();
}
