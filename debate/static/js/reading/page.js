/* What all parts of the reading page share: its elements, its words, and how the parts tell one another.

   Parts know each other by events on the document alone:
   cp:compose {url, kind, spans, root}   open the composer at that address, beside that paragraph's element
   cp:posted {id}                        something of one's own was posted, changed or withdrawn
   cp:changed {ids}                      the elements of those paragraphs were replaced
   cp:activate {id}                      that annotation is the one in use ("" for none)
   cp:drafts {count}                     so many drafts of one's own are kept on this assignment */

export const read = document.querySelector(".read");

export function emit(name, detail = {}) {
  document.dispatchEvent(new CustomEvent(`cp:${name}`, { detail }));
}

export function on(name, act) {
  document.addEventListener(`cp:${name}`, (event) => act(event.detail));
}

/** Words of the page by their name, from `<template data-words>`, with {gaps} filled. */
export function words(name, gaps = {}) {
  const found = document.querySelectorAll("template[data-words]");
  const said = [...found].map((one) => one.content.querySelector(`[data-word="${name}"]`)).find(Boolean);
  return said.textContent.replace(/\{(\w+)\}/g, (_, gap) => gaps[gap] ?? "");
}

/** A copy of the one element in the template of that name. */
export function copyOf(name) {
  return document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
}

/** HTML that the server sent, as a fragment. */
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Give something the focus, which need not be a control, and scroll nowhere. */
export function focusOn(one) {
  if (one.tabIndex < 0) one.tabIndex = -1;
  one.focus({ preventScroll: true });
}

/** Make a note's card the one in use, and go to it. */
export function goTo(card) {
  emit("activate", { id: card.id.slice(2) });
  focusOn(card);
}

/** The paragraphs' elements, `.x`, in the order of the text. */
export function paragraphs() {
  return [...document.querySelectorAll(".essay > .x")];
}

/** The element that holds the notes of a paragraph: beside it, or in the open sheet; null when it has none. */
export function notesOf(paragraph) {
  const next = paragraph.nextElementSibling;
  return document.querySelector(`[data-notes-of="${paragraph.id}"]`) ?? (next?.matches(".ns") ? next : null);
}

/** The elements' ids of the cards that words belong to. */
export function cardsAt(mark) {
  return `${mark.getAttribute("aria-details") ?? ""} ${mark.dataset.also ?? ""}`.match(/\S+/g) ?? [];
}

/** Whether notes open over the text, as on phones. */
export function isNarrow() {
  return matchMedia("(max-width: 57.99rem)").matches;
}
