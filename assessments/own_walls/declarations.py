"""Words that were approved are signed as they were approved, and nobody approves others in their place."""

from assessments.own_walls.pieces import always, keeps

DECLARATIONS = [
    *keeps(
        "assessments_wording",
        "wordings",
        "withdrawn_at",
        "statement_id",
        "approved_by",
        "approved_on",
        "reference",
        "access_id",
        "noted_by_id",
        "noted_at",
        message="The words of a declaration are never changed: write new ones.",
        once="OLD.statement_id IS NOT NULL OR OLD.withdrawn_at IS NOT NULL",
    ),
    *always(
        "assessments_wording",
        """NEW.statement_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM portfolio_statement s WHERE s.id = NEW.statement_id AND s.centre_id = NEW.centre_id
            AND s.key = NEW.declaration AND s.text = NEW.text
        )""",
        "What was approved is what is signed, to the letter.",
        name="approved_words_are_those_that_are_signed",
    ),
]
