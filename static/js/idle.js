// Where the site signs out whoever asks for nothing (data-idle, in minutes): somebody at work on a page is not idle, and
// whoever stopped is asked in time, behind a curtain, so that one press goes on (WCAG 2.2.1).
//
// The tabs of a browser share when there was work last, as they share the sign-in.

const { idle } = document.body.dataset;
const WORK = "nvq-at-work";
const MINUTE = 60_000;
const OFTEN = (idle / 6) * MINUTE;
const QUIET = Math.max(idle - 2, idle / 2) * MINUTE;
let worked = 0;
let heard = Date.now(); // by the server, of us
let curtain = null;

function atWork() {
  if (Date.now() - worked < 1000) return;
  worked = Date.now();
  try {
    localStorage.setItem(WORK, worked);
  } catch {} // then each tab asks for itself
}

function lastWork() {
  try {
    return Math.max(worked, Number(localStorage.getItem(WORK)));
  } catch {
    return worked;
  }
}

// The server hears that somebody is here. Where the sign-in has ended, its person signs in over the page, and nobody
// else sees it. Whether they are in; null where that cannot be known, as there is no connection.
async function goOn() {
  const before = heard;
  heard = Date.now();
  const signing = await import("./sign-in.js").catch(() => null);
  const said = await signing?.standing();
  if (!said) {
    heard = before;
    return null;
  }
  if (said.signed_in || (await signing.signInAgain({ curtain: true }))) return true;
  location.reload();
  return false;
}

// The curtain is drawn back once it is known who is there, and not before.
async function answer(event) {
  event.preventDefault();
  atWork();
  const isIn = await goOn();
  if (isIn) curtain?.close();
  else if (isIn === null) say("There is no connection. Try once more when it is back.");
}

function ask() {
  curtain = document.createElement("dialog");
  curtain.className = "curtain";
  curtain.setAttribute("aria-labelledby", "still-here");
  curtain.innerHTML = `
    <h2 id="still-here">Are you still here?</h2>
    <p role="status"></p>
    <div class="actions"><button class="btn btn-primary" type="button">I am still here</button></div>`;
  const minutes = Math.round((idle * MINUTE - QUIET) / MINUTE);
  say(`You will be signed out in ${minutes > 1 ? `${minutes} minutes` : "a minute"}. This page stays as it is, with all you typed.`);
  curtain.querySelector("button").addEventListener("click", answer);
  curtain.addEventListener("cancel", answer);
  curtain.addEventListener("close", () => {
    curtain.remove();
    curtain = null;
  });
  document.body.append(curtain);
  curtain.showModal();
}

function say(sentence) {
  const told = curtain.querySelector("[role=status]");
  if (told.textContent !== sentence) told.textContent = sentence;
}

function look() {
  const since = Date.now() - heard;
  if (curtain && since > idle * MINUTE) say("You are signed out. This page stays as it is, with all you typed.");
  else if (curtain) return;
  else if (since >= OFTEN && lastWork() > heard) goOn();
  else if (since >= QUIET) ask();
}

for (const sign of ["keydown", "pointerdown", "scroll"]) document.addEventListener(sign, atWork, { capture: true, passive: true });
document.addEventListener("visibilitychange", look);
setInterval(look, Math.min(OFTEN, MINUTE / 4));
