/* What keeps a mark from being submitted: told on the desk, before anything is sent. */

import { words } from "../reading/page.js";
import { fieldsOf, form, rows, trouble } from "./column.js";

const SUBMITS = ["next", "submit"];

/** Whether nothing is set here that has to be; a number that is proposed counts as one. */
function isUnset(row) {
  if (row.dataset.kind === "feedback") return false;
  const number = row.querySelector("[type=number]");
  if (number) return !number.value && !number.placeholder;
  return !fieldsOf(`${row.dataset.kind === "checks" ? "checks" : "level"}-${row.dataset.row}`).some((one) => one.checked);
}

const isUncited = (row) => Boolean(row.querySelector("[data-lacks]:not([hidden])"));
const isMissing = (row) => isUnset(row) || isUncited(row);

function tell(missing) {
  const told = missing.map((row) => [
    `#${row.id}`,
    words(isUnset(row) ? "is_unset" : "is_uncited", { title: row.querySelector("[data-title]").textContent }),
  ]);
  trouble(words("not_submitted"), told);
}

function leadTo(row) {
  const fold = row.querySelector(".cites");
  const cites = !isUnset(row) && fold;
  if (cites) fold.open = true;
  (cites ? fold : row).querySelector("input:not([type=hidden])").focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
}

/** Tell what is missing still of what was told before; nothing once nothing is. */
export function retell() {
  for (const row of rows()) if (!isMissing(row)) row.classList.remove("missing");
  const left = rows().filter((row) => row.classList.contains("missing"));
  if (left.length) tell(left);
  else trouble("");
}

export function startMissing() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target !== form || !SUBMITS.includes(event.submitter?.value)) return;
    const missing = rows().filter(isMissing);
    if (!missing.length) return;
    event.preventDefault();
    for (const row of missing) row.classList.add("missing");
    tell(missing);
    leadTo(missing[0]);
  });
}
