"""The papers of sampling: the record of a sample, a plan with its reasons, the strategy."""

from collections.abc import Iterable, Sequence

from assessments.documents.sheets import Cells, Column, Covers, Part, Sheet, known, table
from assessments.documents.words import day, time, titled
from assessments.models import SampleAnswer, SampleCheck, SamplingPolicy
from assessments.queries.planned import PlanLine
from assessments.queries.strategy import Rated
from assessments.queries.verified_papers import (
    ActionTold,
    AlarmTold,
    CriterionSampled,
    PlanPapers,
    PolicyTold,
    ReadingSampled,
    SamplePapers,
    StrategyPapers,
    TurnTold,
)

SAMPLE = "Sampling record"
PLAN = "Sampling plan"
STRATEGY = "Sampling strategy"
NOT_AGREED_YET = "Not agreed with the external verifier yet"


# --- a sample --------------------------------------------------------------------------------------------------------


def sample_sheet(papers: SamplePapers) -> Sheet:
    """What was looked at, what was found and asked for, and what changed since (domain document F1)."""
    sample, unit = papers.sample, papers.sample.enrolment
    plan = sample.cell.plan if sample.cell else None
    return Sheet(
        form=SAMPLE,
        heading=titled(unit.unit),
        candidate=unit.candidate.legal_name,
        stamp=f"Sample {sample.pk}",
        about=(
            ("Candidate", unit.candidate.legal_name),
            ("Assessor", papers.assessor),
            ("Internal verifier", papers.verifier),
            ("Sample", sample.get_stage_display()),
            ("Why this unit", sample.reason),
            ("Chosen", f"{day(sample.planned_at)}, {papers.planned_by}"),
            ("By plan", str(plan) if plan else "Not wanted by a plan"),
            *known(
                ("Sampled", f"{day(sample.done_at)}, {time(sample.done_at)}" if sample.done_at else ""),
                ("Outcome", sample.get_outcome_display() if sample.outcome else ""),
                ("Evidence held elsewhere", "Seen where it is held" if sample.seen_at_location else ""),
                ("Dropped", f"{day(sample.dropped_at)}: {sample.drop_reason}" if sample.dropped_at else ""),
            ),
        ),
        parts=tuple(sample_parts(papers)),
        covers=Covers(units=(unit.pk,), staff=True),
    )


def sample_parts(papers: SamplePapers) -> list[Part]:
    """The parts of a sampling record; of a sample that was dropped there is nothing to tell but why."""
    if papers.sample.done_at is None:
        return [Part("What was looked at", note="Nothing: the sample was dropped.")]
    parts = [criteria_part(papers.criteria)]
    if papers.readings:
        parts.append(readings_part(papers.readings))
    parts.append(checks_part("Checks", papers.checks))
    if papers.answers:
        parts.append(checks_part("Questions of the centre’s", papers.answers))
    feedback = papers.sample.feedback
    parts.append(Part("Feedback to the assessor", text=feedback, note="" if feedback else "None was given."))
    parts.append(actions_part("Actions", papers.actions))
    parts.append(alarms_part(papers.alarms))
    return parts


def criteria_part(criteria: Sequence[CriterionSampled]) -> Part:
    """The criteria sampled, with what the assessor had decided by then."""
    columns = (Column("Criterion", 62), Column("What the assessor had decided by then"))
    rows = (
        (
            f"{row.criterion.number} {row.criterion.text}",
            "\n".join(
                " ".join(
                    filter(
                        None,
                        (
                            f"{one.item}: {', '.join(filter(None, (one.verdict, one.countersigned)))}.",
                            f"{one.by}, {day(one.at)}.",
                            one.feedback,
                        ),
                    )
                )
                for one in row.decided
            )
            or "Nothing yet",
        )
        for row in criteria
    )
    return Part("Criteria sampled", table=table(columns, rows), note="" if criteria else "None was ticked.")


def readings_part(readings: Iterable[ReadingSampled]) -> Part:
    columns = (Column("Item"), Column("Read by", 44), Column("Rules of evidence not met", 48))
    rows = ((row.item, f"{row.by}\n{day(row.at)}", ", ".join(row.failing) or "All met") for row in readings)
    return Part("Assessor’s readings sampled", table=table(columns, rows))


