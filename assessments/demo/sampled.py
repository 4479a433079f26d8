"""What the verifiers of the demonstration centre did under their plan: so the grid shows every mark it knows."""

import datetime
from collections.abc import Mapping

from assessments.actions import judgement, strategy, verification, widening
from assessments.demo import quality
from assessments.demo.centre import Harbour
from assessments.enums import SampleStage, Verdict
from assessments.models import Enrolment, PlannedCell, Sample, SamplingPlan

SINCE_PLANNED = datetime.timedelta(days=21)
DAY = datetime.timedelta(days=1)


def tell(harbour: Harbour, now: datetime.datetime) -> None:
    """Interim samples: agreed, with an action, not agreed, overtaken by a change; and one that nobody got round to."""
    plan = SamplingPlan.objects.get(adopted_at__isnull=False, policy__centre=harbour.centre)
    for candidate, key in (("lukasz", "ocr-cc16"), ("tom", "ocr-cc26"), ("priya", "ocr-cc32"), ("sian", "ocr-cc16")):
        planned(plan, unit_of(harbour, candidate, key), now - SINCE_PLANNED + DAY)
    brought_forward(plan, unit_of(harbour, "grace", "ocr-d20"), now)
    let_pass(plan, unit_of(harbour, "tom", "ocr-cc32"), now - 15 * DAY)
    sample(unit_of(harbour, "priya", "ocr-cc32"), now - 14 * DAY)
    sample(
        unit_of(harbour, "sian", "ocr-cc16"),
        now - 13 * DAY,
        feedback="The log is good. Say in your feedback on 2.1 which call of it you mean.",
        wanted="Name the call in the feedback on 2.1.",
        due_on=now.date() + 10 * DAY,
        no={"feedback": "It does not say which call of the log is meant."},
    )
    sample(
        unit_of(harbour, "lukasz", "ocr-cc16"),
        now - 12 * DAY,
        agreed=False,
        feedback="Met on the log alone, which shows that calls were monitored, not what came of it.",
        wanted="Ask for one case that the log led to, and judge again.",
        due_on=now.date() + 7 * DAY,
        no={"decision": "Met on the log alone."},
    )
    tom = unit_of(harbour, "tom", "ocr-cc26")
    sample(tom, now - 10 * DAY)
    judged_again(tom, now - 2 * DAY)


def unit_of(harbour: Harbour, candidate: str, key: str) -> Enrolment:
    return harbour.candidates[candidate].enrolments.get(unit__key=key)


def planned(plan: SamplingPlan, unit: Enrolment, at: datetime.datetime, due_on: datetime.date | None = None) -> None:
    """The unit in the plan for an interim sample, if the draw has not chosen it."""
    if not PlannedCell.objects.in_force().filter(plan=plan, enrolment=unit, stage=SampleStage.INTERIM).exists():
        strategy.add_cell(
            plan=plan,
            enrolment=unit,
            stage=SampleStage.INTERIM,
            reason="To be seen while work is in progress.",
            by=unit.verifier,
            at=at,
            due_on=due_on,
        )


def brought_forward(plan: SamplingPlan, unit: Enrolment, now: datetime.datetime) -> None:
    """A sample that was to be taken sooner than the plan had it, and was not."""
    for cell in PlannedCell.objects.in_force().filter(plan=plan, enrolment=unit):
        strategy.remove_cell(cell=cell, reason="Brought forward.", by=unit.verifier, at=now - SINCE_PLANNED + DAY)
    planned(plan, unit, now - SINCE_PLANNED + DAY, due_on=now.date() - 2 * DAY)


def sample(
    unit: Enrolment,
    at: datetime.datetime,
    feedback: str = "",
    wanted: str = "",
    due_on: datetime.date | None = None,
    *,
    agreed: bool = True,
    no: Mapping[str, str] | None = None,
) -> Sample:
    """The unit sampled in the meantime: what its assessor has judged so far. `no`: the checks it did not pass."""
    chosen = verification.plan_sample(
        enrolment=unit, reason="Planned: while work is in progress.", by=unit.verifier, at=at
    )
    return verification.close_sample(
        sample=chosen,
        criteria=set(unit.decisions.values_list("criterion_id", flat=True)),
        feedback=feedback,
        wanted=wanted,
        due_on=due_on,
        agreed=agreed,
        checks=quality.found(chosen, **(no or {})),
        by=unit.verifier,
        at=at + datetime.timedelta(hours=2),
    )


def let_pass(plan: SamplingPlan, unit: Enrolment, at: datetime.datetime) -> None:
    """A finding from which nothing follows: what was asked for was done within the week."""
    found = unit.samples.get()
    reason = "A minute left out of one piece of feedback, put right the same week."
    widening.keep_plan(plan=plan, sample=found, reason=reason, by=unit.verifier, at=at)


def judged_again(unit: Enrolment, at: datetime.datetime) -> None:
    """The assessor has second thoughts on a criterion that was sampled: the verifier hears of it."""
    decision = unit.decisions.latest("pk")
    feedback = "On reading it again, this names the rule and not what you did about it. Add that."
    judgement.review(
        version=decision.version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(unit.pk, decision.criterion_id, Verdict.NOT_YET, feedback)],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=unit.assessor,
        at=at,
    )
