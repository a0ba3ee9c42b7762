// The editor of a rubric: says the points in all while one types.
const form = document.querySelector("[data-rubric]");
const total = form?.querySelector("[data-total]");
const number = (field) => Number(String(field?.value ?? "").trim().replace(",", ".")) || 0;

const most = (row) => {
  const kind = row.querySelector("select[name$=-kind]").value;
  const levels = [...row.querySelectorAll(".level-fields input[name$=-points]")].map(number);
  if (kind === "levels") return Math.max(0, ...levels);
  if (kind === "checks") return levels.reduce((sum, one) => sum + Math.max(one, 0), 0);
  return kind === "feedback" ? 0 : number(row.querySelector(".most-field input"));
};

const tell = () => {
  const rows = [...form.querySelectorAll(".criterion-fields")];
  const sum = rows.reduce((all, row) => {
    const weight = row.querySelector("input[name$=-weight]");
    return all + most(row) * (weight.value.trim() ? number(weight) : 1);
  }, 0);
  total.querySelector("output").textContent = String(Math.round(sum * 100) / 100);
  total.hidden = false;
};

if (total) {
  form.addEventListener("input", tell);
  tell();
}
