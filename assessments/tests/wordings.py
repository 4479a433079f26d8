"""Words for a declaration, written by a centre, that wait for their approval."""

from django.utils import timezone

from assessments.actions.declarations import write_wording
from assessments.form_enums import DeclarationOf
from assessments.models import Wording
from assessments.testing import House
from units.models import AwardingBody

WORDS = "We, the centre, declare this unit authentic."


def a_wording(
    house: House, text: str = WORDS, declaration: DeclarationOf = DeclarationOf.CENTRE, *, body: str = "ocr"
) -> Wording:
    return write_wording(
        centre=house.centre,
        awarding_body=AwardingBody.objects.get(code=body),
        declaration=declaration,
        text=text,
        by=house.administrator,
        at=timezone.now(),
    )
