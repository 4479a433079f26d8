// Judging by keys, and places marked while one looks and listens. Everything works without this file: verdicts are
// chosen and places written by hand.

const room = document.querySelector("[data-judge]");
const form = document.querySelector("#judge");
const look = room.querySelector(".look");

// --- the criterion at hand -------------------------------------------------------------------------------------------

const items = () => [...form.querySelectorAll("[data-judge-item]")];
const radiosOf = (item) => [...item.querySelectorAll("input[type=radio]")];
let hand = items()[0];

function take(item) {
  if (!item || item === hand) return;
  hand?.removeAttribute("data-at-hand");
  hand = item;
  hand.setAttribute("data-at-hand", "");
}

// Focus goes to the choice that stands. The criterion is brought into view whole, clear of the bar below.
function goTo(item, { scroll = true } = {}) {
  if (!item) return;
  take(item);
  const radios = radiosOf(item);
  (radios.find((radio) => radio.checked) ?? radios[0]).focus({ preventScroll: true });
  if (scroll) item.scrollIntoView({ block: "nearest" });
}

const beside = (item, step) => items()[items().indexOf(item) + step];

// --- where one is in the evidence ------------------------------------------------------------------------------------

const two = (number) => String(number).padStart(2, "0");
let spot = null; // the recording or the pane that was touched last

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, two(whole % 60)];
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

const fileOf = (element) => element.closest("[data-file]");
const several = look.querySelectorAll("[data-file]").length > 1;
const inFile = (element, words) => (several && fileOf(element) ? `file ${fileOf(element).dataset.file}, ${words}` : words);

// How much of a box one sees, in the evidence pane and on the screen.
function inView(element) {
  const box = element.getBoundingClientRect();
  const pane = look.getBoundingClientRect();
  const inner = element.closest(".evidence-pages")?.getBoundingClientRect() ?? pane;
  return Math.min(box.bottom, pane.bottom, inner.bottom, innerHeight) - Math.max(box.top, pane.top, inner.top, 0);
}

function pageInView() {
  const pages = [...look.querySelectorAll(".evidence-page, [data-file] > a > img")];
  const seen = pages.map((page) => [inView(page), page]).sort((one, other) => other[0] - one[0]);
  return (seen[0]?.[0] > 0 ? seen[0][1] : pages[0]) ?? null;
}

function passageChosen() {
  const chosen = getSelection();
  const words = chosen.toString().replace(/\s+/g, " ").replace(/[“”"]/g, "'").trim();
  if (!words || !chosen.rangeCount || !look.contains(chosen.anchorNode)) return "";
  const start = chosen.anchorNode.nodeType === Node.TEXT_NODE ? chosen.anchorNode.parentElement : chosen.anchorNode;
  return start.closest(".evidence-text, [data-words], .testimony") ? inFile(start, `“${words.slice(0, 480)}”`) : "";
}

// The words of a place: of what is chosen, what plays, else what was touched last or is seen.
function placeNow() {
  const passage = passageChosen();
  if (passage) return passage;
  const recordings = [...look.querySelectorAll("audio, video")];
  const page = pageInView();
  const playing = recordings.find((recording) => !recording.paused && !recording.ended);
  const recording = playing ?? (recordings.includes(spot) || !page ? (recordings.includes(spot) ? spot : recordings[0]) : null);
  if (recording) return inFile(recording, clock(recording.currentTime));
  return page ? inFile(page, `page ${page.dataset.page ?? 1}`) : "";
}

// --- marking it ------------------------------------------------------------------------------------------------------

function mark(item) {
  const place = placeNow();
  if (!item || !place) return;
  const details = item.querySelector(".places");
  const lines = details.querySelector("textarea");
  details.open = true;
  const before = lines.value.replace(/\s+$/, "");
  lines.value = `${before}${before ? "\n" : ""}${place} `;
  lines.rows = Math.min(8, Math.max(2, lines.value.split("\n").length));
  lines.dispatchEvent(new Event("input", { bubbles: true }));
  take(item);
  aloud.textContent = `${place} marked for ${numberOf(item)}`;
  showPlace();
}

const numberOf = (item) => item.querySelector("legend .number").textContent;
const aloud = document.createElement("p");
aloud.className = "visually-hidden";
aloud.role = "status";

function withButton(item) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn mark-place";
  button.dataset.mark = "";
  item.querySelector(".places").before(button);
}

let shown = null;
function showPlace() {
  const place = placeNow();
  const short = place.length > 40 ? `${place.slice(0, 38)}…` : place;
  if (short === shown) return;
  shown = short;
  for (const button of form.querySelectorAll("[data-mark]")) labelled(button);
}

function labelled(button) {
  button.hidden = !shown;
  button.replaceChildren(`Mark ${shown ?? ""}`);
  const hidden = document.createElement("span");
  hidden.className = "visually-hidden";
  hidden.textContent = ` for ${numberOf(button.closest("[data-judge-item]"))}`;
  button.append(hidden);
}

// --- criteria it also shows ------------------------------------------------------------------------------------------

function alsoJudge(box) {
  const unit = box.closest(".unit-to-judge");
  const there = form.querySelector(`[data-judge-item="${CSS.escape(box.value)}"]`);
  if (!box.checked) {
    if (there && isUntouched(there)) there.remove();
    return;
  }
  if (there) return;
  const [number, text] = box.closest("label").querySelectorAll("span > span");
  const made = document.querySelector("template[data-also]").content.cloneNode(true).firstElementChild;
  filledIn(made, { __key__: box.value, __number__: number.textContent, __text__: text.textContent });
  unit.querySelector(".others").before(made);
  withButton(made);
  labelled(made.querySelector("[data-mark]"));
  goTo(made);
}

const isUntouched = (item) =>
  !item.querySelector("input[type=radio]:checked")?.value && [...item.querySelectorAll("textarea")].every((area) => !area.value);

function filledIn(made, words) {
  const put = (text) => text.replace(/__(key|number|text)__/g, (mark) => words[mark]);
  made.dataset.judgeItem = put(made.dataset.judgeItem);
  const walker = document.createTreeWalker(made, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) node.data = put(node.data);
    else for (const { name, value } of [...node.attributes]) if (value.includes("__")) node.setAttribute(name, put(value));
  }
}

