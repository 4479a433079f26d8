"""What an external verifier is let see is fixed when it is given, and is of one awarding body."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, refuses, stands_for_good

ACCESS = [
    *keeps(
        "assessments_externalaccess",
        "accesses of external verifiers",
        "ended_at",
        "end_reason",
        message="What an external verifier is let see stands as it was given. That it was ended is written beside it.",
        once="OLD.ended_at IS NOT NULL",
    ),
    *refuses(
        "assessments_externalaccess",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_rolegrant g
            WHERE g.id = NEW.grant_id AND g.centre_id = NEW.centre_id AND g.role = 'external_verifier'
        )""",
        "An external verifier is let see the work of the centre at which they hold that role.",
        name="an_external_access_rests_on_the_role",
    ),
    *stands_for_good("assessments_externalunit", "units of a remit"),
    *refuses(
        "assessments_externalunit",
        INSERT,
        """EXISTS (
            SELECT 1 FROM assessments_externalaccess a, units_unit u
            WHERE a.id = NEW.access_id AND u.id = NEW.unit_id AND a.awarding_body_id <> u.awarding_body_id
        )""",
        "An external verifier looks at units of the awarding body that sends them.",
        name="a_remit_is_of_one_awarding_body",
    ),
]
