"""What is checked in a sample: the questions a centre keeps for it, and the answers as they are written down."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from assessments.actions.journey import person, refuse
from assessments.enums import CheckedFor, CheckResult
from assessments.models import Enrolment, Sample, SampleAnswer, SampleCheck, SampleQuestion, SampleQuestions
from assessments.queries.checks import latest_list, questions_for
from assessments.verifying import questions_refusals
from portfolio import audit
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.models import AwardingBody, Unit

MOST_QUESTIONS = 20


@dataclass(frozen=True)
class Checked:
    """The answer to a check or a question; a no has its word."""

    result: str
    word: str = ""


@dataclass(frozen=True)
class Checks:
    """Everything a sample is asked: each check by what it is about, each question of the centre's by its id."""

    checks: Mapping[str, Checked]
    answers: Mapping[int, Checked]


NOTHING = Checks({}, {})


@transaction.atomic
def set_questions(
    *,
    centre: Centre,
    awarding_body: AwardingBody,
    unit: Unit | None,
    questions: Sequence[str],
    seen: int,
    by: User,
    at: datetime.datetime,
) -> SampleQuestions:
    """The next version of what is asked in every sample of a body's units, or of one unit; it is asked from now on.

    `seen`: the version that was looked at, 0 for none. A list without questions says that nothing is asked any more.
    """
    centre = take_turns(centre)
    refuse(questions_refusals(person(by, centre.pk, at)))
    asked = [text.strip() for text in questions if text.strip()]
    if unit is not None and unit.awarding_body_id != awarding_body.pk:
        raise Refusal([f"{unit} is not a unit of {awarding_body}."])
    if len(asked) > MOST_QUESTIONS:
        raise Refusal([f"A sample is asked {MOST_QUESTIONS} questions of a list at most."])
    if len(set(asked)) != len(asked):
        raise Refusal(["A question stands in the list twice."])
    latest = latest_list(centre, awarding_body, unit)
    number = latest.number if latest else 0
    if number != seen:
        raise Refusal(
            [f"Somebody has changed the questions meanwhile: version {number} is in force. Look at it first."]
        )
    made = SampleQuestions.objects.create(
        centre=centre, awarding_body=awarding_body, unit=unit, number=number + 1, made_by=by, made_at=at
    )
    SampleQuestion.objects.bulk_create(
        SampleQuestion(asked_in=made, position=place, text=text) for place, text in enumerate(asked, start=1)
    )
    details: dict[str, JSON] = {"version": made.number, "unit": unit.pk if unit else None, "questions": list(asked)}
    audit.record(verb="set_questions", by=by, at=at, subject=made, centre=centre, details=details)
    return made


def checks_refusals(enrolment: Enrolment, found: Checks, *, asks: bool) -> list[str]:
    """Why a sample cannot be closed with these answers. `asks`: whether it asks something of the assessor."""
    sentences = []
    if any(about not in found.checks for about in CheckedFor):
        sentences.append("Answer every check: yes, no or not applicable.")
    questions = {question.pk for question in questions_for(enrolment)}
    if set(found.answers) - questions:
        sentences.append("The centre's questions have changed meanwhile. Look at them again.")
    elif questions - set(found.answers):
        sentences.append("Answer every question of the centre's.")
    said = [*found.checks.values(), *found.answers.values()]
    if any(each.result not in CheckResult.values for each in said):
        sentences.append("A check is answered yes, no or not applicable.")
    if any(each.result == CheckResult.NO and not each.word.strip() for each in said):
        sentences.append("Say what is wrong wherever you answer no.")
    if not asks and any(each.result == CheckResult.NO for each in found.checks.values()):
        sentences.append(
            "A check that is answered no asks something of the assessor: say what they are to do and by when."
        )
    return sentences


def write_down(sample: Sample, found: Checks) -> None:
    """Keep the answers with the sample, while it is open."""
    SampleCheck.objects.bulk_create(
        SampleCheck(
            sample=sample, about=about, result=found.checks[about].result, word=found.checks[about].word.strip()
        )
        for about in CheckedFor
    )
    SampleAnswer.objects.bulk_create(
        SampleAnswer(sample=sample, question_id=pk, result=each.result, word=each.word.strip())
        for pk, each in found.answers.items()
    )
