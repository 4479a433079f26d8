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


QUALIFICATION = "EXISTS (SELECT 1 FROM units_qualificationpublication p WHERE p.qualification_id = {row}.{column})"
ANY_QUALIFICATION = "EXISTS (SELECT 1 FROM units_qualificationpublication)"
UNIT_STANDS = (
    "The unit is published, so its {noun} stand as they are worded. New wording needs a new version of the unit."
)
QUALIFICATION_STANDS = (
    "The qualification is published, so its {noun} stand as they are. A new structure needs a new version of it."
)


def frozen(
    table: str, noun: str, published: str, *, says: str = UNIT_STANDS, any_published: str = ANY_PUBLISHED
) -> list[Wall]:
    """Rows that never change once what they belong to is published. `published` is SQL about the row named `{row}`."""
    name, message = noun.replace(" ", "_"), says.format(noun=noun)
    old, new = published.format(row="OLD"), published.format(row="NEW")
    return [
        Wall(f"published_{name}_never_change", table, UPDATE, message, f"{old} OR {new}", may_change=()),
        Wall(f"published_{name}_are_never_deleted", table, DELETE, message, old),
        Wall(f"published_{name}_are_never_added_to", table, INSERT, message, new),
        Wall(f"published_{name}_are_never_emptied_out", table, TRUNCATE, message, any_published),
    ]


def of_unit(table: str, noun: str) -> list[Wall]:
    """Rows that name their unit, frozen with it."""
    return frozen(table, noun, PUBLISHED.replace("{column}", "unit_id"))


def of_qualification(table: str, noun: str, column: str = "qualification_id") -> list[Wall]:
    """Rows that name their qualification, frozen with it."""
    published = QUALIFICATION.replace("{column}", column)
    return frozen(table, noun, published, says=QUALIFICATION_STANDS, any_published=ANY_QUALIFICATION)


def in_the_unit_of(
    table: str, other: str, column: str, message: str, *, name: str, whole: str = "unit_id"
) -> list[Wall]:
    """Rows whose `column` leads to a row of `other` that belongs to the same unit, or to the same `whole`."""
    elsewhere = f"EXISTS (SELECT 1 FROM {other} o WHERE o.id = NEW.{column} AND o.{whole} <> NEW.{whole})"  # noqa: S608
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
        "EXISTS (SELECT 1 FROM units_unit u WHERE u.id = NEW.unit_id "
        "AND (u.awarding_body_id <> NEW.awarding_body_id OR u.centre_id <> NEW.centre_id))",
        "Direct claim status for a unit is given by its awarding body, to a centre that may offer it.",
        name="a_status_is_for_a_unit_of_its_body",
    ),
    *refuses(
        "units_directclaim",
        INSERT,
        "EXISTS (SELECT 1 FROM units_qualification q WHERE q.id = NEW.qualification_id "
        "AND (q.awarding_body_id <> NEW.awarding_body_id OR q.centre_id <> NEW.centre_id))",
        "Direct claim status for a qualification is given by its awarding body, to a centre that may offer it.",
        name="a_status_is_for_a_qualification_of_its_body",
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
    *of_qualification("units_qualification", "rules of combination", "id"),
    *of_qualification("units_qualificationgroup", "groups"),
    *of_qualification("units_qualificationunit", "units"),
    *of_qualification("units_barredpair", "barred combinations"),
    *stands_for_good("units_qualificationpublication", "publications of qualifications"),
    *in_the_unit_of(
        "units_qualificationunit",
        "units_qualificationgroup",
        "group_id",
        "A unit stands in a group of its own qualification.",
        name="a_listed_unit_is_in_the_qualification_of_its_group",
        whole="qualification_id",
    ),
    *(
        wall
        for column in ("one_id", "other_id")
        for wall in in_the_unit_of(
            "units_barredpair",
            "units_qualificationunit",
            column,
            "Units that are barred with each other stand in one qualification.",
            name=f"a_barred_pair_has_its_{column.removesuffix('_id')}_in_its_qualification",
            whole="qualification_id",
        )
    ),
]
