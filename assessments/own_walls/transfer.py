"""Transfers between centres stay as they were recorded, at the candidate's own centre."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, refuses, stands_for_good

AT_THEIR_CENTRE = "A transfer is recorded at the centre of its candidate."

TRANSFER = [
    *stands_for_good("assessments_transferout", "transfers to another centre"),
    *stands_for_good("assessments_transferredunit", "units transferred"),
    *stands_for_good("assessments_transferin", "transfers from another centre"),
    *keeps(
        "assessments_achievedelsewhere",
        "units achieved elsewhere",
        "taken_back_by_id",
        "taken_back_at",
        message="What was achieved elsewhere stays as it was recorded. It is taken back beside that.",
        once="OLD.taken_back_at IS NOT NULL",
    ),
    *(
        wall
        for table, name in (("transferout", "leaves"), ("transferin", "joins"))
        for wall in refuses(
            f"assessments_{table}",
            INSERT,
            """NOT EXISTS (
                SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.centre_id = NEW.centre_id
            )""",
            AT_THEIR_CENTRE,
            name=f"a_candidate_{name}_their_own_centre",
        )
    ),
    *refuses(
        "assessments_transferredunit",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_transferout t JOIN assessments_enrolment e ON e.candidate_id = t.candidate_id
            WHERE t.id = NEW.transfer_id AND e.id = NEW.enrolment_id
            AND e.status = 'withdrawn' AND e.ended_as = 'transferred'
        )""",
        "A transfer ends units of its own candidate.",
        name="a_transfer_ends_units_of_its_candidate",
    ),
]