def checks_part(title: str, checks: Sequence[SampleCheck | SampleAnswer]) -> Part:
    """What was checked or asked, and what the verifier found."""
    columns = (Column("What is checked"), Column("Found", 26), Column("In the verifier’s words", 62))
    rows = (
        (
            row.get_about_display() if isinstance(row, SampleCheck) else str(row.question),
            row.get_result_display(),
            row.word,
        )
        for row in checks
    )
    return Part(title, table=table(columns, rows), note="" if checks else "None was recorded.")


def actions_part(title: str, actions: Sequence[ActionTold]) -> Part:
    """What was asked, of whom, by when, and each turn of it."""
    columns = (Column("What is to be done"), Column("Of whom, and by when", 42), Column("What came of it", 72))
    rows = (
        (
            row.action.wanted,
            f"{row.owner}\nDue {day(row.action.due_on)}\nAsked by {row.raised_by}, {day(row.action.raised_at)}",
            came_of(row),
        )
        for row in actions
    )
    return Part(title, table=table(columns, rows), note="" if actions else "None was asked for.")


def came_of(row: ActionTold) -> str:
    """Each turn of an action, and whether it is closed."""
    told = [turn_words(turn) for turn in row.turns]
    if row.action.closed_at:
        told.append(f"Closed {day(row.action.closed_at)}, {row.closed_by}.")
    elif row.action.answered_at:
        told.append("Answered, and not closed yet.")
    else:
        told.append("Open: it waits for an answer.")
    return "\n".join(told)


def turn_words(turn: TurnTold) -> str:
    """A turn of an action in words."""
    anew = f" New day: {day(turn.due_on)}." if turn.due_on else ""
    return f"{turn.what} {day(turn.at)}, {turn.by}: {turn.words}{anew}"


def alarms_part(alarms: Sequence[AlarmTold]) -> Part:
    """What changed in the unit after it was sampled, and whether the verifier looked again."""
    columns = (Column("Noticed", 30), Column("What changed"), Column("What the verifier did", 66))
    rows = (
        (
            day(row.alarm.raised_at),
            "\n".join(row.alarm.changes) or row.alarm.first,
            f"Looked again {day(row.alarm.looked_at)}, {row.looked_by}. "
            f"{row.alarm.note or 'Sampled the unit once more.'}"
            if row.alarm.looked_at
            else "Has not looked again yet",
        )
        for row in alarms
    )
    return Part(
        "Changes since it was sampled",
        table=table(columns, rows),
        note="" if alarms else "None that concerns this sample.",
    )


# --- a plan ----------------------------------------------------------------------------------------------------------


def plan_sheet(papers: PlanPapers) -> Sheet:
    """What is to be sampled and why, how far it is, and by what it can be drawn again (domain rules 37 to 42)."""
    plan, policy = papers.plan, papers.plan.policy
    return Sheet(
        form=PLAN,
        heading=f"{policy.awarding_body}, {day(plan.starts_on)} to {day(plan.ends_on)}",
        candidate=str(policy.centre),
        stamp=f"Sampling plan {plan.pk}",
        about=(
            ("Centre", str(policy.centre)),
            ("Awarding body", str(policy.awarding_body)),
            ("Period", f"{day(plan.starts_on)} to {day(plan.ends_on)}"),
            ("Plan", standing(papers)),
            ("Drawn", f"{day(plan.drawn_at)}, {time(plan.drawn_at)}, {papers.drawn_by}"),
            ("By the strategy", f"Version {policy.number}. {agreement(policy)}"),
            ("Seed", plan.seed),
            ("Way of drawing", f"Version {plan.algorithm}"),
            ("Digest of the facts", plan.facts_digest),
            ("Chosen when drawn", units(plan.effort)),
            ("Lower bound", f"No plan that satisfies every rule can be smaller than {units(plan.bound)}"),
            *known(("Counted already", f"{plan.counted} sampled or planned before" if plan.counted else "")),
        ),
        parts=tuple(plan_parts(papers)),
    )


