/* Keeps the page as it would be if it were loaded now.

   The stream says only that something changed; what changed is asked for with the cursor, for push, reconnection,
   one's own posts and polling alike. One tab of those that show the same to the same person holds the stream and
   tells the others, as browsers open six connections to a site and no more. */

import { announce } from "./arrivals.js";
import { apply } from "./apply.js";
import { on, read } from "./page.js";
import { refuse, trouble } from "./trouble.js";

const SECOND = 1_000;
const POLL = 30 * SECOND;
const POLL_UNSEEN = 120 * SECOND;
const CHECK = 300 * SECOND;
const LONGEST_PAUSE = 60 * SECOND;
const PATIENCE = 20 * SECOND;
const UNSEEN = 60 * SECOND;
const STREAMS = 4;

const REFUSALS = { 400: "anew", 403: "shut", 404: "shut", 410: "anew" };

let cursor;
let busy = false;
let wanted = false;
let failures = 0;
let streaming = false;
let stopped = false;
let timer = 0;
let due = Infinity;
let leaving = null;

/** Ask in so many milliseconds, unless that is done sooner anyway. */
function plan(pause) {
  const at = Date.now() + pause;
  if (at >= due || stopped) return;
  due = at;
  clearTimeout(timer);
  timer = setTimeout(sync, pause);
}

function pauseNow() {
  if (failures) return Math.min(SECOND * 2 ** failures, LONGEST_PAUSE) * (0.75 + Math.random() / 2);
  if (streaming) return CHECK;
  return document.hidden ? POLL_UNSEEN : POLL;
}

function stop(name) {
  stopped = true;
  clearTimeout(timer);
  leave();
  refuse(name);
}

/** What changed after the cursor; nothing when that could not be had. */
async function changes() {
  const address = new URL(read.dataset.changes, location);
  address.searchParams.set("after", cursor);
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    if (REFUSALS[response.status]) return stop(REFUSALS[response.status]);
    if (response.ok) {
      const answer = await response.json();
      failures = 0;
      trouble(false);
      return answer;
    }
  } catch {
    // The network or the server is away: told below, and asked again later.
  }
  failures += 1;
  trouble(true);
}

/** Fetch and show what changed: one request at a time, and one more when something was told meanwhile. */
async function sync() {
  due = Infinity;
  wanted = true;
  if (busy) return;
  busy = true;
  try {
    while (wanted && !stopped) {
      wanted = false;
      const answer = await changes();
      if (!answer) break;
      await apply(answer);
      cursor = answer.cursor;
      announce(answer.arrivals);
    }
  } finally {
    busy = false;
    plan(pauseNow());
    if (!document.hidden) join();
  }
}

/** Act on what the stream said, to this tab or to the one that holds it: ask when its turn comes. */
function heard({ said, turn }) {
  streaming = said !== "lost";
  if (said === "presence" && document.hidden) return;
  plan(streaming ? turn : pauseNow());
}

/** Hold the stream until the signal comes or the server refuses it. */
function stream(channel, signal) {
  return new Promise((ended) => {
    const source = new EventSource(read.dataset.stream);
    const tell = ({ type, data }) => {
      const told = { said: type, turn: Number(data) };
      channel.postMessage(told);
      heard(told);
    };
    for (const type of ["change", "presence", "gone"]) source.addEventListener(type, tell);
    // Nobody has told of what happened before it stood open.
    source.addEventListener("open", () => tell({ type: "open", data: Math.random() * SECOND }));
    source.addEventListener("error", () => {
      tell({ type: "lost" });
      if (source.readyState === EventSource.CLOSED) leave();
    });
    signal.addEventListener("abort", () => {
      source.close();
      ended(true);
    });
  });
}

/** Hold the stream, or hear of it from the tab that does. */
function join() {
  if (leaving || stopped || !read.dataset.stream) return;
  leaving = new AbortController();
  const { signal } = leaving;
  const name = `live ${document.querySelector("[data-reader]").dataset.reader} ${read.dataset.stream}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => heard(data);
  signal.addEventListener("abort", () => channel.close());
  lead(name, channel, signal).catch(() => {});
}

/** Wait to be the tab that holds the stream, then for one of the few that a browser may hold. */
async function lead(name, channel, signal) {
  if (!navigator.locks) return stream(channel, signal);
  await navigator.locks.request(name, { signal }, async () => {
    for (let slot = 0; slot < STREAMS; slot += 1) {
      const act = (lock) => lock && stream(channel, signal);
      if (await navigator.locks.request(`stream ${slot}`, { ifAvailable: true }, act)) return;
    }
    leave();
  });
}

function leave() {
  leaving?.abort();
  leaving = null;
  streaming = false;
}

export function start() {
  if (!read?.dataset.changes) return; // nobody is signed in, or it is an older revision
  cursor = read.dataset.cursor;
  let hiding = 0;
  const back = () => {
    clearTimeout(hiding);
    failures = 0;
    plan(0);
  };
  // A tab that the browser freezes has been hidden for longer than that.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiding = setTimeout(leave, UNSEEN);
    else back();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && back());
  addEventListener("online", back);
  on("posted", () => plan(0));
  plan(SECOND); // what happened while the page was loaded; the stream mostly says so sooner
  join();
}
