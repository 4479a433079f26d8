"""Nobody observes themselves or whom they assessed with; what was recorded, minuted and answered stands."""

from assessments.own_walls.pieces import NOT_A_VERIFIER, always, keeps, no_verifier
from assessments.own_walls.verification import day_moves_with_a_turn, turns_stand
from portfolio.walls import stands_for_good

ACTIVITIES = [
    *keeps(
        "assessments_activity",
        "activities",
        "held_on",
        "seen",
        "outcome",
        "recorded_at",
        "dropped_at",
        "drop_reason",
        message="An activity keeps who planned it, when and why, and what was seen once that is recorded.",
        once="OLD.recorded_at IS NOT NULL OR OLD.dropped_at IS NOT NULL",
    ),
    *always(
        "assessments_activity",
        "NEW.dropped_at IS NULL AND NEW.enrolment_id IS NOT NULL "
        f"AND ({no_verifier('NEW.enrolment_id', 'NEW.verifier_id')})",
        NOT_A_VERIFIER,
        name="no_activity_where_its_verifier_judged",
    ),
    *stands_for_good("assessments_meeting", "meetings"),
    *stands_for_good("assessments_attendance", "attendances"),
    *keeps(
        "assessments_centreaction",
        "actions of a centre",
        "due_on",
        "answer",
        "answered_at",
        "answered_by_id",
        "closed_at",
        "closed_by_id",
        message="An action keeps what was asked for. It is answered and closed beside that.",
        once="OLD.closed_at IS NOT NULL",
    ),
    *day_moves_with_a_turn(
        "assessments_centreaction", "assessments_centreactionturn", "a_centre_actions_day_moves_with_a_turn"
    ),
    *turns_stand("assessments_centreactionturn", "assessments_centreaction", "turns of actions of a centre"),
]
