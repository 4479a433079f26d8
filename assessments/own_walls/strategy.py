"""A strategy, a rating and a plan stand as they were made."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import stands_for_good

STRATEGY = [
    *keeps(
        "assessments_samplingpolicy",
        "sampling policies",
        "agreed_with",
        "agreed_on",
        "agreement_recorded_by_id",
        "agreement_recorded_at",
        message="A version of the strategy stands as it was made. That it was agreed is written beside it, once.",
        once="OLD.agreed_on IS NOT NULL",
    ),
    *stands_for_good("assessments_riskrating", "risk ratings"),
    *keeps(
        "assessments_samplingplan",
        "sampling plans",
        "adopted_by_id",
        "adopted_at",
        "discarded_at",
        message="A plan stands as it was drawn. That it was adopted, or discarded, is written beside it, once.",
        once="OLD.adopted_at IS NOT NULL OR OLD.discarded_at IS NOT NULL",
    ),
    *stands_for_good("assessments_leftout", "units left out"),
    *stands_for_good("assessments_planhandover", "handovers of plans"),
    *keeps(
        "assessments_plannedcell",
        "planned samples",
        "removed_by_id",
        "removed_at",
        "removal_reason",
        message="What a plan wants sampled, and why, stands. That it was taken out is written beside it, once.",
        once="OLD.removed_at IS NOT NULL",
    ),
]
