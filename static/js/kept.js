// Work in progress: what is typed is saved as it is typed, and comes back on any device (portfolio/work.py).
// A form that carries `data-kept` after `components/kept.html` is kept; nothing else is asked of its page.

const PAUSE = 1500;
const AGAIN = 15_000;
const KEEPALIVE_MOST = 60_000; // browsers refuse more once the page is being left

const LEFT = "kept-left"; // in this tab a page was left while it saved, and the next may be drawn before that has come

const place = document.querySelector(".kept");
const form = document.querySelector("form[data-kept]");
const page = crypto.randomUUID?.() ?? String(Math.random()).slice(2);

// --- what the fields hold ------------------------------------------------------------------------------------------

const keptAt = (control) =>
  control.name && !/^(csrfmiddlewaretoken|page_of)/.test(control.name) && !control.disabled &&
  !["password", "file", "submit", "button", "reset", "image"].includes(control.type);

// A box to tick is a field of its own, and so is what a script adds: two devices can tick or add different ones.
const keyOf = (control) =>
  ["checkbox", "hidden"].includes(control.type) ? `${control.name}=${control.value}` : control.name;

function valuesOf(control, asLoaded) {
  if (control.type === "checkbox" || control.type === "radio") {
    return (asLoaded ? control.defaultChecked : control.checked) ? [control.value] : [];
  }
  if (control.options) {
    const chosen = [...control.options].filter((option) => (asLoaded ? option.defaultSelected : option.selected));
    if (asLoaded && !chosen.length && !control.multiple && control.options.length) return [control.options[0].value];
    return chosen.map((option) => option.value);
  }
  return [asLoaded ? control.defaultValue : control.value];
}

function held(asLoaded = false) {
  const fields = new Map();
  for (const control of form.elements) {
    if (!keptAt(control)) continue;
    const key = keyOf(control);
    fields.set(key, [...(fields.get(key) ?? []), ...valuesOf(control, asLoaded)]);
  }
  return fields;
}

const same = (one = [], other = []) => one.length === other.length && one.every((value, at) => value === other[at]);

