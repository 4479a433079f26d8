// The sampling grid: one stop for the Tab key, arrow keys from cell to cell, and a line that says all of the cell one
// stands on. Without this file each cell is a link among links.
"use strict";

function makeGrid(region) {
  const table = region.querySelector("table");
  const bar = document.getElementById("cell-bar");
  const about = document.getElementById("cell-about");
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const stops = rows.map((row) => [...row.querySelectorAll("td:not(.sum)")].map((cell) => cell.querySelector("a") ?? cell));
  let here = stops.flat().find((stop) => stop.matches("a")) ?? stops[0][0];

  function describe(stop) {
    const cell = stop.closest("td");
    const who = cell.closest("tr").querySelector("th").firstChild.textContent.trim();
    about.textContent = `${who}, ${heads[cell.cellIndex].textContent}. ${cell.querySelector("[title]")?.title ?? "Not taken."}`;
    bar.hidden = false;
  }

  function target(stop, key, control) {
    const row = stops.findIndex((found) => found.includes(stop));
    const column = stops[row].indexOf(stop);
    const places = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [control ? 0 : row, 0],
      End: [control ? stops.length - 1 : row, stops[row].length - 1],
    };
    const place = places[key];
    return place && (stops[place[0]]?.[place[1]] ?? stop);
  }

  region.removeAttribute("tabindex");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-describedby", "cell-keys");
  document.getElementById("cell-keys").hidden = false;
  for (const stop of stops.flat()) stop.tabIndex = -1;
  here.tabIndex = 0;

  table.addEventListener("focusin", (event) => {
    const stop = event.target.closest("tbody td:not(.sum) a, tbody td:not(.sum)");
    if (!stop) return;
    here.tabIndex = -1;
    here = stop;
    here.tabIndex = 0;
    describe(stop);
  });
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || !stops.some((found) => found.includes(event.target))) return;
    let next = target(event.target, event.key, event.ctrlKey);
    if (!next) return;
    // As a list, what a candidate does not take is not shown: on to the next.
    for (let last = event.target; next !== last && !next.checkVisibility(); ) {
      last = next;
      next = target(last, event.key, event.ctrlKey);
    }
    if (next.checkVisibility()) next.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

document.querySelectorAll(".matrix-region:has(.sampling-grid tbody td)").forEach(makeGrid);
