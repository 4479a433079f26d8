"""What became of a criterion stays as recorded once somebody was moved by it; a move joins what belongs together."""

from portfolio.walls import INSERT, refuses, stands_for_good

MOVED_BY = "Once a candidate was moved by it, what became of the criteria stays as it was recorded."

MOVING = [
    *stands_for_good("assessments_versionmap", "maps of versions"),
    *stands_for_good("assessments_versionpair", "pairs of criteria"),
    *stands_for_good("assessments_versionmove", "moves to a new version"),
    *refuses(
        "assessments_versionmap",
        INSERT,
        """EXISTS (
            SELECT 1 FROM assessments_versionmove m JOIN assessments_versionmap v ON v.id = m.map_id
            WHERE v.centre_id = NEW.centre_id AND v.earlier_id = NEW.earlier_id AND v.later_id = NEW.later_id
        )""",
        MOVED_BY,
        name="a_map_that_moved_somebody_is_not_replaced",
    ),
    *refuses(
        "assessments_versionmap",
        INSERT,
        """EXISTS (
            SELECT 1 FROM units_unit u
            WHERE u.id IN (NEW.earlier_id, NEW.later_id) AND u.centre_id <> NEW.centre_id
        )""",
        "A unit that a centre brought in is mapped at that centre only.",
        name="a_map_is_of_units_of_its_centre",
    ),
    *refuses(
        "assessments_versionpair",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_versionmap v
            JOIN units_criterion o ON o.unit_id = v.earlier_id JOIN units_criterion n ON n.unit_id = v.later_id
            WHERE v.id = NEW.map_id AND o.id = NEW.earlier_id AND n.id = NEW.later_id
        )""",
        "A pair is of a criterion of the earlier version and one of the later.",
        name="a_pair_is_of_the_versions_of_its_map",
    ),
    *refuses(
        "assessments_versionpair",
        INSERT,
        "EXISTS (SELECT 1 FROM assessments_versionmove m WHERE m.map_id = NEW.map_id)",
        MOVED_BY,
        name="a_map_that_moved_somebody_keeps_its_pairs",
    ),
    *refuses(
        "assessments_versionmove",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_versionmap v
            JOIN assessments_enrolment o ON o.unit_id = v.earlier_id
            JOIN assessments_enrolment n ON n.unit_id = v.later_id
            WHERE v.id = NEW.map_id AND o.id = NEW.earlier_id AND n.id = NEW.enrolment_id
            AND o.candidate_id = n.candidate_id AND o.centre_id = v.centre_id
            AND o.status = 'withdrawn' AND o.ended_as = 'moved'
        )""",
        "A move leads from an enrolment that ended by it to the same candidate's on the later version.",
        name="a_move_joins_enrolments_of_one_candidate",
    ),
]
