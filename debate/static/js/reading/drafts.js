/* Drafts: in the browser on every input, on the server a second later. The copy in the browser goes as soon as the
   server has it: what stands there is what the server has not seen, and is sent when it can be. It is kept by owner,
   so that nobody else who signs in on this browser is shown it. */

import { hold as holdPlace, placesIn, store, stored, unlessHeld } from "../left.js";
import { words } from "./page.js";

const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const PATIENCE = 20_000;
const MOST_WHEN_LEAVING = 60_000; // browsers send at most 64 KiB for a page that is left
const TAKEN = ["draft_saved", "ours", "posted"];
const OF_THE_FORM = new Set(["csrfmiddlewaretoken", "submission_key", "draft_revision"]);

const tokens = (root = document) => [...root.querySelectorAll('[name="csrfmiddlewaretoken"]')];
const folderOf = ({ owner, assignment }) => `draft ${owner} ${assignment} `;
const written = (form) => form.querySelectorAll('textarea, input:not([type="hidden"], [type="radio"], [type="checkbox"])');
// The server keeps fields in an order of its own.
const inOrder = (content) => JSON.stringify(Object.entries(content).sort());

/** Post to the server as the person whose page this is. Null when it is away; of a person who has signed out it is
    a redirect that was not followed. */
export async function send({ owner, drafts }, address, body, { leaving = false, type } = {}) {
  const ask = () =>
    fetch(address, {
      method: "POST",
      body: body(),
      redirect: "manual",
      keepalive: leaving,
      signal: leaving ? undefined : AbortSignal.timeout(PATIENCE),
      headers: {
        "X-Fragment": "1",
        "X-Owner": owner,
        "X-CSRFToken": tokens()[0].value,
        Accept: "application/json",
        ...(type && { "Content-Type": type }),
      },
    });
  try {
    let answer = await ask();
    if (answer.status === 403 && !answer.headers.get("Content-Type").includes("json")) {
      // Who signs in anew gets another token.
      const page = new DOMParser().parseFromString(await (await fetch(drafts)).text(), "text/html");
      for (const one of tokens()) one.value = tokens(page)[0]?.value ?? one.value;
      answer = await ask();
    }
    return answer.status >= 500 ? null : answer;
  } catch {
    return null;
  }
}

export function contentOf(form) {
  const content = {};
  for (const [name, value] of new FormData(form)) {
    if (!OF_THE_FORM.has(name)) content[name] = name in content ? [content[name], value].flat() : value;
  }
  return content;
}

function fill(form, content) {
  for (const field of form.elements) {
    const given = [content[field.name] ?? []].flat();
    if (!field.name || OF_THE_FORM.has(field.name) || field.type === "submit") continue;
    if (field.type === "checkbox") field.checked = given.includes(field.value);
    else if (field.type !== "radio") field.value = given[0] ?? "";
    else if (given.length) field.checked = given.includes(field.value);
  }
  for (const fold of form.querySelectorAll("details")) fold.open ||= [...written(fold)].some((one) => one.value);
}

/** Send a draft; what came of it: a word of ours or the refusal's code, and what the server told. */
async function deliver(data, kept, leaving) {
  const body = JSON.stringify({ ...kept, sent: undefined });
  const quick = leaving && body.length < MOST_WHEN_LEAVING;
  const answer = await send(data, data.drafts, () => body, { leaving: quick, type: "application/json" });
  if (!answer) return ["draft_here", {}];
  if (answer.type === "opaqueredirect") return ["draft_signed_out", {}];
  const told = await answer.json().catch(() => null);
  if (!told) return ["draft_here", {}]; // broken off, or of something between here and the server
  if (answer.ok) return ["draft_saved", told];
  const current = told.current && inOrder(told.current.content);
  // Our own words came, and only the answer was lost.
  if (current === inOrder(kept.content) || (current && current === kept.sent)) return ["ours", told.current];
  return [told.code, told];
}

