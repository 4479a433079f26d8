"""Nobody verifies where they judged."""

from assessments.own_walls.pieces import IN_THE_UNIT, NOT_A_VERIFIER, always, keeps, no_verifier
from portfolio.walls import INSERT, refuses, stands_for_good

OF_SAMPLE = "(SELECT s0.enrolment_id FROM assessments_sample s0 WHERE s0.id = NEW.sample_id)"

VERIFICATION = [
    *keeps(
        "assessments_sample",
        "samples",
        "verifier_id",
        "done_at",
        "outcome",
        "feedback",
        "seen_at_location",
        "dropped_at",
        "drop_reason",
        message="A sample keeps when, why and by whom it was chosen, and what was found once it is closed.",
        once="OLD.done_at IS NOT NULL OR OLD.dropped_at IS NOT NULL",
    ),
    *always(
        "assessments_sample",
        no_verifier("NEW.enrolment_id", "NEW.verifier_id"),
        NOT_A_VERIFIER,
        name="nobody_samples_where_they_judged",
    ),
    *stands_for_good("assessments_sampledcriterion", "sampled criteria"),
    *refuses(
        "assessments_sampledcriterion",
        INSERT,
        f"""NOT EXISTS (
            SELECT 1 FROM assessments_sample s WHERE s.id = NEW.sample_id AND s.done_at IS NULL
            AND {IN_THE_UNIT.format(enrolment="s.enrolment_id")}
        )""",
        "Criteria of the unit are sampled, while the sample is open.",
        name="a_sampled_criterion_is_of_the_unit",
    ),
    *keeps(
        "assessments_action",
        "actions",
        "answer",
        "answered_at",
        "answered_by_id",
        "closed_at",
        "closed_by_id",
        message="An action keeps what was found and asked for. It is answered and closed beside that.",
        once="OLD.closed_at IS NOT NULL",
    ),
    *always(
        "assessments_action",
        f"NEW.closed_by_id IS NOT NULL AND ({no_verifier('NEW.enrolment_id', 'NEW.closed_by_id')})",
        NOT_A_VERIFIER,
        name="nobody_closes_an_action_where_they_judged",
    ),
    *stands_for_good("assessments_unsamplednote", "reasons for not sampling"),
    *refuses(
        "assessments_unsamplednote",
        INSERT,
        no_verifier("NEW.enrolment_id", "NEW.by_id"),
        NOT_A_VERIFIER,
        name="nobody_leaves_unsampled_where_they_judged",
    ),
    *keeps(
        "assessments_alarm",
        "alarms",
        "looked_at",
        "looked_by_id",
        "again_id",
        "note",
        "changes",
        message="An alarm stands as it was raised. Who looked again is written beside it, once.",
        once="OLD.looked_at IS NOT NULL",
    ),
    *refuses(
        "assessments_alarm",
        INSERT,
        "NOT EXISTS (SELECT 1 FROM assessments_sample s WHERE s.id = NEW.sample_id AND s.done_at IS NOT NULL)",
        "Only what was sampled can have changed since.",
        name="an_alarm_is_of_a_sample_taken",
    ),
    *always(
        "assessments_alarm",
        f"NEW.looked_by_id IS NOT NULL AND ({no_verifier(OF_SAMPLE, 'NEW.looked_by_id')})",
        NOT_A_VERIFIER,
        name="nobody_closes_an_alarm_where_they_judged",
    ),
    *stands_for_good("assessments_widening", "consequences of findings"),
    *refuses(
        "assessments_widening",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_sample s JOIN assessments_enrolment n ON n.id = s.enrolment_id
            JOIN assessments_samplingplan p ON p.id = NEW.plan_id
            JOIN assessments_samplingpolicy y ON y.id = p.policy_id AND y.centre_id = n.centre_id
            WHERE s.id = NEW.sample_id AND s.outcome IN ('agreed_with_action', 'not_agreed')
        )""",
        "A plan is widened by a finding in a sample of its own centre.",
        name="a_widening_follows_a_finding",
    ),
]
