"""An assessor at work on records: what they have begun, what waits for its candidate, what a record is made from."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessments.enums import READABLE, RECORDED, EvidenceKind, UnitStatus
from assessments.models import Acknowledgement, Enrolment, EnrolmentQuerySet, Evidence, EvidenceFile, EvidenceVersion
from assessments.queries.evidence import enrolments_of, facts_of
from assessments.queries.observed import RecordShown, records_shown
from assessments.rules import Person
from assessments.workflow import ItemFacts
from portfolio.models import User, WorkInProgress
from portfolio.whole import whole
from units.models import Criterion

KEPT_AS = "record"
"""What the form of a record is called among work in progress."""


# --- the record a page is about --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordPage:
    """A record in force, as whoever answers or corrects it needs it."""

    evidence: Evidence
    version: EvidenceVersion
    record: RecordShown
    files: list[EvidenceFile]
    facts: ItemFacts
    person: Person


def record_page(user: User, pk: int, person_at: Callable[[int], Person]) -> RecordPage:
    """The record behind an item of evidence, in nine queries.

    Raises Evidence.DoesNotExist where the item does not exist for this person, and EvidenceVersion.DoesNotExist where
    no assessor made it, or nothing of it is in force.
    """
    evidence = Evidence.objects.visible_to(user).select_related("candidate", "centre").get(pk=pk)
    standing = EvidenceVersion.objects.filter(evidence=evidence, replaced_at=None, submitted_at__isnull=False)
    version = standing.exclude(record=None).get()
    version.evidence = evidence
    files = list(version.files.filter(removed_at=None).select_related("stored").order_by("position", "pk"))
    record = records_shown([version.pk])[version.pk]
    settled = record.acknowledged is not None
    facts = facts_of(version, enrolments_of(pk), files, {}, has_draft=False, acknowledged=settled)
    return RecordPage(evidence, version, record, files, facts, person_at(evidence.centre_id))


# --- what an assessor still has to do --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Begun:
    """A record somebody has begun to write and not handed over."""

    enrolment: Enrolment
    kind: EvidenceKind
    another: int
    typed_at: datetime.datetime


@dataclass(frozen=True)
class Unsettled:
    """A record of theirs that its candidate has not acknowledged, with what they said against it."""

    evidence_id: int
    name: str
    title: str
    candidate: str
    since: datetime.datetime
    disputed: str


def about(enrolment_id: int, kind: str, another: int) -> str:
    """What work in progress on a record is about: a unit, a kind, and which of several begun at once."""
    return f"{enrolment_id} {kind} {another}"


def begun_by(user: User) -> list[Begun]:
    """The records this person has begun for units they assess, newest first. One query, and one where some are."""
    rows = WorkInProgress.objects.visible_to(user).filter(form=KEPT_AS).order_by("-typed_at")
    begun = []
    for subject, typed_at in rows.values_list("about", "typed_at"):
        unit, _, rest = subject.partition(" ")
        kind, _, another = rest.partition(" ")
        which = whole(another)
        if kind in RECORDED and which is not None:
            begun.append((whole(unit) or 0, EvidenceKind(kind), which, typed_at))
    units = {row.pk: row for row in units_assessed(user).filter(pk__in={unit for unit, *_ in begun})} if begun else {}
    return [Begun(units[unit], kind, which, typed_at) for unit, kind, which, typed_at in begun if unit in units]


def unsettled_of(user: User) -> list[Unsettled]:
    """The records of this assessor that wait for their candidates, those disputed first. Two queries."""
    mine = EvidenceVersion.objects.filter(evidence__author=user, replaced_at=None, status__in=READABLE)
    waiting = mine.exclude(record__acknowledgements__agreed=True)
    versions = list(waiting.select_related("evidence__candidate").order_by("submitted_at"))
    words = words_against([version.pk for version in versions])
    found = [
        Unsettled(
            evidence_id=version.evidence_id,
            name=str(version.evidence),
            title=version.title,
            candidate=str(version.evidence.candidate),
            since=version.submitted_at or version.created_at,
            disputed=words.get(version.pk, ""),
        )
        for version in versions
    ]
    return sorted(found, key=lambda row: not row.disputed)


def words_against(version_ids: list[int]) -> dict[int, str]:
    """By version, what its candidate said last against the record. One query."""
    disputes = Acknowledgement.objects.filter(record__version__in=version_ids, agreed=False).order_by("pk")
    return dict(disputes.values_list("record__version_id", "words"))


def units_assessed(user: User) -> EnrolmentQuerySet:
    """The units that collect evidence and that this person assesses, by candidate."""
    held = Enrolment.objects.held_by(user, "assessor").filter(status=UnitStatus.COLLECTING)
    settings = ("simulation_allowed", "realistic_working_environment_allowed", "work_placement_allowed")
    people = ("candidate__centre", "candidate__user")
    listed = held.listed(*people, *(f"unit__{name}" for name in settings)).select_related("centre")
    return listed.order_by("candidate__legal_name", "unit__short_code", "pk")


def units_beside(user: User, pk: int) -> list[Enrolment]:
    """Of the units this person assesses, those of the candidate whose unit that is. One query."""
    return list(units_assessed(user).filter(candidate__in=Enrolment.objects.filter(pk=pk).values("candidate")))


@dataclass(frozen=True)
class Noted:
    """A criterion that can be noted in a record."""

    enrolment_id: int
    criterion_id: int
    unit: str
    number: str
    text: str
    heading: str

    @property
    def value(self) -> str:
        """How the form names it."""
        return f"{self.enrolment_id}-{self.criterion_id}"

    @property
    def name(self) -> str:
        return f"{self.unit} {self.number}"


def criteria_of(enrolments: Sequence[Enrolment]) -> list[Noted]:
    """The criteria of these units in the specification's order. One query."""
    rows: dict[int, list[tuple[int, str, str, str, str]]] = defaultdict(list)
    found = Criterion.objects.filter(unit__in={row.unit_id for row in enrolments}).order_by("position")
    worded = ("unit_id", "pk", "number", "text", "outcome__number", "outcome__text")
    for unit, pk, number, text, outcome, words in found.values_list(*worded):
        rows[unit].append((pk, number, text, outcome or "", words or ""))
    return [
        Noted(row.pk, pk, row.unit.short_code, number, text, f"{outcome} {words}".strip() or "Knowledge")
        for row in enrolments
        for pk, number, text, outcome, words in rows[row.unit_id]
    ]
