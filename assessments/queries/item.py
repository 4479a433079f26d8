"""One item of evidence as its page shows it: versions, files, what it is mapped to, and what was said of it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.utils import timezone

from assessments.enums import ItemStatus, Verb
from assessments.form_enums import Drawn
from assessments.models import Decision, Enrolment, Evidence, EvidenceFile, EvidenceVersion, Mapping, Testimony
from assessments.models.enrolment import worked_on_by
from assessments.progress import Mark
from assessments.queries.conversation import Turn, decisions_on, readings_of, turns
from assessments.queries.enrolment import staff_names
from assessments.queries.evidence import facts_of, held_up_by_scans, scans_of, testimonies_of
from assessments.queries.leaves import Leaves, Shown, leaves_in
from assessments.queries.observed import RecordShown, records_shown
from assessments.queries.versions import (
    MAPPINGS,
    Changes,
    VersionTold,
    files_of,
    mapped_now,
    mappings_of,
    versions_told,
)
from assessments.rules import Person
from assessments.workflow import ITEM_JOURNEY, SAFEKEEPING, ItemFacts, Reason, item_parties, item_refusals
from portfolio.compiled import compiled
from portfolio.enums import ScanResult
from portfolio.models import User
from units.models import Criterion
from units.queries import Leaf

BOOLEAN = BooleanField()


@dataclass(frozen=True)
class MappedTo:
    """A criterion the item is mapped to, where in the item to look, and how far it got there."""

    mapping: Mapping
    criterion: Criterion
    drawn: Drawn
    words: str
    mapped_by: str
    judged: bool


@dataclass(frozen=True)
class UnitShown:
    """A unit the item is mapped to, with the criteria in the specification's order."""

    enrolment: Enrolment
    mapped: list[MappedTo]
    leaves: list[tuple[Leaf, Shown]]
    """The evidence requirements that it is said to show."""


@dataclass(frozen=True)
class ItemPage:
    """An item, read once. `version` is the one shown, `draft` a further one in preparation (its candidate's only)."""

    evidence: Evidence
    version: EvidenceVersion
    versions: list[VersionTold]
    changes: Changes | None
    draft: EvidenceVersion | None
    own: bool
    files: list[EvidenceFile]
    scans: dict[int, ScanResult]
    """What scanning the files came to, by the id of their bytes."""
    testimonies: list[Testimony]
    record: RecordShown | None
    """Of an item that an assessor made."""
    facts: ItemFacts
    units: list[UnitShown]
    turns: list[Turn]
    person: Person
    verbs: dict[Verb, list[Reason]]
    """What it is this person's turn to do with the version shown, each with what stands in its way."""


