// Passkeys: the browser makes or asks for one, and its answer goes with the form.
//
//   <form data-passkey="create | get" hidden>          shown where the browser can
//     <input type="hidden" name="credential"> <p role="alert" hidden></p> <button type="submit">
//
// What the passkey must answer stands in #passkey-options, or is asked of the form's own address.

const SAID = {
  NotAllowedError: "No passkey was chosen, or it took too long. Try once more.",
  InvalidStateError: "This device has a passkey of yours here already.",
  NotSupportedError: "This device cannot make such a passkey. Take the tick away, or use another device.",
  SecurityError: "Passkeys do not work at this address. Ask whoever runs this site.",
};

async function options(form) {
  const there = document.getElementById("passkey-options");
  if (there) return JSON.parse(there.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status === 429 ? "Too many tries. Wait a minute." : "There is no answer. Try once more.");
  return answer.json();
}

async function made(form) {
  const { creation_options: creation, request_options: request } = await options(form);
  if (form.dataset.passkey === "get") return webauthnJSON.get(request);
  const alone = form.elements.passwordless.checked;
  Object.assign(creation.publicKey.authenticatorSelection, {
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    userVerification: alone ? "required" : "preferred",
  });
  return webauthnJSON.create(creation);
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const [alert, button] = ["[role=alert]", "[type=submit]"].map((what) => form.querySelector(what));
  alert.hidden = button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await made(form));
    form.submit();
  } catch (fault) {
    alert.textContent = SAID[fault.name] ?? (fault.message || "That did not work. Try once more.");
    alert.hidden = button.disabled = false;
    button.focus();
  }
}

if (webauthnJSON.supported()) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
  for (const cannot of document.querySelectorAll("[data-no-passkeys]")) cannot.hidden = true;
}
