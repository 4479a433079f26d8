"""What a centre's verification did in a period: the action log, and the verifier's report."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from assessments.documents.sampling import came_of
from assessments.documents.sheets import Cells, Column, CoversCentre, Part, Sheet, table
from assessments.documents.words import day
from assessments.enums import SampleOutcome, SampleStage
from assessments.queries.report import (
    CoverageTold,
    LogPapers,
    NoteTold,
    ReportPapers,
    SampleTold,
    Scope,
)
from assessments.queries.standardisation import ExercisePage
from assessments.queries.verified_papers import ActionTold

LOG = "Action log"
REPORT = "Internal verifier’s report"
NUMBER = 24
"""Millimetres for a column of numbers."""


def scope_sheet(
    form: str, scope: Scope, parts: Iterable[Part], *, units: Iterable[int], candidates: Iterable[int]
) -> Sheet:
    """A sheet of a centre's for a period, with whom it covers."""
    period = f"{day(scope.since)} to {day(scope.until)}"
    return Sheet(
        form=form,
        heading=period,
        candidate=str(scope.centre),
        stamp=period,
        about=(
            ("Centre", str(scope.centre)),
            ("Period", period),
            ("Tells of", f"The units that {scope.verifier} verifies" if scope.verifier else "All units of the centre"),
            ("As it stood on", day(scope.day)),
        ),
        parts=tuple(parts),
        covers=CoversCentre(units=tuple(sorted(units)), staff=True, candidates=tuple(sorted(candidates))),
    )


# --- the action log --------------------------------------------------------------------------------------------------


def log_sheet(papers: LogPapers) -> Sheet:
    """Every action that was open in the period: wanted, of whom, due, answered, closed (domain document F1)."""
    parts = [
        sums_part(papers),
        log_part("In candidates’ units", papers.in_units, papers.scope),
        log_part("Of the centre’s staff", papers.of_centre, papers.scope),
    ]
    return scope_sheet(LOG, papers.scope, parts, units=papers.units, candidates=papers.candidates)


def log_part(title: str, actions: Sequence[ActionTold], scope: Scope) -> Part:
    """Actions one below the other, those due first at the head."""
    columns = (Column("What is to be done", 58), Column("Of whom, and by when", 44), Column("What came of it"))
    return Part(
        title,
        table=table(columns, (log_cells(row, scope) for row in actions)),
        note="" if actions else "None was open in the period.",
    )


def log_cells(row: ActionTold, scope: Scope) -> Cells:
    """An action as a row."""
    action = row.action
    asked = f"Asked by {row.raised_by}, {day(action.raised_at)}"
    overdue = "\nOverdue" if action.is_overdue(scope.day) else ""
    return f"{row.source}\n{action.wanted}", f"{row.owner}\nDue {day(action.due_on)}{overdue}\n{asked}", came_of(row)


def sums_part(papers: LogPapers) -> Part:
    """How many actions were asked for, answered and closed, and how many are open or overdue."""
    columns = (
        Column("Actions"),
        Column("Asked in the period", NUMBER),
        Column("Closed in the period", NUMBER),
        Column("Open", NUMBER),
        Column("Of them answered", NUMBER),
        Column("Of them overdue", NUMBER),
    )
    rows = (
        sum_cells("In candidates’ units", papers.in_units, papers.scope),
        sum_cells("Of the centre’s staff", papers.of_centre, papers.scope),
    )
    return Part("Actions in sum", table=table(columns, rows))


def sum_cells(name: str, actions: Sequence[ActionTold], scope: Scope) -> Cells:
    """The sums of some actions."""
    rows = [row.action for row in actions]
    still_open = [row for row in rows if row.closed_at is None]
    counts = (
        sum(1 for row in rows if scope.holds(row.raised_at)),
        sum(1 for row in rows if scope.holds(row.closed_at)),
        len(still_open),
        sum(1 for row in still_open if row.answered_at),
        sum(1 for row in still_open if row.is_overdue(scope.day)),
    )
    return name, *(str(count) for count in counts)


