/* Two values of one field: both are shown, and the marker is asked. */

import { clock, inWords } from "./column.js";

const same = (one, other) => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

/** What stands on the server at that field, of what a refusal told; null where it does not say. */
export function theirsOf(told, name) {
  const theirs = told.theirs ?? {};
  if (name in theirs) return [theirs[name]].filter(Boolean);
  if (name.startsWith("feedback-")) return "feedback" in theirs ? [theirs.feedback].filter(Boolean) : null;
  const at = name.indexOf("-");
  const part = theirs.parts?.[name.slice(at + 1)];
  const value = part?.[name.slice(0, at)];
  return value === undefined ? null : [value].flat().filter((one) => one !== null && one !== "");
}

/** Whether the server has what was sent, as it keeps it: then only its answer was lost. */
export function isOurs(name, theirs, ours) {
  const given = ours.filter((one) => one !== "" && one !== "none");
  if (name.startsWith("points-")) return same(theirs.map(Number), given.map(Number));
  return same(theirs, given.map((one) => one.trim().normalize("NFC")));
}

/** Show both values; ends with "mine" or "theirs". */
export function ask(told, name, ours, theirs) {
  const dialog = document.querySelector("template[data-conflict]").content.firstElementChild.cloneNode(true);
  const who = dialog.querySelector("[data-who]");
  who.textContent = who.textContent.replace("{name}", told.saved_by ?? "").replace("{time}", told.saved_at ? clock(told.saved_at) : "");
  dialog.querySelector("[data-mine]").textContent = inWords(name, ours);
  dialog.querySelector("[data-theirs]").textContent = inWords(name, theirs ?? []);
  document.body.append(dialog);
  return new Promise((answer) => {
    let chosen = "theirs";
    dialog.addEventListener("click", ({ target }) => {
      chosen = target.dataset.keep ?? chosen;
      if (target.dataset.keep) dialog.close();
    });
    // It is asked, so that pressing Escape decides nothing.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(chosen);
    });
    dialog.showModal();
  });
}
