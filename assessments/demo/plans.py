"""Plans of the demonstration centre, and what it asks for: one plan agreed that led to evidence, one proposed."""

import datetime

from assessments.actions import consistency, evidence, follow_up, planning
from assessments.actions.claims import Target
from assessments.actions.consistency import AskedFor, For
from assessments.actions.evidence import Described, NamedFile
from assessments.actions.follow_up import Held
from assessments.actions.planning import ActivityWords, PlanWords
from assessments.demo.centre import Harbour
from assessments.demo.evidence import Piece
from assessments.enums import Effect, EvidenceKind
from assessments.models import AssessmentPlan, Enrolment, EvidenceVersion

WEEK = datetime.timedelta(days=7)


def targets(unit: Enrolment, numbers: str) -> list[Target]:
    criteria = unit.unit.criteria.filter(number__in=numbers.split()).values_list("pk", flat=True)
    return [Target(unit.pk, pk) for pk in criteria]


def ask_for_consistency(harbour: Harbour, unit: Enrolment, at: datetime.datetime) -> None:
    """What the lead verifier asks for of a criterion, of which it warns; and what the assessor asks of Siân."""
    criteria = {row.number: row for row in unit.unit.criteria.filter(number__in=["1.2", "2.3"])}
    for what, asked, reason, by in (
        (
            For(criterion=criteria["1.2"]),
            AskedFor(Effect.WARN, times=2, dates=2),
            "Escalation is to be shown with two different customers at least.",
            harbour.staff.lead,
        ),
        (
            For(enrolment=unit, criterion=criteria["2.3"]),
            AskedFor(Effect.BLOCK, kinds=2),
            "We agreed that you show the monitoring in two ways.",
            unit.assessor,
        ),
    ):
        consistency.set_rule(centre=harbour.centre, what=what, asked=asked, reason=reason, by=by, at=at)


def agreed_plan(unit: Enrolment, at: datetime.datetime) -> AssessmentPlan:
    """What Siân will show in her first unit: two activities, of which one has become evidence."""
    plan = planning.start_plan(
        candidate=unit.candidate,
        units=[unit],
        words=PlanWords(
            title="Complaints and indicators, first months",
            needs="Welsh is my first language: I may write my statements in Welsh.",
            expert_witnesses="Gwen Tudur, shift manager: knows the work and the standards, holds D32.",
            review_on=(at + 3 * WEEK).date(),
        ),
        by=unit.assessor,
        at=at,
    )
    activities = (
        ("Put the new indicators to the operations board", EvidenceKind.WORK_PRODUCT, "2.1 2.2", 3, "Operations floor"),
        ("Settle an escalated complaint, observed", EvidenceKind.OBSERVATION, "1.2 1.3", 20, "Late shift, at my desk"),
    )
    for what, kind, numbers, weeks, place in activities:
        planning.write_activity(
            plan=plan,
            activity=None,
            words=ActivityWords(what, kind, (at + weeks * WEEK).date(), place, "A second headset for the assessor."),
            targets=targets(unit, numbers),
            by=unit.assessor,
            at=at,
        )
    planning.propose_plan(plan=plan, by=unit.assessor, at=at)
    plan.refresh_from_db()
    return planning.agree_plan(plan=plan, by=unit.candidate_user, at=at + WEEK / 7)


def become_evidence(plan: AssessmentPlan, piece: Piece, file: NamedFile, at: datetime.datetime) -> EvidenceVersion:
    """The first activity becomes an item, with its words and file, which is handed in."""
    candidate, activity = plan.candidate.user, plan.activities.order_by("position")[0]
    draft = follow_up.start_activity(activity=activity, by=candidate, at=at)
    mapped = draft.evidence.mappings.all()
    evidence.edit_draft(
        version=draft,
        described=Described(title=piece.title, description=piece.words, kind=piece.kind, activity_on=draft.activity_on),
        add=[file],
        remove=[],
        targets=[Target(row.enrolment_id, row.criterion_id, piece.locator) for row in mapped],
        by=candidate,
        at=at,
    )
    return evidence.submit(version=draft, by=candidate, at=at + datetime.timedelta(hours=2))


def reviewed(plan: AssessmentPlan, at: datetime.datetime) -> None:
    """A review that both have signed, and one that waits for the candidate."""
    first = follow_up.hold_review(
        plan=plan,
        held=Held(
            held_on=at.date(),
            discussed="The paper for the board, and which complaints she may use without naming the customers.",
            next_steps="She keeps the log as it is. I come to a late shift to observe.",
            next_on=(at + 5 * WEEK).date(),
            present="Gwen Tudur",
        ),
        by=plan.assessor,
        at=at,
    )
    follow_up.agree_review(
        review=first, comment="The shift plan for summer is not out yet.", by=plan.candidate.user, at=at + WEEK / 7
    )
    second = at + 5 * WEEK
    follow_up.hold_review(
        plan=plan,
        held=Held(
            held_on=second.date(),
            discussed="What came of the analysis that was returned, and the evening the booking system was down.",
            next_steps="The source of the figures is added. The observation stays where it is.",
            next_on=(second + 6 * WEEK).date(),
        ),
        by=plan.assessor,
        at=second,
    )


def proposed_plan(unit: Enrolment, at: datetime.datetime) -> AssessmentPlan:
    """What the assessor proposes for a unit that is not started."""
    activity = ActivityWords(
        "Three calls on one morning, recorded",
        EvidenceKind.AUDIO_VIDEO,
        (at + 2 * WEEK).date(),
        "The floor",
        "Leave to record.",
    )
    plan = begun_plan(unit, at, "Dealing with customers on the telephone", activity, "1.1 1.2 1.3 2.1")
    return planning.propose_plan(plan=plan, by=unit.assessor, at=at)


def planned_again(unit: Enrolment, at: datetime.datetime) -> AssessmentPlan:
    """What the assessor has begun to plan for a unit that was sent back: the verifier's action asks for it."""
    activity = ActivityWords("Monitor an evening shift", EvidenceKind.OBSERVATION, (at + WEEK).date(), "Evening shift")
    return begun_plan(unit, at, "A second monitoring activity", activity, "8 11")


def begun_plan(
    unit: Enrolment, at: datetime.datetime, title: str, activity: ActivityWords, numbers: str
) -> AssessmentPlan:
    """A draft with one activity."""
    words = PlanWords(title, review_on=(at + 4 * WEEK).date())
    plan = planning.start_plan(candidate=unit.candidate, units=[unit], words=words, by=unit.assessor, at=at)
    planning.write_activity(
        plan=plan, activity=None, words=activity, targets=targets(unit, numbers), by=unit.assessor, at=at
    )
    return plan
