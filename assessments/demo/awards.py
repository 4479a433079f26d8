"""Whole awards of the demonstration centre. They are its own, to show how it works: no awarding body offers them."""

import datetime

from assessments.actions import batches, registration
from assessments.demo.centre import Harbour
from assessments.models import Enrolment, Registration
from units import actions
from units.actions import Particulars, WrittenGroup
from units.enums import GroupKind
from units.models import AwardingBody, Qualification, Unit

TITLE = "Harbour demonstration award: running a contact centre"
SHORT = "Harbour demonstration award: first steps"
TO_COME = "Harbour demonstration award: to come"
INVENTED = "Made up by this demonstration centre. It is no qualification of OCR's, and has no number."


def written_down(harbour: Harbour, at: datetime.datetime) -> None:
    """Two in use, made of the units that are loaded; a third is still being written."""
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
    one = [WrittenGroup("Units", GroupKind.OPTIONAL, options[:2], minimum_units=1)]
    short = begun(harbour, Particulars(SHORT, level=3, source=INVENTED), at)
    arranged(harbour, short, one, at)
    actions.publish_qualification(qualification=short, by=harbour.staff.administrator, at=at)
    arranged(harbour, begun(harbour, Particulars(TO_COME, source=INVENTED), at), one, at)


def registered(harbour: Harbour, at: datetime.datetime) -> None:
    """Grace, Tom and Siân work towards the whole award; Grace begins with the short one."""
    awards = {title: Qualification.objects.get(title=title) for title in (TITLE, SHORT)}
    for candidate, title in (("grace", TITLE), ("tom", TITLE), ("sian", TITLE), ("grace", SHORT)):
        registration.register(
            candidate=harbour.candidates[candidate],
            qualification=awards[title],
            number="",
            registered_on=at.date(),
            by=harbour.staff.administrator,
            at=at,
        )


def claimed(harbour: Harbour, unit: Enrolment, at: datetime.datetime) -> None:
    """A unit of Grace's in a batch of its own; later her short award, whose unit is certificated already."""
    grace = Registration.objects.get(candidate=unit.candidate, qualification__title=SHORT)
    claim: dict[str, list[int]] = {"units": [unit.pk], "awards": []}
    for reference, what in (("OCR, units", claim), ("OCR, awards", {"units": [], "awards": [grace.pk]})):
        batches.claim_batch(
            centre=harbour.centre,
            awarding_body=unit.unit.awarding_body,
            reference=f"{reference} {at:%Y-%m}",
            authorisation="",
            by=harbour.staff.administrator,
            at=at,
            **what,
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
