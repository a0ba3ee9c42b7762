/* Tells others that the work is open here, for as long as the page is looked at. */

import { insist } from "../left.js";

const EVERY = 5 * 60_000;

const desk = document.querySelector("[data-desk]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value;

function said(fields) {
  const body = new URLSearchParams(fields);
  body.set("csrfmiddlewaretoken", token());
  if (desk.dataset.role) body.set("role", desk.dataset.role);
  return body;
}

const renew = insist(async () => {
  if (document.hidden || !token()) return false;
  const answer = await fetch(desk.dataset.desk, { method: "POST", body: said({}) }).catch(() => null);
  if (!answer || answer.status >= 500) return true;
  // Who is signed out is answered with a page.
  const told = answer.ok && (await answer.json().catch(() => null));
  desk.dataset.held = told?.until || "";
  return false;
});

/** Hold the work from now on, and let it go as the page is left, unless a form of it leads back. */
export function hold() {
  if (!desk) return;
  const work = desk.dataset.desk.replace(/lease\/$/, "");
  let returns = false;
  renew();
  setInterval(renew, EVERY);
  document.addEventListener("visibilitychange", renew);
  addEventListener("online", renew);
  // Last of all who hear of it, as a form that is kept back leads nowhere.
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented) returns = event.target.action.includes(work);
  });
  addEventListener("pagehide", () => {
    if (token() && !returns) navigator.sendBeacon(desk.dataset.desk, said({ release: "1" }));
  });
}
