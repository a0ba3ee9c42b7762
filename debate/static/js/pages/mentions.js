/* Completes names after an @ in the composer. A listbox belongs to the textarea, which keeps the focus: arrows
   choose, Enter or Tab takes, Escape closes. Without this module a name can be typed in full. */

const LONGEST = 60;
const PAUSE = 120;

function begun(field) {
  const before = field.value.slice(0, field.selectionStart);
  const at = before.lastIndexOf("@");
  if (at < 0 || field.selectionStart !== field.selectionEnd) return null;
  const words = before.slice(at + 1);
  const runsIn = at > 0 && /[\p{L}\p{N}_]/u.test(before[at - 1]);
  if (runsIn || words.length > LONGEST || /[\n@]|\s\s|^\s/u.test(words)) return null;
  return { at, words };
}

/** Complete names in the textarea of that element, whose data says where they are asked for and what is said of them. */
export function complete(box) {
  const field = box.querySelector("textarea");
  const list = document.createElement("ul");
  const told = document.createElement("p");
  let timer = 0;
  let asked = 0;
  let active = -1;

  list.className = "mentions";
  list.id = `${field.id}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.names);
  list.hidden = true;
  told.className = "vh";
  told.setAttribute("role", "status");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  box.append(list, told);

  function close() {
    // Names that are still being asked for would open the list again.
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    active = -1;
    told.textContent = "";
    field.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    active = (index + list.children.length) % list.children.length;
    [...list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === active)));
    field.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function take(name) {
    const open = begun(field);
    if (!open) return close();
    const after = field.value.slice(field.selectionStart);
    field.setRangeText(`@${name}${/^\s/u.test(after) ? "" : " "}`, open.at, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }

  function show(found) {
    // A name that stands there in full needs no completion.
    const names = found.filter((name) => name.toLowerCase() !== begun(field)?.words.trimEnd().toLowerCase());
    list.replaceChildren(
      ...names.map((name, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.textContent = name;
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(name);
        });
        return item;
      }),
    );
    list.hidden = !names.length;
    if (!names.length) return close();
    told.textContent = names.length > 1 ? box.dataset.manyNames.replace("{}", names.length) : box.dataset.oneName;
    choose(0);
  }

  async function look() {
    const open = begun(field);
    if (!open) return close();
    asked += 1;
    const mine = asked;
    const address = `${box.dataset.mentions}&q=${encodeURIComponent(open.words)}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok && (await answer.json().catch(() => null));
    if (mine !== asked) return;
    show(told?.names ?? []);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    // What is on its way, or stands there, was asked for of fewer letters.
    asked += 1;
    const open = begun(field);
    if (!open) return close();
    const isMeant = (name) => ` ${name}`.toLowerCase().includes(` ${open.words.trimEnd()}`.toLowerCase());
    if (!list.hidden) show([...list.children].map((one) => one.textContent).filter(isMeant));
    timer = setTimeout(look, PAUSE);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const acts = {
      ArrowDown: () => choose(active + 1),
      ArrowUp: () => choose(active - 1),
      Enter: () => take(list.children[active].textContent),
      Tab: () => take(list.children[active].textContent),
      Escape: close,
    };
    if (!acts[event.key] || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[event.key]();
  });
}
