// Signing in again over a page whose sign-in has ended: whatever was under way goes on, and nothing typed is lost.
//
//   const { signInAgain } = await import("./sign-in.js");
//   if (await signInAgain()) …      true once the page's own person is signed in and its forms have a fresh token;
//                                   { curtain: true } hides the page meanwhile
//
// Also heard on the document: "signedout" asks, "signedin" says that it is done. The server lets nobody but the person
// who opened the page sign in here (portfolio/views/interrupted.py).

const { again, person } = document.body.dataset;
const mark = () => document.querySelector("input[name=page_of]")?.value ?? "";
const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
const JSON_PLEASE = { Accept: "application/json" };
let asking = null;

export function signInAgain({ curtain = false } = {}) {
  asking ??= ask(curtain).finally(() => { asking = null; });
  return asking;
}

async function ask(curtain) {
  let back = false; // from another window, before there was an answer
  const cameBack = () => { back = true; };
  addEventListener("focus", cameBack);
  const said = await standing();
  removeEventListener("focus", cameBack);
  if (!said) return false;
  if (said.signed_in) return done();
  return inDialog(said.refused?.join(" ") ?? "", Boolean(said.refused), back, curtain);
}

// How the page's person stands now, with the token that goes with it; null where there is no connection.
export async function standing() {
  const answer = await fetch(`${again}?page_of=${encodeURIComponent(mark())}`, { headers: JSON_PLEASE }).catch(() => null);
  if (!answer) return null;
  const said = await answer.json().catch(() => ({}));
  if (said.csrf) renew(said.csrf);
  return said;
}

// Every form of the page, and what htmx sends, goes on with the token of the new sign-in.
function renew(csrf) {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = csrf;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": csrf }));
}

function done() {
  document.dispatchEvent(new Event("signedin"));
  return true;
}

function inDialog(problem, somebodyElse, back, curtain) {
  const dialog = document.createElement("dialog");
  dialog.className = curtain ? "sign-in curtain" : "sign-in";
  dialog.setAttribute("aria-labelledby", "sign-in-again");
  dialog.innerHTML = `
    <form>
      <h2 id="sign-in-again">Sign in again to go on</h2>
      <p>Your sign-in has ended. This page stays as it is, with all you typed.</p>
      <p class="alert alert-danger" role="alert" hidden></p>
      <input type="text" name="login" autocomplete="username" class="visually-hidden" tabindex="-1" aria-hidden="true" readonly>
      <p class="mb-3"><label class="form-label" for="password-again">Password of <strong></strong></label>
      <input class="form-control" type="password" id="password-again" autocomplete="current-password" required></p>
      <p class="mb-3" hidden><label class="form-label" for="code-again">Code of your app, or a recovery code</label>
      <input class="form-control" type="text" id="code-again" autocomplete="one-time-code" inputmode="numeric" disabled required></p>
      <p class="small soft" hidden>With a passkey, sign in in another window: this page notices when you come back to it.</p>
      <div class="actions"><button class="btn btn-primary" type="submit">Sign in</button><button class="btn" type="button">Not now</button></div>
    </form>`;
  const [form, alert, password, code, elsewhere] =
    ["form", ".alert", "#password-again", "#code-again", ".soft"].map((what) => dialog.querySelector(what));
  dialog.querySelector("strong").textContent = person;
  form.elements.login.value = person;
  const tell = (sentence) => {
    alert.textContent = sentence;
    alert.hidden = !sentence;
  };
  // One of the two is asked for: the code once the password was right.
  const askFor = (field, passkey = !elsewhere.hidden) => {
    for (const each of [password, code]) {
      each.disabled = each.parentElement.hidden = each !== field;
      each.value = "";
    }
    elsewhere.hidden = field !== code || !passkey;
    field.focus();
  };
  tell(problem);
  if (somebodyElse) for (const what of [password.parentElement, form.querySelector("[type=submit]")]) what.hidden = true;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    // Back from another window, where they may have signed in.
    const lookAgain = async () => (await standing())?.signed_in && dialog.close("in");
    addEventListener("focus", lookAgain);
    if (back) lookAgain();
    dialog.querySelector("[type=button]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      removeEventListener("focus", lookAgain);
      dialog.remove();
      resolve(dialog.returnValue === "in" && done());
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const asked = code.disabled ? password : code;
      const said = await tried(asked === code ? { code: code.value } : { login: person, password: password.value });
      if (said.signed_in) return dialog.close("in");
      tell(said.refused?.join(" ") ?? "");
      askFor({ code, password }[said.asks] ?? asked, said.passkey);
    });
  });
}

// Try what was typed: what the server says to it, with sentences in `refused` when it was not right.
async function tried(typed) {
  const body = new URLSearchParams({ ...typed, page_of: mark(), csrfmiddlewaretoken: token() });
  const answer = await fetch(again, { method: "POST", headers: JSON_PLEASE, body }).catch(() => null);
  if (!answer) return { refused: ["There is no connection. Try once more when it is back."] };
  if (answer.status === 429) return { refused: ["Too many wrong tries. Wait 15 minutes; this page stays as it is."] };
  const said = await answer.json().catch(() => ({}));
  if (said.csrf) renew(said.csrf);
  return answer.ok ? said : { ...said, refused: said.refused ?? ["That did not work. Try once more."] };
}

document.addEventListener("signedout", () => signInAgain());
