"""What was handed in is never edited."""

from assessments.own_walls.pieces import COLLECTING, FORBIDDEN, IN_THE_UNIT, SETTING_FORBIDDEN, always, keeps
from portfolio.walls import INSERT, UPDATE, Wall, never_deleted, refuses, stands_for_good

HANDED_IN_STANDS = "What has been handed in is never edited: the next version replaces it."
FILES_STAND = "Files are added to a draft and taken out of it. After that a file is only shut away, or redacted."
FILE_COLUMNS = (
    "removed_at",
    "quarantined_at",
    "quarantined_by_id",
    "destroyed_at",
    "destroyed_by_id",
    "reason",
    "disposed_at",
    "disposed_under",
)
IS_DRAFT = "EXISTS (SELECT 1 FROM assessments_evidenceversion v WHERE v.id = NEW.version_id AND v.status = 'draft')"
RELEASED = """(NEW.quarantined_at IS NULL AND EXISTS (
    SELECT 1 FROM assessments_release l WHERE l.file_id = OLD.id AND l.quarantined_at = OLD.quarantined_at
))"""
FROZEN = f"""(NOT {COLLECTING} AND EXISTS (
    SELECT 1 FROM assessments_evidence i WHERE i.id = NEW.evidence_id AND i.number IS NOT NULL
))"""
"""The unit is past collecting, and the item was handed in: what never was may leave it all the same."""