def item_page(
    user: User,
    pk: int,
    person_at: Callable[[int], Person],
    *,
    number: int | None = None,
    newest: bool = False,
    in_full: bool = True,
) -> ItemPage:
    """The page of an item in eleven queries at most, however much was said of it; a witness's takes two more, and one
    that an assessor made four.

    Shows the version in force; `number` asks for another one, `newest` for the draft of the next where there is one.
    Unless it is wanted `in_full`, what people said of it, who among the staff did what, and which evidence requirements
    it shows is left out.
    Raises Evidence.DoesNotExist, or EvidenceVersion.DoesNotExist, for what does not exist for this person: drafts are
    their candidate's alone.
    """
    evidence = item_shown(user, pk)
    own = evidence.candidate.user_id == user.pk
    versions = versions_shown(evidence, own=own)
    drafts = [other for other in versions if other.status == ItemStatus.DRAFT]
    version = drafts[0] if newest and drafts else version_asked_for(versions, number)
    person = person_at(evidence.centre_id)
    files = files_of(versions)
    found = mappings_for(evidence.pk, user, own=own)
    enrolments = mapped_now(found)
    visible = {row.enrolment_id for row in found if row.taken_back_at is None and (own or row.seen)}
    mappings = [row for row in found if own or row.enrolment_id in visible]
    decisions = decisions_on(versions, visible)
    held_up = held_up_by_scans(version)
    scans = scans_of(files[version.pk]) if in_full or held_up else {}
    said = testimonies_of(versions)
    has_draft = bool(drafts) and version not in drafts
    records = records_shown(row.pk for row in versions) if evidence.author_id else {}
    record, in_the_way = records.get(version.pk), scans if held_up else {}
    settled = bool(record and record.acknowledged)
    facts = facts_of(
        version, enrolments, files[version.pk], in_the_way, said, has_draft=has_draft, acknowledged=settled
    )
    names = names_in(evidence, mappings, decisions) if in_full else {}
    told = versions_told(versions, files, mappings)
    return ItemPage(
        evidence=evidence,
        version=version,
        versions=told,
        changes=next(one.changes for one in told if one.version == version),
        draft=next((draft for draft in drafts if draft != version), None),
        own=own,
        files=files[version.pk],
        scans=scans,
        testimonies=[row for row in said if row.version_id == version.pk],
        record=record,
        facts=facts,
        units=units_shown(
            version, [row for row in enrolments if row.pk in visible], mappings, decisions, names, in_full=in_full
        ),
        turns=turns(evidence, versions, readings_of(versions), decisions, names, records) if in_full else [],
        person=person,
        verbs=verbs_of(person, facts),
    )


def item_shown(user: User, pk: int) -> Evidence:
    """The item with its candidate and centre, in one query. Raises Evidence.DoesNotExist for strangers."""
    evidence = _item.first(user, pk, timezone.localdate())
    if evidence is None:
        raise Evidence.DoesNotExist
    return evidence


@compiled
def _item(user: User, pk: int, day: datetime.date) -> QuerySet[Evidence]:
    return Evidence.objects.visible_to(user, day).select_related("candidate", "centre").filter(pk=pk)


@dataclass(frozen=True)
class DraftPage:
    """A draft with its files, as its candidate goes on with it."""

    evidence: Evidence
    version: EvidenceVersion
    files: list[EvidenceFile]
    own: bool


def draft_page(user: User, pk: int) -> DraftPage:
    """An item's draft, or its version in force where it has none, in three queries.

    Raises Evidence.DoesNotExist, or EvidenceVersion.DoesNotExist, for what does not exist for this person.
    """
    evidence = _drafted.first(user, pk, timezone.localdate())
    if evidence is None:
        raise Evidence.DoesNotExist
    own = evidence.candidate.user_id == user.pk
    versions = versions_shown(evidence, own=own)
    drafts = [version for version in versions if version.status == ItemStatus.DRAFT]
    version = drafts[0] if drafts else version_asked_for(versions, None)
    return DraftPage(evidence, version, files_of([version])[version.pk], own)


@compiled
def _drafted(user: User, pk: int, day: datetime.date) -> QuerySet[Evidence]:
    return Evidence.objects.visible_to(user, day).select_related("candidate__centre", "centre").filter(pk=pk)


def mappings_for(evidence_id: int, user: User, *, own: bool) -> list[Any]:
    """The item's mappings with their enrolments, in the order of these, those taken back among them. One query.

    To staff each tells as `seen` whether its enrolment exists for them.
    """
    return mappings_of(evidence_id) if own else _mappings_seen(evidence_id, user, timezone.localdate())


@compiled
def _mappings_seen(evidence_id: int, user: User, day: datetime.date) -> QuerySet[Any]:
    seen = ExpressionWrapper(worked_on_by(user, day, at="enrolment__"), BOOLEAN)
    found: QuerySet[Any] = MAPPINGS.filter(evidence=evidence_id).annotate(seen=seen)
    return found


def versions_shown(evidence: Evidence, *, own: bool) -> list[EvidenceVersion]:
    """The item's versions, oldest first. What was never handed in is shown to its candidate only."""
    found = _versions(evidence.pk, own)
    for version in found:
        version.evidence = evidence
    return found


