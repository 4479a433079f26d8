"""How the centre samples: its strategy and risks, and the plans drawn from them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.actions import strategy as actions
from assessments.enums import EvidenceKind, RatedAs, RiskLevel, SampleStage
from assessments.forms.strategy import RULES, AddCellForm, AgreeForm, DrawForm, PolicyForm, RiskForm, rules_of
from assessments.forms.verification import WhyForm
from assessments.models import Enrolment, PlannedCell, SamplingPlan, SamplingPolicy
from assessments.queries.enrolment import people_of
from assessments.queries.handover import handovers_of
from assessments.queries.planned import PlanLine, plan_for, plan_page, strategy_page, units_to_add, whole_plan
from assessments.queries.strategy import latest_policy, risks_of
from assessments.queries.widening import findings_in, widened_in
from assessments.verifying import cell_refusals, strategy_refusals
from assessments.views.asking import deny, person_at
from assessments.views.office import among
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, holds, looked_from_outside, may_take_away
from portfolio.enums import Role
from portfolio.models import Centre, User
from portfolio.rules import LOOKING, VERIFYING
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act
from units.models import AwardingBody, Unit

OF_UNITS: tuple[Column[PlanLine], ...] = (
    Column("Candidate", lambda line: line.candidate, 28),
    Column("Unit", lambda line: line.unit, 10),
    Column("Assessor", lambda line: line.assessor, 24),
)
WHY: Column[PlanLine] = Column("Why", lambda line: " ".join(line.reasons), 60)
DRAWN: tuple[Column[PlanLine], ...] = (
    *OF_UNITS,
    Column("Sample", lambda line: line.stage),
    Column("Beside those drawn", lambda line: line.how, 24),
    WHY,
)
PROPOSED: Table[PlanLine] = Table("samples proposed", "Samples proposed", DRAWN)
SAMPLES: Table[PlanLine] = Table(
    "samples of a plan", "Samples of a plan", (*DRAWN, Column("How far", lambda line: line.state, 30))
)
LEFT_OUT: Table[PlanLine] = Table("units left out", "Units left out of a plan", (*OF_UNITS, WHY))


def verified_centre(request: SignedInRequest, slug: str) -> Centre:
    """The centre, if the person asking verifies there; else 404."""
    return get_object_or_404(Centre, slug=slug, pk__in=request.standing.centres(*VERIFYING))


def trail(centre: Centre, *more: tuple[str, str | None]) -> Trail:
    return [(f"Strategy of {centre}", reverse("assessments:centre_strategy", args=[centre.slug])), *more]


@holds(*LOOKING)
@ask
def strategy(request: SignedInRequest) -> HttpResponse:
    """The strategy of the one centre somebody verifies at; a choice for who verifies at several."""
    centres = list(Centre.objects.filter(pk__in=request.standing.centres(*LOOKING)))
    return among(request, centres, "assessments:centre_strategy", "Sampling strategy")


@holds(*LOOKING)
@ask
def centre_strategy(request: SignedInRequest, slug: str) -> HttpResponse:
    """The strategy for each awarding body, its plans, and how risky every part of the centre's work is.

    An external verifier sees that of their own body, and its adopted plans.
    """
    centre = get_object_or_404(Centre, slug=slug, pk__in=request.standing.centres(*LOOKING))
    outside = request.standing.holds(Role.EXTERNAL_VERIFIER, centre.pk)
    looked_from_outside(request, centre, centre.pk)
    context = {
        "found": strategy_page(centre, request.standing.day, seen_by=request.user if outside else None),
        "outside": outside,
        "leads": request.standing.holds(Role.LEAD_VERIFIER, centre.pk),
        "day": request.standing.day,
        "me": request.user.pk,
        "kinds": EvidenceKind.choices,
    }
    return render(request, "assessments/strategy/strategy.html", context)


@holds(Role.LEAD_VERIFIER)
@ask_or_act
def policy(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Set the rules for a body's units: the next version of the strategy."""
    centre = verified_centre(request, slug)
    deny(strategy_refusals(person_at(request, centre.pk)))
    body = get_object_or_404(AwardingBody, code=code, approvals__centre=centre)
    latest = latest_policy(centre, body)
    work = in_progress(request, PolicyForm, f"{slug} {code}", latest.number if latest else 0)
    form = PolicyForm(work.data, work=work, initial=rules_of(latest))

    def act(clean: dict[str, Any]) -> SamplingPolicy:
        rules = actions.Rules(**{column: clean[column] for column in RULES})
        return actions.set_policy(
            centre=centre, awarding_body=body, rules=rules, seen=clean["seen"], by=request.user, at=timezone.now()
        )

    if done(form, act):
        messages.success(request, f"The strategy for {body} has a new version. It is in force from now on.")
        return redirect("assessments:centre_strategy", slug)
    title = f"Sampling strategy for {body}"
    return form_page(request, form, title=title, button="Put it in force", trail=trail(centre))


