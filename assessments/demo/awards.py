"""Whole awards of the demonstration centre. They are its own, to show how it works: no awarding body offers them."""

import datetime

from assessments.actions import registration
from assessments.demo.centre import Harbour
from units import actions
from units.actions import Particulars, WrittenGroup
from units.enums import GroupKind
from units.models import AwardingBody, Qualification, Unit

TITLE = "Harbour demonstration award: running a contact centre"
SHORT = "Harbour demonstration award: first steps"
INVENTED = "Made up by this demonstration centre. It is no qualification of OCR's, and has no number."


def written_down(harbour: Harbour, at: datetime.datetime) -> None:
    """One in use, made of the units that are loaded; a shorter one is still being written."""
    award = begun(harbour, Particulars(TITLE, level=4, minimum_credits=11, source=INVENTED), at)
    units = dict(Unit.objects.values_list("key", "pk"))
    options = [units["ocr-cc16"], units["ocr-cc32"], units["ocr-d20"]]
    arranged(
        harbour,
        award,
        [
            WrittenGroup("Core", GroupKind.MANDATORY, [units["ocr-cc26"]]),
            WrittenGroup("Options", GroupKind.OPTIONAL, options, minimum_units=2),
        ],
        at,
    )
    actions.publish_qualification(qualification=award, by=harbour.staff.administrator, at=at)
    short = begun(harbour, Particulars(SHORT, level=3, source=INVENTED), at)
    group = WrittenGroup("Units", GroupKind.OPTIONAL, options[:2], minimum_units=1)
    arranged(harbour, short, [group], at)


def registered(harbour: Harbour, at: datetime.datetime) -> None:
    """Grace, Tom and Siân work towards the whole award."""
    award = Qualification.objects.get(title=TITLE)
    for candidate in ("grace", "tom", "sian"):
        registration.register(
            candidate=harbour.candidates[candidate],
            qualification=award,
            number="",
            registered_on=at.date(),
            by=harbour.staff.administrator,
            at=at,
        )


def begun(harbour: Harbour, particulars: Particulars, at: datetime.datetime) -> Qualification:
    return actions.write_qualification(
        centre=harbour.centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        particulars=particulars,
        by=harbour.staff.administrator,
        at=at,
    )


def arranged(harbour: Harbour, award: Qualification, groups: list[WrittenGroup], at: datetime.datetime) -> None:
    actions.arrange(qualification=award, groups=groups, barred=[], by=harbour.staff.administrator, at=at)
