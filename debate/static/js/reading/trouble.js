/* What is the matter, in words: no connection, or a page that is no longer what the server would show. */

import { copyOf } from "./page.js";

const PATIENCE = 10_000;
const place = document.querySelector(".trouble");
let timer = 0;

/** Say that there is no connection once that has lasted; take it back when there is one. */
export function trouble(is) {
  if (!is) {
    clearTimeout(timer);
    timer = 0;
    place.replaceChildren();
  } else if (!timer) timer = setTimeout(() => place.replaceChildren(copyOf("unconnected")), PATIENCE);
}

/** Say why the page stays as it is from now on. */
export function refuse(name) {
  trouble(false);
  place.replaceChildren(copyOf(name));
}
