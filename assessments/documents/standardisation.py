"""The papers of standardisation: an exercise with its answers and what was agreed, and a meeting."""

from assessments.agreement import Agreement
from assessments.documents.sampling import actions_part
from assessments.documents.sheets import Cells, Column, Part, Sheet, known, table
from assessments.documents.words import day, titled
from assessments.models import AgreedOutcome
from assessments.queries.standardisation import Compared, ExercisePage
from assessments.queries.verified_papers import MeetingPapers

RECORD = "Standardisation record"
MEETING = "Record of a standardisation meeting"


def exercise_sheet(page: ExercisePage) -> Sheet:
    """What each said of the item unseen of the others, how far they agree, and what was agreed (domain rule 47)."""
    row = page.exercise
    answered = sum(1 for _, done in page.participants if done)
    return Sheet(
        form=RECORD,
        heading=row.title,
        candidate=str(row.centre),
        stamp=f"Exercise {row.pk}",
        about=(
            ("Unit", titled(row.unit)),
            ("Item", f"{row.version.get_kind_display()}{f', of {page.candidate}' if page.candidate else ''}"),
            *known(("Candidate", "" if page.candidate else "The name was hidden from those who judged")),
            ("Why this item", row.reason),
            ("Set", f"{day(row.set_at)}, {page.set_by}"),
            ("To be answered by", day(row.due_on)),
            ("Closed", day(row.closed_at) or "Not yet: all have answered"),
            (
                "Who judged",
                "\n".join(f"{name}{'' if done else ' (did not answer)'}" for name, done in page.participants),
            ),
            ("Answered", f"{answered} of {len(page.participants)}"),
        ),
        parts=(
            agreement_part(page.agreement),
            Part(
                "What each said, and what was agreed",
                table=table(
                    (Column("Criterion", 56), Column("What each said"), Column("Agreed outcome", 58)),
                    (criterion_cells(line) for line in page.criteria),
                ),
            ),
        ),
    )


def agreement_part(found: Agreement | None) -> Part:
    """The count, kappa, and what it means."""
    title = "How far they agree"
    if found is None:
        return Part(title, note="Fewer than two have answered, so there is nothing to compare.")
    noun = "criterion" if found.things == 1 else "criteria"
    return Part(
        title,
        fields=(
            ("All said the same", f"{found.unanimous} of {found.things} {noun}"),
            (found.name, found.shown or "Not defined"),
            ("What that means", found.words),
        ),
        note=found.warning,
    )


def criterion_cells(line: Compared) -> Cells:
    """A criterion, who said what, and what was agreed and why."""
    said = "\n".join(f"{word.name}: {word.label}. {word.words}".strip() for word in line.words)
    return (
        f"{line.criterion.number} {line.criterion.text}",
        said or "Nobody answered",
        outcome_words(line.outcome) if line.outcome else "Nothing agreed yet",
    )


def outcome_words(outcome: AgreedOutcome) -> str:
    """What was agreed, why, when, and in which meeting."""
    where = f", in “{outcome.meeting.title}”" if outcome.meeting else ""
    return f"{outcome.get_verdict_display()}, {day(outcome.recorded_at)}{where}\n{outcome.rationale}"


def meeting_sheet(papers: MeetingPapers) -> Sheet:
    """Who was there, the minutes, what was agreed and what is to be done (domain rule 47)."""
    meeting = papers.meeting
    agreed = (
        (f"{row.criterion.unit.short_code} {row.criterion.number}", row.get_verdict_display(), row.rationale)
        for row in papers.outcomes
    )
    return Sheet(
        form=MEETING,
        heading=meeting.title,
        candidate=str(meeting.centre),
        stamp=f"Meeting {meeting.pk}",
        about=(
            ("Held on", day(meeting.held_on)),
            ("Present", "\n".join(papers.present) or "Nobody"),
            ("Apologies", "\n".join(papers.apologies) or "None"),
            ("Recorded", f"{day(meeting.recorded_at)}, {papers.recorded_by}"),
        ),
        parts=(
            Part("Minutes", text=meeting.minutes),
            Part(
                "Agreed in exercises",
                table=table((Column("Criterion", 34), Column("Agreed", 34), Column("Why")), agreed),
                note="" if papers.outcomes else "Nothing was agreed on an exercise in this meeting.",
            ),
            actions_part("Actions", papers.actions),
        ),
    )
