"""How the centre stands, for those who run it: charts, each with the table it was drawn of, to print and take away."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.enums import DueKind
from assessments.pace import FEEDBACK_DAYS, FEEDBACK_MOST
from assessments.queries.due import MOST, WEEKS, DueLine, all_due, due_page
from assessments.queries.feedback import FeedbackLine, FeedbackWeek, feedback_at
from assessments.queries.overview import (
    ASSESSOR,
    BY,
    COHORT,
    UNIT,
    PlanInForce,
    ProgressLine,
    SampledLine,
    progress_page,
    sampling_page,
)
from assessments.views.caseload import run_centre
from assessments.views.office import among
from portfolio.access import SignedInRequest, holds
from portfolio.charts import Bar, Chart, Dot, Look, Part, bars, dots
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.rules import RUNNING
from portfolio.tables import Column, Table, take_away

MOST_BARS = 16
"""How many bars are drawn at most: the table has the rest."""
PACES = (
    Part("Behind target", Look.HATCHED),
    Part("On track", Look.SOLID),
    Part("Ahead of target", Look.DOTTED),
    Part("No target date", Look.HOLLOW),
)
STAGES = (
    Part("Being assessed", Look.HOLLOW),
    Part("Suspended", Look.HATCHED),
    Part("Signed off", Look.STRIPED),
    Part("Verified", Look.SOLID),
    Part("Claimed", Look.CROSSED),
    Part("Certificated", Look.FULL),
    Part("Certificate revoked", Look.DOTTED),
)


@holds(*RUNNING)
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Which centre?"""
    centres = list(Centre.objects.run_by(request.user))
    return among(request, centres, "assessments:centre_overview", "How the centre stands")


def shown(request: SignedInRequest, template: str, centre: Centre, **found: Any) -> HttpResponse:
    """A page of these, with what they share."""
    context = {"centre": centre, "now": timezone.now(), **found}
    return render(request, template, context)


def chosen(request: SignedInRequest, known: dict[str, str], first: str) -> str:
    """What the page is asked to count by; the first where it is none of those known."""
    asked = request.GET.get("by", "")
    return asked if asked in known else first


# --- progress --------------------------------------------------------------------------------------------------------


def percentage(share: int | None) -> str:
    return "" if share is None else f"{share}%"


PROGRESS: tuple[Column[ProgressLine], ...] = (
    Column("Title", lambda line: line.about, 40),
    Column("Units", lambda line: line.tally.units, 8),
    Column("Behind target", lambda line: line.tally.behind),
    Column("On track", lambda line: line.tally.on_track),
    Column("Ahead of target", lambda line: line.tally.ahead),
    Column("No target date", lambda line: line.tally.unpaced),
    Column("Suspended", lambda line: line.tally.suspended),
    Column("Signed off, or further", lambda line: line.tally.signed_off),
    Column("Verified, or further", lambda line: line.tally.verified),
    Column("Claimed", lambda line: line.tally.at_claimed),
    Column("Certificated", lambda line: line.tally.certificated),
    Column("Certificate revoked", lambda line: line.tally.revoked),
    Column("Withdrawn", lambda line: line.tally.withdrawn),
    Column("Criteria", lambda line: line.tally.criteria, 10),
    Column("Criteria accepted", lambda line: line.tally.accepted, 10),
    Column("Criteria accepted, %", lambda line: line.tally.accepted_share, 10),
)


@holds(*RUNNING)
@require_safe
def progress(request: SignedInRequest, slug: str) -> HttpResponse:
    """How far the units are, and how they keep pace with their target dates."""
    centre, by = run_centre(request, slug), chosen(request, BY, COHORT)
    found = progress_page(centre, by, timezone.localdate())
    drawn = most(found.lines, lambda line: (line.tally.behind, line.tally.units))
    return shown(
        request,
        "assessments/overview/progress.html",
        centre,
        found=found,
        by=BY,
        head=BY[by],
        asked=f"by={by}",
        drawn=len(drawn),
        paces=bars("paces", f"Units still being assessed, by {by}", PACES, [paced(line) for line in drawn]),
        stages=bars("stages", f"Where the units stand, by {by}", STAGES, [staged(line) for line in drawn]),
        enrolments=reverse("assessments:centre_enrolments", args=[slug]),
    )


