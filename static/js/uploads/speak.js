// The tus protocol, one request at a time: https://tus.io/protocols/resumable-upload

const SILENCE = 30_000; // a line on which nothing moves for so long is dead
const JUDGING = 10 * 60_000; // after the last byte the server reads the whole file

export class Cut extends Error {} // the line or the server is away: the same can be tried again
export class SignedOut extends Error {}
export class Gone extends Error {}
export class Refused extends Error {
  constructor(sentences) {
    super(sentences.join(" "));
  }
}

// Send it; resolves with the request when it is done. `progress` is told the bytes of the body on their way.
function sent(method, address, { csrf, headers = {}, body = null, signal, progress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silent;
    const wait = (time) => {
      clearTimeout(silent);
      silent = setTimeout(() => request.abort(), time);
    };
    const stop = () => request.abort();
    const settle = (answer) => () => {
      clearTimeout(silent);
      signal?.removeEventListener("abort", stop);
      answer();
    };
    request.open(method, address);
    for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", ...headers })) request.setRequestHeader(name, value);
    if (method !== "GET") request.setRequestHeader("X-CSRFToken", csrf);
    request.upload.onprogress = (event) => {
      wait(SILENCE);
      progress?.(event.loaded);
    };
    request.upload.onload = () => wait(JUDGING);
    request.onload = settle(() => resolve(request));
    request.onerror = request.onabort = settle(() => reject(new Cut()));
    signal?.addEventListener("abort", stop);
    wait(SILENCE);
    if (signal?.aborted) return settle(() => reject(new Cut()))();
    request.send(body);
  });
}

function sentences(request) {
  try {
    return JSON.parse(request.responseText).refused;
  } catch {
    return ["The server did not take this file. Please add it once more."];
  }
}

// What an answer that is not the hoped-for one means.
function problem(request) {
  if (request.status === 401 || request.status === 403) return new SignedOut();
  if (request.status === 404 || request.status === 410) return new Gone();
  if (request.status < 500 && request.status !== 423 && request.status !== 429) return new Refused(sentences(request));
  return new Cut();
}

const inBase64 = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));

// Announce a file: resolves with the address its bytes go to.
export async function begin(endpoint, { name, size, csrf, signal }) {
  const headers = { "Upload-Length": size, "Upload-Metadata": `filename ${inBase64(name)}` };
  const request = await sent("POST", endpoint, { csrf, headers, signal });
  if (request.status !== 201) throw problem(request);
  return request.getResponseHeader("Location");
}

// How an upload stands: { name, size, offset, sha256, at, saved, refused }.
export async function ask(address, { signal } = {}) {
  const request = await sent("GET", address, { signal });
  if (request.status !== 200) throw problem(request);
  return JSON.parse(request.responseText);
}

// Send a piece that begins at `offset`: resolves with where the file ends now.
export async function piece(address, { offset, bytes, csrf, signal, progress }) {
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset };
  const request = await sent("PATCH", address, { csrf, headers, body: bytes, signal, progress });
  if (request.status !== 204 && request.status !== 409) throw problem(request);
  return Number(request.getResponseHeader("Upload-Offset"));
}

// Give an upload up. What cannot be reached now expires by itself.
export async function giveUp(address, { csrf }) {
  await sent("DELETE", address, { csrf }).catch(() => undefined);
}
