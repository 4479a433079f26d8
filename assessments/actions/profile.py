"""Writing the personal profile of a portfolio."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from assessments.models import TOLD, Profile
from portfolio import audit
from portfolio.actions.checks import refuse_invalid
from portfolio.models import CandidateRecord, User
from portfolio.refusal import Refusal

NOT_YOURS = "A candidate writes their own profile."


@transaction.atomic
def write_profile(*, candidate: CandidateRecord, words: Mapping[str, str], by: User, at: datetime.datetime) -> Profile:
    """Keep what the candidate says of themselves, as it is to stand in their portfolio from now on.

    The audit line names what was changed, never the words: they are about a person's life, and may be taken out.
    """
    if by.pk != candidate.user_id:
        raise Refusal([NOT_YOURS])
    CandidateRecord.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    profile = Profile.objects.filter(candidate=candidate).first() or Profile(candidate=candidate)
    changed = [name for name in TOLD if getattr(profile, name) != words.get(name, "")]
    for name in TOLD:
        setattr(profile, name, words.get(name, ""))
    profile.written_at = at
    refuse_invalid(profile)
    profile.save()
    details = {"changed": changed}
    audit.record(verb="write_profile", by=by, at=at, subject=profile, centre=candidate.centre, details=details)
    return profile