# --- the report ------------------------------------------------------------------------------------------------------


def report_sheet(papers: ReportPapers) -> Sheet:
    """What was sampled, found, followed up and verified in the period, from what is on record (domain document F1)."""
    return scope_sheet(REPORT, papers.scope, report_parts(papers), units=papers.units, candidates=papers.candidates)


def report_parts(papers: ReportPapers) -> list[Part]:
    samples = papers.samples
    return [
        outcomes_part("Samples taken", "Sample", samples, by_stage),
        outcomes_part("By assessor of the unit", "Assessor", samples, lambda row: row.assessor),
        outcomes_part("By unit", "Unit", samples, lambda row: row.unit),
        samples_part(samples),
        *coverage_parts(papers.coverage),
        findings_part([row for row in samples if row.sample.outcome != SampleOutcome.AGREED]),
        alarms_part(papers),
        activities_part(papers),
        *standardisation_parts(papers),
        sums_part(papers.log),
        notes_part("Left unsampled by the verifier", "Said by", papers.unsampled),
        notes_part("Left out by a plan and not sampled", "By plan", papers.left_out),
        verified_part(papers.verified),
    ]


def by_stage(row: SampleTold) -> str:
    return SampleStage(row.sample.stage).label


def outcomes_part(title: str, head: str, samples: Sequence[SampleTold], by: Callable[[SampleTold], str]) -> Part:
    """How many samples came out how, by something of them."""
    columns = (Column(head), *(Column(outcome.label, NUMBER) for outcome in SampleOutcome), Column("Together", NUMBER))
    names = sorted({by(row) for row in samples})
    rows = [outcome_cells(name, [row for row in samples if by(row) == name]) for name in names]
    if len(names) > 1:
        rows.append(outcome_cells("Together", samples))
    return Part(title, table=table(columns, rows), note="" if samples else "No sample was taken in the period.")


def outcome_cells(name: str, samples: Sequence[SampleTold]) -> Cells:
    counted = Counter(row.sample.outcome for row in samples)
    return name, *(str(counted[outcome]) for outcome in SampleOutcome), str(len(samples))


def samples_part(samples: Sequence[SampleTold]) -> Part:
    columns = (Column("Candidate and unit"), Column("Sample", 24), Column("Outcome", 38), Column("By, and when", 46))
    rows = (
        (
            f"{row.about}\nSample {row.sample.pk}",
            by_stage(row),
            row.sample.get_outcome_display(),
            f"{row.verifier}\n{day(row.sample.done_at)}",
        )
        for row in samples
    )
    return Part("Every sample", table=table(columns, rows), note="" if samples else "None.")


def coverage_parts(plans: Sequence[CoverageTold]) -> list[Part]:
    """How much of each plan was sampled, and how many lines of each part of its coverage are satisfied."""
    if not plans:
        return [Part("Coverage", note="No sampling plan was in force in the period.")]
    return [
        Part(
            f"Coverage: {told.plan.policy.awarding_body}, {day(told.plan.starts_on)} to {day(told.plan.ends_on)}",
            table=table(
                (Column("What the strategy wants covered"), Column("Satisfied", 44)),
                (
                    (name, f"{met} of {wanted}")
                    for name, met, wanted in [("Units of the plan sampled", told.taken, told.wanted), *told.parts]
                ),
            ),
            note="Judged on what was sampled in the plan’s own period, not on what is planned.",
        )
        for told in plans
    ]


def findings_part(samples: Sequence[SampleTold]) -> Part:
    """Samples that were not simply agreed: what was found, and what followed for the plan."""
    columns = (Column("Candidate and unit", 46), Column("Outcome and feedback"), Column("What followed", 58))
    rows = (
        (
            f"{row.about}\n{day(row.sample.done_at)}",
            f"{row.sample.get_outcome_display()}\n{row.sample.feedback}",
            row.followed or "Nothing is on record",
        )
        for row in samples
    )
    note = "" if samples else "Every sample was agreed without an action, or none was taken."
    return Part("Findings, and what followed", table=table(columns, rows), note=note)


