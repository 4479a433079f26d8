"""What waits for a person beside sampling and judging: activities, actions of the centre's, exercises."""

from typing import Any

from assessments.queries.activities import actions_given_to, actions_to_close, activities_to_do
from assessments.queries.standardisation import exercises_to_judge
from portfolio.access import SignedInRequest
from portfolio.enums import Role


def asked_of_me(request: SignedInRequest) -> dict[str, Any]:
    """What is asked of somebody on the staff. Two queries."""
    return {
        "asked": actions_given_to(request.user, request.standing.day),
        "exercises": exercises_to_judge(request.user),
        "day": request.standing.day,
    }


def beside_sampling(request: SignedInRequest) -> dict[str, Any]:
    """What a verifier has planned, and answers to close, beside what is asked of them. Four queries, or up to six."""
    day, centres = request.standing.day, list(request.standing.centres(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER))
    return {
        "planned": activities_to_do(request.user, day),
        "to_close": actions_to_close(request.user, centres, day),
        **asked_of_me(request),
    }
