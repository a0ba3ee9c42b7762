/* On phones the notes of a paragraph lie in a sheet at the foot of the screen: a modal dialog that holds the very
   elements of the page, and gives them back when it closes. The browser's Back closes it too. */

import { copyOf, emit, isNarrow, notesOf, on, words } from "./page.js";

let sheet = null;
let home = null;
let after = null;
let goesBack = false;

/** The paragraph beside which a note stands, also while it lies in the sheet. */
export function paragraphOf(note) {
  return sheet?.contains(note) ? home : (note.closest(".ns")?.previousElementSibling ?? null);
}

/** Give the notes back to the page, under the summary that was sent last. */
function giveBack() {
  const body = sheet.querySelector(".ns");
  const writing = sheet.querySelector(".composer");
  body?.removeAttribute("data-notes-of");
  let notes = notesOf(home);
  if (body?.querySelector(".c")) {
    if (!notes) {
      notes = document.createElement("details");
      notes.className = "ns";
      home.after(notes);
    }
    const fresh = body.querySelector(":scope > .pips");
    if (fresh) notes.querySelector(".pips")?.replaceWith(fresh);
    notes.append(...body.children);
  } else {
    notes?.remove();
    notes = null;
  }
  if (writing) (notes ?? home).after(writing);
}

function done() {
  after?.();
  after = null;
}

function closed() {
  giveBack();
  sheet.remove();
  sheet = null;
  emit("changed", { ids: [home.id] });
  goesBack = Boolean(history.state?.sheet);
  if (goesBack) history.back();
  else done();
}

function open(paragraph) {
  sheet = copyOf("drawer");
  home = paragraph;
  const body = sheet.querySelector(".ns");
  const { number } = paragraph.querySelector("p").dataset;
  if (number) sheet.querySelector("h2").textContent = words("drawer_title", { number });
  body.append(...[...(notesOf(paragraph)?.children ?? [])].filter((one) => !one.matches(".pips")));
  body.dataset.notesOf = paragraph.id;
  document.querySelector("main").append(sheet);
  sheet.addEventListener("close", closed);
  sheet.addEventListener("click", ({ target }) => {
    if (target === sheet) sheet.close();
  });
  sheet.showModal();
  history.pushState({ sheet: paragraph.id }, "");
}

/** Open the sheet with the notes of that paragraph, `card` in view. */
export function openSheet(paragraph, card) {
  const again = () => openSheet(paragraph, card);
  if (sheet && home !== paragraph) return closeSheet(again);
  if (goesBack) {
    after = again; // else Back, which comes later, would close this sheet
    return;
  }
  if (!sheet) open(paragraph);
  card?.scrollIntoView({ block: "nearest" });
}

/** Close the sheet if it is open, and then do that. */
export function closeSheet(act) {
  after = act;
  if (sheet) sheet.close();
  else done();
}

export function start() {
  // Whoever comes back to the page, or loads it anew, finds no sheet.
  if (history.state?.sheet) history.replaceState(null, "");
  addEventListener("popstate", () => {
    goesBack = false;
    if (sheet) sheet.close();
    else done();
  });
  on("changed", () => {
    if (sheet && !sheet.querySelector(".ns")) sheet.close();
  });
  matchMedia("(max-width: 57.99rem)").addEventListener("change", () => sheet?.close());
  document.addEventListener("click", (event) => {
    const summary = event.target.closest?.(".essay > .ns > .pips");
    if (!summary || !isNarrow()) return;
    event.preventDefault();
    openSheet(summary.closest(".ns").previousElementSibling);
  });
}
