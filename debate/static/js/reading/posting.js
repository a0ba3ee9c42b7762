/* Posting from the composer beside the text: what is refused stays to be mended, what is posted takes the focus. */

import { say } from "./arrivals.js";
import { attach, composer, focus, isSeen, leave, formIn, light, reason, refreshChip } from "./box.js";
import { send } from "./drafts.js";
import { show } from "./margin.js";
import { emit, focusOn, words } from "./page.js";

const PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

let awaited = null;

/** What is written is posted: it goes, and its card comes with the page's next change. */
function finish(open, { id, root, said }) {
  const saved = open.draft.end();
  saved.then(refreshChip);
  if (composer.open === open) {
    composer.saved = saved;
    leave();
    awaited = { id, root, at: document.activeElement };
  }
  say(said);
  emit("posted", { id });
}

/** The new card takes the focus; where notes are folded away, what opens them does. */
export function arrive() {
  light();
  if (!awaited) return;
  const { at } = awaited;
  const card = document.getElementById(`a-${awaited.id}`) ?? document.getElementById(`a-${awaited.root}`);
  if (!card) return;
  awaited = null;
  // Whoever has gone on since is not called back.
  if (composer.open || (at.isConnected && at !== document.activeElement)) return;
  if (!isSeen(card)) return focus(card.closest(".ns")?.querySelector("summary"));
  focusOn(card);
  show(card);
}

/** Show the form again with what was refused, the focus on the first of it. */
function refuse(fresh) {
  const { draft, form } = composer.open;
  draft.stop();
  fresh.style.cssText = form.style.cssText; // it stands where the other stood
  form.replaceWith(fresh);
  attach(fresh);
  const wrong = [...fresh.querySelectorAll('[aria-invalid="true"]')].find(isSeen) ?? fresh.querySelector(".alert.error");
  focusOn(wrong);
  wrong.scrollIntoView({ block: "nearest" });
}

/** There is no connection: it was wished to be posted, so it is as soon as that can be. */
function wait(open, submitter) {
  open.wish = submitter;
  open.pause = Math.min((open.pause ?? PAUSE / 2) * 2, LONGEST_PAUSE);
  open.timer = setTimeout(() => post(submitter), open.pause);
  return words("post_waits");
}

export async function post(submitter) {
  const { open } = composer;
  if (open.busy) return;
  const { form, draft } = open;
  const tell = (text) => {
    form.querySelector("[data-said]").textContent = text;
  };
  open.busy = true;
  clearTimeout(open.timer);
  await draft.save(); // none may still be on its way when the draft is let go
  if (composer.open !== open) return; // closed meanwhile: it is a draft
  const answer = await send(form.dataset, form.action, () => draft.give(submitter));
  const made = answer?.ok && (await answer.json().catch(() => null));
  open.busy = false;
  if (made) return finish(open, made);
  if (composer.open !== open) return;
  if (!answer || made === null) return draft.isGiven() && tell(wait(open, submitter));
  open.wish = null;
  if (answer.type === "opaqueredirect") return tell(words("post_signed_out"));
  const fresh = answer.status === 400 && formIn(await answer.clone().text());
  if (fresh) refuse(fresh);
  else tell(await reason(answer, "post_failed"));
}

/** What is typed after Post was pressed is not what was to be posted. */
export function change() {
  clearTimeout(composer.open.timer);
  composer.open.wish = null;
}
