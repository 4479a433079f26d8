"""How a candidate was received, as the office and the candidate read it."""

from dataclasses import dataclass

from portfolio.models import CandidateRecord, IdentityCheck, Induction, User
from portfolio.queries.people import candidate_facts, names_at


@dataclass(frozen=True)
class Received:
    """What is on record of a candidate's identity and induction, and who on the staff it was."""

    identity: IdentityCheck | None
    identity_by: str
    induction: Induction | None
    induction_by: str
    topics: list[str]

    @property
    def waits(self) -> bool:
        """Whether an induction waits for its candidate to confirm it."""
        return self.induction is not None and not hasattr(self.induction, "acknowledged")


def received(candidate: CandidateRecord) -> Received:
    """The latest of each. Five queries."""
    identity = IdentityCheck.objects.filter(candidate=candidate).first()
    inductions = Induction.objects.filter(candidate=candidate)
    induction = inductions.select_related("acknowledged__signature").prefetch_related("topics").first()
    staff = [row for row in (identity and identity.seen_by_id, induction and induction.held_by_id) if row]
    names = names_at(candidate.centre, staff)
    return Received(
        identity,
        names.get(identity.seen_by_id, "") if identity else "",
        induction,
        names.get(induction.held_by_id, "") if induction else "",
        [str(topic) for topic in induction.topics.all()] if induction else [],
    )


@dataclass(frozen=True)
class OwnRecord:
    """What a centre keeps about a candidate, as they read it themselves."""

    record: CandidateRecord
    received: Received

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Names and numbers, label beside value."""
        return candidate_facts(self.record)


def own_records(user: User) -> list[OwnRecord]:
    """A person's candidate records, at whichever centres. Six queries where there is one, as nearly always."""
    records = CandidateRecord.objects.filter(user=user).select_related("centre").order_by("centre__name")
    return [OwnRecord(record, received(record)) for record in records]
