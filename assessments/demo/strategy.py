"""How the demonstration centre samples: a strategy for each body, some ratings, a plan adopted and one proposed."""

import datetime

from assessments.actions import strategy
from assessments.demo.centre import Harbour
from assessments.enums import EvidenceKind, RatedAs, RiskLevel
from assessments.models import SamplingPlan, SamplingPolicy
from units.models import AwardingBody, Unit

SEED = "harbour 2026"


def tell(harbour: Harbour, now: datetime.datetime) -> None:
    """OCR's strategy is planned by, and agreed on a visit; SQA's is not agreed yet, and its plan is a proposal."""
    ocr = set_strategy(harbour, "ocr", now, kinds=(EvidenceKind.WORK_PRODUCT,))
    strategy.rate_risk(
        centre=harbour.centre,
        about=RatedAs.ASSESSOR,
        assessor=harbour.staff.assessor,
        level=RiskLevel.LOW,
        comment="Two years of samples agreed in full at his centre before.",
        review_on=now.date() + datetime.timedelta(days=180),
        by=harbour.staff.verifier,
        at=now,
    )
    for key, level, comment in (
        ("ocr-d20", RiskLevel.MEDIUM, "Takes evidence of real work only, which is easily overlooked."),
        ("ocr-cc16", RiskLevel.LOW, "Assessed at this centre for years, always agreed."),
        ("ocr-cc26", RiskLevel.LOW, "Assessed at this centre for years, always agreed."),
    ):
        strategy.rate_risk(
            centre=harbour.centre,
            about=RatedAs.UNIT,
            unit=Unit.objects.get(key=key),
            level=level,
            comment=comment,
            review_on=None,
            by=harbour.staff.lead,
            at=now,
        )
    strategy.adopt_plan(plan=draw(harbour, ocr, now), by=harbour.staff.lead, at=now)
    draw(harbour, set_strategy(harbour, "sqa", now), now)


def set_strategy(harbour: Harbour, body: str, now: datetime.datetime, kinds: tuple[str, ...] = ()) -> SamplingPolicy:
    return strategy.set_policy(
        centre=harbour.centre,
        awarding_body=AwardingBody.objects.get(code=body),
        rules=strategy.Rules(kinds=kinds, remarks="The rates that the awarding body suggests."),
        seen=0,
        by=harbour.staff.lead,
        at=now,
    )


def draw(harbour: Harbour, policy: SamplingPolicy, now: datetime.datetime) -> SamplingPlan:
    """A plan from three months ago to three months from now."""
    quarter = datetime.timedelta(days=91)
    return strategy.draw_plan(
        policy=policy,
        starts_on=now.date() - quarter,
        ends_on=now.date() + quarter,
        seed=SEED,
        by=harbour.staff.lead,
        at=now,
    )
