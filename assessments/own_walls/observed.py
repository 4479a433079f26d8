"""What an assessor wrote down stands, word for word and with their signature, and only its candidate answers it."""

from assessments.own_walls.pieces import IN_THE_UNIT, VERIFIED
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

BEING_MADE = """EXISTS (
    SELECT 1 FROM assessments_assessorrecord r JOIN assessments_evidenceversion v ON v.id = r.version_id
    WHERE r.id = NEW.record_id AND v.status = 'draft'
)"""
WHOLE = "A record is written whole, in the act that hands it over."
AUTHOR_VERIFIED = f"""EXISTS (
    SELECT 1 FROM assessments_evidence x WHERE x.id = NEW.evidence_id AND x.author_id IS NOT NULL
    AND {VERIFIED.format(enrolment="NEW.enrolment_id", person="x.author_id")}
)"""

OBSERVED = [
    *refuses(
        "assessments_evidence",
        INSERT,
        """NEW.author_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.user_id = NEW.author_id
        )""",
        "Nobody makes a record about themselves.",
        name="nobody_makes_a_record_about_themselves",
    ),
    *refuses(
        "assessments_evidenceversion",
        UPDATE,
        """NEW.submitted_at IS NOT NULL AND OLD.submitted_at IS NULL AND EXISTS (
            SELECT 1 FROM assessments_evidence e WHERE e.id = NEW.evidence_id AND e.author_id IS NOT NULL
        ) AND NOT EXISTS (SELECT 1 FROM assessments_assessorrecord r WHERE r.version_id = NEW.id)""",
        "What an assessor makes is handed over with the record they signed.",
        name="what_an_assessor_makes_is_handed_over_with_its_record",
    ),
    *stands_for_good("assessments_assessorrecord", "records of assessors"),
    *refuses(
        "assessments_assessorrecord",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v JOIN assessments_evidence e ON e.id = v.evidence_id
            JOIN portfolio_signature g ON g.id = NEW.signature_id
            WHERE v.id = NEW.version_id AND v.status = 'draft' AND g.signer_id = e.author_id
            AND v.kind IN ('observation', 'professional_discussion', 'questions')
        )""",
        "A record is signed by the assessor who makes the item, before it is handed over.",
        name="a_record_is_signed_by_the_assessor_who_makes_it",
    ),
    *stands_for_good("assessments_exchange", "questions and answers"),
    *refuses("assessments_exchange", INSERT, f"NOT {BEING_MADE}", WHOLE, name="an_answer_is_written_with_its_record"),
    *refuses(
        "assessments_exchange",
        INSERT,
        """NEW.set_question_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_setquestion q JOIN assessments_questionset s ON s.id = q.set_id
            JOIN assessments_assessorrecord r ON r.id = NEW.record_id
            JOIN assessments_evidenceversion v ON v.id = r.version_id
            JOIN assessments_evidence e ON e.id = v.evidence_id AND e.centre_id = s.centre_id
            WHERE q.id = NEW.set_question_id AND s.status = 'in_use' AND q.text = NEW.asked
        )""",
        "A question of a set is asked in its own words, while the set is in use at the centre.",
        name="a_set_is_asked_in_its_own_words_while_in_use",
    ),
    *stands_for_good("assessments_marker", "markers"),
    *refuses("assessments_marker", INSERT, f"NOT {BEING_MADE}", WHOLE, name="a_marker_is_made_with_its_record"),
    *refuses(
        "assessments_marker",
        INSERT,
        """NEW.start IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_assessorrecord r WHERE r.id = NEW.record_id
            AND substr(r.narrative, NEW.start + 1, NEW."end" - NEW.start) = NEW.quote
        )""",
        "A marker quotes the passage as it stands in the record.",
        name="a_marker_quotes_the_passage_as_it_stands",
    ),
    *refuses(
        "assessments_marker",
        INSERT,
        """NEW.exchange_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_exchange x WHERE x.id = NEW.exchange_id AND x.record_id = NEW.record_id
        )""",
        "A marker is on a question of its own record.",
        name="a_marker_is_on_a_question_of_its_own_record",
    ),
    *refuses(
        "assessments_marker",
        INSERT,
        f"""NOT {IN_THE_UNIT.format(enrolment="NEW.enrolment_id")} OR NOT EXISTS (
            SELECT 1 FROM assessments_assessorrecord r JOIN assessments_evidenceversion v ON v.id = r.version_id
            JOIN assessments_mapping m ON m.evidence_id = v.evidence_id
            WHERE r.id = NEW.record_id AND m.enrolment_id = NEW.enrolment_id AND m.criterion_id = NEW.criterion_id
            AND m.taken_back_at IS NULL
        )""",
        "A marker names a criterion that the record is mapped to.",
        name="a_marker_names_a_criterion_the_record_is_mapped_to",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        AUTHOR_VERIFIED,
        "Who made this record has sampled or verified the unit, so it cannot be mapped to it.",
        name="nothing_is_mapped_where_its_author_verified",
    ),
    *stands_for_good("assessments_acknowledgement", "acknowledgements"),
    *refuses(
        "assessments_acknowledgement",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_assessorrecord r JOIN assessments_evidenceversion v ON v.id = r.version_id
            JOIN assessments_evidence e ON e.id = v.evidence_id
            JOIN portfolio_candidaterecord c ON c.id = e.candidate_id
            WHERE r.id = NEW.record_id AND v.submitted_at IS NOT NULL AND v.replaced_at IS NULL
            AND v.status <> 'withdrawn' AND c.user_id = NEW.by_id
        ) OR (NEW.signature_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM portfolio_signature g WHERE g.id = NEW.signature_id AND g.signer_id = NEW.by_id
        ))""",
        "A record is acknowledged or disputed by the candidate it is about, in the version in force.",
        name="a_record_is_answered_by_its_candidate",
    ),
    *refuses(
        "assessments_acknowledgement",
        INSERT,
        """EXISTS (
            SELECT 1 FROM assessments_acknowledgement a
            WHERE a.record_id = NEW.record_id AND a.agreed AND a.id <> NEW.id
        )""",
        "Nothing follows an acknowledgement.",
        name="nothing_follows_an_acknowledgement",
    ),
]
