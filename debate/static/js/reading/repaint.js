/* Puts what the server sent in the place of what stands: paragraphs with their notes, entries of the rail.

   Elements stay and take over what is new, so that focus, open folds, what other parts wrote on an element and
   the card in use survive. Text never moves, and a selection is kept in code points. */

import { codePoints, rangeOf, textOf, unitsBefore } from "../anchors.js";
import { notesOf, parsed } from "./page.js";

const MOST = 40;
const KIND = /\bk-\w+/;

const keyOf = (element) => element.id || element.localName + element.className.replace(KIND, "");

function adopt(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (name === "class") old.className = old.className.replace(KIND, value.match(KIND));
    else if (name !== "open") old.setAttribute(name, value);
  }
}

/** Make the children of `old` those of `fresh`, paired by id, else by element and first class. What `keeps` names
    stays though it was not sent. Gives those that are new. */
function settle(old, fresh, keeps = () => false) {
  const had = new Map([...old.children].map((one) => [keyOf(one), one]));
  const sent = [...fresh.children];
  const wanted = new Set(sent.map(keyOf));
  for (const [key, one] of had) if (!wanted.has(key) && !keeps(one)) one.remove();
  let place = old.firstElementChild;
  for (const one of sent) {
    while (place && !wanted.has(keyOf(place))) place = place.nextElementSibling;
    const kept = had.get(keyOf(one));
    if (kept) {
      adopt(kept, one);
      if (kept.innerHTML !== one.innerHTML) kept.replaceChildren(...one.childNodes);
    }
    if (kept && kept === place) place = place.nextElementSibling;
    else old.insertBefore(kept ?? one, place);
  }
  return sent.filter((one) => one.parentNode === old);
}

/** A boundary of the selection as a function that finds it again after its text was written anew. */
function boundary(node, offset) {
  const root = (node.closest ? node : node.parentNode).closest(".x > p, .c");
  if (!root) return () => [node, offset];
  const count = codePoints(textOf(root).slice(0, unitsBefore(root, node, offset)));
  return () => {
    const found = rangeOf(root, count ? count - 1 : 0, count || 1);
    if (!found) return [root, 0];
    return count ? [found.endContainer, found.endOffset] : [found.startContainer, found.startOffset];
  };
}

function selected() {
  const chosen = document.getSelection();
  if (chosen.isCollapsed) return () => {};
  const from = boundary(chosen.anchorNode, chosen.anchorOffset);
  const to = boundary(chosen.focusNode, chosen.focusOffset);
  return () => chosen.setBaseAndExtent(...from(), ...to());
}

function focused() {
  const one = document.activeElement;
  const home = one.closest("[id]");
  const same = (other) => other.href === one.href && other.className === one.className;
  return () => {
    const twin = one.isConnected ? one : ([...home.querySelectorAll(one.localName)].find(same) ?? home);
    (twin.isConnected ? twin : document.querySelector("main")).focus({ preventScroll: true });
  };
}

/** The paragraph that is read: the first that reaches into the lower part of the window. */
export function atHand() {
  const line = innerHeight * 0.4;
  return [...document.querySelectorAll(".essay > .x")].find((one) => one.getBoundingClientRect().bottom > line);
}

function unmoved() {
  const one = atHand();
  const stood = one?.getBoundingClientRect().top;
  return () => one && scrollBy({ top: one.getBoundingClientRect().top - stood, behavior: "instant" });
}

/** Change the page by `act`, while what is read, selected and focused stays. */
export function keeping(act) {
  const back = [selected(), focused(), unmoved()];
  act();
  for (const one of back) one();
}

/** Where as many notes as before were sent, and a link to more: let those that are shown stay, and say whether they do. */
function holds(old, fresh) {
  const link = fresh.querySelector(".more");
  const [shown, sent] = [old, fresh].map((one) => [...one.querySelectorAll(".c")].map(({ id }) => id));
  if (!link || shown.length < sent.length || shown.length > MOST) return false;
  const before = old.querySelector(".more");
  const isAll = new Set([...shown, ...sent]).size >= parseInt(fresh.querySelector(".pips b").textContent, 10);
  if (before) link.replaceWith(before.cloneNode(true));
  else if (isAll) link.remove();
  return true;
}

/** Put a paragraph of an answer in place; `keeps` says which cards stay though they were not sent, given whether all
    that are shown should. */
export function repaint({ id, html, pip }, keeps) {
  const paragraph = document.getElementById(id);
  const fresh = parsed(html);
  const notes = fresh.querySelector(".ns");
  const old = notesOf(paragraph);
  const isHeld = Boolean(old && notes && holds(old, notes));
  const stays = (one) => keeps(one, isHeld);
  const entry = document.querySelector(`.rail a[href="#${id}"]`);
  settle(paragraph, fresh.querySelector(".x"), (one) => one.matches(".kindbar"));
  if (entry && pip) settle(entry.closest("li"), parsed(pip).firstElementChild);
  if (old && (notes || [...old.children].some(stays))) {
    for (const one of settle(old, notes ?? parsed(""), stays)) one.classList.add("arrived");
  } else {
    old?.remove();
    notes?.classList.add("arrived");
    if (notes) paragraph.after(notes);
  }
}
