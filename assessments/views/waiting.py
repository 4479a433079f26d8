"""What waits for a person beside sampling and judging: activities, actions of the centre's, exercises, questions."""

from typing import Any

from assessments.actions.question_sets import WRITE
from assessments.queries.activities import actions_waiting, activities_to_do
from assessments.queries.question_sets import sets_waiting
from assessments.queries.standardisation import exercises_to_judge
from portfolio.access import SignedInRequest
from portfolio.rules import VERIFYING


def asked_of_me(request: SignedInRequest) -> dict[str, Any]:
    """What is asked of somebody on the staff, and the answers a verifier is to close. Three queries."""
    day, centres = request.standing.day, request.standing.centres(*VERIFYING)
    actions = actions_waiting(request.user, centres, day)
    return {
        "to_close": actions.to_close,
        "asked": actions.asked,
        "exercises": exercises_to_judge(request.user),
        "sets": sets_waiting(request.user, request.standing.centres(*WRITE), centres),
        "day": day,
    }


def beside_sampling(request: SignedInRequest) -> dict[str, Any]:
    """What a verifier has planned, beside what is asked of them. Four queries."""
    return {"planned": activities_to_do(request.user, request.standing.day), **asked_of_me(request)}
