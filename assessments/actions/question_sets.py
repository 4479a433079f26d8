"""Verbs of a set of questions: written, offered, verified or handed back, taken into use, withdrawn.

Each locks the set's row first, and tells whoever is next. Source: the internal verifier verifies no assessment they
devised (SQA; domain rule 1).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.journey import require
from assessments.enums import SetStatus
from assessments.models import QuestionSet, SetQuestion, SetQuestionCriterion
from assessments.queries.question_sets import asked_in, authors_of
from portfolio import audit
from portfolio.actions.checks import refuse
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, User
from portfolio.refusal import Refusal
from units.models import Unit

WRITE = (Role.ASSESSOR, Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)
MOST_QUESTIONS = 60
"""In one set."""
VERIFY = (Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)


@dataclass(frozen=True)
class Asked:
    """A question as it is written: its words, what a good answer has in it, and the criteria it is for."""

    text: str
    expected: str
    criteria: Sequence[int]


@transaction.atomic
def write_set(
    *, centre: Centre, unit: Unit, title: str, questions: Sequence[Asked], by: User, at: datetime.datetime
) -> QuestionSet:
    """A new set as a draft. Raises Refusal for somebody who neither assesses nor verifies at the centre."""
    refuse(_who(centre.pk, by, at, WRITE, "write questions") or _faults(unit, title, questions))
    made = QuestionSet.objects.create(centre=centre, unit=unit, title=title.strip(), author=by, created_at=at)
    _write(made, questions)
    return _told("write_set", made, by, at, {"questions": len(questions)})


@transaction.atomic
def rewrite_set(
    *, questions_set: QuestionSet, title: str, questions: Sequence[Asked], by: User, at: datetime.datetime
) -> QuestionSet:
    """Write a draft anew. What stood in it before is kept, and counts no more."""
    found = _locked(questions_set)
    refuse(writing_refusals(found, by, at) or _faults(found.unit, title, questions))
    QuestionSet.objects.filter(pk=found.pk).update(title=title.strip())
    _write(found, questions)
    return _told("rewrite_set", found, by, at, {"questions": len(questions)})


@transaction.atomic
def offer_set(*, questions_set: QuestionSet, by: User, at: datetime.datetime) -> QuestionSet:
    """The author gives a draft to the centre's verifiers. From now on its words stand."""
    found = _locked(questions_set)
    refuse(_own(found, by, at) or _at(found, SetStatus.DRAFT, "have it verified"))
    telling.set_offered(found, but=authors_of(found), by=by, at=at)
    return _moved("offer_set", found, by, at, status=SetStatus.OFFERED, offered_at=at)


@transaction.atomic
def verify_set(*, questions_set: QuestionSet, by: User, at: datetime.datetime) -> QuestionSet:
    """A verifier who did not write the questions agrees with them."""
    found = _locked(questions_set)
    refuse(verifying_refusals(found, by, at))
    telling.of_set(found, "Verified: it can be taken into use.", by, at)
    return _moved("verify_set", found, by, at, status=SetStatus.VERIFIED, verified_at=at, verified_by=by)


@transaction.atomic
def hand_set_back(*, questions_set: QuestionSet, words: str, by: User, at: datetime.datetime) -> QuestionSet:
    """A verifier does not agree, and says what has to change: the set is a draft again."""
    words = require(words, "Say what has to change.")
    found = _locked(questions_set)
    refuse(verifying_refusals(found, by, at))
    telling.of_set(found, "Handed back by a verifier, with what has to change.", by, at)
    said = {"handed_back_at": at, "handed_back_by": by, "handed_back_words": words}
    return _moved("hand_set_back", found, by, at, status=SetStatus.DRAFT, offered_at=None, **said)


@transaction.atomic
def use_set(*, questions_set: QuestionSet, by: User, at: datetime.datetime) -> QuestionSet:
    """Take a verified set into use. The version it follows is withdrawn at this moment, not before."""
    found = _locked(questions_set)
    refuse(using_refusals(found, by, at))
    if found.follows_id:
        before = QuestionSet.objects.filter(pk=found.follows_id).exclude(status=SetStatus.WITHDRAWN)
        words = f"Version {found.number} took its place."
        before.update(status=SetStatus.WITHDRAWN, withdrawn_at=at, withdrawn_words=words)
    return _moved("use_set", found, by, at, status=SetStatus.IN_USE, used_from=at)


@transaction.atomic
def withdraw_set(*, questions_set: QuestionSet, words: str, by: User, at: datetime.datetime) -> QuestionSet:
    """Nobody asks these questions any more. What was answered to them stays."""
    words = require(words, "Say why the set is withdrawn.")
    found = _locked(questions_set)
    refuse(withdrawing_refusals(found, by, at))
    telling.of_set(found, "Withdrawn: nobody asks these questions any more.", by, at)
    return _moved("withdraw_set", found, by, at, status=SetStatus.WITHDRAWN, withdrawn_at=at, withdrawn_words=words)


@transaction.atomic
def follow_set(*, questions_set: QuestionSet, by: User, at: datetime.datetime) -> QuestionSet:
    """Begin the next version of a set as a draft with the same questions. The set in use stays until that one is.

    Whoever begins it is its author, beside those whose words it keeps: they too never verify it. A next version that
    was withdrawn stands in nobody's way; its number is not used again.
    """
    found = _locked(questions_set)
    refuse(following_refusals(found, by, at))
    newest = found.followed_by.aggregate(last=Max("number"))["last"] or found.number
    draft = QuestionSet.objects.create(
        centre=found.centre,
        unit=found.unit,
        follows=found,
        number=newest + 1,
        title=found.title,
        author=by,
        created_at=at,
    )
    kept = asked_in([found.pk]).get(found.pk, [])
    _write(draft, [Asked(row.text, row.expected, [criterion.pk for criterion in row.criteria]) for row in kept])
    return _told("follow_set", draft, by, at, {"follows": found.pk})


