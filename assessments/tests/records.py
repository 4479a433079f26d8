"""Records of assessors for tests: made, answered and corrected by the real verbs."""

from dataclasses import replace
from typing import Any

from django.utils import timezone

from assessments.actions import observed, question_sets
from assessments.actions.observed import Content, Exchanged, Passage
from assessments.actions.question_sets import Asked
from assessments.enums import EvidenceKind
from assessments.models import Enrolment, EvidenceVersion, QuestionSet
from assessments.testing import House, a_unit, targets
from portfolio.models import User

NARRATIVE = "She greeted the caller by name.\n\nThen she explained the refund, step by step, and rang back."


def content_for(enrolment: Enrolment, *numbers: str, **otherwise: Any) -> Content:
    """An observation with its first paragraph marked with these criteria (1.1 when none is given)."""
    noted = [(target.enrolment_id, target.criterion_id) for target in targets(enrolment, *(numbers or ("1.1",)))]
    content = Content(
        kind=EvidenceKind.OBSERVATION,
        title="The late shift",
        activity_on=timezone.localdate(),
        place="The contact centre, second floor",
        context="A busy evening with two new starters.",
        narrative=NARRATIVE,
        feedback="Clear and calm. Next: a complaint by e-mail.",
        passages=[Passage(0, NARRATIVE.index("\n\n"), criterion) for criterion in noted],
    )
    return replace(content, **otherwise)


def answers_for(enrolment: Enrolment, **otherwise: Any) -> Content:
    """Questions and answers, for 1.1."""
    shows = [(target.enrolment_id, target.criterion_id) for target in targets(enrolment, "1.1")]
    asked = Exchanged("Why ring back?", "So that they know where they stand.", criteria=shows)
    words = {"kind": EvidenceKind.QUESTIONS, "narrative": "", "passages": [], "exchanges": [asked]}
    return content_for(enrolment, **{**words, **otherwise})


def recorded(enrolment: Enrolment, *numbers: str, by: User | None = None, **otherwise: Any) -> EvidenceVersion:
    """An observation handed over by the unit's assessor."""
    return handed_over(enrolment, content_for(enrolment, *numbers, **otherwise), by)


def handed_over(enrolment: Enrolment, content: Content, by: User | None = None) -> EvidenceVersion:
    return observed.hand_over(
        candidate=enrolment.candidate, content=content, files=[], by=by or enrolment.assessor, at=timezone.now()
    )


def acknowledged(version: EvidenceVersion) -> EvidenceVersion:
    observed.acknowledge(version=version, by=version.evidence.candidate.user, at=timezone.now())
    return version


def disputed(version: EvidenceVersion, words: str = "I did not ring back.") -> EvidenceVersion:
    observed.dispute(version=version, words=words, by=version.evidence.candidate.user, at=timezone.now())
    return version


def asking(*texts: str, key: str = "ocr-cc26") -> list[Asked]:
    """Questions for the first criterion of a unit."""
    first = a_unit(key).criteria.earliest("position")
    expected = "That the customer knows where they stand."
    return [Asked(text, expected, [first.pk]) for text in texts or ("Why ring back?",)]


def a_set(house: House, *texts: str, by: User | None = None) -> QuestionSet:
    """A set of questions as a draft."""
    return question_sets.write_set(
        centre=house.centre,
        unit=a_unit(),
        title="Ringing back",
        questions=asking(*texts),
        by=by or house.assessor,
        at=timezone.now(),
    )


def offered(found: QuestionSet) -> QuestionSet:
    return question_sets.offer_set(questions_set=found, by=found.author, at=timezone.now())


def verified(found: QuestionSet, by: User) -> QuestionSet:
    return question_sets.verify_set(questions_set=offered(found), by=by, at=timezone.now())


def in_use(found: QuestionSet, by: User) -> QuestionSet:
    verified(found, by)
    return question_sets.use_set(questions_set=found, by=found.author, at=timezone.now())
