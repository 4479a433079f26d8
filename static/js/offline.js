// The page without a connection: a draft is kept with every letter, and goes up when the connection is back.

import { forget, keep, mine, person, sendAll } from "./drafts.js";

const IDLE = 4000; // somebody who is writing is not interrupted
const PLACE = document.querySelector("[data-drafting]");
const form = PLACE.querySelector("form");
const said = document.querySelector("[data-said]");
let draft = begun();
let timer = 0;

function begun() {
  return { mark: crypto.randomUUID(), person: person(), title: "", description: "", activity_on: "", kind: "", files: [], typed: 0 };
}

function clock() {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

async function typed() {
  const { title, description, activity_on, kind } = Object.fromEntries(new FormData(form));
  const words = title || description.slice(0, 60) || draft.files[0]?.name || "";
  if (!words) return;
  Object.assign(draft, { title: words, description, activity_on, kind, typed: Date.now(), problem: undefined });
  await keep(draft);
  said.textContent = `Kept on this device, ${clock()}`;
  if (navigator.onLine) soon();
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(backOnLine, IDLE);
}

function showFiles() {
  const list = form.querySelector("[data-files]");
  list.replaceChildren(...draft.files.map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
  list.hidden = !draft.files.length;
}

async function showWaiting() {
  const waiting = (await mine()).filter(({ mark }) => mark !== draft.mark);
  const place = PLACE.querySelector("[data-waiting]");
  place.querySelector("ul").replaceChildren(...waiting.map(lineOf));
  place.hidden = !waiting.length;
}

function lineOf(waiting) {
  const line = document.createElement("li");
  const title = Object.assign(document.createElement("h3"), { textContent: waiting.title });
  const files = waiting.files.length === 1 ? "1 file" : `${waiting.files.length} files`;
  const about = Object.assign(document.createElement("p"), { className: "small soft", textContent: waiting.problem ?? files });
  line.append(title, about);
  if (waiting.sending) about.textContent = `${files}, on its way`;
  else {
    const presses = Object.assign(document.createElement("div"), { className: "actions" });
    presses.append(pressing("Go on with it", waiting, goOn), pressing("Remove", waiting, remove));
    line.append(presses);
  }
  return line;
}

function pressing(label, waiting, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: label });
  button.setAttribute("aria-label", `${label}: ${waiting.title}`);
  button.addEventListener("click", () => act(waiting));
  return button;
}

async function goOn(waiting) {
  await typed();
  draft = waiting;
  for (const name of ["title", "description", "activity_on", "kind"]) form.elements[name].value = waiting[name];
  showFiles();
  await showWaiting();
  form.elements.title.focus();
}

async function remove(waiting) {
  await forget(waiting.mark);
  await showWaiting();
}

async function another(event) {
  event.preventDefault();
  await typed();
  draft = begun();
  form.reset();
  showFiles();
  await showWaiting();
  said.textContent = "The draft waits on this device. It goes up when the connection is back.";
}

async function backOnLine() {
  if (!navigator.onLine) return;
  const { sent, reason } = await sendAll(PLACE.dataset.drafting);
  if (sent) {
    draft = begun();
    form.reset();
    showFiles();
    said.textContent = `The connection is back, and ${sent === 1 ? "your draft is" : `your ${sent} drafts are`} among your evidence now.`;
  } else if (reason && reason !== "cut off") {
    said.textContent = "The connection is back. Sign in, and your drafts go up from your first page.";
  }
  await showWaiting();
}

async function begin() {
  const known = Boolean(person());
  document.querySelector("[data-nobody]").hidden = known;
  PLACE.hidden = !known;
  if (!known) return;
  form.addEventListener("input", typed);
  form.addEventListener("submit", another);
  form.querySelector("[type=file]").addEventListener("change", async ({ target }) => {
    draft.files.push(...target.files);
    target.value = "";
    showFiles();
    await typed();
  });
  addEventListener("online", soon);
  await showWaiting();
}

begin();