# --- who and when ----------------------------------------------------------------------------------------------------


def writing_refusals(found: QuestionSet, by: User, at: datetime.datetime) -> list[str]:
    """Why this person cannot change the words of a set now."""
    return _own(found, by, at) or _at(found, SetStatus.DRAFT, "change it")


def using_refusals(found: QuestionSet, by: User, at: datetime.datetime) -> list[str]:
    """Why this person cannot take a set into use now."""
    return _own(found, by, at) or _at(found, SetStatus.VERIFIED, "take it into use")


def verifying_refusals(found: QuestionSet, by: User, at: datetime.datetime) -> list[str]:
    """Why this person cannot verify a set, or hand it back: nobody verifies what they devised, in whatever version."""
    if refused := _who(found.centre_id, by, at, VERIFY, "verify questions"):
        return refused
    if by.pk in authors_of(found):
        return ["You wrote these questions, or a version before them: another verifier must verify them."]
    return _at(found, SetStatus.OFFERED, "verify it")


def withdrawing_refusals(found: QuestionSet, by: User, at: datetime.datetime) -> list[str]:
    """Why this person cannot withdraw a set now: its author may, and every verifier of the centre."""
    if _own(found, by, at) and (refused := _who(found.centre_id, by, at, VERIFY, "withdraw another's questions")):
        return refused
    return ["This set is withdrawn already."] if found.status == SetStatus.WITHDRAWN else []


def following_refusals(found: QuestionSet, by: User, at: datetime.datetime) -> list[str]:
    """Why this person cannot begin the next version of a set now."""
    if refused := _who(found.centre_id, by, at, WRITE, "write questions"):
        return refused
    if found.followed_by.exclude(status=SetStatus.WITHDRAWN).exists():
        return ["There is a later version of this set already."]
    return _at(found, SetStatus.IN_USE, "begin its next version")


def _who(centre_id: int, by: User, at: datetime.datetime, roles: Sequence[Role], phrase: str) -> list[str]:
    grants = RoleGrant.objects.on(timezone.localdate(at)).filter(user=by, centre=centre_id)
    if grants.filter(role__in=roles).exists():
        return []
    names = " or ".join(role.label.lower() for role in roles)
    return [f"Only a person who is {names} of the centre can {phrase}."]


def _own(found: QuestionSet, by: User, at: datetime.datetime) -> list[str]:
    if found.author_id != by.pk:
        return ["Only whoever wrote a set of questions can do this."]
    return _who(found.centre_id, by, at, WRITE, "write questions")


def _at(found: QuestionSet, status: SetStatus, phrase: str) -> list[str]:
    if found.status == status:
        return []
    return [f"The set is “{found.get_status_display()}”. To {phrase}, it must be “{status.label}”."]


def _faults(unit: Unit, title: str, questions: Sequence[Asked]) -> list[str]:
    sentences = [] if title.strip() else ["Give the set a title."]
    if not questions:
        sentences.append("Write at least one question.")
    if (many := len(questions)) > MOST_QUESTIONS:
        sentence = f"A set holds {MOST_QUESTIONS} questions at most and this has {many}"
        sentences.append(f"{sentence}: take some into a set of their own. Everything you typed is still here.")
    for number, question in enumerate(questions, start=1):
        if not question.text.strip():
            sentences.append(f"Question {number}: write the question.")
        if not question.expected.strip():
            sentences.append(f"Question {number}: say what a good answer has in it.")
        if not question.criteria:
            sentences.append(f"Question {number}: choose the criteria it is for.")
    wanted = {pk for question in questions for pk in question.criteria}
    if unit.criteria.filter(pk__in=wanted).count() != len(wanted):
        sentences.append(f"One of the criteria does not belong to {unit.short_code}.")
    return sentences


# --- what they share -------------------------------------------------------------------------------------------------


def _locked(questions_set: QuestionSet) -> QuestionSet:
    rows = QuestionSet.objects.select_related("centre", "unit", "follows").select_for_update(of=("self",))
    return rows.get(pk=questions_set.pk)


def _write(found: QuestionSet, questions: Sequence[Asked]) -> None:
    """The questions as the newest writing of a draft."""
    writing = (found.questions.aggregate(last=Max("writing"))["last"] or 0) + 1
    rows = SetQuestion.objects.bulk_create(
        SetQuestion(set=found, writing=writing, position=place, text=row.text.strip(), expected=row.expected.strip())
        for place, row in enumerate(questions, start=1)
    )
    SetQuestionCriterion.objects.bulk_create(
        SetQuestionCriterion(question=made, criterion_id=pk)
        for made, row in zip(rows, questions, strict=True)
        for pk in dict.fromkeys(row.criteria)
    )


def _moved(verb: str, found: QuestionSet, by: User, at: datetime.datetime, **columns: object) -> QuestionSet:
    """Move the set if it still stands as it did. Raises Refusal when somebody was quicker."""
    if QuestionSet.objects.filter(pk=found.pk, status=found.status).update(**columns) != 1:
        raise Refusal(["Somebody else was quicker: look at the set again."])
    words = columns.get("handed_back_words") or columns.get("withdrawn_words")
    return _told(verb, found, by, at, {"words": str(words)} if words else {})


def _told(verb: str, found: QuestionSet, by: User, at: datetime.datetime, details: dict[str, JSON]) -> QuestionSet:
    found.refresh_from_db()
    audit.record(
        verb=verb, by=by, at=at, subject=found, centre=found.centre, details={"unit": found.unit_id, **details}
    )
    return found
