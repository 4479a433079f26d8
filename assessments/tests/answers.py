"""How people are answered at the doors: who asks, and with which code. See test_doors.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assessments.enums import Party, Verb
from assessments.rules import PERMISSIONS
from portfolio.enums import Role

ROLES: dict[str, Role | None] = {
    "nobody": None,
    "candidate": Role.CANDIDATE,
    "assessor": Role.ASSESSOR,
    "countersigner": Role.ASSESSOR,
    "verifier": Role.INTERNAL_VERIFIER,
    "lead": Role.LEAD_VERIFIER,
    "administrator": Role.ADMINISTRATOR,
    "other candidate": Role.CANDIDATE,
    "other assessor": Role.ASSESSOR,
    "other verifier": Role.INTERNAL_VERIFIER,
    "candidate elsewhere": Role.CANDIDATE,
    "assessor elsewhere": Role.ASSESSOR,
    "verifier elsewhere": Role.INTERNAL_VERIFIER,
    "administrator elsewhere": Role.ADMINISTRATOR,
    "external": Role.EXTERNAL_VERIFIER,
    "former external": None,
}
"""Of the external verifiers one looks at all units of the awarding body, and the days of one were over yesterday."""
PARTIES: dict[str, Party] = {
    "candidate": Party.CANDIDATE,
    "assessor": Party.ASSESSOR,
    "countersigner": Party.COUNTERSIGNER,
    "verifier": Party.VERIFIER,
    "lead": Party.LEAD_VERIFIER,
    "administrator": Party.ADMINISTRATOR,
}
SEES_THE_UNIT = (*PARTIES, "external")
STAFF_OF_THE_UNIT = SEES_THE_UNIT[1:]
WRITERS = ("assessor", "countersigner", "other assessor", "verifier", "other verifier", "lead")
CLOSED = (403, 404)
ELSEWHERE = tuple(person for person in ROLES if person.endswith("elsewhere"))
FROM_OUTSIDE = ("external", "former external")
AT_THE_CENTRE = tuple(person for person in ROLES if person not in ("nobody", *FROM_OUTSIDE, *ELSEWHERE))
Codes = dict[str, int]


@dataclass(frozen=True)
class Expected:
    """Where to knock, and the answer to each person. `posted` is the answer to a POST where nothing else opens."""

    codes: Codes
    args: Callable[[Any], list[object]] = lambda scene: []
    posted: Codes | None = None


# --- ways of answering -----------------------------------------------------------------------------------------------


def everybody(code: int = 200, *, signed_in: int = 200) -> Codes:
    """No lock at all."""
    return {person: code if person == "nobody" else signed_in for person in ROLES}


def signed_in(code: int = 200) -> Codes:
    """Anybody but nobody, who is sent to sign in."""
    return {person: 302 if person == "nobody" else code for person in ROLES}


def by_script(*people: str, code: int) -> Codes:
    """An address that scripts ask: whoever is signed out is told so, and for others it does not exist."""
    return only(*people, code=code) | {"nobody": 401}


def only(*people: str, code: int = 200, others: int = 404) -> Codes:
    """Some people. For others there is no such page (404), or it is not for them (403)."""
    return {person: code if person in people else others for person in ROLES} | {"nobody": 302}


def holding(*roles: Role, code: int = 200) -> Codes:
    """Whoever holds a role anywhere, on a page that shows them what is theirs."""
    return only(*(person for person, role in ROLES.items() if role in roles), code=code, others=403)


def within(role: Role, *people: str, code: int = 200) -> Codes:
    """These people; others who hold the role find no such record, and for the rest it is not a page of theirs."""
    return holding(role, code=404) | dict.fromkeys(people, code)


def office(code: int = 200) -> Codes:
    """A page of the centre's administrators."""
    return within(Role.ADMINISTRATOR, "administrator", code=code)


def verifying(code: int = 200) -> Codes:
    """A page of the unit's verifier."""
    others = holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER, code=404)
    return others | {"verifier": code, "lead": code}


def verifiers(code: int = 200) -> Codes:
    """A page of those who verify at the centre, whatever they verify."""
    return verifying(code) | {"other verifier": code}


def running(code: int = 200) -> Codes:
    """A page of those who see all of the centre's units."""
    others = holding(Role.ADMINISTRATOR, Role.LEAD_VERIFIER, code=404)
    return others | {"administrator": code, "lead": code}


def runs_appeals(code: int) -> Codes:
    """The office's part of an appeal in a unit: others who see the unit may look at the appeal, and no more."""
    return only(*SEES_THE_UNIT, code=403) | {"lead": code, "administrator": code}


def turn(verb: Verb) -> Codes:
    """The page of a verb on the unit: open to those whose turn it can be, closed to others who see the unit."""
    mine = {person: 200 if PARTIES[person] in PERMISSIONS[verb] else 403 for person in PARTIES}
    return only(*SEES_THE_UNIT, code=403) | mine
