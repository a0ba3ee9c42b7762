/* Arrow keys in the gradebook: one cell is in the order of Tab, arrows move it, Enter opens its link. */

const table = document.querySelector(".book table");

function rowsOf() {
  return [...table.tBodies[0].rows];
}

function targetOf(cell) {
  return cell.querySelector("a") ?? cell;
}

function take(cell) {
  const old = table.querySelector("tbody [tabindex='0']");
  if (old) old.tabIndex = -1;
  const target = targetOf(cell);
  target.tabIndex = 0;
  return target;
}

const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function goal(event, rows, row, column) {
  const last = rows[row].cells.length - 1;
  if (event.key === "Home") return [event.ctrlKey ? 0 : row, 1];
  if (event.key === "End") return [event.ctrlKey ? rows.length - 1 : row, last];
  const step = STEPS[event.key];
  if (!step) return null;
  const across = getComputedStyle(table).direction === "rtl" ? -step[1] : step[1];
  return [row + step[0], column + across];
}

function move(event) {
  const cell = event.target.closest("tbody td");
  if (!cell || event.altKey || event.metaKey || event.shiftKey) return;
  const rows = rowsOf();
  const place = goal(event, rows, rows.indexOf(cell.parentElement), cell.cellIndex);
  if (!place) return;
  event.preventDefault();
  const next = rows[place[0]]?.cells[place[1]];
  if (next?.tagName !== "TD") return;
  const target = take(next);
  target.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

if (table) {
  table.setAttribute("role", "grid");
  for (const cell of table.querySelectorAll("tbody td")) targetOf(cell).tabIndex = -1;
  const first = table.querySelector("tbody td");
  if (first) take(first);
  table.addEventListener("keydown", move);
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell) take(cell);
  });
}
