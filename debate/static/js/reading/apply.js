/* Puts an answer of changes/ on the page: paragraphs, what is gone, counts, the task line, who is here. */

import { say } from "./arrivals.js";
import { emit, on, words } from "./page.js";
import { show } from "./presence.js";
import { keeping, repaint } from "./repaint.js";

// A click belongs to the element that was pressed, and comes shortly after the button is let go.
const CLICK = 100;

let pressed = false;
let letGo = 0;
const waiting = [];
let active = "";

function press({ type }) {
  clearTimeout(letGo);
  if (type === "pointerdown") pressed = true;
  else letGo = setTimeout(release, CLICK);
}

function release() {
  pressed = false;
  for (const act of waiting.splice(0)) act();
}

for (const type of ["pointerdown", "pointerup", "pointercancel"]) addEventListener(type, press, true);
on("activate", ({ id }) => {
  active = id;
});

/** Whether a card is being used: it is the active one, has the focus, or words of it are selected. */
function inUse(card) {
  return (
    card.id === `a-${active}` ||
    card.contains(document.activeElement) ||
    (!document.getSelection().isCollapsed && card.contains(document.getSelection().anchorNode))
  );
}

/** Say so when a note that is being read or answered is gone; the others go quietly. */
function farewell(gone) {
  const answered = gone.find((id) => document.querySelector(`.composer[data-draft="r:${id}"]`));
  const used = gone.map((id) => document.getElementById(`a-${id}`)).find((card) => card && inUse(card));
  if (answered) say(words("gone_answered"));
  else if (used) say(words("gone_read"));
}

function count({ kinds, ...others }) {
  for (const [name, number] of Object.entries({ ...kinds, ...others })) {
    for (const place of document.querySelectorAll(`[data-count="${name}"]`)) place.textContent = number;
  }
  if (others.total) document.querySelector(".read .empty")?.remove();
}

/** Show the answer, once no button or finger is down or has just been. */
export async function apply({ paragraphs, gone, counts, standing, reading, drafts }) {
  while (pressed) await new Promise((act) => waiting.push(act));
  farewell(gone);
  const here = paragraphs.filter(({ id }) => document.getElementById(id));
  keeping(() => {
    const sent = here.map(({ html }) => html).join("");
    const isElsewhere = ({ id }) => gone.includes(id.slice(2)) || sent.includes(`id="${id}"`);
    const keeps = (one, isHeld) => one.matches(".c") && !isElsewhere(one) && (isHeld || inUse(one));
    for (const one of here) repaint(one, keeps);
    for (const id of gone) document.getElementById(`a-${id}`)?.remove();
    if (counts) count(counts);
    const task = document.querySelector("[data-standing]");
    if (task && standing) task.innerHTML = standing;
    show(reading);
    emit("changed", { ids: here.map(({ id }) => id) });
  });
  emit("drafts", { count: drafts });
}
