/* Asks before typed words are left, on pages with a form that asks for it (templates/components/leaving.html). */

const told = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));

/** Whether the form says something that no page has taken: also when it came back with what was typed. */
function isUnsaved(form) {
  if (form.dataset.leaving) return true;
  const fresh = form.cloneNode(true);
  fresh.reset();
  return told(form) !== told(fresh);
}

export function start() {
  const forms = [...document.querySelectorAll("form[data-leaving]")];
  if (!forms.length) return;
  let sent = null;
  document.addEventListener("submit", (event) => {
    sent = event.defaultPrevented ? null : event.target;
  });
  // What was sent may have led to a file, or one is back by the browser's own way.
  document.addEventListener("input", () => {
    sent = null;
  });
  addEventListener("pageshow", () => {
    sent = null;
  });
  addEventListener("beforeunload", (event) => {
    if (forms.some((form) => form !== sent && isUnsaved(form))) event.preventDefault();
  });
}
