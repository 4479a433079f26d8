// Writing a record: times by a press, passages marked by selecting them, one more row. Everything works without this
// file: by typing times, by the numbers of paragraphs, and by sending the form.
"use strict";

// --- times -----------------------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-now]")) {
  const field = document.getElementById(button.dataset.now);
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = new Date();
    field.value = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// --- rows ------------------------------------------------------------------------------------------------------------

for (const room of document.querySelectorAll("[data-rows]")) {
  const list = room.querySelector("[data-row-list]");
  const blank = room.querySelector("template");
  room.querySelector("[data-row-add]").addEventListener("click", (event) => {
    event.preventDefault();
    const number = 1 + Math.max(0, ...[...list.querySelectorAll("[data-row]")].map((row) => Number(row.dataset.row)));
    const row = blank.content.firstElementChild.cloneNode(true);
    row.dataset.row = number;
    for (const part of row.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/-0$/, `-${number}`));
      }
    }
    row.querySelector("[data-row-number]").textContent = number;
    list.append(row);
    row.querySelector("textarea").focus();
  });
}

// --- passages --------------------------------------------------------------------------------------------------------

const room = document.querySelector("[data-marking]");
if (room) startMarking();

function startMarking() {
  const text = document.getElementById("id_narrative");
  const store = room.querySelector("[data-marks]");
  const list = room.querySelector("[data-mark-list]");
  const row = room.querySelector("[data-mark-row]");
  const said = room.querySelector("[data-mark-said]");
  const chosen = room.querySelector("[data-chosen]");
  const note = room.querySelector("[data-note]");
  const dialog = document.querySelector("[data-noting]");
  const buttons = [...document.querySelectorAll("[data-criterion]")].map(buttonFor);
  const nameOf = (key) => buttons.find((button) => button.dataset.key === key)?.dataset.name ?? "";
  let passage = null;

  room.querySelector(".mark-bar").hidden = false;

  function marks() {
    try {
      return JSON.parse(store.value || "[]");
    } catch {
      return [];
    }
  }

  // The criteria are on the page already, each beside the numbers of its paragraphs.
  function buttonFor(criterion) {
    const line = dialog.querySelector("[data-noting-row]").content.firstElementChild.cloneNode(true);
    const button = line.querySelector("button");
    button.dataset.key = criterion.dataset.criterion;
    button.dataset.name = criterion.dataset.name;
    button.querySelector("strong").textContent = criterion.dataset.name;
    button.querySelector("span").textContent = criterion.querySelector("label > span").textContent;
    dialog.querySelector("[data-noting-list]").append(line);
    return button;
  }

  // What is selected; else the paragraph the cursor is in. Without the space around it.
  function selected() {
    let [start, end] = [text.selectionStart, text.selectionEnd];
    const all = text.value;
    if (start === end) {
      start = all.lastIndexOf("\n\n", Math.max(0, start - 1)) + 1;
      const next = all.indexOf("\n\n", end);
      end = next < 0 ? all.length : next;
    }
    while (start < end && /\s/.test(all[start])) start += 1;
    while (end > start && /\s/.test(all[end - 1])) end -= 1;
    return start < end ? { start, quote: all.slice(start, end) } : null;
  }

  const short = (quote) => (quote.length > 90 ? `“${quote.slice(0, 60)} … ${quote.slice(-25)}”` : `“${quote}”`);

  function look() {
    if (document.activeElement !== text) return;
    passage = selected();
    chosen.textContent = passage ? short(passage.quote) : "Select some words above, or put the cursor into a paragraph.";
  }

  function put(found) {
    store.value = JSON.stringify(found);
    store.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  }

  function show() {
    const found = marks();
    list.hidden = found.length === 0;
    list.replaceChildren(
      ...found.map((mark, at) => {
        const line = row.content.firstElementChild.cloneNode(true);
        const lost = !text.value.includes(mark.quote);
        line.classList.toggle("lost", lost);
        line.querySelector("[data-mark-name]").textContent = nameOf(mark.key);
        line.querySelector("[data-mark-quote]").textContent = short(mark.quote) + (lost ? " is not in the text any more: mark it again." : "");
        line.querySelector("button").addEventListener("click", () => {
          put(marks().filter((_, place) => place !== at));
          said.textContent = `The mark for ${nameOf(mark.key)} is taken off.`;
          note.focus();
        });
        return line;
      }),
    );
  }

  function open() {
    passage ??= selected();
    if (!passage) {
      said.textContent = "Write something first, then mark it.";
      text.focus();
      return;
    }
    dialog.querySelector("[data-noting-quote]").textContent = short(passage.quote);
    const here = new Set(marks().filter((mark) => mark.quote === passage.quote).map((mark) => mark.key));
    for (const button of buttons) button.setAttribute("aria-pressed", String(here.has(button.dataset.key)));
    dialog.showModal();
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const mark = { ...passage, key: button.dataset.key };
      const others = marks().filter((one) => one.key !== mark.key || one.quote !== mark.quote);
      const on = button.getAttribute("aria-pressed") !== "true";
      put(on ? [...others, mark] : others);
      button.setAttribute("aria-pressed", String(on));
      said.textContent = `${button.dataset.name} is ${on ? "noted" : "taken off"}.`;
    });
  }

  document.addEventListener("selectionchange", look);
  for (const event of ["select", "keyup", "pointerup", "focus"]) text.addEventListener(event, look);
  text.addEventListener("input", () => { look(); show(); });
  store.addEventListener("change", show); // typed on another device
  note.addEventListener("click", open);
  show();
}
