// Files that wait to go up, kept by the browser (IndexedDB) until they are saved: a reload loses none.
// Where it keeps nothing (private windows, old browsers), they wait in memory alone.

const NAME = "nvq-uploads";
const [FILES, BYTES] = ["files", "bytes"];
const A_WEEK = 7 * 24 * 60 * 60 * 1000;

let opening;
let busy = 0;

function database() {
  opening ??= new Promise((resolve) => {
    if (!globalThis.indexedDB) return resolve(null);
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(FILES, { keyPath: "id" });
      asked.result.createObjectStore(BYTES);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => shut(asked.result);
      resolve(asked.result);
    };
    asked.onerror = () => resolve(null);
  });
  return opening;
}

// Another window wants the database gone; whoever needs it next opens it anew.
function shut(open) {
  open.close();
  opening = undefined;
}

// Where nothing waits there is no database either: a page that finds none need not fetch these scripts (page.js).
async function clear() {
  const open = await database();
  if (!open || (await within(FILES, "readonly", (store) => store.count())) || busy) return;
  shut(open);
  indexedDB.deleteDatabase(NAME);
}

// Do it within one store; what cannot be kept is not, and nobody waits for it.
async function within(name, mode, act) {
  busy += 1;
  try {
    const open = await database();
    if (!open) return undefined;
    return await new Promise((resolve) => {
      const transaction = open.transaction(name, mode);
      const asked = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => resolve(undefined);
    });
  } finally {
    busy -= 1;
  }
}

// Whether a copy of so many bytes leaves the browser room: half of what it has.
async function hasRoom(size) {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => ({}))) ?? {};
  return size < (quota - usage) / 2;
}

// Keep an entry: { id, queue, name, wished, size, modified, added, address, paused }.
export const keep = (entry) => within(FILES, "readwrite", (store) => store.put(entry));

// Keep its bytes, once. Without room for them the same file has to be chosen again after a reload.
export async function keepBytes(id, blob) {
  if (await hasRoom(blob.size)) await within(BYTES, "readwrite", (store) => store.put(blob, id));
}

export async function forget(id) {
  await within(FILES, "readwrite", (store) => store.delete(id));
  await within(BYTES, "readwrite", (store) => store.delete(id));
  await clear();
}

// The entries of a queue with their bytes, in the order they were added; what has lain for a week goes.
export async function waiting(queue) {
  const all = (await within(FILES, "readonly", (store) => store.getAll())) ?? [];
  const old = all.filter((entry) => entry.added < Date.now() - A_WEEK);
  for (const entry of old) await forget(entry.id);
  const mine = all.filter((entry) => entry.queue === queue && !old.includes(entry));
  for (const entry of mine) entry.blob = await within(BYTES, "readonly", (store) => store.get(entry.id));
  await clear();
  return mine.sort((one, other) => one.added - other.added);
}
