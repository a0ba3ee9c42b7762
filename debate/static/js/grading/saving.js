/* Each choice is saved at once: one field at a time, in the order in which they were first changed, each from the version
   that the one before left. What the server does not have yet is kept in this browser by owner and work, and is sent when
   it can be; the page is not left before that has been tried. */

import { hold, insist, placesIn, store, stored, unlessHeld } from "../left.js";
import { words } from "../reading/page.js";
import { ask, isOurs, theirsOf } from "./conflict.js";
import { form, isText, nameOf, paint, put, say, sayRest, setVersion, touch, trouble, valuesOf, version } from "./column.js";
import { retell } from "./missing.js";

const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const PATIENCE = 20_000;
const TYPING = 800;
const MOST_SENT = 5;
// Of what is kept alive while pages go, browsers take 64 KiB; letters beyond ASCII are nine of them and more.
const MOST_KEPT_ALIVE = 60_000;

const pending = new Map();
const shown = new Map();
const done = [];
const typing = new Map();
const { owner, work, part } = form?.dataset ?? {};
const folder = `marking ${owner} `;
let busy = null;
let pause = PAUSE;
let timer = 0;
let gone = {};

const tokens = (root = document) => [...root.querySelectorAll('[name="csrfmiddlewaretoken"]')];

/** Keep in this browser what the server does not have. */
function keep() {
  const fields = [...pending].map(([name, { values, address, sent }]) => [name, values, address, sent]);
  store(folder + work, pending.size ? { part, version: version(), fields } : null);
}

const feedbackAddress = (name) => document.querySelector(`[data-feedback="${name.slice(9)}"] form`)?.action;

/** Ask the server to keep one field, from that version. Null when it is away. */
async function keepField(name, { values, address }, from) {
  const send = () => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: tokens()[0].value, version: from });
    if (name.startsWith("feedback-")) body.set("body", values[0] ?? "");
    else {
      body.set("set", name);
      for (const one of values) body.append(name, one);
    }
    const headers = { "X-Fragment": "1", "X-Owner": owner, Accept: "application/json" };
    // Kept alive, so that what is on its way arrives though the page is closed.
    const keepalive = String(body).length < MOST_KEPT_ALIVE;
    return fetch(address, { method: "POST", body, redirect: "manual", keepalive, signal: AbortSignal.timeout(PATIENCE), headers });
  };
  try {
    let answer = await send();
    if (answer.status === 403 && !answer.headers.get("Content-Type")?.includes("json")) {
      // Who signs in anew gets another token.
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      for (const one of tokens()) one.value = tokens(page)[0]?.value ?? one.value;
      answer = await send();
    }
    return answer.status >= 500 ? null : answer;
  } catch {
    return null;
  }
}

function finish(name, entry) {
  shown.set(name, entry.values);
  if (pending.get(name) === entry) pending.delete(name);
  keep();
}

/** What is wanted of that field by now: while an answer was awaited, something else may have been chosen or typed. */
function newest(name) {
  if (typing.has(name)) save(name);
  return pending.get(name);
}

async function differ(name, told) {
  const theirs = theirsOf(told, name);
  const { values, sent } = newest(name);
  setVersion(told.version);
  keep();
  // Then only an answer was lost: it is sent once more, or what was chosen since.
  if (theirs && [values, ...sent].some((one) => isOurs(name, theirs, one))) return;
  if ((await ask(told, name, values, theirs)) === "mine") return;
  put(name, theirs ?? []);
  shown.set(name, theirs ?? []);
  pending.delete(name);
  keep();
  // Nothing is set: the answer tells points and total as they stand.
  const answer = await keepField("", { values: [], address: part }, version());
  const now = answer?.ok && (await answer.json().catch(() => null));
  if (now) paint(now);
}

function refuse(name, entry, detail) {
  // What was chosen or typed since is judged by itself.
  if (newest(name) !== entry) return;
  trouble(detail);
  sayRest();
  pending.delete(name);
  for (const one of pending.values()) one.isOlder = true;
  keep();
  // A choice that is not kept is not shown as if it were; words stay, to be mended.
  if (!isText(name)) put(name, shown.get(name) ?? []);
}

/** Send one field; false when that has to be tried again later. */
async function deliver(name, entry) {
  entry.isTried = true;
  const answer = await keepField(name, entry, version());
  const isOut = answer?.type === "opaqueredirect";
  const told = isOut ? null : await answer?.json().catch(() => null);
  if (!told) {
    say(words(isOut ? "signed_out" : "kept"));
    return false;
  }
  pause = PAUSE;
  if (answer.ok) {
    // First the version, from which the others that are stored go on.
    paint(told);
    finish(name, entry);
    // What was chosen before something was refused does not take away that it was.
    if (!entry.isOlder) retell();
  } else if (answer.status === 412) await differ(name, told);
  else refuse(name, entry, told.detail);
  return true;
}

