"""How the demonstration centre checks itself: what samples ask, an interim sample, an observation, standardisation."""

import datetime

from assessments.actions import activities, checks, standardisation, verification
from assessments.actions.checks import Checked, Checks
from assessments.actions.standardisation import Said
from assessments.demo.centre import Harbour
from assessments.enums import ActivityKind, ActivityOutcome, CheckedFor, CheckResult, Verdict
from assessments.models import Enrolment, EvidenceVersion, Exercise, Review, Sample
from assessments.queries.checks import questions_for
from portfolio.models import User
from units.models import AwardingBody

DAY = datetime.timedelta(days=1)
QUESTIONS = (
    "Is it clear from the record what the candidate did themselves?",
    "Were customers’ details taken out, or kept with permission?",
    "Did the candidate say how they were assessed, and was that heard?",
)
M, C, N = Verdict.MET, Verdict.CONTRIBUTES, Verdict.NOT_YET
WHY = {C: "One occasion. Ask for another.", N: "It says what was planned, not what was done."}
COMPARED = ((M, M, M), (M, C, M), (M, M, M), (C, N, C), (M, M, M), (N, N, C))
"""What three assessors said of each criterion, unseen of each other."""
OBSERVED = """A professional discussion of 25 minutes in the quiet room.

Dylan had told the candidate beforehand what it would cover, asked open questions and let her finish. He recorded it \
and noted the criteria beside the time.

At the end he gave feedback, but the next step was not agreed aloud."""
MINUTES = """We went through the exercise on Tom’s recording criterion by criterion.

We had differed most on what a plan shows. Agreed: a plan alone contributes; met needs what came of it, from the \
candidate or somebody who saw it.

Zofia asked how old a recording may be. Iain finds out what OCR says and tells everybody."""


def ask(harbour: Harbour, at: datetime.datetime) -> None:
    """What every sample of OCR’s units is asked beside the checks."""
    checks.set_questions(
        centre=harbour.centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        unit=None,
        questions=QUESTIONS,
        seen=0,
        by=harbour.staff.lead,
        at=at,
    )


def found(sample: Sample, **no: str) -> Checks:
    """Everything answered yes, but for the checks that are named with what is wrong."""
    said = {about.value: Checked(CheckResult.YES) for about in CheckedFor}
    said[CheckedFor.COUNTERSIGNATURE] = Checked(CheckResult.NOT_APPLICABLE, "The assessor holds the award.")
    said |= {about: Checked(CheckResult.NO, word) for about, word in no.items()}
    return Checks(said, {row.pk: Checked(CheckResult.YES) for row in questions_for(sample.enrolment)})


def interim(unit: Enrolment, at: datetime.datetime, now: datetime.datetime) -> None:
    """A look at single items while the unit is being assessed; what it asked for is answered and not closed yet."""
    sample = verification.plan_sample(
        enrolment=unit, reason="A first look while there is time to put things right.", by=unit.verifier, at=at
    )
    readings = Review.objects.filter(version__evidence__mappings__enrolment=unit, at__lt=at).distinct().order_by("pk")
    verification.close_sample(
        sample=sample,
        criteria=(),
        readings=[reading.pk for reading in readings[:2]],
        checks=found(sample, feedback="The second reading says what is missing, but not where in the log."),
        feedback="Both decisions are right. Point to the entry of the log that you mean.",
        wanted="Name the entry of the log in your feedback, and tell Siân which one.",
        due_on=now.date() + 5 * DAY,
        by=unit.verifier,
        at=at + DAY,
    )
    verification.answer_action(
        action=sample.actions.get(),
        answer="Entry 9: she knows, and it stands beside 2.1 now.",
        by=unit.assessor,
        at=now,
    )


