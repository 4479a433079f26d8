"""Assessment plans: written by the assessor, agreed with the candidate, changed by the next version."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from assessments.actions import planning as actions
from assessments.enums import PlanStatus, PlanVerb
from assessments.forms.planning import ActivityForm, PlanForm, PlanReasonForm
from assessments.models import AssessmentPlan, Enrolment, PlannedActivity
from assessments.queries.enrolment import people_of
from assessments.queries.mapping import open_enrolments, units_to_map
from assessments.queries.planning import PlanOf, PlanPage, plan_page, signed_facts
from assessments.queries.plans import plan_lines, plans_for, plans_listed
from assessments.rules import is_assessor_of
from assessments.views.asking import deny, person_at, unit_for
from assessments.workflow import Reason, plan_refusals
from portfolio import signing
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, holds, looked_from_outside, signed_in
from portfolio.enums import Role
from portfolio.forms import SignatureForm, ToSign
from portfolio.models import Statement
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act
from portfolio.work import basis_of

PER_PAGE = 15
REASONS = {
    PlanVerb.RETURN: (
        "Send the plan back to be changed",
        "The assessor changes it and proposes it again. Their signature to this proposal no longer counts.",
        "Send back",
        "What is to be changed",
    ),
    PlanVerb.CLOSE: (
        "Close the plan",
        "Nothing more is started under it. What came of it, and its reviews, stay as they are.",
        "Close the plan",
        "Why",
    ),
}


@holds(Role.CANDIDATE, Role.ASSESSOR)
@ask
def plans(request: SignedInRequest) -> HttpResponse:
    """My plans: those I go through as a candidate, and those I wrote."""
    page = Paginator(plans_listed(request.user, request.standing.day), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": plan_lines(page.object_list), "enrolment": None, "may_plan": False}
    return render(request, "assessments/planning/plans.html", context)


@signed_in
@ask
def unit_plans(request: SignedInRequest, pk: int) -> HttpResponse:
    """The plans that a candidate's unit is in."""
    enrolment = unit_for(request, pk)
    looked_from_outside(request, enrolment, enrolment.centre_id)
    page = Paginator(plans_for(request.user, request.standing.day, pk), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": plan_lines(page.object_list),
        "enrolment": enrolment,
        "may_plan": is_assessor_of(person_at(request, enrolment.centre_id), people_of(enrolment)),
        "trail": [(str(enrolment.unit), reverse("assessments:enrolment", args=[pk])), ("Plans", None)],
    }
    return render(request, "assessments/planning/plans.html", context)


@signed_in
@ask
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """A plan with what came of it, its reviews, and what is next."""
    page = page_for(request, pk, reviews=True)
    centre_id = page.plan.centre_id
    looked_from_outside(request, page.plan, centre_id)
    context = {
        "page": page,
        "plan": page.plan,
        "missing": places(page, page.missing),
        "may": {verb.value for verb in page.verbs},
        "in_place_only": IN_PLACE_ONLY if centre_id in request.standing.sealed else "",
        "following": next((row for row in page.versions if follows(row, pk)), None),
    }
    return render(request, "assessments/planning/plan.html", context)


def follows(row: AssessmentPlan, pk: int) -> bool:
    """Whether this is the next version of a plan."""
    return row.previous_id == pk and row.status != PlanStatus.CLOSED


# --- writing ---------------------------------------------------------------------------------------------------------


@signed_in
@ask_or_act
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a plan from a candidate's unit; others of theirs that the person assesses may be in it too."""
    enrolment = unit_for(request, pk)
    person = person_at(request, enrolment.centre_id)
    if not is_assessor_of(person, people_of(enrolment)):
        deny([Reason("Only the unit's assessor can plan its assessment.")])
    work = in_progress(request, PlanForm, f"new {pk}")
    form = PlanForm(work.data, work=work, units=held_units(request, enrolment.candidate_id), initial={"units": [pk]})
    made: list[AssessmentPlan] = []

    def act(clean: dict[str, Any]) -> None:
        begun = actions.start_plan(
            candidate=enrolment.candidate, units=form.chosen, words=form.words, by=request.user, at=timezone.now()
        )
        made.append(begun)

    if done(form, act):
        messages.success(
            request, "The plan is begun. Say what will be done; once you propose it, the candidate sees it."
        )
        return redirect("assessments:plan", made[0].pk)
    trail: Trail = [(str(enrolment.unit), reverse("assessments:enrolment", args=[pk]))]
    title = f"Plan the assessment of {enrolment.candidate}"
    return form_page(request, form, title=title, button="Begin the plan", trail=trail)


