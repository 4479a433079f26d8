"""A qualification of the measured centre's with all its candidates registered, and one being written down."""

from dataclasses import dataclass

from django.utils import timezone

from assessments.actions.registration import register
from assessments.models import Registration
from bench.centre import Staffed
from portfolio.models import CandidateRecord
from units.models import Qualification
from units.testing import a_draft, an_award


@dataclass(frozen=True)
class Awards:
    """What the pages of qualifications show."""

    award: Qualification
    draft: Qualification
    registration: Registration


def awards_of(staffed: Staffed) -> Awards:
    """Made once for a centre."""
    own = Qualification.objects.filter(centre=staffed.centre)
    award = own.published().first() or an_award(staffed.centre, staffed.administrator)
    draft = own.filter(publication=None).first() or a_draft(staffed.centre, staffed.administrator, "Award to come")
    registrations = {row.candidate_id: row for row in Registration.objects.filter(qualification=award)}
    for candidate in CandidateRecord.objects.filter(centre=staffed.centre).order_by("legal_name"):
        if candidate.pk not in registrations:
            registrations[candidate.pk] = register(
                candidate=candidate,
                qualification=award,
                number="",
                registered_on=timezone.localdate(),
                by=staffed.administrator,
                at=timezone.now(),
            )
    first = CandidateRecord.objects.filter(centre=staffed.centre).order_by("legal_name")[0]
    return Awards(award, draft, registrations[first.pk])
