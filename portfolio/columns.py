"""Which columns a table of people may have, told by their headings whoever wrote them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portfolio.refusal import Refusal


@dataclass(frozen=True)
class KnownColumn:
    """A column: the field it fills, its heading in our template, other headings it goes by, and an example."""

    field: str
    head: str
    also: tuple[str, ...] = ()
    example: str = ""
    about: str = ""


PEOPLE = (
    KnownColumn("email", "E-mail", ("email address", "mail", "e-mail address"), "sian.morgan@example.org",
                "The address the invitation goes to."),
    KnownColumn("name", "Full name", ("name", "legal name", "candidate name", "learner name", "name as on legal "
                "identification", "full legal name"), "Siân Llŷr Morgan", "As on legal identification."),
    KnownColumn("first_name", "First names", ("first name", "forename", "forenames", "given name", "given names")),
    KnownColumn("last_name", "Surname", ("last name", "family name"), "",
                "First names and surname may stand in two columns instead of one."),
    KnownColumn("known_as", "Known as", ("preferred name", "known name", "called"), "Siân"),
    KnownColumn("roles", "Roles", ("role", "person type", "user type"), "Candidate",
                "Candidate where it is left empty; else one or more of Assessor, Internal verifier, Lead internal "
                "verifier, Centre administrator, with semicolons between."),
    KnownColumn("job_title", "Job title", ("position", "job"), "", "Of staff."),
    KnownColumn("centre_reference", "Own reference", ("centre reference", "centre's own reference", "reference",
                "learner reference", "your own reference", "student number"), "0017"),
    KnownColumn("candidate_number", "Candidate number", ("awarding body's candidate number", "awarding body candidate "
                "number", "ocr candidate number", "enrolment number", "registration number")),
    KnownColumn("uln", "ULN", ("unique learner number",), "9276308686", "Empty where there is none."),
    KnownColumn("scn", "SCN", ("scottish candidate number", "sqa candidate number"), "", "Empty where there is none."),
    KnownColumn("uci", "UCI", ("unique candidate identifier",)),
    KnownColumn("language", "Language of assessment", ("language", "assessment language"), "English"),
    KnownColumn("workplace", "Place of work", ("workplace", "employer", "site", "placement", "company")),
    KnownColumn("registered_on", "Registered on", ("registration date", "registered", "date of registration",
                "registered with the awarding body on", "registered with the awarding body"), "2026-09-14"),
)  # fmt: skip
"""What can be said of people on the ground floor; the floors above add columns of their own."""

PASSED_OVER = ("reason", "row")
"""Columns of the list of bad rows, which comes back when it has been put right."""


def plain(heading: str) -> str:
    """A heading as it is compared: no accents, case, punctuation or numbers of spaces."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return re.sub(r"[^a-z0-9]", "", letters.replace("&", "and"))


@dataclass(frozen=True)
class Recognised:
    """Where each field stands in a table, and the headings that say nothing we know."""

    places: Mapping[str, int]
    unknown: list[str] = field(default_factory=list)


def recognise(heads: Sequence[str], known: Iterable[KnownColumn]) -> Recognised:
    """Which field each heading means. Raises Refusal where two mean the same, or nobody could be told apart."""
    words = {plain(word): column for column in known for word in (column.head, column.field, *column.also)}
    places: dict[str, int] = {}
    unknown = []
    for place, head in enumerate(heads):
        column = words.get(plain(head))
        if column is None:
            if head and plain(head) not in PASSED_OVER:
                unknown.append(head)
        elif column.field in places:
            first = heads[places[column.field]]
            raise Refusal([f"The columns “{first}” and “{head}” mean the same. Take one of them out."])
        else:
            places[column.field] = place
    if not {"email", "uln", "scn", "centre_reference"} & set(places):
        raise Refusal(
            [
                "No column tells people apart: the first row must have headings, among them E-mail, or a number of the "
                "candidate. The template below has every column that is read."
            ]
        )
    return Recognised(places, unknown)
