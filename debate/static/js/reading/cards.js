/* The note in use: its card is level with its words, and these are lit. Words and cards lead to one another. */

import { current as here, reveal, stand } from "./cursor.js";
import { layout, show } from "./margin.js";
import { cardsAt, emit, focusOn, goTo, isNarrow, on } from "./page.js";
import { keeping, repaint } from "./repaint.js";
import { closeSheet, openSheet, paragraphOf } from "./sheet.js";

const current = () => document.querySelector('.c[aria-current="true"]');
const marksOf = (id) => document.querySelectorAll(`mark:is([aria-details="${id}"], [data-also~="${id}"])`);

/** Light the words of the card in use, in the colour and with the line of its kind also where others lie on them. */
function light() {
  const card = current();
  for (const mark of document.querySelectorAll("mark.lit")) {
    mark.classList.remove("lit");
    mark.removeAttribute("style");
  }
  if (!card) return;
  const kind = getComputedStyle(card);
  for (const mark of marksOf(card.id)) {
    mark.classList.add("lit");
    for (const name of ["--k", "--u", "--uw"]) mark.style.setProperty(name, kind.getPropertyValue(name));
  }
}

/** Make that card the one in use, or none. */
function use(card) {
  current()?.removeAttribute("aria-current");
  card?.setAttribute("aria-current", "true");
  light();
  layout();
  if (!card) return;
  if (isNarrow()) openSheet(paragraphOf(card), card);
  else show(card);
}

const activate = (domId) => emit("activate", { id: domId.slice(2) });

/** Go to the words of a card. */
export function toWords(card) {
  const [mark] = marksOf(card.id);
  const paragraph = paragraphOf(card) ?? here();
  const end = document.querySelector(`.e[href="#${card.id}"]`);
  closeSheet(() => {
    if (end) focusOn(end);
    else stand(paragraph);
    reveal((mark ?? paragraph).getBoundingClientRect());
  });
}

let changes = 0;

/** The notes on a paragraph that had no room. */
async function load(link) {
  const before = changes;
  const answer = await fetch(link.href, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  const html = await answer.text();
  if (before !== changes) return load(link); // else it could be older than what is shown by now
  const id = link.hash.slice(1);
  keeping(() => {
    repaint({ id, html }, () => false);
    emit("changed", { ids: [id] });
  });
}

/** Words lead to the card of their note; pressed again, to the next that lies on them. */
function pressWords(mark) {
  const ids = cardsAt(mark);
  const more = mark.closest(".x").nextElementSibling?.querySelector("[data-more]");
  if (ids.length) activate(ids[(ids.indexOf(current()?.id) + 1) % ids.length]);
  else if (more) load(more);
}

function press(event) {
  const { target } = event;
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = target.closest("a[href], button, summary, input, label");
  const card = target.closest(".essay .c, .drawer .c");
  const goal = link?.matches(".e") && document.getElementById(link.hash.slice(1));
  if (goal) {
    event.preventDefault();
    goTo(goal);
  } else if (link?.matches("[data-more]")) {
    event.preventDefault();
    load(link);
  } else if (card && link?.hash === `#${paragraphOf(card)?.id}`) {
    event.preventDefault();
    toWords(card);
  } else if (!link && document.getSelection().isCollapsed) {
    const mark = target.closest(".x mark");
    if (mark) pressWords(mark);
    else if (card && card !== current()) activate(card.id);
  }
}

export function start() {
  on("activate", ({ id }) => use(document.getElementById(`a-${id}`)));
  on("changed", () => {
    changes += 1;
    light();
  });
  document.addEventListener("click", press);
  // Whoever tabs into a card uses it: what can be done there is shown in it alone. A press does not, for the card would
  // move away under it.
  document.addEventListener("focusin", ({ target }) => {
    const card = target.closest(".essay .c");
    if (card && card !== current() && target.matches(":focus-visible")) activate(card.id);
  });
  const asked = /^#a-/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (asked && asked.closest(".ns")) activate(asked.id);
}
