// A unit's matrix as a grid: one stop for the Tab key, arrow keys from cell to cell, and where the reader may map, the
// space bar claims a criterion or takes the claim back, one POST each. Without this file its rows lead to their pages.
"use strict";

const byId = (id) => document.getElementById(id);
const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

function makeGrid(region) {
  const table = region.querySelector("table");
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows].at(-1).cells;
  const stops = rows.map((row) => [...row.cells].map((cell) => (cell.matches("th") ? cell.querySelector("a") : cell)));
  const press = byId("cell-press");
  let here = stops[0][1];

  const rowOf = (cell) => cell.closest("tr");
  const nameOf = (cell) => rowOf(cell).querySelector("th a").textContent;
  const headOf = (cell) => heads[cell.cellIndex];
  const isFilled = (cell) => cell.querySelector("svg") !== null;

  function describe(cell, said = "") {
    const empty = `${nameOf(cell)} for ${headOf(cell).textContent}: not claimed`;
    if (isFilled(cell)) cell.removeAttribute("aria-label");
    else cell.setAttribute("aria-label", empty);
    const about = isFilled(cell) ? cell.textContent : empty;
    byId("cell-about").textContent = `${about}. ${headOf(cell).textContent}: ${headOf(cell).title}`;
    byId("cell-bar").hidden = false;
    if (press) press.textContent = isFilled(cell) ? "Take the claim back" : "Claim it";
    if (press) press.hidden = "judged" in cell.dataset;
    byId("cell-said").textContent = said;
  }

  function stand(stop) {
    here.tabIndex = -1;
    here = stop;
    here.tabIndex = 0;
  }

  async function toggle(cell) {
    if (!region.dataset.map || cell.hasAttribute("aria-busy")) return;
    cell.setAttribute("aria-busy", "true");
    const body = new URLSearchParams({ evidence: rowOf(cell).dataset.evidence, criterion: headOf(cell).dataset.criterion });
    if (!isFilled(cell)) body.set("claim", "on");
    let parts = null;
    try {
      const answer = await fetch(region.dataset.map, { method: "POST", body, headers: { ...headers, "HX-Request": "true" } });
      parts = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      parts = null; // no connection: said below
    }
    cell.removeAttribute("aria-busy");
    describe(cell, put(cell, parts));
  }

  // Puts what changed in its places, and returns what is to be said of it.
  function put(cell, parts) {
    const places = {
      cell,
      foot: table.tFoot.rows[0].cells[cell.cellIndex],
      progress: byId("unit-progress"),
      verbs: byId("unit-verbs"),
      missing: byId("unit-missing"),
    };
    for (const [name, place] of Object.entries(places)) {
      const part = parts?.querySelector(`[data-part="${name}"]`);
      if (part) place.replaceChildren(...part.childNodes);
    }
    const said = parts?.querySelector("[data-part=said]");
    return said?.textContent.trim() ?? "Nothing was changed: there is no connection, or you are signed out. Load the page again.";
  }

  function target(stop, key, control) {
    const row = stops.findIndex((found) => found.includes(stop));
    const column = stops[row].indexOf(stop);
    const last = stops[row].length - 1;
    const places = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [control ? 0 : row, 0],
      End: [control ? stops.length - 1 : row, last],
    };
    const place = places[key];
    return place && (stops[place[0]]?.[place[1]] ?? stop);
  }

  region.removeAttribute("tabindex");
  table.setAttribute("role", "grid");
  for (const stop of stops.flat()) stop.tabIndex = -1;
  for (const link of table.querySelectorAll(".map-link")) link.hidden = true;
  here.tabIndex = 0;
  if (byId("cell-keys")) byId("cell-keys").hidden = false;

  table.addEventListener("focusin", (event) => {
    const stop = event.target.closest("tbody td, tbody th a");
    if (!stop) return;
    stand(stop);
    if (stop.matches("td")) describe(stop);
  });
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || !stops.some((found) => found.includes(event.target))) return;
    const next = target(event.target, event.key, event.ctrlKey);
    if (next) next.focus();
    else if (event.key === " " && event.target.matches("td")) toggle(event.target);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  press?.addEventListener("click", () => here.matches("td") && toggle(here));
}

document.querySelectorAll(".matrix-region:has(tbody td)").forEach(makeGrid);
