// Files on their way up: several at once, each paused, resumed and removed by itself, and all of them gone on with after a
// cut line, a reload or signing in again.
//
//   const queue = new Queue({ endpoint, name, csrf: () => token, refresh: async () => true });
//   queue.addEventListener("change", ({ detail: item }) => …);      an item was added, moved on or ended
//   queue.addEventListener("removed", ({ detail: item }) => …);
//   queue.addEventListener("signedout", () => …);                   then, once somebody signed in: queue.resumeAll()
//   await queue.restore(); await queue.add(fileList); queue.pause(item); queue.resume(item); queue.remove(item);
//
// An item: { id, name, wished, size, sent, state, address, receipt, problem }. Its states: waiting, going, paused, cut (tried
// again by itself), signedout, missing (the same file has to be chosen again), done, refused.

import * as speak from "./speak.js";
import * as store from "./store.js";

const PIECE = 8 * 1024 * 1024;
const AT_ONCE = 3;
const LONGEST_PAUSE = 60_000;

export class Queue extends EventTarget {
  constructor({ endpoint, name, csrf, refresh }) {
    super();
    Object.assign(this, { endpoint, name, csrf, refresh, items: [] });
    addEventListener("online", () => this.#resumeThose("cut"));
    addEventListener("focus", () => this.#resumeThose("signedout"));
  }

  // Whether every file is kept, refused, or waits for a person.
  get settled() {
    return !this.items.some((item) => ["waiting", "going", "cut"].includes(item.state));
  }

  // Take up what an earlier page left; `except` are addresses that somebody else shows.
  async restore(except = []) {
    for (const entry of await store.waiting(this.name)) {
      if (except.includes(entry.address) || this.items.some((item) => item.id === entry.id)) continue;
      const item = { ...entry, sent: 0, state: entry.paused ? "paused" : "waiting", attempts: 0 };
      this.items.push(item);
      this.#tell(item);
    }
    this.#fill();
  }

  async add(files) {
    for (const file of files) {
      const known = this.items.find((item) => item.state === "missing" && isSame(item, file));
      const item = known ?? this.#made(file);
      Object.assign(item, { blob: file, state: "waiting" });
      if (!known) this.items.push(item);
      this.#tell(item);
      this.#keep(item).then(() => this.items.includes(item) && store.keepBytes(item.id, file));
    }
    this.#fill();
  }

  pause(item) {
    item.state = "paused";
    item.stopping?.abort();
    this.#keep(item);
    this.#tell(item);
  }

  resume(item) {
    item.attempts = 0;
    item.state = "waiting";
    clearTimeout(item.timer);
    this.#keep(item);
    this.#tell(item);
    this.#fill();
  }

  rename(item, wished) {
    item.wished = wished;
    this.#keep(item);
  }

  async remove(item) {
    this.items = this.items.filter((other) => other !== item);
    item.state = "removed";
    clearTimeout(item.timer);
    item.stopping?.abort();
    this.dispatchEvent(new CustomEvent("removed", { detail: item }));
    await store.forget(item.id);
    if (item.address) await speak.giveUp(item.address, { csrf: this.csrf() });
    this.#fill();
  }

  resumeAll() {
    this.#resumeThose("signedout", "cut");
  }

  #made(file) {
    const id = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const added = Math.max(Date.now(), ...this.items.map((item) => item.added + 1));
    return { id, queue: this.name, name: file.name, wished: "", size: file.size, modified: file.lastModified, added, sent: 0, attempts: 0 };
  }

  #keep({ id, queue, name, wished, size, modified, added, address, state }) {
    return store.keep({ id, queue, name, wished, size, modified, added, address, paused: state === "paused" });
  }

  #tell(item) {
    if (item.state !== "removed") this.dispatchEvent(new CustomEvent("change", { detail: item }));
  }

  #resumeThose(...states) {
    for (const item of this.items.filter((other) => states.includes(other.state))) this.resume(item);
  }

  #fill() {
    const free = AT_ONCE - this.items.filter((item) => item.state === "going").length;
    for (const item of this.items.filter((other) => other.state === "waiting").slice(0, Math.max(free, 0))) this.#go(item);
  }

  // One window at a time sends a file; another that shows the same waits, and then finds it there.
  async #go(item) {
    const run = new AbortController();
    Object.assign(item, { state: "going", stopping: run });
    this.#tell(item);
    try {
      await alone(`upload ${item.id}`, run.signal, () => this.#upload(item, run.signal));
    } catch (problem) {
      if (item.state === "going" && item.stopping === run) await this.#stumble(item, problem);
    }
    this.#tell(item);
    this.#fill();
  }

  async #upload(item, signal) {
    if (!item.address) {
      item.address = await speak.begin(this.endpoint, { name: item.name, size: item.size, csrf: this.csrf(), signal });
      await this.#keep(item);
    }
    let standing = await speak.ask(item.address, { signal });
    while (!standing.sha256) {
      if (standing.refused.length) throw new speak.Refused(standing.refused);
      if (!item.blob) return void (item.state = "missing");
      await this.#pieces(item, standing.offset, signal);
      standing = await speak.ask(item.address, { signal });
    }
    if (standing.saved) return this.#drop(item);
    Object.assign(item, { state: "done", sent: item.size, receipt: standing });
  }

  async #pieces(item, offset, signal) {
    do {
      const bytes = item.blob.slice(offset, offset + PIECE);
      const progress = (loaded) => {
        item.sent = offset + Math.min(loaded, bytes.size);
        Object.assign(item, { attempts: 0, renewed: false });
        this.#tell(item);
      };
      offset = await speak.piece(item.address, { offset, bytes, csrf: this.csrf(), signal, progress });
      item.sent = offset;
      this.#tell(item);
    } while (offset < item.size);
  }

  async #stumble(item, problem) {
    if (problem instanceof speak.Refused) {
      Object.assign(item, { state: "refused", problem: problem.message });
      await store.forget(item.id);
    } else if (problem instanceof speak.Gone) {
      await this.#again(item);
    } else if (problem instanceof speak.SignedOut) {
      await this.#signIn(item);
    } else {
      const pause = Math.min(1000 * 2 ** item.attempts++, LONGEST_PAUSE);
      item.state = "cut";
      item.timer = setTimeout(() => item.state === "cut" && this.#wake(item), pause);
    }
  }

  #wake(item) {
    item.state = "waiting";
    this.#fill();
  }

  // The server has forgotten it: begin anew, where the bytes are at hand.
  async #again(item) {
    const begun = item.address;
    item.address = undefined;
    if (!item.blob) return this.#drop(item);
    if (!begun) return void Object.assign(item, { state: "refused", problem: "Files cannot be added here any more." });
    item.sent = 0;
    item.state = "waiting";
    await this.#keep(item);
  }

  // A token that is old by now, because somebody signed in meanwhile, is renewed once; else a person has to sign in.
  async #signIn(item) {
    const renewed = !item.renewed && (await this.refresh());
    item.renewed = renewed;
    item.state = renewed ? "waiting" : "signedout";
    if (!renewed) this.dispatchEvent(new CustomEvent("signedout"));
  }

  async #drop(item) {
    item.state = "removed";
    this.items = this.items.filter((other) => other !== item);
    this.dispatchEvent(new CustomEvent("removed", { detail: item }));
    await store.forget(item.id);
  }
}

const alone = (name, signal, act) => (navigator.locks ? navigator.locks.request(name, { signal }, act) : act());
const isSame = (item, file) => item.name === file.name && item.size === file.size && item.modified === file.lastModified;
