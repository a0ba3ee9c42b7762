/* What waits in this browser's store until the server can be reached: whose it is to send, and when that is tried again. */

const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

const held = new Set();

/** The places in the store that begin so. */
export function placesIn(folder) {
  try {
    return Object.keys(localStorage).filter((one) => one.startsWith(folder));
  } catch {
    return []; // it is not allowed
  }
}

/** What is kept at that place; null when nothing that can be read is. */
export function stored(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}

/** Keep that there, or nothing. */
export function store(place, kept) {
  try {
    if (kept) localStorage.setItem(place, JSON.stringify(kept));
    else localStorage.removeItem(place);
  } catch {
    // No room, or not allowed: then the page or the server alone has it.
  }
}

/** Hold a place in the store, for an open form that sends itself what stands there, until the signal comes. */
export function hold(place, signal) {
  const ended = new Promise((end) => {
    signal.addEventListener("abort", end);
    addEventListener("pagehide", end);
  });
  held.add(place);
  signal.addEventListener("abort", () => held.delete(place));
  navigator.locks?.request(place, () => ended);
}

/** Do it unless a form holds that place, on this page or in another tab. */
export async function unlessHeld(place, act) {
  if (held.has(place)) return null;
  return navigator.locks ? navigator.locks.request(place, { ifAvailable: true }, (lock) => lock && act()) : act();
}

/** A function that does `act`, and does it again later and later as long as that answers true. */
export function insist(act) {
  let pause = PAUSE;
  let timer = 0;
  return async function attempt() {
    clearTimeout(timer);
    if (!(await act())) pause = PAUSE;
    else {
      clearTimeout(timer);
      timer = setTimeout(attempt, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  };
}
