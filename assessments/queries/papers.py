"""What documents of a portfolio rest on: readings in full, an item's versions, and who may fetch them."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from assessments.enums import ItemStatus
from assessments.models import (
    AssessmentPlan,
    Decision,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    PlanUnit,
    Review,
)
from assessments.models.access import looks_from_outside
from assessments.queries.conversation import RULES
from assessments.queries.enrolment import staff_names
from assessments.queries.item import ItemPage
from assessments.queries.markers import markers_of
from assessments.queries.printed import PrintedRecord, printed_record
from portfolio.models import CandidateRecord, Document, User
from portfolio.press import Shown
from units.models import Criterion

READ = (
    "version__evidence",
    "version__evidence__number",
    "version__evidence__centre",
    "version__number",
    "version__title",
    "version__replaced_at",
    "assessor_name",
    "qualified",
    "at",
    *RULES,
    "remarks",
    "seen_at_location",
    "returned",
    "feedback",
)
"""What a document tells of a reading."""
DECIDED = (
    "review",
    "version",
    "enrolment__unit__short_code",
    "criterion__number",
    "criterion__text",
    "verdict",
    "feedback",
    "needs_countersignature",
    "countersignature__by",
    "countersignature__at",
    "countersignature__agreed",
    "countersignature__reason",
)
"""What it tells of a decision."""


# --- what assessors said ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Countersigned:
    """What a countersigner said of a decision."""

    by: str
    at: datetime.datetime
    agreed: bool
    reason: str


@dataclass(frozen=True)
class DecisionRead:
    """A decision as a document tells it. `again`: whether the criterion was decided again later on the same version."""

    unit: str
    criterion: Criterion
    verdict: str
    feedback: str
    places: list[str]
    needs_countersignature: bool
    countersigned: Countersigned | None
    again: bool

    @property
    def waits(self) -> bool:
        """Whether it does not count yet, for want of a countersignature."""
        return self.needs_countersignature and self.countersigned is None


@dataclass(frozen=True)
class Reading:
    """A reading of one version of an item, with the decisions made in it."""

    review: Review
    number: int | None
    rules: list[tuple[str, bool]]
    decisions: list[DecisionRead]


def readings_of_item(evidence: Evidence, enrolments: Collection[int]) -> list[Reading]:
    """Every reading of the item, oldest first, with what it decided in these units. Four queries at most."""
    return readings(Review.objects.filter(version__evidence=evidence.pk), enrolments)


def readings_in(enrolment: Enrolment) -> list[Reading]:
    """Every reading of what is evidence in the unit, or ever was decided on in it. Four queries at most."""
    mapped = Review.objects.filter(
        version__evidence__mappings__enrolment=enrolment.pk, version__evidence__mappings__taken_back_at__isnull=True
    )
    decided = Decision.objects.filter(enrolment=enrolment.pk).order_by().values("review")
    # Both by their index: asked for with OR, the database reads every reading there is.
    found = Review.objects.filter(pk__in=mapped.order_by().values("pk").union(decided))
    return sorted(readings(found, [enrolment.pk]), key=lambda row: (row.number or 0, row.review.at, row.review.pk))


def readings(reviews: QuerySet[Review], enrolments: Collection[int]) -> list[Reading]:
    """The readings, oldest first, with what they decided in these units."""
    found = list(reviews.select_related("version__evidence").only(*READ).order_by("at", "pk"))
    decided = Decision.objects.filter(review__in=[row.pk for row in found], enrolment__in=list(enrolments))
    rows = list(
        decided.select_related("criterion", "enrolment__unit", "countersignature")
        .only(*DECIDED)
        .order_by("enrolment", "criterion__position", "pk")
    )
    by_review: dict[int, list[DecisionRead]] = defaultdict(list)
    for review, row in zip((row.review_id for row in rows), decisions_read(rows, found), strict=True):
        by_review[review].append(row)
    return [
        Reading(
            review=row,
            number=row.version.evidence.number,
            rules=[(label, getattr(row, rule)) for rule, label in RULES.items()],
            decisions=by_review[row.pk],
        )
        for row in found
    ]


def decisions_read(rows: list[Decision], reviews: Iterable[Review]) -> list[DecisionRead]:
    """The decisions in their order, with the names of countersigners and the places they rest on. Two queries."""
    said = [row.countersignature for row in rows if hasattr(row, "countersignature")]
    names = staff_names({row.by_id for row in said}, {row.version.evidence.centre_id for row in reviews})
    by_user = {user: name for (user, _), name in names.items()}
    places = markers_of([row.pk for row in rows])
    latest = {(row.version_id, row.enrolment_id, row.criterion_id): row.pk for row in sorted(rows, key=lambda r: r.pk)}

    def countersigned(row: Decision) -> Countersigned | None:
        if not hasattr(row, "countersignature"):
            return None
        word = row.countersignature
        return Countersigned(by_user.get(word.by_id, ""), word.at, word.agreed, word.reason)

    return [
        DecisionRead(
            unit=row.enrolment.unit.short_code,
            criterion=row.criterion,
            verdict=row.get_verdict_display(),
            feedback=row.feedback,
            places=[f"{place.words}{f': {place.note}' if place.note else ''}" for place in places.get(row.pk, [])],
            needs_countersignature=row.needs_countersignature,
            countersigned=countersigned(row),
            again=latest[row.version_id, row.enrolment_id, row.criterion_id] != row.pk,
        )
        for row in rows
    ]


# --- an item ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemHead:
    """What every document of an item says at its head. `own`: whether it is for its candidate."""

    evidence: Evidence
    version: EvidenceVersion
    units: list[Enrolment]
    own: bool


def head_of(page: ItemPage) -> ItemHead:
    """The same of an item whose page was read. No query."""
    return ItemHead(page.evidence, page.version, [unit.enrolment for unit in page.units], page.own)


# --- a unit -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitPapers:
    """A candidate's unit as all its documents tell it."""

    record: PrintedRecord
    staff: dict[int, str]
    """Those allocated to the unit now, by id."""
    kept: "dict[int, ItemKept]"
    withdrawn: list[EvidenceVersion]
    readings: list[Reading]


