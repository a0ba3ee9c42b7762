/* The composer as a page of its own: names are completed, the draft is kept, the text can be looked at as it will be. */

import { choice } from "../reading/box.js";
import { keepDraft } from "../reading/drafts.js";
import { preview } from "../reading/preview.js";
import { complete } from "./mentions.js";

const form = document.querySelector("form.compose");
const said = form.querySelector("[data-said]");

const draft = keepDraft(form, {
  tell(text) {
    said.textContent = text;
  },
  differ(current) {
    form.querySelector(".differs")?.remove();
    form.querySelector("h1").after(choice(current, (theirs) => draft.settle(current, theirs)));
  },
});

form.querySelectorAll("[data-mentions]").forEach(complete);
form.addEventListener("submit", () => draft.hold());
form.addEventListener("click", ({ target }) => target.dataset.act === "preview" && preview(form, target));
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".primary"));
});