EVIDENCE = [
    *never_deleted("assessments_evidence", "items of evidence"),
    *refuses(
        "assessments_evidence",
        UPDATE,
        "NEW.candidate_id <> OLD.candidate_id OR NEW.centre_id <> OLD.centre_id"
        " OR NEW.author_id IS DISTINCT FROM OLD.author_id"
        " OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)",
        "An item of evidence keeps its candidate, its centre and the number it took, and whoever made it.",
        name="evidence_keeps_its_candidate_and_number",
    ),
    *refuses(
        "assessments_evidence",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.centre_id = NEW.centre_id
        )""",
        "An item of evidence is at the centre of its candidate.",
        name="evidence_is_at_the_centre_of_its_candidate",
    ),
    *never_deleted("assessments_evidenceversion", "versions"),
    *refuses(
        "assessments_evidenceversion",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_evidence i WHERE i.id = NEW.evidence_id AND i.centre_id = NEW.centre_id
        )""",
        "A version is at the centre of its item.",
        name="a_version_is_at_the_centre_of_its_item",
    ),
    *refuses(
        "assessments_evidenceversion",
        INSERT,
        "NEW.status <> 'draft'",
        "Every version begins as a draft.",
        name="a_version_begins_as_a_draft",
    ),
    Wall(
        "what_is_handed_in_is_never_edited",
        "assessments_evidenceversion",
        UPDATE,
        HANDED_IN_STANDS,
        "OLD.status <> 'draft'",
        may_change=(
            "status",
            "submitted_at",
            "declaration_id",
            "replaced_at",
            "withdrawn_at",
            "withdrawal_reason",
        ),
    ),
    *refuses(
        "assessments_evidenceversion",
        UPDATE,
        "NEW.evidence_id <> OLD.evidence_id OR NEW.centre_id <> OLD.centre_id OR NEW.number <> OLD.number"
        " OR (NEW.status = 'draft' AND OLD.status <> 'draft')"
        " OR (OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn')"
        " OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)",
        "A version never becomes a draft again, and what was withdrawn or replaced stays so.",
        name="a_version_never_goes_back",
    ),
    *always(
        "assessments_evidenceversion",
        f"""NEW.replaced_at IS NULL AND NEW.status <> 'withdrawn' AND EXISTS (
            SELECT 1 FROM assessments_mapping m JOIN assessments_enrolment e ON e.id = m.enrolment_id
            JOIN units_unit u ON u.id = e.unit_id
            WHERE m.evidence_id = NEW.evidence_id AND m.taken_back_at IS NULL AND e.status <> 'withdrawn'
            AND {FORBIDDEN.format(setting="NEW.setting")}
        )""",
        SETTING_FORBIDDEN,
        name="a_mapped_version_is_of_a_setting_its_units_take",
    ),
    *keeps("assessments_evidencefile", "files of evidence", *FILE_COLUMNS, message=FILES_STAND),
    *refuses(
        "assessments_evidencefile",
        INSERT,
        f"""NOT {IS_DRAFT} AND NOT EXISTS (
            SELECT 1 FROM assessments_evidencefile f
            WHERE f.version_id = NEW.version_id AND f.position = NEW.position AND f.destroyed_at IS NOT NULL
        )""",
        FILES_STAND,
        name="files_are_added_to_a_draft_or_for_a_redacted_one",
    ),
    *refuses(
        "assessments_evidencefile",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v JOIN portfolio_storedfile s ON s.centre_id = v.centre_id
            WHERE v.id = NEW.version_id AND s.id = NEW.stored_id AND v.centre_id = NEW.centre_id
        )""",
        "A file of evidence is kept by the centre of its candidate.",
        name="a_file_is_kept_by_the_centre_of_its_candidate",
    ),
    *refuses(
        "assessments_evidencefile",
        UPDATE,
        f"""(NEW.removed_at IS DISTINCT FROM OLD.removed_at AND (OLD.removed_at IS NOT NULL OR NOT {IS_DRAFT}))
        OR (OLD.quarantined_at IS NOT NULL AND NOT {RELEASED} AND (
            NEW.quarantined_at IS DISTINCT FROM OLD.quarantined_at
            OR NEW.quarantined_by_id IS DISTINCT FROM OLD.quarantined_by_id
        ))
        OR OLD.destroyed_at IS NOT NULL""",
        FILES_STAND,
        name="what_happened_to_a_file_stands",
    ),
    *stands_for_good("assessments_release", "releases"),
    *refuses(
        "assessments_release",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_evidencefile f WHERE f.id = NEW.file_id
            AND f.quarantined_at = NEW.quarantined_at AND f.quarantined_by_id = NEW.quarantined_by_id
        )""",
        "A file is released from the quarantine it is in.",
        name="a_file_is_released_from_its_quarantine",
    ),
    *keeps(
        "assessments_mapping",
        "mappings",
        "taken_back_by_id",
        "taken_back_at",
        "waiting_since",
        "locator",
        message="A mapping says for good who claimed what. It is taken back beside that, never rewritten.",
        once="OLD.taken_back_at IS NOT NULL",
    ),
    *refuses(
        "assessments_mapping",
        UPDATE,
        """NEW.locator <> OLD.locator AND NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v WHERE v.evidence_id = NEW.evidence_id AND v.status = 'draft'
        )""",
        "Where to look in an item changes only while a draft of it is being prepared.",
        name="a_locator_changes_only_in_a_draft",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e JOIN assessments_evidence i ON i.candidate_id = e.candidate_id
            WHERE e.id = NEW.enrolment_id AND i.id = NEW.evidence_id
        )""",
        "Evidence is mapped to its own candidate's units.",
        name="a_mapping_stays_with_its_candidate",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        f"NOT {IN_THE_UNIT.format(enrolment='NEW.enrolment_id')}",
        "Evidence is mapped to criteria of the unit the candidate is enrolled on.",
        name="a_mapping_names_a_criterion_of_its_unit",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        f"NOT {COLLECTING}",
        "Nothing more is mapped to a unit that is past collecting.",
        name="a_mapping_is_made_while_its_unit_is_collecting",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        f"""EXISTS (
            SELECT 1 FROM assessments_enrolment e JOIN units_unit u ON u.id = e.unit_id
            JOIN assessments_evidenceversion v ON v.evidence_id = NEW.evidence_id
            WHERE e.id = NEW.enrolment_id AND v.replaced_at IS NULL AND v.status <> 'withdrawn'
            AND {FORBIDDEN.format(setting="v.setting")}
        )""",
        SETTING_FORBIDDEN,
        name="nothing_is_mapped_to_a_setting_the_unit_forbids",
    ),
    *keeps(
        "assessments_showing",
        "showings",
        "taken_back_by_id",
        "taken_back_at",
        "seen_at",
        message="What an item was said to show stays said. It is taken back beside that, never rewritten.",
        once="OLD.taken_back_at IS NOT NULL",
    ),
    *refuses(
        "assessments_showing",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_mapping m WHERE m.evidence_id = NEW.evidence_id
            AND m.enrolment_id = NEW.enrolment_id AND m.taken_back_at IS NULL
        )""",
        "An item shows evidence requirements of a unit that it is mapped to.",
        name="an_item_shows_requirements_of_a_unit_it_is_mapped_to",
    ),
    *refuses(
        "assessments_showing",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e JOIN units_evidencerequirement r ON r.unit_id = e.unit_id
            WHERE e.id = NEW.enrolment_id AND r.id = NEW.requirement_id AND r.parent_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM units_evidencerequirement b WHERE b.parent_id = r.id)
        )""",
        "What an item shows is a leaf of its unit's evidence requirements.",
        name="a_showing_names_a_leaf_of_its_unit",
    ),
    *refuses(
        "assessments_showing",
        INSERT,
        f"NOT {COLLECTING}",
        "Nothing more is shown for a unit that is past collecting.",
        name="a_showing_is_made_while_its_unit_is_collecting",
    ),
    *refuses(
        "assessments_showing",
        UPDATE,
        f"NEW.taken_back_at IS NOT NULL AND {FROZEN}",
        "What was handed in for a unit that is past collecting stands, with what it shows.",
        name="a_showing_is_taken_back_while_its_unit_is_collecting",
    ),
]