def plan_parts(papers: PlanPapers) -> list[Part]:
    impossible = "\n".join(papers.plan.impossible)
    satisfied = "" if impossible else "Nothing: every rule is satisfied."
    columns = (Column("Candidate and unit", 44), Column("Assessor", 32), Column("Why"), Column("How far", 38))
    left_columns = (Column("Candidate and unit", 50), Column("Assessor", 40), Column("Why it is left out"))
    parts = [
        Part("What cannot be satisfied", text=impossible, note=satisfied),
        Part(
            "To be sampled",
            table=table(columns, (cell_cells(row) for row in papers.cells)),
            note="" if papers.cells else "Nothing: what was sampled or planned already satisfies every rule.",
        ),
    ]
    if papers.widened:
        followed = ((f"{row.candidate}, {row.unit}", row.words, f"{row.by}\n{day(row.at)}") for row in papers.widened)
        heads = (Column("Finding in", 50), Column("What followed"), Column("By, and when", 44))
        parts.append(Part("What followed from findings", table=table(heads, followed)))
    if papers.handovers:
        handed = (
            (day(row.at), f"{units(row.moved)} from {row.giver} to {row.taker}", row.reason) for row in papers.handovers
        )
        parts.append(Part("Handed over", table=table((Column("When", 32), Column("What", 70), Column("Why")), handed)))
    left = ((f"{row.candidate}\n{row.unit}", row.assessor, "\n".join(row.reasons)) for row in papers.left_out)
    parts.append(
        Part(
            "Left out",
            table=table(left_columns, left),
            note="" if papers.left_out else "No unit of the period was left out.",
        )
    )
    return parts


def cell_cells(row: PlanLine) -> Cells:
    """A unit of the plan as a row."""
    stage = " ".join(filter(None, (f"{row.stage} sample", f"({row.how.lower()})" if row.how else "")))
    return f"{row.candidate}\n{row.unit}\n{stage}", row.assessor, "\n".join(row.reasons), row.state


def standing(papers: PlanPapers) -> str:
    """Whether the plan is in force."""
    plan = papers.plan
    if plan.adopted_at:
        return f"Adopted {day(plan.adopted_at)}, {papers.adopted_by}"
    if plan.discarded_at:
        return f"Put aside {day(plan.discarded_at)}: it never came into force"
    return "A proposal: it changes nothing before it is adopted"


def units(count: int) -> str:
    return f"{count} unit{'' if count == 1 else 's'}"


# --- the strategy ----------------------------------------------------------------------------------------------------


def strategy_sheet(papers: StrategyPapers) -> Sheet:
    """The rules a centre samples by, with whom they were agreed, and the risk they rest on (domain rules 37 to 39)."""
    told, policy = papers.told, papers.told.policy
    return Sheet(
        form=STRATEGY,
        heading=str(policy.awarding_body),
        candidate=str(policy.centre),
        stamp=f"{policy.awarding_body}, version {policy.number}",
        about=(
            ("Centre", str(policy.centre)),
            ("Awarding body", str(policy.awarding_body)),
            ("Version", str(policy.number)),
            ("Set", f"{day(policy.made_at)}, {told.made_by}"),
            ("In force", "Yes" if papers.in_force else "No: a later version is"),
            ("Agreed", agreed(told)),
        ),
        parts=(
            Part("Rules", text="\n".join(papers.rules)),
            Part("Why these rules", text=policy.remarks, note="" if policy.remarks else "No reason was written down."),
            risks_part(papers.risks),
            versions_part(papers.before),
        ),
    )


def agreement(policy: SamplingPolicy) -> str:
    """With whom a version was agreed, and when."""
    if policy.agreed_on is None:
        return NOT_AGREED_YET
    return f"Agreed with {policy.agreed_with} on {day(policy.agreed_on)}"


def agreed(told: PolicyTold) -> str:
    """The same, with who wrote it down."""
    policy = told.policy
    if policy.agreement_recorded_at is None:
        return NOT_AGREED_YET
    by = "by themselves, on their visit" if policy.agreed_in_id else told.recorded_by
    return f"{agreement(policy)}\nRecorded {day(policy.agreement_recorded_at)}, {by}"


def risks_part(risks: Sequence[Rated]) -> Part:
    """The risk of each assessor, unit and kind at the centre, and why."""
    columns = (Column("Who or what", 44), Column("Risk", 22), Column("Why"), Column("Look again", 34))
    rows = (
        (
            f"{row.name}\n{row.about.label}",
            row.level.label,
            row.why,
            (day(row.rating.review_on) or "No day given") if row.rating else "Follows from the samples",
        )
        for row in risks
    )
    return Part("Risk", table=table(columns, rows), note="" if risks else "There is nobody and nothing to rate yet.")


def versions_part(before: Sequence[PolicyTold]) -> Part:
    columns = (Column("Version", 24), Column("Set", 60), Column("Agreed"))
    rows = (
        (str(row.policy.number), f"{day(row.policy.made_at)}\n{row.made_by}", agreement(row.policy)) for row in before
    )
    return Part("Earlier versions", table=table(columns, rows), note="" if before else "This is the first.")
