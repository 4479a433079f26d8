"""People at work, each with a browser of their own: what they open, fill in and send, in its order.

Every answer is looked at: a status that is not the one expected, a form that comes back with its faults, and a page
that leads to the sign-in are errors. What somebody chooses (which item, which criteria) is drawn by a number of their
own.
"""

import base64
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from bench.reading import Page, Pairs

FILE = b"Call log of the week.\n" * 1000
TUS = {"Tus-Resumable": "1.0.0"}
FAULT = re.compile(r'class="[^"]*(?:invalid-feedback|refusal|alert-danger)[^"]*"[^>]*>(.{0,300})', re.S)
RULES = ("valid", "authentic", "current", "sufficient")
WORDS = ("call", "calls handled", "review", "Candidate 0021", "handling", "0007", "month")


class Wrong(Exception):
    """An answer that is not the one expected."""


class Over(Exception):
    """The time is over."""


@dataclass
class Said:
    """Every answer of a run: what was asked for, when, how long it took. Filled by many threads."""

    answers: list[tuple[float, str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Somebody:
    """A person to be played: their role, the centre as addresses name it, cookies and token of their sign-in."""

    role: str
    centre: str
    cookies: dict[str, str]
    token: str


class Visitor:
    """A browser of one person: keeps its line open, follows redirects, and thinks between pages."""

    def __init__(self, who: Somebody, base: str, certificate: str, think: float, seed: int, said: Said) -> None:
        self.who, self.base, self.think, self.said = who, base, think, said
        self.chance = random.Random(seed)
        self.until: float | None = None
        self.line = requests.Session()
        self.line.trust_env = False  # or a bundle of certificates named there would stand before ours
        self.line.verify = certificate
        self.line.headers["Referer"] = f"{base}/"
        for name, value in who.cookies.items():
            self.line.cookies.set(name, value)

    def ask(self, name: str, method: str, address: str, expected: int, **sent: object) -> requests.Response:
        """One request. Raises Wrong where the answer is not as expected."""
        begun = time.perf_counter()
        options: dict[str, object] = {"timeout": 60, "allow_redirects": False, **sent}
        answer = self.line.request(method, self.base + address, **options)  # type: ignore[arg-type]
        self.said.answers.append((time.time(), name, time.perf_counter() - begun))
        leads = answer.headers.get("Location", "")
        if answer.status_code != expected or urlsplit(leads).path.startswith("/accounts/"):
            fault = FAULT.search(answer.text)
            told = " ".join(re.sub("<[^>]+>", " ", fault[1]).split()) if fault else leads
            raise Wrong(f"{name}: {method} {urlsplit(address).path} was answered {answer.status_code} {told}")
        return answer

    def get(self, name: str, address: str) -> Page:
        page = Page(self.ask(name, "GET", address, 200).text)
        self.wait()
        return page

    def send(self, name: str, address: str, pairs: Pairs) -> str:
        """Send a form that is to be taken. Where one is led from there."""
        return (
            urlsplit(self.ask(name, "POST", address, 302, data=pairs).headers["Location"])
            ._replace(netloc="", scheme="")
            .geturl()
        )

    def wait(self) -> None:
        """As long as somebody looks at a page: between half and one and a half times the mean."""
        time.sleep(self.think * self.chance.uniform(0.5, 1.5))
        if self.until is not None and time.monotonic() > self.until:
            raise Over


# --- what they do ----------------------------------------------------------------------------------------------------

Step = Callable[[Visitor], None]


def candidate(me: Visitor) -> None:
    """Adds a file for two criteria, maps it to a third, hands it in, and looks at the unit."""
    me.get("Candidate's home", "/portfolio/")
    form = me.get("Add evidence", "/evidence/add/").form("title")
    chosen = me.chance.sample(sorted(set(form.offered("criteria"))), 2)
    typed = [
        ("title", f"Call log {me.chance.randrange(10_000)}"),
        ("description", "I logged the calls of a week."),
        ("activity_on", time.strftime("%Y-%m-%d")),
        ("upload", uploaded(me)),
        *[("criteria", value) for value in chosen],
        ("then", "draft"),
    ]
    item = me.send("Add evidence: saved", "/evidence/add/", form.filled(typed))
    me.get("Evidence", item)
    place = urlsplit(item).path
    form = me.get("Map to criteria", f"{place}map/").form("criteria")
    further = sorted(set(form.offered("criteria")) - set(chosen))
    ticked = [("criteria", me.chance.choice(further))]
    me.send("Map to criteria: saved", f"{place}map/", form.filled(ticked))
    form = me.get("Hand in", f"{place}hand-in/").form("declared")
    me.get("Evidence", me.send("Hand in: done", f"{place}hand-in/", form.filled([("declared", "on")])))
    units = re.compile(r"/enrolments/\d+/")
    home = me.get("Candidate's home", "/portfolio/")
    unit = me.chance.choice([link for link in home.leading("/enrolments/") if units.fullmatch(link)])
    me.get("Unit as matrix", f"{unit}?view=matrix")
    search(me)


def uploaded(me: Visitor) -> str:
    """A file sent as the browser's script sends it. By what the form calls it."""
    token = {"X-CSRFToken": me.who.token, **TUS}
    named = f"filename {base64.b64encode(b'log.txt').decode()}"
    content = FILE + str(me.chance.random()).encode()
    begun = me.ask(
        "A file announced",
        "POST",
        f"/centre/{me.who.centre}/uploads/",
        201,
        headers={**token, "Upload-Length": str(len(content)), "Upload-Metadata": named},
    )
    place = urlsplit(begun.headers["Location"]).path
    piece = {**token, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    me.ask("A file sent", "PATCH", place, 204, data=content, headers=piece)
    return place.rstrip("/").rsplit("/", 1)[1]


def assessor(me: Visitor) -> None:
    """Opens the queue, reads two of its items, and looks at the caseload."""
    for _ in range(2):
        items = [link for link in me.get("Queue", "/assessing/").links if re.fullmatch(r"/assessing/\d+/", link)]
        if not items:
            break
        item = me.chance.choice(items[:10])
        form = me.get("Judge", item).form("verdict-")
        verdicts = sorted({name for name, _ in form.choices if name.startswith("verdict-")})
        said = [*((name, "met") for name in verdicts), *((name, "on") for name in RULES), ("save", "save")]
        me.send("Judge: saved", item, form.filled(said))
    cases = me.get("Caseload", "/assessing/caseload/")
    units = [link for link in cases.links if re.fullmatch(r"/enrolments/\d+/", link)]
    me.get("Unit by criterion", f"{me.chance.choice(units)}?view=criteria")
    me.get("Records", "/records/")
    search(me)


def verifier(me: Visitor) -> None:
    """Chooses a unit for sampling with a reason, looks at it, and records what was found."""
    waiting = [
        link for link in me.get("Sampling", "/verifying/").links if re.fullmatch(r"/enrolments/\d+/sample/", link)
    ]
    if waiting:
        unit = me.chance.choice(waiting)
        form = me.get("Choose for sampling", unit).form("reason")
        me.send("Choose for sampling: done", unit, form.filled([("reason", "First unit of a new candidate.")]))
    open_samples = [link for link in me.get("Sampling", "/verifying/").links if re.fullmatch(r"/samples/\d+/", link)]
    if open_samples:
        sample = me.chance.choice(open_samples)
        form = me.get("Sample", sample).form("check_")
        asked = sorted({name for name, _ in form.choices if name.startswith("check_")})
        found = [*((name, "yes") for name in asked), *(("criteria", value) for value in form.offered("criteria")[:3])]
        me.send("Sample: closed", sample, form.filled(found))
    me.get("Units verified", "/verifying/units/")
    search(me)


def administrator(me: Visitor) -> None:
    """Goes through the lists of the centre."""
    office = f"/centre/{me.who.centre}"
    me.get("People", f"{office}/people/")
    me.get("People, looked for", f"{office}/people/?q=Candidate+00{me.chance.randrange(10, 60)}")
    me.get("Enrolments", f"{office}/enrolments/")
    me.get("Enrolments, least accepted", f"{office}/enrolments/?sort=progress")
    me.get("Overview", f"{office}/overview/")
    me.get("Overview: what falls due", f"{office}/overview/due/")
    me.get("Audit book", f"{office}/audit-book/")
    me.get("Forms", f"{office}/forms/")
    search(me)


def search(me: Visitor) -> None:
    me.get("Search", f"/search/?q={me.chance.choice(WORDS).replace(' ', '+')}")


def bare(me: Visitor) -> None:
    me.get("Bare page", "/bare/")


STEPS = 10
"""Pages of a journey, about."""
JOURNEYS: dict[str, Step] = {
    "candidate": candidate,
    "assessor": assessor,
    "verifier": verifier,
    "administrator": administrator,
}


# --- all at once -----------------------------------------------------------------------------------------------------


def at_work(visitors: list[Visitor], journeys: dict[str, Step], seconds: float) -> None:
    """All of them at once, each beginning anew when done while there is time; with no time at all, each once.

    They begin at different times, so that not everybody does the same at once. What goes wrong is written down.
    """
    over = time.monotonic() + seconds

    def work(me: Visitor) -> None:
        me.until = over if seconds else None
        time.sleep(me.chance.uniform(0, min(me.think * STEPS, seconds / 4)))
        while True:
            try:
                journeys[me.who.role](me)
            except Over:
                return
            except Exception as error:
                me.said.errors.append(f"{me.who.role}: {error!r}")
                time.sleep(1)
            if time.monotonic() > over:
                return

    threads = [threading.Thread(target=work, args=[visitor], daemon=True) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
