// Drafts of evidence that wait on this device, each bound to the person who wrote it, and how they go up.
// They are kept by the browser (IndexedDB). Only their own person is shown them, and only that person's sign-in sends them.

const NAME = "nvq-drafts";
const STORE = "drafts";
const WHO = "nvq-person";

// --- whose device it is just now: the handle of whoever was signed in last, which tells nothing ----------------------

export const person = () => localStorage.getItem(WHO);

// --- the drafts ------------------------------------------------------------------------------------------------------

let opening;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "mark" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

async function within(mode, act) {
  const open = await database();
  return new Promise((resolve, reject) => {
    const transaction = open.transaction(STORE, mode);
    const asked = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error ?? asked.error);
  });
}

// A draft: { mark, person, title, description, activity_on, kind, files, typed, sending?, problem? }.
export const keep = (draft) => within("readwrite", (store) => store.put(draft));
export const forget = (mark) => within("readwrite", (store) => store.delete(mark));

export async function mine() {
  const all = await within("readonly", (store) => store.getAll());
  return all.filter((draft) => draft.person === person()).sort((one, other) => one.typed - other.typed);
}

// --- going up --------------------------------------------------------------------------------------------------------

const JSON_PLEASE = { Accept: "application/json" };

async function sendOne(address, draft, record, csrf) {
  const body = new FormData();
  const { mark, title, description, activity_on, kind } = draft;
  const fields = { mark, title, description, activity_on, kind, record, setting: "paid_work", held: "here", others_data: "none" };
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const file of draft.files) body.append("uploads", file, file.name);
  await keep({ ...draft, sending: true }); // from now on it is not altered here: sent twice, it is the same
  const answer = await fetch(address, { method: "POST", body, headers: { ...JSON_PLEASE, "X-CSRFToken": csrf } });
  if (answer.ok) return forget(mark);
  const said = await answer.json().catch(() => ({}));
  return keep({ ...draft, sending: answer.status >= 500, problem: said.refused?.join(" ") ?? "It could not be sent just now." });
}

// Send what waits. `choose` is asked for a portfolio where its person has several. Answers how it stands afterwards:
// { sent, left, reason } with the reason "cut off", "signed out", "somebody else" or "undecided" where nothing could go.
export function sendAll(address, choose) {
  const act = () => sendWaiting(address, choose);
  return navigator.locks ? navigator.locks.request("nvq-drafts", act) : act();
}

async function sendWaiting(address, choose) {
  const waiting = await mine();
  const none = (reason) => ({ sent: 0, left: waiting, reason });
  if (!waiting.length) return none("");
  const answer = await fetch(address, { headers: JSON_PLEASE }).catch(() => null);
  if (!answer) return none("cut off");
  if (!answer.ok) return none("signed out");
  const { person: signedIn, records, csrf } = await answer.json();
  if (signedIn !== person()) return none("somebody else");
  const record = records.length === 1 ? records[0][0] : choose?.(records);
  if (!record) return none("undecided");
  for (const draft of waiting) {
    try {
      await sendOne(address, draft, record, csrf);
    } catch {
      break; // the line was cut: the rest waits on
    }
  }
  const left = await mine();
  return { sent: waiting.length - left.length, left, reason: "" };
}

// --- on a candidate's first page: what waits is said, and goes up ----------------------------------------------------

const drafts = (number) => (number === 1 ? "1 draft" : `${number} drafts`);
const waits = (number) => `${drafts(number)} ${number === 1 ? "waits" : "wait"} on this device.`;

async function onHomePage(place) {
  const show = (text) => {
    place.hidden = !text;
    place.querySelector("p").textContent = text;
  };
  const select = place.querySelector("select");
  const choose = (records) => {
    const chosen = select.value;
    if (select.options.length === 1) for (const [pk, name] of records) select.add(new Option(name, pk));
    select.parentElement.hidden = false;
    return chosen;
  };
  const send = async () => {
    const waiting = await mine();
    show(waiting.length ? `${waits(waiting.length)} Going up now…` : "");
    const { sent, left } = await sendAll(place.dataset.drafts, choose);
    const problems = left.filter((draft) => draft.problem).map((draft) => `“${draft.title}”: ${draft.problem}`);
    const up = sent ? `${drafts(sent)} from this device ${sent === 1 ? "is" : "are"} among your evidence now. ` : "";
    show([up, left.length ? waits(left.length) : "", ...problems].join(" ").trim());
    if (!left.length) select.parentElement.hidden = true;
  };
  select.addEventListener("change", send);
  addEventListener("online", send);
  await send();
}

const home = document.querySelector("[data-drafts]");
if (home) onHomePage(home);