// --- keys ------------------------------------------------------------------------------------------------------------

const writing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
const VERDICTS = { 1: "met", 2: "contributes", 3: "not_yet", 0: "" };

// Met and later go on to the next criterion. What is not met wants a word first: the next key is part of it.
function decide(key) {
  const radio = radiosOf(hand).find((each) => each.value === VERDICTS[key]);
  radio.click();
  if (key === "2" || key === "3") {
    const feedback = hand.querySelector("textarea");
    feedback.focus({ preventScroll: true });
    hand.scrollIntoView({ block: "nearest" });
  } else goTo(beside(hand, 1) ?? hand);
}

function allRulesHold() {
  for (const box of form.querySelectorAll(".rules-of-evidence input[type=checkbox]")) if (!box.checked) box.click();
}

const ACTS = {
  j: () => goTo(beside(hand, 1) ?? hand),
  k: () => goTo(beside(hand, -1) ?? hand),
  f: () => hand.querySelector("textarea").focus(),
  m: () => mark(hand),
  a: allRulesHold,
  n: () => document.querySelector("[data-next]").click(),
};

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((event.ctrlKey || event.metaKey) && key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[name=save]") ?? undefined);
    return;
  }
  if (writing(event.target)) {
    if (key === "Escape" && hand?.contains(event.target)) goTo(beside(hand, 1) ?? hand);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !hand) return;
  if (key in VERDICTS) decide(key);
  else if (key in ACTS) ACTS[key]();
  else return;
  event.preventDefault();
}

function begin() {
  for (const item of items()) withButton(item);
  form.append(aloud);
  hand?.setAttribute("data-at-hand", "");
  room.addEventListener("keydown", onKey);
  form.addEventListener("focusin", (event) => take(event.target.closest("[data-judge-item]")));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (button) mark(button.closest("[data-judge-item]"));
  });
  form.addEventListener("pointerdown", (event) => event.target.closest("[data-mark]") && event.preventDefault()); // what is chosen stays chosen
  form.addEventListener("change", (event) => event.target.name === "also" && alsoJudge(event.target));
  for (const kind of ["play", "seeked", "timeupdate", "pause"]) {
    look.addEventListener(kind, (event) => { if (kind !== "timeupdate") spot = event.target; showPlace(); }, true);
  }
  look.addEventListener("scroll", () => { spot = look; requestAnimationFrame(showPlace); }, { capture: true, passive: true });
  document.addEventListener("selectionchange", showPlace);
  addEventListener("scroll", () => requestAnimationFrame(showPlace), { passive: true });
  showPlace();
  if (!form.querySelector(".is-invalid, .alert-danger")) goTo(hand, { scroll: false });
}

begin();
