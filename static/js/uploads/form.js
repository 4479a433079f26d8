// The form for evidence: what is chosen, dropped or photographed goes up at once, and its receipt is sent with the form.
// Without this file the same inputs send the files with the form.

import { Queue } from "./queue.js";

const STATES = {
  waiting: () => "Waiting for its turn",
  going: (item) => (item.sent < item.size ? `${share(item)} % of ${amount(item.size)}` : "All of it is here and is being looked at"),
  paused: (item) => `Paused at ${share(item)} %`,
  cut: (item) => `The line is cut at ${share(item)} %. It goes on by itself when the line is back.`,
  signedout: () => "You are signed out. Sign in again in another window: it goes on from here.",
  missing: (item) => `Choose “${item.name}” again to go on: this browser had no room to keep it.`,
  done: () => "",
  refused: (item) => item.problem,
};
const SPOKEN = ["paused", "cut", "signedout", "missing", "refused"];

const share = ({ sent, size }) => Math.floor((100 * sent) / (size || 1));

// As the server writes sizes.
function amount(bytes) {
  for (const unit of ["bytes", "KB", "MB"]) {
    if (bytes < 1024) return `${unit === "bytes" ? bytes : bytes.toFixed(1)} ${unit}`;
    bytes /= 1024;
  }
  return `${bytes.toFixed(1)} GB`;
}

const moment = (text) => {
  const [at, timeZone] = [new Date(text), "Europe/London"];
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone });
  return `${day}, ${at.toLocaleTimeString("en-GB", { timeZone })}`; // as components/receipt.html says it
};

export class UploadForm {
  constructor(room) {
    this.room = room;
    this.form = room.closest("form");
    this.list = room.querySelector("[data-upload-list]");
    this.said = room.querySelector("[data-upload-said]");
    this.row = room.querySelector("template").content.firstElementChild;
    this.rows = new Map();
    this.queue = new Queue({
      endpoint: room.dataset.uploads,
      name: room.dataset.queue,
      csrf: () => this.form.elements.csrfmiddlewaretoken.value,
      refresh: () => this.refresh(),
    });
    this.queue.addEventListener("change", ({ detail }) => this.show(detail));
    this.queue.addEventListener("removed", ({ detail }) => this.unshow(detail));
    this.queue.addEventListener("signedout", () => this.askToSignIn());
    document.addEventListener("signedin", () => this.queue.resumeAll());
    for (const input of room.querySelectorAll("input[type=file]")) input.addEventListener("change", () => this.take(input));
    this.form.addEventListener("submit", (event) => this.hold(event));
    const shown = [...this.form.querySelectorAll("input[name=upload]")].map((input) => `/uploads/${input.value}/`);
    this.queue.restore(shown);
    for (const input of room.querySelectorAll("input[type=file]")) if (input.files.length) this.take(input); // chosen before
  }

  take(input) {
    const files = [...input.files];
    input.value = ""; // or the form would send them once more
    this.queue.add(files);
  }

  async askToSignIn() {
    const { signInAgain } = await import("../sign-in.js");
    await signInAgain();
  }

  // After signing in again the page's token is old: take the one of the same page as it is now.
  async refresh() {
    try {
      const page = await (await fetch(location.href)).text();
      const found = new DOMParser().parseFromString(page, "text/html").querySelector("form[data-evidence] [name=csrfmiddlewaretoken]");
      if (!found) return false;
      this.form.elements.csrfmiddlewaretoken.value = found.value;
      return true;
    } catch {
      return false;
    }
  }

  // Saving waits until what is on its way has arrived.
  hold(event) {
    if (event.defaultPrevented || this.queue.settled) return; // what another script holds back, that one sends again
    event.preventDefault();
    this.pressed = event.submitter;
    this.say("The form is saved as soon as your files have arrived.");
  }

  show(item) {
    const row = this.rows.get(item.id) ?? this.added(item);
    const before = row.dataset.state;
    row.dataset.state = item.state;
    row.querySelector("progress").value = item.sent;
    row.querySelector("progress").hidden = ["done", "refused"].includes(item.state);
    row.querySelector("[data-upload-state]").textContent = STATES[item.state](item);
    row.querySelector("[data-upload-pause]").hidden = !["waiting", "going", "cut"].includes(item.state);
    row.querySelector("[data-upload-resume]").hidden = !["paused", "cut", "signedout"].includes(item.state);
    if (item.state === "done") this.receipt(row, item);
    if (item.state === "done" && before !== "done") this.say(`${item.name} is kept.`);
    else if (item.state !== before && SPOKEN.includes(item.state)) this.say(`${item.name}: ${STATES[item.state](item)}`);
    this.goOn();
  }

  added(item) {
    const row = this.row.cloneNode(true);
    for (const place of row.querySelectorAll("[data-upload-name]")) place.textContent = item.name;
    const name = row.querySelector("input[data-upload-wished]");
    name.id = `wished-${item.id}`;
    name.value = item.wished || item.name;
    name.addEventListener("input", () => this.queue.rename(item, name.value));
    row.querySelector("label").htmlFor = name.id;
    const bar = row.querySelector("progress");
    bar.max = item.size || 1;
    bar.setAttribute("aria-label", item.name);
    for (const verb of ["pause", "resume", "remove"]) {
      row.querySelector(`[data-upload-${verb}]`).addEventListener("click", () => this.queue[verb](item));
    }
    this.rows.set(item.id, row);
    this.list.append(row);
    this.list.hidden = false;
    return row;
  }

  // The receipt, and what the form sends: the upload's token and the name wished for it.
  receipt(row, { address, receipt }) {
    const token = address.split("/").at(-2);
    row.querySelector("input[type=hidden]").disabled = false;
    row.querySelector("input[type=hidden]").value = token;
    row.querySelector("input[data-upload-wished]").name = `name-${token}`;
    row.querySelector("[data-upload-state]").textContent = `${amount(receipt.size)}, kept on ${moment(receipt.at)}. SHA-256 `;
    const digest = document.createElement("span");
    digest.className = "digest";
    digest.textContent = receipt.sha256;
    row.querySelector("[data-upload-state]").append(digest);
  }

  unshow(item) {
    const row = this.rows.get(item.id);
    if (row?.contains(document.activeElement)) this.room.querySelector("input[type=file]").focus();
    row?.remove();
    this.rows.delete(item.id);
    this.list.hidden = this.rows.size === 0;
    this.say(`${item.name} is removed.`);
    this.goOn();
  }

  // Save what was pressed for, once nothing is on its way; not where a file needs a person first.
  goOn() {
    if (!this.pressed || !this.queue.settled) return;
    const pressed = this.pressed;
    this.pressed = undefined;
    if (this.queue.items.every((item) => item.state === "done")) this.form.requestSubmit(pressed);
    else this.say("Not saved yet: one of the files needs you first.");
  }

  say(sentence) {
    this.said.textContent = sentence;
  }
}

const room = document.querySelector("[data-uploads]");
if (room) new UploadForm(room);