@holds(Role.LEAD_VERIFIER)
@ask_or_act
def agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down with whom a version of the strategy was agreed."""
    visible = SamplingPolicy.objects.visible_to(request.user).select_related("centre", "awarding_body")
    found = get_object_or_404(visible, pk=pk)
    deny(strategy_refusals(person_at(request, found.centre_id)))
    form = AgreeForm(typed(request))
    if done(form, lambda clean: actions.agree_policy(policy=found, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The agreement is on record.")
        return redirect("assessments:centre_strategy", found.centre.slug)
    return form_page(request, form, title=f"{found}: agreed", button="Record it", trail=trail(found.centre))


@holds(*VERIFYING)
@ask_or_act
def rate(request: SignedInRequest, slug: str, about: str, subject: str) -> HttpResponse:
    """Say how risky an assessor, a unit or a kind of evidence is."""
    centre = verified_centre(request, slug)
    if about not in RatedAs.values:
        raise Http404(f"Nothing is rated as {about}.")
    name, rated = what_is_rated(centre, RatedAs(about), subject, request)
    work = in_progress(request, RiskForm, f"{slug} {about} {subject}")
    form = RiskForm(work.data, work=work)

    def act(clean: dict[str, Any]) -> object:
        level = RiskLevel(clean.pop("level"))
        return actions.rate_risk(
            centre=centre, about=RatedAs(about), level=level, by=request.user, at=timezone.now(), **rated, **clean
        )

    if done(form, act):
        messages.success(request, f"{name}: the rating is on record.")
        return redirect("assessments:centre_strategy", slug)
    return form_page(request, form, title=f"Risk of {name}", button="Record the rating", trail=trail(centre))


def what_is_rated(centre: Centre, about: RatedAs, subject: str, request: SignedInRequest) -> tuple[str, dict[str, Any]]:
    """The name of what is rated, and how the verb is told of it. 404 for what the centre has not."""
    if about == RatedAs.KIND:
        if subject not in EvidenceKind.values:
            raise Http404("There is no such kind of evidence.")
        return EvidenceKind(subject).label.lower(), {"kind": subject}
    for line in risks_of(centre, request.standing.day):
        if line.about == about and str(line.subject) == subject:
            if about == RatedAs.UNIT:
                return line.name, {"unit": Unit.objects.get(pk=line.subject)}
            return line.name, {"assessor": User.objects.get(pk=line.subject)}
    raise Http404("The centre has nothing of that name to rate.")


@holds(Role.LEAD_VERIFIER)
@ask_or_act
def draw(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Draw a plan for a period."""
    centre = verified_centre(request, slug)
    deny(strategy_refusals(person_at(request, centre.pk)))
    body = get_object_or_404(AwardingBody, code=code, approvals__centre=centre)
    latest = latest_policy(centre, body)
    if latest is None:
        messages.info(request, "A plan is drawn by the strategy: set that first.")
        return redirect("assessments:sampling_policy", slug, code)
    form = DrawForm(typed(request), initial=DrawForm.quarter(request.standing.day))
    plans: list[SamplingPlan] = []

    def act(clean: dict[str, Any]) -> None:
        plans.append(actions.draw_plan(policy=latest, by=request.user, at=timezone.now(), **clean))

    if done(form, act):
        return redirect("assessments:sampling_plan", plans[0].pk)
    return form_page(
        request,
        form,
        title=f"Draw a sampling plan for {body}",
        button="Draw",
        trail=trail(centre),
        lead="A small set of units that satisfies every rule of the strategy. You see it with its reasons before "
        "anything changes.",
    )


def visible_plan(request: SignedInRequest, pk: int) -> SamplingPlan:
    found = plan_for.first(request.user, pk, request.standing.day)
    if found is None:
        raise Http404("There is no such plan among those you can see.")
    return found


def outside_reader(request: SignedInRequest, plan: SamplingPlan) -> User | None:
    """The reader, where they look from outside and so see of a plan what is in their remit."""
    looks = request.standing.holds(Role.EXTERNAL_VERIFIER, plan.policy.centre_id)
    return request.user if looks else None


def looks_as(outside: User | None, plan: SamplingPlan) -> str:
    """How much of a plan somebody who looks from outside is shown: `whole` or `part`; empty for everybody else."""
    if outside is None:
        return ""
    return "whole" if vars(plan)["whole"] else "part"


