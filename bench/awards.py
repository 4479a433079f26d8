"""A qualification of the measured centre's, and one being written down: made with the verbs."""

from dataclasses import dataclass

from bench.centre import Staffed
from units.models import Qualification
from units.testing import a_draft, an_award


@dataclass(frozen=True)
class Awards:
    """What the pages of qualifications show."""

    award: Qualification
    draft: Qualification


def awards_of(staffed: Staffed) -> Awards:
    """Made once for a centre."""
    own = Qualification.objects.filter(centre=staffed.centre)
    award = own.published().first() or an_award(staffed.centre, staffed.administrator)
    draft = own.filter(publication=None).first() or a_draft(staffed.centre, staffed.administrator, "Award to come")
    return Awards(award, draft)