@signed_in
@ask_or_act
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a draft is for."""
    page = page_for(request, pk)
    refuse_now(page, PlanVerb.EDIT)
    words = {name: getattr(page.plan, name) for name in ("title", "needs", "expert_witnesses", "review_on")}
    work = in_progress(request, PlanForm, pk, *words.values())
    units = held_units(request, page.plan.candidate_id)
    initial = {**words, "units": [unit.pk for unit in page.units]}
    form = PlanForm(work.data, work=work, units=units, initial=initial)

    def act(clean: dict[str, Any]) -> None:
        actions.edit_plan(plan=page.plan, units=form.chosen, words=form.words, by=request.user, at=timezone.now())

    if done(form, act):
        messages.success(request, "The plan is changed.")
        return redirect("assessments:plan", pk)
    return form_page(request, form, title="What the plan is for", button="Save", trail=trail_to(page))


@signed_in
@ask_or_act
def add_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a further activity into a draft."""
    return write(request, page_for(request, pk), None)


@signed_in
@ask_or_act
def edit_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an activity of a draft."""
    page, activity = activity_for(request, pk)
    return write(request, page, activity)


@signed_in
@require_POST
def remove_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an activity out of a draft."""
    page, activity = activity_for(request, pk)
    refuse_now(page, PlanVerb.EDIT)
    actions.remove_activity(activity=activity, by=request.user, at=timezone.now())
    messages.success(request, "The activity is taken out of the plan.")
    return redirect("assessments:plan", page.plan.pk)


def write(request: SignedInRequest, page: PlanPage, activity: PlannedActivity | None) -> HttpResponse:
    """The form of an activity, with the criteria of the plan's units to tick."""
    refuse_now(page, PlanVerb.EDIT)
    units = units_to_map(open_enrolments(page.plan.candidate).filter(pk__in=[unit.pk for unit in page.units]))
    work = in_progress(request, ActivityForm, activity.pk if activity else f"new {page.plan.pk}")
    form = ActivityForm(work.data, work=work, units=units, activity=activity)

    def act(clean: dict[str, Any]) -> None:
        actions.write_activity(
            plan=page.plan,
            activity=activity,
            words=form.words,
            targets=form.targets,
            by=request.user,
            at=timezone.now(),
        )

    if done(form, act):
        messages.success(request, "The activity is in the plan.")
        return redirect("assessments:plan", page.plan.pk)
    context = {"page": page, "plan": page.plan, "activity": activity, "form": form}
    sent = request.method == "POST"
    return render(request, "assessments/planning/activity.html", context, status=409 if sent else 200)


# --- agreeing --------------------------------------------------------------------------------------------------------


@signed_in
@sensitive_post_parameters("password")
@ask_or_act
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """The assessor signs the plan and lays it before the candidate."""
    page = page_for(request, pk)
    act = partial(actions.propose_plan, plan=page.plan)
    words = ("Propose the plan", "You sign it as it stands here. The candidate agrees it, or asks for changes.")
    said = "The plan is proposed. It waits for the candidate to agree."
    return signed(request, page, PlanVerb.PROPOSE, act, words, said)


@signed_in
@sensitive_post_parameters("password")
@ask_or_act
def agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """The candidate signs the plan as it was proposed."""
    page = page_for(request, pk)
    act = partial(actions.agree_plan, plan=page.plan)
    words = ("Agree the plan", "You sign it as it stands here. From then on you can start evidence from each activity.")
    return signed(request, page, PlanVerb.AGREE, act, words, "You have agreed the plan.")


def signed(
    request: SignedInRequest,
    page: PlanPage,
    verb: PlanVerb,
    act: Callable[..., object],
    words: tuple[str, str],
    said: str,
) -> HttpResponse:
    """A page to sign the plan on: all that is signed, the words, and the password."""
    reasons = plan_refusals(verb, page.person, page.facts)
    deny(reason for reason in reasons if not reason.about)
    statement = signing.current_statement(actions.PLAN_AGREED)
    to_sign = ToSign(_stands(page.plan, statement), partial(_stands_now, page.plan))
    form = SignatureForm(typed(request), user=request.user, to_sign=to_sign)
    if not reasons and done(form, lambda clean: act(by=request.user, at=timezone.now())):
        messages.success(request, said)
        return redirect("assessments:plan", page.plan.pk)
    context = {
        "page": page,
        "plan": page.plan,
        "form": form,
        "title": words[0],
        "explain": words[1],
        "refusals": places(page, reasons),
        "statement": statement,
    }
    refused = request.method == "POST" and (reasons or form.non_field_errors())
    return render(request, "assessments/planning/sign.html", context, status=409 if refused else 200)


