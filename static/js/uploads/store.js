// Files that wait to go up, kept by the browser (IndexedDB) until they are saved: a reload loses none.
// Where it keeps nothing (private windows, old browsers), they wait in memory alone.

const NAME = "nvq-uploads";
const STORE = "files";
const A_WEEK = 7 * 24 * 60 * 60 * 1000;

let opening;

function database() {
  opening ??= new Promise((resolve) => {
    if (!globalThis.indexedDB) return resolve(null);
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  });
  return opening;
}

async function within(mode, act) {
  const open = await database();
  if (!open) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = open.transaction(STORE, mode);
    const asked = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error ?? asked.error);
  });
}

// Whether a copy of so many bytes leaves the browser room: half of what it has.
async function hasRoom(size) {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => ({}))) ?? {};
  return size < (quota - usage) / 2;
}

// Keep an entry: { id, queue, name, size, modified, added, blob?, address?, wished?, paused? }. Without room for its bytes
// it is kept without them; then the same file has to be chosen again after a reload.
export async function keep(entry) {
  if (entry.blob && !(await hasRoom(entry.blob.size))) entry = { ...entry, blob: undefined };
  try {
    await within("readwrite", (store) => store.put(entry));
  } catch {
    if (entry.blob) await keep({ ...entry, blob: undefined });
  }
}

export const forget = (id) => within("readwrite", (store) => store.delete(id)).catch(() => undefined);

// The entries of a queue in the order they were added; what has lain for a week goes.
export async function waiting(queue) {
  const all = (await within("readonly", (store) => store.getAll()).catch(() => [])) ?? [];
  const old = all.filter((entry) => entry.added < Date.now() - A_WEEK);
  for (const entry of old) await forget(entry.id);
  const mine = all.filter((entry) => entry.queue === queue && !old.includes(entry));
  return mine.sort((one, other) => one.added - other.added);
}