def tell(harbour: Harbour, now: datetime.datetime) -> None:
    """An observation with what was seen, one that is planned, a meeting, and two exercises."""
    staff, week = harbour.staff, 7 * DAY
    seen = activities.plan_activity(
        centre=harbour.centre,
        kind=ActivityKind.OBSERVATION,
        assessor=staff.assessor,
        enrolment=None,
        verifier=staff.verifier,
        planned_on=(now - week).date(),
        reason="Every assessor is observed once a year.",
        by=staff.verifier,
        at=now - 2 * week,
    )
    activities.record_activity(
        activity=seen,
        held_on=(now - week).date(),
        seen=OBSERVED,
        outcome=ActivityOutcome.WITH_ACTION,
        wanted="Agree the next step aloud, with a day, before the discussion ends.",
        due_on=(now + 2 * week).date(),
        by=staff.verifier,
        at=now - week,
    )
    activities.plan_activity(
        centre=harbour.centre,
        kind=ActivityKind.RECORDS,
        assessor=staff.trainee,
        enrolment=None,
        verifier=staff.lead,
        planned_on=(now + week).date(),
        reason="Zofia works towards her award: her records before the next external visit.",
        by=staff.lead,
        at=now - week,
    )
    standardise(harbour, now)


def standardise(harbour: Harbour, now: datetime.datetime) -> None:
    """Three assessors on Tom’s item, compared and agreed on in a meeting; and one that still waits for two of them."""
    staff, week = harbour.staff, 7 * DAY
    three = [staff.assessor, staff.other_assessor, staff.trainee]
    done = exercise(harbour, "tom", "ocr-cc32", "When is a plan enough?", three, len(COMPARED), now - 2 * week)
    for place, user in enumerate(three):
        judge(done, user, [said[place] for said in COMPARED], now - week)
    standardisation.close_exercise(exercise=done, by=staff.lead, at=now - 6 * DAY)
    meeting = activities.hold_meeting(
        centre=harbour.centre,
        title="Standardisation, CC32",
        held_on=(now - 5 * DAY).date(),
        present=[*three, staff.lead],
        apologies=[staff.verifier],
        minutes=MINUTES,
        by=staff.lead,
        at=now - 5 * DAY,
    )
    activities.ask_of_staff(
        source=meeting,
        owner=staff.lead,
        wanted="Find out how old a recording may be, and tell everybody.",
        due_on=(now + week).date(),
        by=staff.lead,
        at=now - 5 * DAY,
    )
    criteria = [row.criterion for row in done.criteria.select_related("criterion")]
    standardisation.agree_outcome(
        exercise=done,
        criterion=criteria[3],
        verdict=C,
        rationale="A plan alone contributes. It is met once the candidate, or a witness, says what came of it.",
        meeting=meeting,
        by=staff.lead,
        at=now - 5 * DAY,
    )
    waiting = exercise(harbour, "lukasz", "ocr-cc26", "What counts as consulting?", three, 3, now - 2 * DAY)
    judge(waiting, staff.trainee, [M, C, M], now - DAY)


def exercise(
    harbour: Harbour, name: str, key: str, title: str, people: list[User], count: int, at: datetime.datetime
) -> Exercise:
    """The first item of a candidate’s unit, against its first criteria."""
    unit = harbour.candidates[name].enrolments.get(unit__key=key)
    handed_in = EvidenceVersion.objects.filter(evidence__mappings__enrolment=unit, submitted_at__isnull=False)
    version = handed_in.select_related("evidence__candidate", "evidence__centre").earliest("pk")
    return standardisation.set_exercise(
        version=version,
        unit=unit.unit,
        criteria=list(unit.unit.criteria.order_by("position").values_list("pk", flat=True)[:count]),
        participants=people,
        title=title,
        reason="Decisions on this have differed since the spring.",
        name_hidden=True,
        due_on=(at + 10 * DAY).date(),
        by=harbour.staff.lead,
        at=at,
    )


def judge(found: Exercise, user: User, verdicts: list[Verdict], at: datetime.datetime) -> None:
    criteria = [row.criterion_id for row in found.criteria.all()]
    said = {pk: Said(verdict, WHY.get(verdict, "")) for pk, verdict in zip(criteria, verdicts, strict=True)}
    standardisation.judge_in_exercise(exercise=found, said=said, by=user, at=at)
