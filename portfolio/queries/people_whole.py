"""The whole list of a centre's people, to take away."""

import datetime
from dataclasses import dataclass

from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre
from portfolio.queries.people import PersonLine, lines_of, people_found


@dataclass(frozen=True)
class WholePerson:
    """Somebody as the list has them, and the record of a candidate."""

    line: PersonLine
    candidate: CandidateRecord | None

    def number(self, name: str) -> str:
        """A name or number of the candidate's record; nothing for staff."""
        return str(getattr(self.candidate, name)) if self.candidate else ""


def everybody(centre: Centre, *, search: str, role: Role | None, day: datetime.date) -> list[WholePerson]:
    """All whom the list finds, by name. Three queries."""
    people = list(people_found(centre, search, role, day))
    candidates = {record.user_id: record for record in CandidateRecord.objects.filter(centre=centre)}
    lines = lines_of(centre, people, day)
    return [WholePerson(line, candidates.get(one.pk)) for one, line in zip(people, lines, strict=True)]
