"""A strategy, a rating and a plan stand as they were made."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import UPDATE, refuses, stands_for_good

NOT_THEIRS = """NOT EXISTS (
    SELECT 1 FROM assessments_externalaccess a JOIN portfolio_rolegrant g ON g.id = a.grant_id
    WHERE a.id = NEW.agreed_in_id AND a.centre_id = NEW.centre_id AND a.awarding_body_id = NEW.awarding_body_id
    AND g.user_id = NEW.agreement_recorded_by_id
)"""

STRATEGY = [
    *keeps(
        "assessments_samplingpolicy",
        "sampling policies",
        "agreed_with",
        "agreed_on",
        "agreement_recorded_by_id",
        "agreement_recorded_at",
        "agreed_in_id",
        message="A version of the strategy stands as it was made. That it was agreed is written beside it, once.",
        once="OLD.agreed_on IS NOT NULL",
    ),
    *refuses(
        "assessments_samplingpolicy",
        UPDATE,
        f"NEW.agreed_in_id IS NOT NULL AND {NOT_THEIRS}",
        "A strategy is agreed on a visit by the external verifier whose visit it is, for their own awarding body.",
        name="a_policy_agreed_on_a_visit_is_agreed_by_its_external_verifier",
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
