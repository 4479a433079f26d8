"""What comes of an agreed plan: evidence from its activities, and reviews that both sign."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from assessments.actions import follow_up as actions
from assessments.actions.planning import locked
from assessments.enums import PlanVerb
from assessments.forms.planning import AgreeReviewForm, LinkForm, ReviewForm
from assessments.models import AssessmentPlan, Enrolment, PlanReview
from assessments.queries.planning import linkable, progress_by_unit, units_in
from assessments.views.planning import activity_for, page_for, refuse_now, trail_to
from portfolio import signing
from portfolio.access import SignedInRequest, signed_in
from portfolio.forms import ToSign
from portfolio.models import Statement
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import ask_or_act
from portfolio.work import basis_of


@signed_in
@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """The activity becomes evidence: on to the draft."""
    page, activity = activity_for(request, pk)
    refuse_now(page, PlanVerb.START)
    version = actions.start_activity(activity=activity, by=request.user, at=timezone.now())
    messages.success(request, "The draft is begun from the plan: add what shows it, then hand it in.")
    return redirect("assessments:edit_evidence", version.evidence_id)


@signed_in
@ask_or_act
def link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an item that is there already to the activity it came of."""
    page, activity = activity_for(request, pk)
    refuse_now(page, PlanVerb.LINK)
    form = LinkForm(typed(request), items=linkable(page.plan, activity, request.user))
    if done(form, lambda clean: actions.link_activity(activity=activity, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The evidence stands beside the activity.")
        return redirect("assessments:plan", page.plan.pk)
    return form_page(
        request,
        form,
        title=f"Evidence of: {activity.what}",
        button="Put it to the activity",
        trail=trail_to(page),
        lead="Choose what the activity led to. It stays mapped to the criteria it is mapped to.",
    )


@signed_in
@sensitive_post_parameters("password")
@ask_or_act
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a review that was held, and sign it."""
    page = page_for(request, pk)
    refuse_now(page, PlanVerb.REVIEW)
    work = in_progress(request, ReviewForm, pk)
    statement = signing.current_statement(actions.REVIEW_AGREED)
    to_sign = ToSign(_stands(page.units, statement), partial(_stands_now, page.plan))
    initial = {"held_on": request.standing.day}
    form = ReviewForm(work.data, work=work, user=request.user, to_sign=to_sign, initial=initial)

    def act(clean: dict[str, Any]) -> None:
        actions.hold_review(plan=page.plan, held=form.held, by=request.user, at=timezone.now())

    if done(form, act):
        messages.success(request, "The review is on record. The candidate signs it next.")
        return redirect("assessments:plan", pk)
    progress = progress_by_unit(page.units)
    context = {
        "page": page,
        "plan": page.plan,
        "form": form,
        "progress": [(unit, progress[unit.pk]) for unit in page.units],
        "statement": statement,
    }
    sent = request.method == "POST"
    return render(request, "assessments/planning/review.html", context, status=409 if sent else 200)


@signed_in
@sensitive_post_parameters("password")
@ask_or_act
def agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """The candidate signs a review."""
    seen = PlanReview.objects.visible_to(request.user, request.standing.day)
    found = get_object_or_404(seen, pk=pk)
    page = page_for(request, found.plan_id, reviews=True)
    refuse_now(page, PlanVerb.AGREE_REVIEW)
    work = in_progress(request, AgreeReviewForm, pk)
    statement = signing.current_statement(actions.REVIEW_AGREED)
    to_sign = ToSign.fixed(basis_of(statement.pk, found.pk, found.assessor_signature_id))
    form = AgreeReviewForm(work.data, work=work, user=request.user, to_sign=to_sign)
    if done(form, lambda clean: _agree(request, found, clean["comment"])):
        messages.success(request, "You have signed the review.")
        return redirect("assessments:plan", found.plan_id)
    context = {
        "page": page,
        "plan": page.plan,
        "row": next(row for row in page.reviews if row.review.pk == pk),
        "form": form,
        "statement": statement,
    }
    sent = request.method == "POST"
    return render(request, "assessments/planning/agree_review.html", context, status=409 if sent else 200)


def _stands(units: list[Enrolment], statement: Statement) -> str:
    """What stands for how far each unit is: the assessor signs it beside what they write. No query."""
    return basis_of(statement.pk, progress_by_unit(units))


def _stands_now(plan: AssessmentPlan) -> str:
    """The same once the plan and its units are locked."""
    return _stands(units_in(locked(plan)), signing.current_statement(actions.REVIEW_AGREED))


def _agree(request: SignedInRequest, review: PlanReview, comment: str) -> None:
    actions.agree_review(review=review, comment=comment, by=request.user, at=timezone.now())