def unit_papers(enrolment: Enrolment) -> UnitPapers:
    """The unit, in twenty-three queries. The enrolment comes with its unit, people and centre."""
    record = printed_record(enrolment)
    people = [enrolment.assessor_id, enrolment.verifier_id, enrolment.countersigner_id]
    names = staff_names({user for user in people if user}, {enrolment.centre_id})
    return UnitPapers(
        record=record,
        staff={user: name for (user, _), name in names.items()},
        kept=items_kept({row.version_id for row in record.rows.mapped}),
        withdrawn=withdrawn_in(enrolment),
        readings=readings_in(enrolment),
    )


@dataclass(frozen=True)
class ItemKept:
    """A version as an index tells it: where it is held, and what became of its files."""

    version: EvidenceVersion
    shut_away: int
    destroyed: int
    disposed: int


def items_kept(version_ids: Iterable[int]) -> dict[int, ItemKept]:
    """These versions, with their files counted. Two queries."""
    versions = {row.pk: row for row in EvidenceVersion.objects.filter(pk__in=list(version_ids))}
    counted: dict[int, list[int]] = {pk: [0, 0, 0] for pk in versions}
    files = EvidenceFile.objects.filter(version__in=versions, removed_at=None).order_by()
    columns = ("version_id", "quarantined_at", "destroyed_at", "disposed_at")
    for version, quarantined, redacted, disposed in files.values_list(*columns):
        if quarantined or redacted or disposed:
            counted[version][2 if disposed else 1 if redacted else 0] += 1
    return {pk: ItemKept(version, *counted[pk]) for pk, version in versions.items()}


def withdrawn_in(enrolment: Enrolment) -> list[EvidenceVersion]:
    """Items that were evidence in the unit and were withdrawn after they were handed in, by number. One query.

    A draft of a next version that was given up is none: the version before it is in force.
    """
    rows = EvidenceVersion.objects.filter(
        status=ItemStatus.WITHDRAWN,
        submitted_at__isnull=False,
        replaced_at=None,
        evidence__mappings__enrolment=enrolment.pk,
    )
    return list(rows.select_related("evidence").order_by("evidence__number").distinct())


# --- who may fetch them ----------------------------------------------------------------------------------------------


def covered(user: User, document: Document) -> bool:
    """Whether the person sees every unit that the document tells of, and what it tells to staff alone. One query."""
    covers = document.facts.get("covers", {})
    wanted = set(covers.get("units", ()))
    units = Enrolment.objects.visible_to(user)
    if covers.get("staff"):
        units = units.exclude(candidate_user=user)
    return units.filter(pk__in=wanted).count() == len(wanted)


def item_shown(user: User, document: Document) -> Shown | None:
    """The item whose document it is, for whoever sees it and all that the document tells. Two queries."""
    evidence = Evidence.objects.visible_to(user).select_related("candidate").filter(pk=document.subject_id).first()
    if evidence is None or not covered(user, document):
        return None
    if document.facts.get("covers", {}).get("staff") and evidence.candidate.user_id == user.pk:
        return None
    return Shown(str(evidence), "assessments:evidence", (evidence.pk,))


def plan_shown(user: User, document: Document) -> Shown | None:
    """The assessment plan that was printed, for whoever sees all of it. One query, two more from outside."""
    plan = AssessmentPlan.objects.visible_to(user).filter(pk=document.subject_id).first()
    if plan is None or (looks_from_outside(user) and not sees_whole(user, plan)):
        return None
    return Shown(str(plan), "assessments:plan", (plan.pk,))


def sees_whole(user: User, plan: AssessmentPlan) -> bool:
    """Whether every unit of a plan exists for the person. One query."""
    within = PlanUnit.objects.filter(plan=plan, removed_at=None).values("enrolment")
    return not Enrolment.objects.filter(pk__in=within).exclude(pk__in=Enrolment.objects.visible_to(user)).exists()


def portfolio_shown(user: User, document: Document) -> Shown | None:
    """The candidate whose portfolio it is of, for whoever sees all the units it tells of. Two queries."""
    records = CandidateRecord.objects.select_related("centre", "user")
    candidate = records.filter(pk=document.subject_id).first()
    if candidate is None or not covered(user, document):
        return None
    own = candidate.user_id == user.pk
    if not own and not document.facts.get("covers", {}).get("units"):
        return None
    address = (candidate.centre.slug, candidate.user.handle)
    return Shown(f"Documents of {candidate}", "assessments:documents", address)