def most(lines: Sequence[Any], weight: Any) -> list[Any]:
    """The lines that are drawn: all, or those that weigh most, in the order they have."""
    if len(lines) <= MOST_BARS:
        return list(lines)
    heaviest = sorted(range(len(lines)), key=lambda place: weight(lines[place]), reverse=True)[:MOST_BARS]
    return [lines[place] for place in sorted(heaviest)]


def paced(line: ProgressLine) -> Bar:
    tally = line.tally
    return Bar(named(line), (tally.behind, tally.on_track, tally.ahead, tally.unpaced))


def staged(line: ProgressLine) -> Bar:
    of = line.tally
    reached = (of.going_on, of.suspended, of.at_signed_off, of.at_verified, of.at_claimed, of.certificated, of.revoked)
    return Bar(named(line), reached)


def named(line: ProgressLine) -> str:
    return f"{line.name} {line.about}".rstrip()


# --- time to feedback ------------------------------------------------------------------------------------------------


WEEKS_BACK = 12
FEEDBACK: Table[FeedbackLine] = Table(
    "time to feedback",
    "Time to feedback",
    (
        Column("Assessor", lambda line: line.name, 28),
        Column("Median in days", lambda line: line.time.days),
        Column("Items assessed", lambda line: line.time.read),
        Column("Items waiting now", lambda line: line.time.waiting, 18),
    ),
)
FEEDBACK_WEEKS: Table[FeedbackWeek] = Table(
    "time to feedback",
    "Time to feedback by week",
    (
        Column("Week from", lambda week: week.begins),
        Column("Median in days", lambda week: week.time.days),
        Column("Items assessed", lambda week: week.time.read),
    ),
)


@holds(*RUNNING)
@require_safe
def feedback(request: SignedInRequest, slug: str) -> HttpResponse:
    """How soon feedback came week by week, and from whom."""
    centre, now = run_centre(request, slug), timezone.now()
    found = feedback_at(centre, now, WEEKS_BACK)
    steps = [Dot(f"{week.begins:%-d %b}", week.time.days, week.time.words) for week in found.weeks]
    return shown(
        request,
        "assessments/overview/feedback.html",
        centre,
        weeks=found.weeks,
        any_read=any(week.time.read for week in found.weeks),
        chart=dots("weeks", "Median time to feedback in days, week by week", steps),
        lines=found.lines,
        days=FEEDBACK_DAYS,
        looked_at=FEEDBACK_MOST,
    )


# --- sampling --------------------------------------------------------------------------------------------------------


SAMPLED_BY = {name: BY[name] for name in (ASSESSOR, UNIT)}
SAMPLES = (Part("Taken", Look.FULL), Part("Still to take", Look.HOLLOW), Part("Overdue", Look.HATCHED))
SAMPLED: tuple[Column[SampledLine], ...] = (
    Column("Interim planned", lambda line: line.stages.interim),
    Column("Interim taken", lambda line: line.stages.interim_done),
    Column("Summative planned", lambda line: line.stages.summative),
    Column("Summative taken", lambda line: line.stages.summative_done),
    Column("Still to take", lambda line: line.stages.to_do),
    Column("Overdue", lambda line: line.stages.late),
    Column("Taken, %", lambda line: line.stages.share),
)


