"""The walls of the standard: what is published stays as it is worded.

A fixture is loaded by `save_base(raw=True)`, past every model, so only the database can refuse an altered one. An
UPDATE that alters nothing passes, so the same fixture may be loaded again.
"""

from portfolio.walls import (
    DELETE,
    INSERT,
    TRUNCATE,
    UPDATE,
    Wall,
    never_deleted,
    only_columns_may_change,
    refuses,
    stands_for_good,
)

PUBLISHED = "EXISTS (SELECT 1 FROM units_unitpublication p WHERE p.unit_id = {row}.{column})"
PUBLISHED_THROUGH_OUTCOME = """EXISTS (
    SELECT 1 FROM units_unitpublication p JOIN units_learningoutcome o ON o.unit_id = p.unit_id
    WHERE o.id = {row}.outcome_id
)"""
ANY_PUBLISHED = "EXISTS (SELECT 1 FROM units_unitpublication)"


def frozen(table: str, noun: str, published: str) -> list[Wall]:
    """Rows of a unit that never change once it is published. `published` is SQL about the row named `{row}`."""
    name = noun.replace(" ", "_")
    message = (
        f"The unit is published, so its {noun} stand as they are worded. New wording needs a new version of the unit."
    )
    old, new = published.format(row="OLD"), published.format(row="NEW")
    return [
        Wall(f"published_{name}_never_change", table, UPDATE, message, f"{old} OR {new}", may_change=()),
        Wall(f"published_{name}_are_never_deleted", table, DELETE, message, old),
        Wall(f"published_{name}_are_never_added_to", table, INSERT, message, new),
        Wall(f"published_{name}_are_never_emptied_out", table, TRUNCATE, message, ANY_PUBLISHED),
    ]


def of_unit(table: str, noun: str) -> list[Wall]:
    """Rows that name their unit, frozen with it."""
    return frozen(table, noun, PUBLISHED.replace("{column}", "unit_id"))


def in_the_unit_of(table: str, other: str, column: str, message: str, *, name: str) -> list[Wall]:
    """Rows whose `column` leads to a row of `other` that belongs to the same unit."""
    elsewhere = f"EXISTS (SELECT 1 FROM {other} o WHERE o.id = NEW.{column} AND o.unit_id <> NEW.unit_id)"  # noqa: S608
    return [
        *refuses(table, INSERT, elsewhere, message, name=f"{name}_when_added"),
        *refuses(table, UPDATE, elsewhere, message, name=f"{name}_when_changed"),
    ]


WALLS = [
    *frozen("units_unit", "particulars", PUBLISHED.replace("{column}", "id")),
    *of_unit("units_learningoutcome", "outcomes"),
    *of_unit("units_criterion", "criteria"),
    *frozen("units_teachingpoint", "teaching points", PUBLISHED_THROUGH_OUTCOME),
    *of_unit("units_evidencerequirement", "evidence requirements"),
    *of_unit("units_nosreference", "standards referred to"),
    *of_unit("units_functionalskill", "functional skills"),
    *stands_for_good("units_unitpublication", "publications"),
    *never_deleted("units_directclaim", "direct claim statuses"),
    *only_columns_may_change("units_directclaim", ["withdrawn_on", "withdrawal_reason"], "direct claim status"),
    *refuses(
        "units_directclaim",
        UPDATE,
        "OLD.withdrawn_on IS NOT NULL",
        "That direct claim status was withdrawn stays on record: record the new status beside it.",
        name="a_withdrawn_status_stays_withdrawn",
    ),
    *refuses(
        "units_directclaim",
        INSERT,
        "EXISTS (SELECT 1 FROM units_unit u WHERE u.id = NEW.unit_id AND u.awarding_body_id <> NEW.awarding_body_id)",
        "Direct claim status for a unit is given by its awarding body.",
        name="a_status_is_for_a_unit_of_its_body",
    ),
    *in_the_unit_of(
        "units_criterion",
        "units_learningoutcome",
        "outcome_id",
        "A criterion belongs to the unit of its learning outcome.",
        name="a_criterion_is_in_the_unit_of_its_outcome",
    ),
    *in_the_unit_of(
        "units_evidencerequirement",
        "units_evidencerequirement",
        "parent_id",
        "An evidence requirement belongs to the unit of the one above it.",
        name="a_requirement_is_in_the_unit_of_its_parent",
    ),
]
