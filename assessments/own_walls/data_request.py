"""A request for data stands as it came: what was done about it is written beside it, once, and it never goes."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, UPDATE, refuses

STANDS = "A request for data stands as it came. What was done about it is written beside it, and it never goes."
DATA_REQUEST = [
    *keeps(
        "assessments_datarequest",
        "requests for data",
        "identity",
        "confirmed_on",
        "confirmed_by_id",
        "due_on",
        "extended_reason",
        "extended_by_id",
        "extended_at",
        "by_office",
        "with_remarks",
        "left_out",
        "package_id",
        "handed_over_how",
        "handed_over_by_id",
        "handed_over_at",
        "closed_reason",
        "closed_by_id",
        "closed_at",
        message=STANDS,
        once="OLD.handed_over_at IS NOT NULL OR OLD.closed_at IS NOT NULL",
    ),
    *refuses(
        "assessments_datarequest",
        INSERT,
        "NEW.handed_over_at IS NOT NULL OR NEW.closed_at IS NOT NULL OR NEW.package_id IS NOT NULL",
        "A request for data is recorded first, and answered after that.",
        name="a_request_for_data_begins_open",
    ),
    *refuses(
        "assessments_datarequest",
        UPDATE,
        "OLD.confirmed_on IS NOT NULL AND (NEW.confirmed_on IS DISTINCT FROM OLD.confirmed_on"
        " OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id OR NEW.identity <> OLD.identity)",
        STANDS,
        name="how_it_was_confirmed_who_asks_stands",
    ),
    *refuses(
        "assessments_datarequest",
        UPDATE,
        "NEW.package_id IS DISTINCT FROM OLD.package_id AND (NEW.confirmed_on IS NULL OR NOT EXISTS ("
        "SELECT 1 FROM portfolio_archive a WHERE a.id = NEW.package_id AND a.centre_id = NEW.centre_id"
        " AND a.cut = 'person' AND (a.made_for_id IS NULL OR a.made_for_id = NEW.user_id)))",
        "A copy of somebody’s data is made once it is known that they ask, at their centre, for nobody else.",
        name="a_copy_of_data_is_made_for_who_asked",
    ),
]
