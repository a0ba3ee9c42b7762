/* Keys that hold on every page: / for the search field and ? for the list of keys. Single letters are shortcuts only
   outside fields, without a modifier, and unless the person switched them off (WCAG 2.1.4). */

const FIELDS = "input, textarea, select, [contenteditable], .composer";
const REPEATED = "jknpsS";
let list = null;

/** The shortcut that the event stands for, "S" for s with Shift; "" when it is none. */
export function shortcut(event) {
  const { key, code, shiftKey } = event;
  const isTyped = event.isComposing || event.target.closest?.(FIELDS) || list?.open;
  const isModified = event.ctrlKey || event.metaKey || event.altKey || event.getModifierState("AltGraph");
  if (isTyped || isModified || event.defaultPrevented || key.length > 1) return "";
  if (document.documentElement.dataset.keys === "off") return "";
  if (key === "/" || key === "?") return event.repeat ? "" : key;
  // Where the letters of the keyboard are others, the keys in the places of ours.
  const letter = key > "~" ? code.replace("Key", "").toLowerCase() : key.toLowerCase();
  const found = shiftKey ? { s: "S" }[letter] : letter;
  return found && (!event.repeat || REPEATED.includes(found)) ? found : "";
}

/** Show the list of keys, taken from its page, over this one; the page itself when it cannot be had. */
async function explain(address) {
  list ??= document.querySelector("template[data-keylist]").content.firstElementChild.cloneNode(true);
  if (!list.isConnected) {
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return location.assign(address);
    const text = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".doc");
    if (list.isConnected) return; // it was asked for twice
    for (const one of text.querySelectorAll("[id]")) one.removeAttribute("id");
    list.append(...text.children);
    document.body.append(list);
  }
  if (!list.open) list.showModal();
}

/** Go to the search field, which small bars hide until it is wanted; Escape goes back to where one was. */
function seek() {
  const field = document.querySelector("[type=search]");
  if (!field) return;
  const bar = field.closest("form").classList;
  const { activeElement: from } = document;
  const top = scrollY;
  const back = (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    field.blur();
    from.focus({ preventScroll: true });
    scrollTo({ top, behavior: "instant" });
  };
  bar.add("on");
  field.addEventListener("keydown", back);
  field.addEventListener("blur", () => {
    bar.remove("on");
    field.removeEventListener("keydown", back);
  }, { once: true });
  field.focus();
}

export function start() {
  const link = document.querySelector("a[data-keys]");
  document.addEventListener("keydown", (event) => {
    const key = shortcut(event);
    const act = { "/": seek, "?": () => explain(link.href) }[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-keys]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    explain(link.href);
  });
}
