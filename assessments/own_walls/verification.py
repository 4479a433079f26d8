"""Nobody verifies where they judged."""

from assessments.own_walls.pieces import IN_THE_UNIT, NOT_A_VERIFIER, always, keeps, no_verifier
from portfolio.walls import INSERT, UPDATE, Wall, refuses, stands_for_good

OPEN_SAMPLE = "EXISTS (SELECT 1 FROM assessments_sample s WHERE s.id = NEW.sample_id AND s.done_at IS NULL{further})"
WHILE_OPEN = OPEN_SAMPLE.format(further=" AND s.dropped_at IS NULL")


def turns_stand(table: str, of: str, noun: str) -> list[Wall]:
    """The turns of actions stand, come while the action is open, and its owner answers but never sends back."""
    open_one = f"FROM {of} a WHERE a.id = NEW.action_id AND a.closed_at IS NULL"
    return [
        *stands_for_good(table, noun),
        *refuses(
            table,
            INSERT,
            f"NOT EXISTS (SELECT 1 {open_one})",
            "What is closed is answered no more, and not sent back.",
            name=f"{noun.replace(' ', '_')}_end_with_the_action",
        ),
        *refuses(
            table,
            INSERT,
            f"""NEW.kind = 'sent_back' AND EXISTS (
                SELECT 1 {open_one} AND (a.owner_id = NEW.by_id OR a.answered_by_id = NEW.by_id)
            )""",
            "Nobody sends back their own answer.",
            name=f"{noun.replace(' ', '_')}_never_send_back_ones_own",
        ),
    ]


def day_moves_with_a_turn(table: str, turns: str, name: str) -> list[Wall]:
    """The day an action is due changes only to the one that was given when an answer was sent back."""
    return refuses(
        table,
        UPDATE,
        f"""NEW.due_on <> OLD.due_on AND NOT EXISTS (
            SELECT 1 FROM {turns} t WHERE t.action_id = NEW.id AND t.kind = 'sent_back' AND t.due_on = NEW.due_on
        )""",
        "The day an action is due moves only when an answer is sent back.",
        name=name,
    )


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
    *refuses(
        "assessments_sample",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e WHERE e.id = NEW.enrolment_id AND e.centre_id = NEW.centre_id
        )""",
        "A sample is at the centre of its unit.",
        name="a_sample_is_at_the_centre_of_its_unit",
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
        "due_on",
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
    *day_moves_with_a_turn("assessments_action", "assessments_actionturn", "an_actions_day_moves_with_a_turn"),
    *turns_stand("assessments_actionturn", "assessments_action", "turns of actions"),
    *refuses(
        "assessments_actionturn",
        INSERT,
        f"""NEW.kind = 'sent_back' AND EXISTS (
            SELECT 1 FROM assessments_action a WHERE a.id = NEW.action_id
            AND ({no_verifier("a.enrolment_id", "NEW.by_id")})
        )""",
        NOT_A_VERIFIER,
        name="nobody_sends_back_an_answer_where_they_judged",
    ),
    *stands_for_good("assessments_samplecheck", "checks of samples"),
    *refuses(
        "assessments_samplecheck",
        INSERT,
        f"NOT {WHILE_OPEN}",
        "Checks are written down while the sample is open.",
        name="a_check_is_made_in_an_open_sample",
    ),
    *stands_for_good("assessments_sampleanswer", "answers in samples"),
    *refuses(
        "assessments_sampleanswer",
        INSERT,
        f"""NOT {WHILE_OPEN} OR NOT EXISTS (
            SELECT 1 FROM assessments_sample s JOIN assessments_enrolment n ON n.id = s.enrolment_id
            JOIN units_unit u ON u.id = n.unit_id
            JOIN assessments_samplequestion q ON q.id = NEW.question_id
            JOIN assessments_samplequestions l ON l.id = q.asked_in_id
            WHERE s.id = NEW.sample_id AND l.centre_id = n.centre_id AND l.awarding_body_id = u.awarding_body_id
            AND (l.unit_id IS NULL OR l.unit_id = n.unit_id)
        )""",
        "A sample answers its own centre's questions, while it is open.",
        name="a_sample_answers_its_centres_questions",
    ),
    *stands_for_good("assessments_sampledreading", "sampled readings"),
    *refuses(
        "assessments_sampledreading",
        INSERT,
        f"""NOT {WHILE_OPEN} OR NOT EXISTS (
            SELECT 1 FROM assessments_sample s JOIN assessments_mapping m ON m.enrolment_id = s.enrolment_id
            JOIN assessments_evidenceversion v ON v.evidence_id = m.evidence_id
            JOIN assessments_review r ON r.version_id = v.id
            WHERE s.id = NEW.sample_id AND r.id = NEW.review_id
        )""",
        "Readings of items of the unit are sampled, while the sample is open.",
        name="a_sampled_reading_is_of_the_unit",
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
