"""What a candidate says of themselves for the fairness of sampling: given, changed and erased by nobody else."""

import datetime

from django.db import transaction

from portfolio import audit
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.models import CandidateRecord, DiversityAnswer, User
from portfolio.refusal import Refusal

OWN = "Only the candidate says this, sees it or erases it."


@transaction.atomic
def answer_diversity(
    *,
    candidate: CandidateRecord,
    age_band: str = "",
    gender: str = "",
    ethnicity: str = "",
    disability: str = "",
    by: User,
    at: datetime.datetime,
) -> DiversityAnswer:
    """Keep what a candidate says, in place of what they said before. The audit book does not say what."""
    if by.pk != candidate.user_id:
        raise Refusal([OWN])
    said = {"age_band": age_band, "gender": gender, "ethnicity": ethnicity, "disability": disability}
    if not any(said.values()):
        raise Refusal(["Nothing is answered: leave this page, or erase what you said before."])
    centre = take_turns(candidate.centre)
    answer = DiversityAnswer.objects.filter(candidate=candidate).first()
    answer = answer or DiversityAnswer(candidate=candidate)
    for name, value in said.items():
        setattr(answer, name, value)
    refuse_invalid(answer)
    answer.save()
    audit.record(verb="answer diversity", by=by, at=at, subject=answer, centre=centre, details={})
    return answer


@transaction.atomic
def erase_diversity(*, answer: DiversityAnswer, by: User, at: datetime.datetime) -> None:
    """Erase it for good: the row goes, and nothing of it is anywhere else."""
    centre = take_turns(answer.candidate.centre)
    found = DiversityAnswer.objects.select_related("candidate").filter(pk=answer.pk).first()
    if found is None:
        raise Refusal(["It is erased already."])
    if by.pk != found.candidate.user_id:
        raise Refusal([OWN])
    audit.record(verb="erase diversity", by=by, at=at, subject=found, centre=centre, details={})
    found.delete()
