/* The page of an export that is being made shows by itself how far it is. */

const PAUSE = 1500;
const UNDER_WAY = ["queued", "running"];

async function look() {
  const shown = document.querySelector("[data-job]");
  if (!UNDER_WAY.includes(shown.dataset.job)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-job]");
    if (fresh) show(shown, fresh);
  } catch {
    // Without a network the next look is as good.
  }
  setTimeout(look, PAUSE);
}

function show(shown, fresh) {
  if (fresh.dataset.job === shown.dataset.job) {
    // The rest stays as it is, with the focus in it.
    shown.querySelector("[role=status]").textContent = fresh.querySelector("[role=status]").textContent;
    const bar = fresh.querySelector("progress");
    const old = shown.querySelector("progress");
    if (bar && old) old.value = bar.value;
    else if (bar) shown.querySelector("[role=status]").after(bar);
    return;
  }
  const hasFocus = shown.contains(document.activeElement);
  shown.replaceChildren(...fresh.childNodes);
  shown.dataset.job = fresh.dataset.job;
  if (hasFocus) shown.querySelector("a, button")?.focus();
}

if (document.querySelector("[data-job]")) setTimeout(look, PAUSE);
