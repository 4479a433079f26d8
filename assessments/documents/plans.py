"""The assessment plan and its reviews, with everybody's signature."""

from assessments.documents.items import signed
from assessments.documents.sheets import Cells, Column, Part, Sheet, known, table
from assessments.documents.words import day, titled
from assessments.queries.planning import ActivityRow, PlanPage, ReviewRow

PLAN = "Assessment plan and reviews"


def plan_sheet(page: PlanPage) -> Sheet:
    """What was agreed to be shown, how, where and when, and the reviews held of it (domain document F1)."""
    plan = page.plan
    return Sheet(
        form=PLAN,
        heading=str(plan),
        candidate=plan.candidate.legal_name,
        stamp=f"Plan {plan.pk}, version {plan.number}",
        about=(
            ("Candidate", plan.candidate.legal_name),
            ("Assessor", plan.assessor_name),
            ("Units", "\n".join(titled(unit.unit) for unit in page.units)),
            ("Plan", plan.get_status_display()),
            *known(
                ("Proposed", day(plan.proposed_at)),
                ("Agreed", day(plan.agreed_at)),
                ("Ended", f"{day(plan.ended_at)} {plan.end_reason}".strip()),
            ),
            ("Next review", day(page.next_review_on) or "No day agreed"),
            ("Language and special needs", plan.needs or "None named"),
            ("Expert witnesses agreed beforehand", plan.expert_witnesses or "None"),
        ),
        parts=(
            activities_part(page),
            Part(
                "Agreed by",
                signatures=(signed(plan.assessor_signature, "Assessor"), signed(plan.candidate_signature, "Candidate")),
            ),
            *(review_part(row) for row in page.reviews),
            *(() if page.reviews else (Part("Reviews", note="None was held yet."),)),
        ),
    )


def activities_part(page: PlanPage) -> Part:
    """What will be done, and what came of it."""
    columns = (Column("What will be done"), Column("How and where", 44), Column("On or by", 24))
    further = (Column("To show", 36), Column("Evidence", 24))
    return Part(
        "What will be shown",
        table=table((*columns, *further), (activity_cells(row) for row in page.activities)),
        note="" if page.activities else "No activity is planned yet.",
    )


def activity_cells(row: ActivityRow) -> Cells:
    """An activity as a row. A draft is its candidate's alone, so it is not told."""
    activity = row.activity
    shows = (f"{unit.unit.short_code} {', '.join(one.number for one in criteria)}" for unit, criteria in row.shows)
    needed = f"Needed: {activity.resources}" if activity.resources else ""
    return (
        activity.what,
        "\n".join(filter(None, (activity.get_kind_display(), activity.place, needed))),
        day(activity.due_on),
        "\n".join(shows),
        "\n".join(item.name for item in row.items if item.handed_in),
    )


def review_part(row: ReviewRow) -> Part:
    """A review that was held, and how far the units were then."""
    review = row.review
    progress = (
        f"{one.enrolment.unit.short_code}: {one.accepted} of {one.total} accepted, {one.claimed} claimed"
        for one in row.progress
    )
    return Part(
        f"Review of {day(review.held_on)}",
        fields=known(
            ("Held by", review.held_by_name),
            ("With", review.present),
            ("Planned for", day(review.planned_on)),
            ("Discussed", review.discussed),
            ("Progress then", "\n".join(progress)),
            ("Next steps", review.next_steps),
            ("Next review", day(review.next_on) or "No day agreed"),
            ("The candidate adds", review.candidate_comment),
        ),
        signatures=(signed(review.assessor_signature, "Assessor"), signed(review.candidate_signature, "Candidate")),
    )
