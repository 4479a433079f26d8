"""Who and what the measured pages are about: a candidate, units at every stage, and the latest of each record."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from assessments.actions import evidence, judgement, strategy
from assessments.enums import InterestKind, ItemStatus, Verdict
from assessments.models import Enrolment, EvidenceVersion, Interest, SamplingPlan
from assessments.queries.strategy import latest_policy
from bench.agreed import Plans, plans_of
from bench.awards import Awards, awards_of
from bench.centre import Staffed
from bench.external import External, external_of
from bench.plan import UNITS, Stage, stage_of
from bench.quality import Quality, quality_of
from portfolio.models import CandidateRecord, Document
from units.models import AwardingBody

QUARTER = datetime.timedelta(days=91)


@dataclass(frozen=True)
class Subjects:
    """The records the pages show. The first candidate has just begun four units: the longest forms."""

    staffed: Staffed
    candidate: CandidateRecord
    begun: Enrolment
    at: dict[Stage, Enrolment]
    read: EvidenceVersion
    waiting: EvidenceVersion
    draft: EvidenceVersion
    second: EvidenceVersion
    document: Document
    sampling_plan: SamplingPlan
    conflict: Interest
    plans: Plans
    quality: Quality
    awards: Awards
    external: External


def subjects(staffed: Staffed, *, drawn: bool = True) -> Subjects:
    """Where to look in a loaded centre of five candidates or more. `drawn`: its sampling plan is drawn anew, where
    there are more units than before."""
    candidates = CandidateRecord.objects.filter(centre=staffed.centre).select_related("user").order_by("legal_name")
    first = candidates[0]
    versions = EvidenceVersion.objects.filter(evidence__candidate=first).order_by("pk")
    begun = first.enrolments.get(unit__key=UNITS[0])
    of_unit = versions.filter(evidence__mappings__enrolment=begun).distinct()
    at = by_stage(list(candidates[1:3]))
    return Subjects(
        staffed=staffed,
        candidate=first,
        begun=begun,
        at=at,
        read=of_unit.filter(status=ItemStatus.REVIEWED)[0],
        waiting=of_unit.filter(status=ItemStatus.SUBMITTED)[0],
        draft=of_unit.filter(status=ItemStatus.DRAFT)[0],
        second=judged_twice(at[Stage.BUSY]),
        document=waiting_document(begun),
        sampling_plan=a_plan(staffed) if drawn else plan_of(staffed),
        conflict=conflict_with(first, staffed),
        plans=plans_of(begun, staffed),
        awards=awards_of(staffed),
        quality=quality_of(staffed, of_unit.filter(status=ItemStatus.REVIEWED)[0], begun),
        external=external_of(staffed, first.enrolments.get(unit__key="ocr-cc32")),
    )


def a_plan(staffed: Staffed) -> SamplingPlan:
    """A sampling plan of all OCR's units there are now, adopted with the verbs."""
    now, body = timezone.now(), AwardingBody.objects.get(code="ocr")
    policy = latest_policy(staffed.centre, body) or strategy.set_policy(
        centre=staffed.centre, awarding_body=body, rules=strategy.Rules(), seen=0, by=staffed.lead, at=now
    )
    today = now.date()
    drawn = strategy.draw_plan(
        policy=policy, starts_on=today - QUARTER, ends_on=today + QUARTER, seed="1", by=staffed.lead, at=now
    )
    return strategy.adopt_plan(plan=drawn, by=staffed.lead, at=now)


def plan_of(staffed: Staffed) -> SamplingPlan:
    """The plan adopted last."""
    return SamplingPlan.objects.filter(policy__centre=staffed.centre, adopted_at__isnull=False).latest("pk")


def by_stage(second_and_third: list[CandidateRecord]) -> dict[Stage, Enrolment]:
    """A unit at each stage: between them, the second and third candidates have them all."""
    return {
        stage_of(number, place): record.enrolments.get(unit__key=key)
        for number, record in enumerate(second_and_third, start=2)
        for place, key in enumerate(UNITS)
    }


def judged_twice(enrolment: Enrolment) -> EvidenceVersion:
    """The second version of an item that was returned, judged with a criterion more: the most is told of such a one."""
    versions = EvidenceVersion.objects.filter(evidence__mappings__enrolment=enrolment).distinct()
    if found := versions.filter(number=2).first():
        return found
    returned, candidate, now = versions.get(status=ItemStatus.RETURNED), enrolment.candidate_user, timezone.now()
    draft = evidence.replace(version=returned, by=candidate, at=now)
    second = evidence.submit(version=draft, by=candidate, at=now)
    judgement.review(
        version=second,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(enrolment.pk, row.pk, Verdict.MET) for row in enrolment.unit.criteria.all()],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=enrolment.assessor,
        at=now,
    )
    return second


def waiting_document(enrolment: Enrolment) -> Document:
    """A recording form somebody asked for, not made yet."""
    return Document.objects.get_or_create(
        centre=enrolment.centre,
        key="0" * 64,
        defaults={
            "kind": "recording_form",
            "facts": {},
            "subject_kind": "enrolment",
            "subject_id": enrolment.pk,
            "file_name": "recording-form.pdf",
            "asked_by": enrolment.candidate_user,
            "asked_at": timezone.now(),
        },
    )[0]


def conflict_with(candidate: CandidateRecord, staffed: Staffed) -> Interest:
    """The trainee is tied to the candidate, whom somebody else assesses."""
    return Interest.objects.get_or_create(
        centre=staffed.centre,
        staff=staffed.trainee,
        candidate=candidate,
        defaults={
            "kind": InterestKind.RELATIVE,
            "words": "A cousin.",
            "from_on": timezone.localdate(),
            "declared_by": staffed.administrator,
            "declared_at": timezone.now(),
        },
    )[0]