def alarms_part(papers: ReportPapers) -> Part:
    columns = (Column("Candidate and unit", 50), Column("What changed first"), Column("Noticed, looked at again", 46))
    rows = (
        (
            about,
            alarm.first,
            f"{day(alarm.raised_at)}\n{day(alarm.looked_at) or 'Not looked at again yet'}",
        )
        for alarm, about in papers.alarms
    )
    return Part("Changed after it was sampled", table=table(columns, rows), note="" if papers.alarms else "Nothing.")


def activities_part(papers: ReportPapers) -> Part:
    """Observations, interviews and reviews: planned is not done."""
    columns = (Column("What"), Column("Whose work", 36), Column("By, and when", 40), Column("Outcome", 46))

    def cells() -> Iterable[Cells]:
        for line in papers.activities:
            row = line.activity
            about = f"{row.enrolment.candidate.name}, {row.enrolment.unit.short_code}" if row.enrolment else ""
            outcome = row.get_outcome_display()
            if row.dropped_at:
                outcome = f"Dropped: {row.drop_reason}"
            elif row.is_open:
                outcome = "Planned, and overdue" if line.overdue else "Planned"
            when = day(row.held_on or row.planned_on)
            what = "\n".join(filter(None, (row.get_kind_display(), about)))
            yield what, line.assessor, f"{line.verifier}\n{when}", outcome

    note = "" if papers.activities else "None was held or planned in the period."
    return Part("Observations, interviews and reviews", table=table(columns, cells()), note=note)


def standardisation_parts(papers: ReportPapers) -> list[Part]:
    """The exercises with how far people agreed, and the meetings."""
    columns = (Column("Exercise"), Column("Answered", 26), Column("Agreement", 60), Column("Outcomes agreed", 34))
    meetings = ((row.meeting.title, day(row.meeting.held_on), str(row.present)) for row in papers.meetings)
    heads = (Column("Meeting"), Column("Held on", 44), Column("Present", NUMBER))
    return [
        Part(
            "Standardisation exercises",
            table=table(columns, (exercise_cells(page) for page in papers.exercises)),
            note="" if papers.exercises else "None was open in the period.",
        ),
        Part(
            "Standardisation meetings",
            table=table(heads, meetings),
            note="" if papers.meetings else "None was held in the period.",
        ),
    ]


def exercise_cells(page: ExercisePage) -> Cells:
    """An exercise as a row: nobody's answers are told of before they may be seen."""
    row, answered = page.exercise, sum(1 for _, done in page.participants if done)
    said = "Not shown before all have answered"
    if page.shown:
        found = page.agreement
        said = "Fewer than two answered"
        if found is not None:
            alike = f"All the same on {found.unanimous} of {found.things}."
            said = f"{alike} {found.name}: {found.shown or 'not defined'}. {found.words}"
    agreed = sum(1 for line in page.criteria if line.outcome)
    title = f"{row.title}\n{row.unit.short_code}, set {day(row.set_at)}"
    return title, f"{answered} of {len(page.participants)}", said, f"{agreed} of {len(page.criteria)}"


def notes_part(title: str, said_by: str, notes: Sequence[NoteTold]) -> Part:
    """Units nobody sampled, each with the reason."""
    columns = (Column("Candidate and unit", 54), Column("Why"), Column(said_by, 52))
    rows = ((row.about, row.words, "\n".join(filter(None, (row.by, day(row.at))))) for row in notes)
    return Part(title, table=table(columns, rows), note="" if notes else "None.")


def verified_part(notes: Sequence[NoteTold]) -> Part:
    columns = (Column("Candidate and unit"), Column("Verified by", 56), Column("On", 44))
    rows = ((row.about, row.by, day(row.at)) for row in notes)
    return Part("Units verified", table=table(columns, rows), note="" if notes else "None in the period.")
