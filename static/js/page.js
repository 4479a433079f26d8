// What the browser cannot do by itself. Everything works without this file, only with more presses.
"use strict";

const writing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

// Matrix: arrow keys move from cell to cell.
// <table class="matrix">, a link, button or input in each cell that can be entered.
function moveInMatrix(event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const step = steps[event.key];
  const cell = event.target.closest(".matrix td");
  if (!step || !cell || writing(event.target)) return;
  const rows = [...cell.closest("tbody").rows];
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  for (;;) {
    row += step[0];
    column += step[1];
    const next = rows[row]?.cells[column];
    if (!next) return;
    const target = next.querySelector("a, button, input");
    if (target) {
      event.preventDefault();
      target.focus();
      return;
    }
  }
}

// Filter: <input type="search" data-filter="#list"> hides every [data-filter-item] in #list without the words
// typed. Where one holds a [data-filter-words], those are its words.
function filterList(event) {
  const list = event.target.dataset?.filter && document.querySelector(event.target.dataset.filter);
  if (!list) return;
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const item of list.querySelectorAll("[data-filter-item]")) {
    const text = (item.querySelector("[data-filter-words]") ?? item).textContent.toLowerCase();
    item.hidden = !item.querySelector(":checked") && !words.every((word) => text.includes(word));
  }
}

// A place in the evidence, where that is on this page: a recording goes there, a page of a file is scrolled to.
function goToPlace(event) {
  const link = event.target.closest("a[data-seek], a[data-place]");
  const { seek, at, place } = link?.dataset ?? {};
  const there = seek ? document.querySelector(`#file-${seek} :is(audio, video)`) : place && document.getElementById(place);
  if (!there || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  there.closest(".look")?.focus({ preventScroll: true });
  there.scrollIntoView({ block: "start" });
  if (seek) {
    there.currentTime = Number(at);
    there.play().catch(() => undefined); // a browser that plays nothing unasked stands at the place
  }
}

// A request whose sign-in had ended is made again once somebody has signed in, in a dialog over the page.
async function askAgain({ detail }) {
  if (detail.xhr.status !== 401) return;
  const { signInAgain } = await import("./sign-in.js");
  if (!(await signInAgain())) return;
  const { verb, path, parameters, target } = detail.requestConfig;
  htmx.ajax(verb, path, { source: detail.elt, target, values: parameters });
}

// What a page only needs once somebody begins to write or choose comes then: `data-script` names a module that a place
// wants on the first touch of it or of its form. What waits from an earlier visit (`data-waits`, a database) wants it at once.
async function bringWhenTouched(place) {
  const { script, waits } = place.dataset;
  const form = place.closest("form") ?? document.querySelector("form[data-kept]");
  const bring = () => import(script).catch(() => undefined);
  for (const touch of ["focusin", "pointerdown", "dragenter", "input", "change"]) form?.addEventListener(touch, bring, { once: true });
  const known = waits && ((await indexedDB?.databases?.()) ?? [{ name: waits }]);
  if (known && known.some(({ name }) => name === waits)) bring();
}

for (const place of document.querySelectorAll("[data-script]")) bringWhenTouched(place);

// Without a connection there is a page to draft evidence on. Whose device it is just now is known by a handle that tells
// nothing, and forgotten by signing out: what waits here stays, for its own person alone (drafts.js).
function liveOnDevice() {
  const { handle, worker } = document.body.dataset;
  navigator.serviceWorker?.register(worker).catch(() => undefined);
  try {
    localStorage.setItem("nvq-person", handle);
    for (const out of document.querySelectorAll("form[action$='/logout/']")) {
      out.addEventListener("submit", () => {
        localStorage.removeItem("nvq-person");
        localStorage.removeItem("nvq-at-work");
      });
    }
  } catch {} // a browser that keeps nothing drafts nothing
}

// News: a link that is followed marks its line as read; without this, "Mark all as read" does.
function readNews(event) {
  const link = event.target.closest("[data-notice]");
  const lines = link?.closest("[data-read-news]");
  const unread = link?.closest(".unread");
  if (!unread || event.button > 1) return;
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), Accept: "application/json" };
  const body = new URLSearchParams({ notice: link.dataset.notice });
  fetch(lines.dataset.readNews, { method: "POST", headers, body, keepalive: true }).catch(() => undefined);
  unread.classList.remove("unread");
  unread.querySelector(".badge")?.remove();
}

liveOnDevice();
if (document.body.dataset.idle) import("./idle.js").catch(() => undefined);
document.addEventListener("click", readNews);
document.addEventListener("auxclick", readNews);
document.addEventListener("htmx:responseError", askAgain);
document.addEventListener("keydown", moveInMatrix);
document.addEventListener("click", goToPlace);
document.addEventListener("input", filterList);
