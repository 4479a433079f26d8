"""Units that the demonstration centre brings in: two drafts of one made up for that, a file with faults, and a unit in
three versions, whose candidates are moved from the one to the next."""

import datetime
from pathlib import Path

from django.conf import settings

from assessments.actions import claims, judgement, moving
from assessments.actions.enrolment import enrol
from assessments.demo.centre import Harbour
from assessments.enums import ItemStatus, UnitStatus, Verdict
from assessments.models import Enrolment, EvidenceVersion
from assessments.queries.moving import proposed
from units.actions import publish, send_units, take_units
from units.models import Unit

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"
DAY = datetime.timedelta(days=1)


def brought_in(harbour: Harbour, at: datetime.datetime) -> None:
    """Both versions wait to be read and published; the file with faults waits to be put right."""
    for name, taken in (("telephone.yaml", True), ("telephone-next.yaml", True), ("telephone-faulty.yaml", False)):
        by, content = harbour.staff.administrator, (EXAMPLES / name).read_bytes()
        sent = send_units(centre=harbour.centre, content=content, name=name, by=by, at=at)
        if taken:
            take_units(unit_import=sent, by=by, at=at)


def moved_over(harbour: Harbour, now: datetime.datetime) -> None:
    """Tom and Ruairidh are enrolled on a unit that gets a second version, and a third: Tom has moved to
    the second, Ruairidh is still to."""
    by, at = harbour.staff.administrator, now - 30 * DAY
    content = (EXAMPLES / "visitors.yaml").read_bytes()
    sent = send_units(centre=harbour.centre, content=content, name="visitors.yaml", by=by, at=at)
    earlier, later, latest = take_units(unit_import=sent, by=by, at=at)
    publish(unit=earlier, by=by, at=at)
    tom, _ = (enrolled(harbour, name, earlier, at) for name in ("tom", "ruairidh"))
    shown(tom, at + DAY)
    publish(unit=later, by=by, at=now - 5 * DAY)
    found = proposed(list(earlier.criteria.all()), list(later.criteria.all()))
    pairs = [(old, new) for old, became in found.items() for new in became]
    moving.map_versions(centre=harbour.centre, earlier=earlier, later=later, pairs=pairs, by=by, at=now - 4 * DAY)
    reason = "The first version cannot be claimed after the summer."
    publish(unit=latest, by=by, at=now - DAY)
    moving.move_on(enrolments=[tom], later=later, reason=reason, by=by, at=now - 4 * DAY)


def enrolled(harbour: Harbour, name: str, unit: Unit, at: datetime.datetime) -> Enrolment:
    return enrol(
        candidate=harbour.candidates[name],
        unit=unit,
        assessor=harbour.staff.other_assessor,
        verifier=harbour.staff.verifier,
        countersigner=None,
        started_on=at.date(),
        target_on=at.date() + 120 * DAY,
        by=harbour.staff.administrator,
        at=at,
    )


def shown(unit: Enrolment, at: datetime.datetime) -> None:
    """An item of another unit shows this one as well, and is accepted for it."""
    version = EvidenceVersion.objects.filter(
        evidence__candidate=unit.candidate,
        evidence__mappings__enrolment__status=UnitStatus.COLLECTING,
        status=ItemStatus.REVIEWED,
        replaced_at=None,
    ).earliest("pk")
    criteria = unit.unit.criteria.filter(number__in=("1.1", "1.2", "1.3"))
    targets = [claims.Target(unit.pk, row.pk) for row in criteria]
    claims.map_more(version=version, targets=targets, by=unit.candidate_user, at=at)
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(unit.pk, row.pk, Verdict.MET, "") for row in criteria],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=unit.assessor,
        at=at + DAY,
    )