def _stands(plan: AssessmentPlan, statement: Statement) -> str:
    """What stands for the plan as it is signed. Three queries."""
    return basis_of(statement.pk, signing.digest_of(signed_facts(plan)), plan.assessor_signature_id)


def _stands_now(plan: AssessmentPlan) -> str:
    """The same once the plan and its units are locked."""
    return _stands(actions.locked(plan), signing.current_statement(actions.PLAN_AGREED))


@signed_in
@ask_or_act
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """The candidate asks for changes, or the assessor takes the proposal back."""
    return reasoned(request, page_for(request, pk), PlanVerb.RETURN, actions.return_plan, "The plan is sent back.")


@signed_in
@ask_or_act
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Nothing more is done under the plan."""
    return reasoned(request, page_for(request, pk), PlanVerb.CLOSE, actions.close_plan, "The plan is closed.")


def reasoned(
    request: SignedInRequest, page: PlanPage, verb: PlanVerb, act: Callable[..., object], said: str
) -> HttpResponse:
    """A verb that wants a reason."""
    refuse_now(page, verb)
    title, explain, press, label = REASONS[verb]
    work = in_progress(request, PlanReasonForm, f"{verb} {page.plan.pk}")
    form = PlanReasonForm(work.data, work=work)
    form.fields["reason"].label = label
    if done(form, lambda clean: act(plan=page.plan, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, said)
        return redirect("assessments:plan", page.plan.pk)
    return form_page(request, form, title=title, button=press, trail=trail_to(page), lead=explain)


@signed_in
@require_POST
def revise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the next version of an agreed plan."""
    page = page_for(request, pk)
    refuse_now(page, PlanVerb.REVISE)
    following = actions.revise_plan(plan=page.plan, by=request.user, at=timezone.now())
    messages.info(request, "This is its next version. Until it is agreed, the one before stands.")
    return redirect("assessments:plan", following.pk)


# --- what they share -------------------------------------------------------------------------------------------------


def held_units(request: SignedInRequest, candidate_id: int) -> list[Enrolment]:
    """The units of a candidate that are collecting and that this person assesses."""
    held = Enrolment.objects.held_by(request.user, "assessor", request.standing.day)
    return list(held.filter(candidate=candidate_id, status="collecting").listed().order_by("pk"))


def page_for(request: SignedInRequest, pk: int | PlanOf, *, reviews: bool = False) -> PlanPage:
    """The page of a plan this person can see, with its reviews where they are shown; else 404."""
    try:
        return plan_page(request.user, pk, partial(person_at, request), request.standing.day, reviews=reviews)
    except AssessmentPlan.DoesNotExist:
        raise Http404("There is no such plan among those you can see.") from None


def activity_for(request: SignedInRequest, pk: int) -> tuple[PlanPage, PlannedActivity]:
    """An activity that comes with its criteria, and the page of its plan; else 404."""
    page = page_for(request, PlannedActivity.objects.filter(pk=pk).values("plan")[:1])
    for row in page.activities:
        if row.activity.pk == pk:
            return page, row.activity
    raise Http404("There is no such activity in the plan.")


def refuse_now(page: PlanPage, verb: PlanVerb) -> None:
    """Raise PermissionDenied with the reasons why this is not for this person, or not now."""
    deny(plan_refusals(verb, page.person, page.facts))


def places(page: PlanPage, reasons: list[Reason]) -> list[tuple[str, str | None]]:
    """Each reason with the address where it can be put right."""
    here = reverse("assessments:edit_plan", args=[page.plan.pk])
    add = reverse("assessments:add_activity", args=[page.plan.pk])
    found: list[tuple[str, str | None]] = []
    for reason in reasons:
        if reason.about == "activity":
            found.append((reason.sentence, reverse("assessments:edit_activity", args=[reason.pk])))
        else:
            found.append((reason.sentence, here if page.activities else add))
    return found


def trail_to(page: PlanPage) -> Trail:
    return [(page.plan.title, reverse("assessments:plan", args=[page.plan.pk]))]