@holds(*RUNNING)
@require_safe
def sampling(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was sampled of the plans in force, by assessor or unit."""
    centre, by = run_centre(request, slug), chosen(request, SAMPLED_BY, ASSESSOR)
    plans = [(found, sampled_chart(found, by)) for found in sampling_page(centre, by, timezone.localdate())]
    return shown(
        request,
        "assessments/overview/sampling.html",
        centre,
        most_bars=MOST_BARS,
        plans=plans,
        by=SAMPLED_BY,
        chosen=by,
        head=SAMPLED_BY[by],
        asked=f"by={by}",
        leads=request.standing.holds(Role.LEAD_VERIFIER, centre.pk),
    )


def sampled_chart(found: PlanInForce, by: str) -> Chart:
    drawn = most(found.lines, lambda line: (line.stages.late, line.stages.planned))
    rows = [Bar(line.name, (line.stages.done, line.stages.to_do, line.stages.late)) for line in drawn]
    return bars(f"plan-{found.plan.pk}", f"Samples of {found.plan}, by {by}", SAMPLES, rows)


# --- what falls due --------------------------------------------------------------------------------------------------


DUE_LOOKS = (Look.SOLID, Look.CROSSED, Look.STRIPED, Look.DOTTED, Look.HOLLOW, Look.HATCHED, Look.FULL)
KINDS = tuple(Part(str(kind.label), look) for kind, look in zip(DueKind, DUE_LOOKS, strict=True))
DUE: Table[DueLine] = Table(
    "what falls due",
    "What falls due",
    (
        Column("Day", lambda line: line.day),
        Column("Kind", lambda line: str(line.kind.label), 28),
        Column("What", lambda line: line.what, 50),
        Column("Of whom, or in what", lambda line: line.about, 34),
        Column("Whose turn", lambda line: line.who, 24),
        Column("Overdue", lambda line: "yes" if line.passed else "", 10),
    ),
)


@holds(*RUNNING)
@require_safe
def due(request: SignedInRequest, slug: str) -> HttpResponse:
    """What falls due in the next weeks, and what is overdue."""
    centre = run_centre(request, slug)
    found = due_page(centre, request.user, timezone.localdate())
    weeks = [Bar(week.name, week.numbers) for week in found.weeks]
    return shown(
        request,
        "assessments/overview/due.html",
        centre,
        found=found,
        kinds=[str(kind.label) for kind in DueKind],
        chart=bars("due", f"What falls due in the next {WEEKS} weeks", KINDS, weeks),
        weeks=WEEKS,
        most=MOST,
    )


# --- to take away ----------------------------------------------------------------------------------------------------


@holds(*RUNNING)
@require_safe
def overview_file(request: SignedInRequest, slug: str, part: str, ending: str) -> HttpResponseBase:
    """The table of one of the pages as a file."""
    centre = run_centre(request, slug)
    if part not in FILES:
        raise Http404(f"There is no list of {part} to take away.")
    table, rows = FILES[part](request, centre)
    return take_away(request, table, rows, ending, [centre])


def progress_file(request: SignedInRequest, centre: Centre) -> tuple[Table[Any], Sequence[Any]]:
    by = chosen(request, BY, COHORT)
    named_by: Column[ProgressLine] = Column(BY[by], lambda line: line.name, 28)
    table = Table("progress", f"Progress by {by}", (named_by, *PROGRESS))
    return table, progress_page(centre, by, timezone.localdate()).lines


def feedback_file(_request: SignedInRequest, centre: Centre) -> tuple[Table[Any], Sequence[Any]]:
    return FEEDBACK, feedback_at(centre, timezone.now(), WEEKS_BACK).lines


def weeks_file(_request: SignedInRequest, centre: Centre) -> tuple[Table[Any], Sequence[Any]]:
    return FEEDBACK_WEEKS, feedback_at(centre, timezone.now(), WEEKS_BACK).weeks


def sampling_file(request: SignedInRequest, centre: Centre) -> tuple[Table[Any], Sequence[Any]]:
    by = chosen(request, SAMPLED_BY, ASSESSOR)
    of: tuple[Column[SampledLine], ...] = (
        Column("Awarding body", lambda line: str(line.plan.policy.awarding_body), 20),
        Column("Plan", lambda line: str(line.plan), 44),
        Column(SAMPLED_BY[by], lambda line: line.name, 28),
    )
    plans = sampling_page(centre, by, timezone.localdate())
    return Table("sampling", f"Sampling by {by}", (*of, *SAMPLED)), [line for plan in plans for line in plan.lines]


def due_file(request: SignedInRequest, centre: Centre) -> tuple[Table[Any], Sequence[Any]]:
    return DUE, all_due(centre, request.user, timezone.localdate())


FILES = {
    "progress": progress_file,
    "feedback": feedback_file,
    "feedback-weeks": weeks_file,
    "sampling": sampling_file,
    "due": due_file,
}
