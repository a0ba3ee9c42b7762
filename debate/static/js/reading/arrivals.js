/* Says what has arrived: politely, in one line, several together; nothing moves and nothing takes the focus. */

import { goTo, words } from "./page.js";

const APART = 5_000;
const STAYS = 15_000;

const toast = document.querySelector(".toast");
const [line, link, shut] = toast?.children ?? [];
const title = document.title;

let told = [];
let waiting = [];
let unseen = 0;
let pause = 0;
let end = 0;

function close() {
  toast.classList.remove("on");
  line.textContent = "";
  told = [];
}

function fade() {
  if (toast.matches(":hover, :focus-within") || document.hidden) stay();
  else close();
}

function stay() {
  clearTimeout(end);
  end = setTimeout(fade, STAYS);
}

/** Say something in the line, with the address to which it leads. */
export function say(text, href = "") {
  line.textContent = text;
  link.href = href;
  link.hidden = !href;
  toast.classList.add("on");
  stay();
}

function speak() {
  pause = 0;
  if (!waiting.length) return;
  told.push(...waiting);
  waiting = [];
  const { said, id, href } = told.at(-1);
  const stands = document.getElementById(`a-${id}`) && `#a-${id}`;
  say(told.length > 1 ? words("several", { count: told.length, said }) : said, stands || href);
  pause = setTimeout(speak, APART);
}

function mark(count) {
  unseen = count;
  document.title = count ? `(${count}) ${title}` : title;
}

/** Tell of those arrivals that the reader wishes to hear of; never of one's own. */
export function announce(arrivals) {
  const wish = toast.dataset.announcements;
  const heard = arrivals.filter((one) => !one.mine && wish !== "none" && (one.to_me || wish !== "replies"));
  waiting.push(...heard);
  if (document.hidden) mark(unseen + heard.length);
  if (!pause) speak();
}

function go() {
  const card = document.getElementById(link.hash.slice(1));
  close();
  if (!card) return;
  // Once the browser has gone to the fragment, and opened what it stands in.
  setTimeout(() => goTo(card));
}

export function start() {
  if (!toast) return;
  link.addEventListener("click", go);
  shut.addEventListener("click", close);
  document.addEventListener("visibilitychange", () => document.hidden || mark(0));
}