@holds(*LOOKING)
@ask
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """A plan: what is to be sampled and why, or what it left out and why."""
    found = visible_plan(request, pk)
    left_out, outside = request.GET.get("show") == "left-out", outside_reader(request, found)
    looked_from_outside(request, found, found.policy.centre_id)
    context = {
        "found": plan_page(
            found, request.GET.get("page", "1"), left_out=left_out, seen_by=outside, on=request.standing.day
        ),
        "outside": looks_as(outside, found),
        "in_place_only": IN_PLACE_ONLY if found.policy.centre_id in request.standing.sealed else "",
        "plan": found,
        "left_out": left_out,
        "asked": "show=left-out" if left_out else "",
        "findings": [] if outside else findings_in(found),
        "widened": [] if outside else widened_in(found),
        "handovers": handovers_of(found),
        "leads": request.standing.holds(Role.LEAD_VERIFIER, found.policy.centre_id),
        "trail": trail(found.policy.centre, (str(found), None)),
    }
    return render(request, "assessments/strategy/plan.html", context)


@holds(*LOOKING)
@ask
def plan_file(request: SignedInRequest, pk: int, ending: str) -> HttpResponseBase:
    """The same rows, whole, to take away."""
    found = visible_plan(request, pk)
    centre = found.policy.centre
    may_take_away(request, centre.pk)
    left_out, outside = request.GET.get("show") == "left-out", outside_reader(request, found)
    rows = whole_plan(found, left_out=left_out, seen_by=outside, on=request.standing.day)
    table = LEFT_OUT if left_out else SAMPLES if found.adopted_at else PROPOSED
    return take_away(request, table, rows, ending, [centre], of=[(found, centre.pk)])


@holds(Role.LEAD_VERIFIER)
@require_POST
def adopt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a proposal the plan."""
    found = visible_plan(request, pk)
    deny(strategy_refusals(person_at(request, found.policy.centre_id)))
    actions.adopt_plan(plan=found, by=request.user, at=timezone.now())
    messages.success(request, "The plan is adopted: its units are to be sampled.")
    return redirect("assessments:sampling_plan", pk)


@holds(Role.LEAD_VERIFIER)
@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a proposal aside."""
    found = visible_plan(request, pk)
    deny(strategy_refusals(person_at(request, found.policy.centre_id)))
    actions.discard_plan(plan=found, by=request.user, at=timezone.now())
    messages.success(request, "The proposal is put aside. It stays on record.")
    return redirect("assessments:centre_strategy", found.policy.centre.slug)


@holds(*VERIFYING)
@ask_or_act
def add_cell(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a unit to an adopted plan."""
    found = visible_plan(request, pk)
    centre = found.policy.centre
    leads = request.standing.holds(Role.LEAD_VERIFIER, centre.pk)
    work = in_progress(request, AddCellForm, pk)
    units = units_to_add(found, request.user.pk, leads=leads)
    asked = {name: request.GET[name] for name in ("enrolment", "stage") if name in request.GET}
    form = AddCellForm(work.data, work=work, units=units, initial=asked)

    def act(clean: dict[str, Any]) -> object:
        enrolment = Enrolment.objects.visible_to(request.user).get(pk=clean["enrolment"])
        return actions.add_cell(
            plan=found,
            enrolment=enrolment,
            stage=SampleStage(clean["stage"]),
            reason=clean["reason"],
            by=request.user,
            at=timezone.now(),
        )

    if done(form, act):
        messages.success(request, "The unit is in the plan, with your reason.")
        return redirect("assessments:sampling_plan", pk)
    way = trail(centre, (str(found), reverse("assessments:sampling_plan", args=[pk])))
    return form_page(request, form, title="Add a unit to the plan", button="Add it", trail=way)


@holds(*VERIFYING)
@ask_or_act
def remove_cell(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a unit out of a plan, with the reason."""
    cells = PlannedCell.objects.filter(plan__in=SamplingPlan.objects.visible_to(request.user))
    related = ("plan__policy__centre", "enrolment__candidate", "enrolment__unit")
    cell = get_object_or_404(cells.select_related(*related), pk=pk)
    centre = cell.plan.policy.centre
    refused = cell_refusals(person_at(request, centre.pk), people_of(cell.enrolment))
    deny(reason for reason in refused if not reason.about)
    work = in_progress(request, WhyForm, f"planned {pk}")
    form = WhyForm(work.data, work=work)
    act = partial(actions.remove_cell, cell=cell, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The unit is out of the plan, and your reason is on record.")
        return redirect("assessments:sampling_plan", cell.plan_id)
    way = trail(centre, (str(cell.plan), reverse("assessments:sampling_plan", args=[cell.plan_id])))
    lead = f"{cell.enrolment.candidate}, {cell.enrolment.unit.short_code}: {cell.get_stage_display().lower()} sample."
    return form_page(request, form, title="Take a unit out of the plan", button="Take it out", trail=way, lead=lead)