/** Keep the form's draft. `tell` says how it stands, `differ` is told of a draft that was saved elsewhere. */
export function keepDraft(form, { tell, differ }) {
  const data = form.dataset;
  const key = form.elements.submission_key;
  const place = folderOf(data) + data.draft;
  const ending = new AbortController();
  let revision = Number(data.revision);
  let asked = null;
  let kept = stored(place);
  let pause = PAUSE;
  let timer = 0;
  let busy = null;
  let given = "";

  function plan(after) {
    clearTimeout(timer);
    if (!ending.signal.aborted) timer = setTimeout(save, after);
  }

  function note() {
    // Never an empty draft over a full one.
    if (![...written(form)].some((one) => one.value.trim())) return;
    kept = { key: data.draft, content: contentOf(form), submission_key: key.value, revision, sent: kept?.sent };
    store(place, kept);
    plan(pause);
  }

  /** What is in the form, which is sent now. */
  function give(submitter) {
    given = inOrder(contentOf(form));
    return new FormData(form, submitter);
  }

  /** Whether nothing was written since it was sent. */
  const isGiven = () => inOrder(contentOf(form)) === given;

  function drop() {
    kept = null;
    store(place, kept);
  }

  /** The words of another note than the one that is posted. */
  function renew() {
    key.value = crypto.randomUUID();
    revision = 0;
    note();
  }

  function accept(told, one) {
    revision = told.revision;
    pause = PAUSE;
    Object.assign(data, { revision, draftId: told.id });
    form.elements.draft_revision.value = revision;
    if (kept === one && inOrder(told.content) === inOrder(one.content)) kept = null;
    else if (kept) kept = { ...kept, revision, sent: undefined };
    store(place, kept);
    if (kept) plan(0);
    else tell(words("draft_saved"));
  }

  async function attempt(leaving) {
    const one = kept;
    one.sent ??= inOrder(one.content);
    store(place, one);
    const [word, told] = await deliver(data, one, leaving);
    if (word === "draft_saved" || word === "ours") return accept(told, one);
    if (word === "draft_changed") {
      const { current } = told;
      if ([revision, asked].includes(current.revision)) return; // chosen between them meanwhile, or still asked
      asked = current.revision;
      tell("");
      return differ(current);
    }
    if (word === "posted") {
      // The post overtook it: these words are no draft to be kept under another key.
      if (isGiven() || data.draft.startsWith("e:")) return drop();
      renew();
      return tell(words("draft_posted"));
    }
    tell(told.detail ?? words(word));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    plan(pause);
  }

  /** Send what the server has not seen, one at a time; ends once that has an answer. */
  async function save({ leaving = false } = {}) {
    clearTimeout(timer);
    while (busy && !leaving) await busy;
    if (!kept) return;
    busy = attempt(leaving);
    await busy;
    busy = null;
  }

  const { signal } = ending;
  const again = () => kept && save();
  const leave = () => document.visibilityState === "hidden" && kept && save({ leaving: true });
  holdPlace(place, signal);
  form.addEventListener("input", note, { signal });
  form.addEventListener("focusout", again, { signal });
  addEventListener("online", again, { signal });
  addEventListener("focus", again, { signal });
  addEventListener("pagehide", () => kept && save({ leaving: true }), { signal });
  document.addEventListener("visibilitychange", leave, { signal });
  if (kept) {
    fill(form, kept.content);
    key.value = kept.submission_key;
    again();
  }

  /** Save nothing more: the form is being sent. */
  function hold() {
    give();
    ending.abort();
    clearTimeout(timer);
  }

  /** Let the form go; what is not sent yet is, and stays in the browser until then. */
  function stop() {
    ending.abort();
    return save();
  }

  return {
    save,
    hold,
    stop,
    give,
    isGiven,
    /** Let the form go, which is posted or `discarded`; what was written after it was posted is another draft. */
    end(discarded) {
      if (discarded || isGiven()) drop();
      else renew();
      return stop();
    },
    /** Take what was saved elsewhere in the place of what is here, or keep what is here over it. */
    settle(current, theirs) {
      revision = current.revision;
      if (theirs) {
        fill(form, current.content);
        key.value = current.submission_key;
        kept = { key: data.draft, content: current.content, submission_key: key.value, revision };
        return accept(current, kept);
      }
      note();
      return save();
    },
  };
}

async function deliverLeft(data, place) {
  const kept = stored(place);
  const [word] = kept ? await deliver(data, kept) : [];
  if (TAKEN.includes(word) && JSON.stringify(stored(place)) === JSON.stringify(kept)) store(place, null);
  return word;
}

/** Send what no open form does; whether the server took any of it, and whether any waits for the server. */
export async function sendLeft(data) {
  const came = [];
  for (const place of placesIn(folderOf(data))) came.push(await unlessHeld(place, () => deliverLeft(data, place)));
  return { took: came.some((word) => TAKEN.includes(word)), waits: came.includes("draft_here") };
}