function put(key, values) {
  for (const control of form.elements) {
    if (!keptAt(control) || keyOf(control) !== key || control === document.activeElement || control.type === "hidden") continue;
    if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
    else if (control.options) for (const option of control.options) option.selected = values.includes(option.value);
    else control.value = values[0] ?? "";
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// --- saying how it stands: seen always, said aloud only when it turns ------------------------------------------------

const line = document.createElement("p");
line.className = "kept-line small soft";
const aloud = document.createElement("p");
aloud.className = "visually-hidden";
aloud.role = "status";
let told = "";

function tell(kind, text) {
  line.textContent = text;
  line.dataset.kind = kind;
  if (kind !== told) aloud.textContent = text;
  told = kind;
}

// --- saving ----------------------------------------------------------------------------------------------------------

let seen = Number(place.dataset.seen);
let turn = 0;
let saved = held(true);
let first = true;
let timer = 0;
let underWay = null;
let leaving = false;
let refusedToSignIn = false;
const typedAt = new Map();

function news() {
  const now = Date.now();
  const fields = {};
  for (const [key, values] of held()) {
    if (!same(values, saved.get(key))) fields[key] = [values, now - (typedAt.get(key) ?? now)];
    else if (first && values.some(Boolean)) fields[key] = [values, null];
  }
  for (const [key, values] of saved) if (values.length && !(key in fields) && !held().has(key)) fields[key] = [[], 0];
  const typed = Object.values(fields).some(([, age]) => age !== null);
  return typed ? fields : {};
}

function send(fields, keepalive) {
  turn += 1;
  const title = document.title.replace(/ · [^·]*$/, "");
  const body = JSON.stringify({ work: place.dataset.work, page, turn, seen, fields, title });
  const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": csrf, "Content-Type": "application/json", Accept: "application/json" };
  return fetch(place.dataset.keep, { method: "POST", headers, body, keepalive: keepalive && body.length < KEEPALIVE_MOST });
}

// Saves one after the other. Answers whether the server could be reached and took it: "kept", "cut off" or "refused".
async function save() {
  await underWay;
  underWay = saveNow();
  return underWay;
}

async function saveNow() {
  clearTimeout(timer);
  if (leaving) return "kept"; // it is being sent
  const snapshot = held();
  const fields = news();
  let answer;
  try {
    answer = await send(fields, false);
  } catch {
    tell("cut off", "No connection: what you type stays on this page, and is saved when the connection is back.");
    timer = setTimeout(save, AGAIN);
    return "cut off";
  }
  if ([401, 403].includes(answer.status) && !refusedToSignIn) return afterSigningIn();
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    tell("refused", said.refused?.join(" ") ?? "What you type could not be saved just now. Keep this page open.");
    return "refused";
  }
  saved = snapshot;
  seen = said.revision;
  if (Object.keys(fields).length) {
    first = false;
    tell("saved", `Saved as you type, ${said.at}`);
  }
  takeIn(said);
  return "kept";
}

// The sign-in has ended, or the page's token is old: sign in over the page, then save once more.
async function afterSigningIn() {
  tell("signed out", "Your sign-in has ended. What you type stays on this page until you have signed in again.");
  const { signInAgain } = await import("./sign-in.js");
  refusedToSignIn = !(await signInAgain());
  const outcome = refusedToSignIn ? "refused" : await saveNow();
  refusedToSignIn = outcome === "refused";
  return outcome;
}

function takeIn(said) {
  if (said.gone) return tell("gone", "This was sent, or thrown away, in another place. Load the page again to begin afresh.");
  const others = Object.entries(said.elsewhere).filter(([key, values]) => !same(values, held().get(key)));
  for (const [key, values] of others) {
    put(key, values);
    saved.set(key, held().get(key) ?? []);
  }
  if (others.length) tell("joined", `Saved as you type, ${said.at}. What you typed elsewhere is here as well.`);
}

function later() {
  clearTimeout(timer);
  if (leaving) return;
  timer = setTimeout(save, PAUSE);
}

function onTyped(event) {
  if (!keptAt(event.target)) return later();
  typedAt.set(keyOf(event.target), Date.now());
  later();
}

// The page is hidden or left: a last save that outlives it.
function onLeft() {
  const fields = news();
  if (leaving || !Object.keys(fields).length) return;
  clearTimeout(timer);
  const snapshot = held();
  sessionStorage.setItem(LEFT, "yes");
  send(fields, true).then((answer) => { if (answer.ok) { saved = snapshot; first = false; } }, () => {});
}

// --- sending: only where the server can be reached, so that a form is never lost to an error page --------------------

let cleared = false;
let sending = false;
let pressed = null;

async function onSubmit(event) {
  if (event.defaultPrevented) return;
  if (cleared) {
    cleared = false;
    leaving = true;
    return;
  }
  event.preventDefault();
  if (leaving) return; // it is on its way: pressing twice sends it once
  pressed = event.submitter;
  if (sending) return;
  sending = true;
  form.setAttribute("aria-busy", "true");
  refusedToSignIn = false; // whoever presses again is asked again
  const outcome = await save();
  sending = false;
  if (outcome === "cut off") {
    form.removeAttribute("aria-busy");
    tell("not sent", "No connection, so this is not sent yet. Nothing is lost: send it again when the connection is back.");
    return;
  }
  clearTimeout(timer);
  cleared = true;
  form.requestSubmit(pressed);
  if (!leaving) form.removeAttribute("aria-busy"); // another script holds it back
}

if (form && place) {
  (form.querySelector(".action-bar, .actions") ?? form).append(line, aloud);
  form.addEventListener("input", onTyped);
  form.addEventListener("change", onTyped);
  form.addEventListener("submit", onSubmit);
  addEventListener("submit", (event) => { leaving &&= !event.defaultPrevented; }); // after every other script
  new MutationObserver(() => Object.keys(news()).length && later()).observe(form, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  addEventListener("pagehide", onLeft);
  if (Object.keys(news()).length || sessionStorage.getItem(LEFT)) later(); // typed before this came
  sessionStorage.removeItem(LEFT);
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => (document.hidden ? onLeft() : save()));
}