async function run() {
  clearTimeout(timer);
  say(words("saving"));
  while (pending.size) {
    const [name, entry] = pending.entries().next().value;
    if (!(await deliver(name, entry))) {
      timer = setTimeout(start, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      return;
    }
  }
}

function start() {
  busy ??= run().finally(() => {
    busy = null;
  });
  return busy;
}

/** Save the field of that name, as it stands. */
export function save(name, { undoes = false } = {}) {
  clearTimeout(typing.get(name));
  typing.delete(name);
  const values = valuesOf(name);
  const old = pending.get(name);
  if (JSON.stringify(values) === JSON.stringify((old ?? { values: shown.get(name) }).values)) return;
  touch(name);
  if (!undoes && !isText(name)) done.push([name, old?.values ?? shown.get(name) ?? []]);
  // The server may have what was sent before, and only its answer be lost.
  const sent = [...(old?.sent ?? []), ...(old?.isTried ? [old.values] : [])].slice(-MOST_SENT);
  pending.set(name, { values, sent, address: name.startsWith("feedback-") ? feedbackAddress(name) : part });
  keep();
  start();
}

/** Take the last choice back. */
export function undo() {
  const [name, values] = done.pop() ?? [];
  if (!name) return;
  put(name, values);
  save(name, { undoes: true });
}

/** Whether the form was sent just now, so that the page is about to go. */
export const isOnItsWay = (one) => one === gone.form && Date.now() - gone.at < PATIENCE;

const isDirty = () => pending.size > 0 || typing.size > 0;

/** Send all that is not saved; whether the server has it. */
export async function settled() {
  for (const name of [...typing.keys()]) save(name);
  if (pending.size) await start();
  return !pending.size;
}

function later(name) {
  clearTimeout(typing.get(name));
  typing.set(name, setTimeout(() => save(name), TYPING));
}

/** Send what was left of one work; whether that has to be tried again later. */
async function deliverLeft(place) {
  const kept = stored(place);
  while (kept?.fields.length) {
    const [name, values, address, sent = []] = kept.fields[0];
    const answer = await keepField(name, { values, address }, kept.version);
    const told = await answer?.json().catch(() => null);
    if (!told) return !answer || answer.ok;
    // The desk that was opened meanwhile sends the rest, and what was chosen there since.
    if (JSON.stringify(stored(place)) !== JSON.stringify(kept)) return false;
    const theirs = answer.status === 412 && theirsOf(told, name);
    if (answer.ok) kept.fields.shift();
    else if (!theirs || ![values, ...sent].some((one) => isOurs(name, theirs, one))) return false; // it is asked when the work is opened
    kept.version = told.version;
    store(place, kept);
  }
  store(place, null);
  return false;
}

/** Of works that were left while the server was away. */
const sendLeft = insist(async () => {
  let waits = false;
  for (const place of placesIn(folder)) {
    if (await unlessHeld(place, () => deliverLeft(place))) waits = true;
  }
  return waits;
});

/** Nothing is left behind: links and forms wait until what was chosen is saved, or kept here where that cannot be. */
function guard() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const opensHere = link && !link.target && !event.ctrlKey && !event.metaKey && !event.shiftKey && link.origin === location.origin;
    if (!opensHere || link.getAttribute("href").startsWith("#") || !isDirty() || event.defaultPrevented) return;
    event.preventDefault();
    settled().then(() => location.assign(link.href));
  });
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (!(isDirty() || isOnItsWay(target)) || target.method === "dialog") return;
    event.preventDefault();
    // Sent twice, it would be refused as what has been changed meanwhile.
    if (!isOnItsWay(target)) settled().then((isSaved) => isSaved && target.requestSubmit(submitter));
  });
  addEventListener("submit", ({ defaultPrevented, target }) => {
    if (!defaultPrevented && target.elements.version) gone = { form: target, at: Date.now() };
  });
  addEventListener("pageshow", () => {
    gone = {};
  });
  addEventListener("beforeunload", (event) => {
    if (!isDirty()) return;
    settled();
    event.preventDefault();
  });
  addEventListener("pagehide", settled);
}

export function startSaving() {
  // Who comes back finds what is saved, not what the browser kept of an earlier visit.
  for (const one of document.querySelectorAll("[name=version]")) one.form.autocomplete = "off";
  for (const field of document.querySelectorAll("form[data-marking] [name], [data-feedback] textarea")) {
    const name = nameOf(field);
    if (name) shown.set(name, valuesOf(name));
  }
  document.addEventListener("change", ({ target }) => nameOf(target) && save(nameOf(target)));
  document.addEventListener("input", ({ target }) => {
    if (nameOf(target) && !["radio", "checkbox"].includes(target.type)) later(nameOf(target));
  });
  addEventListener("online", () => {
    if (pending.size) start();
    sendLeft();
  });
  hold(folder + work, new AbortController().signal);
  guard();
  const kept = stored(folder + work);
  for (const [name, values, address, sent = []] of kept?.fields ?? []) {
    put(name, values);
    pending.set(name, { values, address, sent, isTried: true });
  }
  if (pending.size) {
    setVersion(kept.version);
    start();
  }
  sendLeft();
}