@compiled
def _versions(evidence_id: int, own: bool) -> QuerySet[EvidenceVersion]:
    versions = EvidenceVersion.objects.filter(evidence=evidence_id).select_related("declaration").order_by("number")
    return versions if own else versions.filter(submitted_at__isnull=False)


def version_asked_for(versions: list[EvidenceVersion], number: int | None) -> EvidenceVersion:
    """The version with that number; without one, the version in force, else the newest."""
    if number is not None:
        for version in versions:
            if version.number == number:
                return version
        raise EvidenceVersion.DoesNotExist
    in_force = [version for version in versions if version.submitted_at and not version.replaced_at]
    newest = [version for version in versions if version.status != ItemStatus.WITHDRAWN]
    return (in_force[-1:] or newest[-1:] or versions[-1:])[0]


def names_in(evidence: Evidence, mappings: list[Mapping], decisions: list[Decision]) -> dict[int, str]:
    """Who among the centre's staff mapped the item and who countersigned, by name. One query where there are any."""
    mapped = {row.made_by_id for row in mappings} - {evidence.candidate.user_id}
    agreed = {row.countersignature.by_id for row in decisions if hasattr(row, "countersignature")}
    names = staff_names(mapped | agreed, {evidence.centre_id})
    return {user: name for (user, _), name in names.items()}


def verbs_of(person: Person, facts: ItemFacts) -> dict[Verb, list[Reason]]:
    """The verbs that are this person's turn at the version's status, in the table's order, with their refusals."""
    mine = item_parties(person, facts)
    return {
        step.verb: item_refusals(step.verb, person, facts)
        for step in ITEM_JOURNEY
        if mine & set(step.turn) and facts.status in step.sources and (step.verb in SAFEKEEPING or not facts.replaced)
    }


# --- what it is mapped to --------------------------------------------------------------------------------------------


def units_shown(
    version: EvidenceVersion,
    enrolments: list[Enrolment],
    mapped_ever: list[Mapping],
    decisions: list[Decision],
    names: dict[int, str],
    *,
    in_full: bool,
) -> list[UnitShown]:
    """The units with the criteria mapped, each with its mark on this version; in full with what they show of evidence
    requirements, in one query."""
    mappings = [row for row in mapped_ever if row.taken_back_at is None]
    latest = {(row.enrolment_id, row.criterion_id): row for row in decisions if row.version_id == version.pk}
    ever = {(row.enrolment_id, row.criterion_id) for row in decisions}

    def mapped(enrolment: Enrolment, row: Mapping) -> MappedTo:
        key = (row.enrolment_id, row.criterion_id)
        mark = mark_of(version, row, latest.get(key))
        drawn = mark.drawn(confirmed=vars(row)["confirmed"] and version.replaced_at is None)
        by = "" if row.made_by_id == enrolment.candidate_user_id else names.get(row.made_by_id, "")
        return MappedTo(row, row.criterion, drawn, mark.words, by, key in ever)

    leafy = {row.enrolment_id for row in mappings if in_full and getattr(row, "leafy", True)}
    leaves = leaves_in(row for row in enrolments if row.pk in leafy) if leafy else {}
    return [
        UnitShown(
            enrolment,
            [mapped(enrolment, row) for row in mappings if row.enrolment_id == enrolment.pk],
            leaves.get(enrolment.pk, Leaves()).shown_by(version.evidence_id),
        )
        for enrolment in enrolments
    ]


def mark_of(version: EvidenceVersion, mapping: Mapping, word: Decision | None) -> Mark:
    """The mark of a mapping on one version: the latest decision on it."""
    if word is None:
        return Mark(mapping.evidence_id, mapping.criterion_id, version.status)
    countersigned = word.countersignature.agreed if hasattr(word, "countersignature") else None
    return Mark(
        mapping.evidence_id,
        mapping.criterion_id,
        version.status,
        word.verdict,
        word.needs_countersignature,
        countersigned,
    )
