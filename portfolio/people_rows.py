"""What a row of a table of people says, made clean; what is wrong with it, told by column. Pure."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portfolio.columns import plain
from portfolio.enums import Language, Role
from portfolio.numbers import scn_refusals, uci_refusals, uln_refusals

LONGEST = {
    "name": 200,
    "known_as": 200,
    "job_title": 200,
    "centre_reference": 30,
    "candidate_number": 30,
    "workplace": 200,
    "email": 254,
}
OF_CANDIDATES = (
    "known_as", "centre_reference", "candidate_number", "uln", "scn", "uci", "language", "workplace", "registered_on",
)  # fmt: skip
ROLES = {
    "candidate": Role.CANDIDATE, "learner": Role.CANDIDATE, "student": Role.CANDIDATE, "trainee": Role.CANDIDATE,
    "assessor": Role.ASSESSOR,
    "internal verifier": Role.INTERNAL_VERIFIER, "iv": Role.INTERNAL_VERIFIER, "iqa": Role.INTERNAL_VERIFIER,
    "verifier": Role.INTERNAL_VERIFIER, "internal quality assurer": Role.INTERNAL_VERIFIER,
    "lead internal verifier": Role.LEAD_VERIFIER, "lead verifier": Role.LEAD_VERIFIER, "lead iv": Role.LEAD_VERIFIER,
    "lead iqa": Role.LEAD_VERIFIER,
    "centre administrator": Role.ADMINISTRATOR, "administrator": Role.ADMINISTRATOR, "admin": Role.ADMINISTRATOR,
}  # fmt: skip
ROLE_WORDS = {plain(word): role for word, role in ROLES.items()}
LANGUAGE_WORDS = {plain(word): language for language in Language for word in (language.value, language.label)}
LANGUAGE_WORDS |= {"gaelic": Language.GAELIC, "cymraeg": Language.WELSH, "gaidhlig": Language.GAELIC}
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%d/%m/%y")

Problem = tuple[str, str]
"""A field, and what is wrong with it."""


@dataclass
class PersonRow:
    """A row: its number, what its filled cells say, whether it is of a candidate or of staff, and what is wrong.

    An empty cell says nothing: it never takes away what is on record.
    """

    number: int
    values: dict[str, str]
    clean: dict[str, Any] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles) and Role.CANDIDATE not in self.roles

    @property
    def email(self) -> str:
        return str(self.clean.get("email", ""))

    @property
    def name(self) -> str:
        return str(self.clean.get("name", ""))


def person_row(number: int, cells: list[str], places: Mapping[str, int]) -> PersonRow:
    """The row, cleaned field by field; what cannot be right stands among its problems."""
    said = {name: cells[place] for name, place in places.items() if place < len(cells) and cells[place]}
    row = PersonRow(number, said)
    for name, text in said.items():
        cleaner = CLEANERS.get(name)
        longest = LONGEST.get(name)
        if longest and len(text) > longest:
            row.problems.append((name, f"This has {len(text)} characters, and {longest} is the most."))
        elif cleaner is None:
            row.clean[name] = text
        else:
            cleaner(row, name, text)
    name_of(row)
    row.roles = row.roles or [Role.CANDIDATE]
    for name in OF_CANDIDATES if row.is_staff else ():
        if name in said:
            row.problems.append((name, "Staff have none: leave it empty, or give the person a row as a candidate."))
    if not row.is_staff and "job_title" in said:
        row.problems.append(("job_title", "Candidates have none: leave it empty."))
    return row


# --- inside ----------------------------------------------------------------------------------------------------------


def name_of(row: PersonRow) -> None:
    """First names and surname make the name where they stand apart."""
    first, last = row.values.get("first_name", ""), row.values.get("last_name", "")
    row.clean.pop("first_name", None)
    row.clean.pop("last_name", None)
    if "name" not in row.values and first and last:
        row.clean["name"] = f"{first} {last}"[: LONGEST["name"]]
    elif "name" not in row.values and (first or last):
        missing = "first_name" if last else "last_name"
        row.problems.append((missing, "Half of the name is missing."))


def email(row: PersonRow, name: str, text: str) -> None:
    try:
        validate_email(text)
    except ValidationError:
        row.problems.append((name, f"“{text}” is not an e-mail address."))
    else:
        row.clean[name] = text.lower()


def roles(row: PersonRow, name: str, text: str) -> None:
    for word in re.split(r"[;,/+]|\band\b", text):
        if not word.strip():
            continue
        role = ROLE_WORDS.get(plain(word))
        if role is None:
            known = ", ".join(role.label for role in dict.fromkeys(ROLES.values()))
            row.problems.append((name, f"“{word.strip()}” is none of the roles: {known}."))
        elif role not in row.roles:
            row.roles.append(role)
    if Role.CANDIDATE in row.roles and len(row.roles) > 1:
        row.problems.append((name, "Somebody who is a candidate and staff gets two rows, one for each."))


def number(refusals: Callable[[str], list[str]], *, digits: int = 0) -> Callable[[PersonRow, str, str], None]:
    """A number without the spaces people put in it. Excel takes zeros off its front: they are put back."""

    def clean(row: PersonRow, name: str, text: str) -> None:
        written = re.sub(r"[\s\-.]", "", text).upper()
        if digits and re.fullmatch(r"[0-9]+", written) and not refusals(written.zfill(digits)):
            written = written.zfill(digits)
        found = refusals(written)
        row.problems += [(name, sentence) for sentence in found]
        if not found:
            row.clean[name] = written

    return clean


def language(row: PersonRow, name: str, text: str) -> None:
    found = LANGUAGE_WORDS.get(plain(text))
    if found is None:
        row.problems.append((name, f"“{text}” is none of these: {', '.join(each.label for each in Language)}."))
    else:
        row.clean[name] = found.value


def read_day(text: str) -> datetime.date | None:
    """A day as people in the United Kingdom write it, or as ISO does; None where it is none."""
    for pattern in DAYS:
        try:
            return datetime.datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def day(row: PersonRow, name: str, text: str) -> None:
    found = read_day(text)
    if found is None or not 1950 <= found.year <= 2100:
        row.problems.append((name, f"“{text}” is not a day: write it like 2026-09-14 or 14/09/2026."))
    else:
        row.clean[name] = found.isoformat()


CLEANERS: Mapping[str, Callable[[PersonRow, str, str], None]] = {
    "email": email,
    "roles": roles,
    "uln": number(uln_refusals),
    "scn": number(scn_refusals, digits=9),
    "uci": number(uci_refusals),
    "language": language,
    "registered_on": day,
}
