/* The marker's column: its fields by name, what they say, and how what the server told is shown.

   A field is called as in the form; feedback on a contribution is called `feedback-` and the contribution. */

import { words } from "../reading/page.js";

export const form = document.querySelector("form[data-marking]");
const desk = document.querySelector("[data-desk]");
const status = form?.querySelector("[data-status]");
let rest = status?.textContent;
const NOT_OURS = /^(csrfmiddlewaretoken|version|then|cites-.*)$/;

export const rows = () => [...form.querySelectorAll("[data-row]")];
export const rowOf = (key) => form.querySelector(`[data-row="${key}"]`);
export const version = () => Number(form.elements.version.value);

/** The name of a field that is saved by itself; "" for any other. */
export function nameOf(field) {
  const said = field.closest("[data-feedback]");
  if (said) return field.matches("textarea") ? `feedback-${said.dataset.feedback}` : "";
  return field.form === form && field.name && !NOT_OURS.test(field.name) ? field.name : "";
}

export function fieldsOf(name) {
  if (name.startsWith("feedback-")) return [...document.querySelectorAll(`[data-feedback="${name.slice(9)}"] textarea`)];
  return [...form.elements].filter((one) => one.name === name);
}

const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
export const isText = (name) => fieldsOf(name).some((one) => one.matches("textarea"));

/** What the fields of that name say: the chosen values, or the one text. */
export function valuesOf(name) {
  const fields = fieldsOf(name);
  return fields.filter((one) => !isChoice(one) || one.checked).map((one) => one.value);
}

/** Make the fields of that name say that. */
export function put(name, values) {
  for (const one of fieldsOf(name)) {
    if (isChoice(one)) one.checked = values.includes(one.value);
    else one.value = values[0] ?? "";
  }
  touch(name);
}

/** In words what those values are. */
export function inWords(name, values) {
  const labels = fieldsOf(name).filter((one) => isChoice(one) && values.includes(one.value));
  const said = labels.map((one) => (one.closest("label").querySelector(".word") ?? one.closest("label")).textContent.trim());
  return (labels.length ? said : values).join(", ") || words("nothing");
}

/** What follows at once from a choice, before the server has it: the level's meaning, how many are cited. */
export function touch(name) {
  const [, member, key] = name.match(/^(level|cited)-(.+)$/) ?? [];
  const row = key && rowOf(key);
  if (!row) return;
  const values = valuesOf(name);
  if (member === "cited") row.querySelector("[data-cited]").textContent = words("cited", { count: values.length });
  else for (const one of row.querySelectorAll("[data-means]")) one.hidden = !values.includes(one.dataset.means);
}

/** One check "none", or others, never both. */
export function keepApart(field) {
  if (!field.name.startsWith("checks-") || !field.checked) return;
  const isNone = "none" in field.dataset;
  for (const one of fieldsOf(field.name)) if (("none" in one.dataset) !== isNone) one.checked = false;
}

/** A moment as the page's other times are told: in the person's zone, by 24 hours. */
export function clock(iso) {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: form.dataset.zone });
}

export function say(text) {
  const until = desk?.dataset.held;
  const parts = [text, until ? words("yours", { time: clock(until) }) : ""];
  status.textContent = parts.filter(Boolean).join(" · ");
}

/** Say again what was said of what the server keeps. */
export function sayRest() {
  status.textContent = rest;
}

/** Tell of what went wrong, beside what stands there, with links to where it can be mended; "" takes it away. */
export function trouble(text, links = []) {
  const place = form.querySelector("[data-trouble]");
  place.hidden = !text;
  place.textContent = text;
  if (!links.length) return;
  const list = document.createElement("ul");
  for (const [href, said] of links) {
    const link = Object.assign(document.createElement("a"), { href, textContent: said });
    list.appendChild(document.createElement("li")).append(link);
  }
  place.append(list);
}

export function setVersion(number) {
  form.elements.version.value = number;
  for (const one of document.querySelectorAll("[data-version]")) one.value = number;
}

/** Show what the server keeps: version, points, total. */
export function paint({ version: number, saved, rows: told, total, scale }) {
  setVersion(number);
  say(words("saved", { time: saved, version: number }));
  rest = status.textContent;
  for (const [key, row] of Object.entries(told)) {
    const place = rowOf(key);
    const points = place?.querySelector("[data-points]");
    if (!place) continue;
    const said = row.points === "" ? "not_set" : row.is_proposed ? "proposed" : "points";
    if (points) points.textContent = words(said, row);
    const lacks = place.querySelector("[data-lacks]");
    if (lacks) lacks.hidden = !row.lacks_citation;
  }
  form.querySelector("[data-total]").textContent = total.points;
  const place = form.querySelector("[data-scale]");
  if (place && scale) place.textContent = words("on_scale", { ...total, ...scale });
  form.querySelector("[data-unset]").textContent = total.unset ? words("unset", { count: total.unset }) : "";
}
