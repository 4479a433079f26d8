"""What the assessor of the demonstration centre makes: records of what they saw and heard, and sets of questions."""

import datetime
from collections.abc import Sequence

from assessments.actions import observed, question_sets
from assessments.actions.observed import Content, Exchanged, Passage
from assessments.actions.question_sets import Asked
from assessments.enums import EvidenceKind
from assessments.models import Enrolment, EvidenceVersion, QuestionSet
from portfolio.models import User

OUTAGE = (
    "The booking system went down at ten past six. Before the first call came in she had told the four agents on the "
    "shift what to say, and who rings back.\n\n"
    "At twenty past six an agent passed a call on to her: a customer stranded at the airport, loud and close to tears. "
    "She let him finish, said in her own words what he needed, and told him what she could decide herself and what "
    "she could not. She booked the hotel within her limit of £250 and rang the duty manager for the rest.\n\n"
    "She rang the customer back at ten to seven, as she had said she would, and again once the system was up. Both "
    "calls are in the log with what was promised.\n\n"
    "After the shift she went through the log with the agents and asked what should change. Two of their points are "
    "now in the outage plan."
)
MARKED = (
    ("she had told the four agents on the shift what to say, and who rings back", "1.1"),
    ("said in her own words what he needed", "1.2"),
    ("She booked the hotel within her limit of £250 and rang the duty manager for the rest.", "1.1 1.2"),
    ("Both calls are in the log with what was promised.", "1.2"),
    ("she went through the log with the agents and asked what should change", "1.3"),
    ("Two of their points are now in the outage plan.", "1.3 3.3"),
)
POINTS = (
    (
        "Why does the matrix stop at £250 for team leaders?",
        "Because of the ombudsman cases two years ago. She told me which of them would go otherwise now, and why the "
        "managers wanted the limit in writing.",
        "4:10",
        "1.1",
    ),
    (
        "What is a complaint, in your regulator’s words, and what is not?",
        "Any expression of dissatisfaction that asks for an answer, justified or not. A question is none. She gave two "
        "calls of last month as examples.",
        "11:35",
        "3.1",
    ),
)
CALLS = (
    ("How do you decide which contacts go up to a manager?", "The limits of the matrix; risk; who is harmed.", "1.2"),
    (
        "What must be written down after a complaint, and for how long is it kept?",
        "What was promised, by whom and until when.",
        "3.1",
    ),
)
MONITORING = (("How do you choose the calls that you listen to?", "By risk and at random; new starters more.", "2.3"),)


def observation(unit: Enrolment, at: datetime.datetime) -> EvidenceVersion:
    """The late shift, seen by the assessor and acknowledged the day after."""
    content = Content(
        kind=EvidenceKind.OBSERVATION,
        title="The late shift during an outage",
        activity_on=at.date(),
        from_time=datetime.time(18, 0),
        to_time=datetime.time(20, 15),
        place="The contact centre, second floor",
        people="Four agents of the late shift",
        context="A Friday evening with five on the shift. I sat beside her desk with a headset of my own.",
        narrative=OUTAGE,
        feedback="She kept calm and others kept calm with her. Next: show me one written complaint from start to end.",
        passages=[
            Passage(OUTAGE.index(words), OUTAGE.index(words) + len(words), criterion)
            for words, numbers in MARKED
            for criterion in criteria(unit, numbers)
        ],
    )
    version = observed.hand_over(candidate=unit.candidate, content=content, files=[], by=unit.assessor, at=at)
    observed.acknowledge(version=version, by=unit.candidate_user, at=at + datetime.timedelta(days=1))
    return version


def discussion(unit: Enrolment, at: datetime.datetime) -> EvidenceVersion:
    """A talk about the matrix and the rules, which waits for the candidate."""
    content = Content(
        kind=EvidenceKind.PROFESSIONAL_DISCUSSION,
        title="Why the escalation matrix is as it is",
        activity_on=at.date(),
        from_time=datetime.time(14, 0),
        to_time=datetime.time(14, 40),
        place="Meeting room 2",
        context="A talk of forty minutes over her matrix and the regulator's rules, agreed beforehand.",
        agenda="What the limits rest on. What counts as a complaint. What she would change.",
        narrative="She spoke freely and without notes, and knew the cases behind each limit.",
        feedback="Nothing is missing for 1.1. For 3.1 bring the page of the rules that you spoke of.",
        exchanges=[
            Exchanged(asked, said, minute=minute, criteria=criteria(unit, numbers))
            for asked, said, minute, numbers in POINTS
        ],
    )
    return observed.hand_over(candidate=unit.candidate, content=content, files=[], by=unit.assessor, at=at)


def sets(unit: Enrolment, verifier: User, at: datetime.datetime) -> list[QuestionSet]:
    """One in use with its next version as a draft, and one that waits for a verifier."""
    centre, by = unit.centre, unit.assessor
    used = question_sets.write_set(
        centre=centre, unit=unit.unit, title="Complaints and what goes up", questions=asked(unit, CALLS), by=by, at=at
    )
    question_sets.offer_set(questions_set=used, by=by, at=at)
    question_sets.verify_set(questions_set=used, by=verifier, at=at + datetime.timedelta(days=2))
    question_sets.use_set(questions_set=used, by=by, at=at + datetime.timedelta(days=2))
    waits = question_sets.write_set(
        centre=centre, unit=unit.unit, title="Monitoring", questions=asked(unit, MONITORING), by=by, at=at
    )
    question_sets.offer_set(questions_set=waits, by=by, at=at + datetime.timedelta(days=2))
    draft = question_sets.follow_set(questions_set=used, by=by, at=at + datetime.timedelta(days=3))
    return [used, waits, draft]


def asked(unit: Enrolment, rows: Sequence[tuple[str, str, str]]) -> list[Asked]:
    return [Asked(text, expected, [pk for _, pk in criteria(unit, numbers)]) for text, expected, numbers in rows]


def criteria(unit: Enrolment, numbers: str) -> list[tuple[int, int]]:
    """Criteria of the unit by their numbers, as records name them."""
    found = unit.unit.criteria.filter(number__in=numbers.split()).order_by("position")
    return [(unit.pk, pk) for pk in found.values_list("pk", flat=True)]
