"""Appeals at any point, and cases, for tests: born through the real verbs."""

import datetime

from django.utils import timezone

from assessments.actions import appeal as appeals
from assessments.actions import case as cases
from assessments.enums import AppealAbout, AppealOutcome, CaseKind, Verdict
from assessments.models import Appeal, Case, CaseFile, Decision, Enrolment
from assessments.queries.appeal import Against
from assessments.testing import House, a_file, an_enrolment, handed_in, judged
from portfolio.models import User

DAY = datetime.timedelta(days=1)


def not_yet(house: House, key: str = "ocr-cc26") -> Decision:
    """A decision against the candidate, in a unit of their own."""
    unit = an_enrolment(house, key)
    return judged(handed_in(unit, "1.1"), unit, Verdict.NOT_YET).decisions.get()


def appealed(house: House, decision: Decision | None = None, *, at: datetime.datetime | None = None) -> Appeal:
    """Raised, and not acknowledged yet."""
    decision = decision or not_yet(house)
    unit = decision.enrolment
    return appeals.raise_appeal(
        enrolment=unit,
        against=Against(AppealAbout.DECISION, decision_id=decision.pk),
        grounds="The log shows what came of it.",
        by=unit.candidate_user,
        at=at or timezone.now(),
    )


def acknowledged(house: House, decision: Decision | None = None) -> Appeal:
    appeal = appealed(house, decision)
    return appeals.acknowledge_appeal(appeal=appeal, by=house.administrator, at=timezone.now())


def appointed(house: House, decision: Decision | None = None, adjudicator: User | None = None) -> Appeal:
    """The first stage, with an assessor who has no part in the unit."""
    return appeals.appoint_adjudicator(
        appeal=acknowledged(house, decision),
        adjudicator=adjudicator or house.other_assessor,
        by=house.administrator,
        at=timezone.now(),
    )


def decided(
    house: House, outcome: AppealOutcome = AppealOutcome.NOT_UPHELD, decision: Decision | None = None
) -> Appeal:
    return appeals.decide_appeal(
        appeal=appointed(house, decision),
        outcome=outcome,
        finding="The log was read.",
        by=house.other_assessor,
        at=timezone.now(),
    )


def further(house: House) -> Appeal:
    """At the second stage, heard by a verifier who has no part in the unit."""
    appeal = appeals.take_further(appeal=decided(house), by=house.candidate.user, at=timezone.now())
    return appeals.appoint_adjudicator(
        appeal=appeal, adjudicator=house.other_verifier, by=house.administrator, at=timezone.now()
    )


def a_case(house: House) -> Case:
    """About the candidate, opened by the administrator."""
    return cases.open_case(
        centre=house.centre,
        kind=CaseKind.MALPRACTICE,
        summary="Two logs read alike.",
        concerns=[house.candidate.user],
        by=house.administrator,
        at=timezone.now(),
    )


def a_case_file(house: House, case: Case, text: str = "What she said, word for word.") -> CaseFile:
    """The note of an interview, with the step that the administrator wrote down."""
    step = cases.add_step(
        case=case,
        happened_on=timezone.localdate(),
        text="Spoke to her.",
        files=[a_file(house.centre, text, "interview.txt")],
        by=house.administrator,
        at=timezone.now(),
    )
    return step.files.get()


def holding(house: House, unit: Enrolment) -> Case:
    """A case that holds a unit."""
    case = a_case(house)
    cases.freeze_unit(case=case, enrolment=unit, by=house.administrator, at=timezone.now())
    unit.refresh_from_db()
    return case
