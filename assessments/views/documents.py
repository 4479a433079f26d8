"""The documents of a portfolio: a page that lists them, and a press for each. The press room makes them in a job."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.documents.asking import (
    BINDER_FORMS,
    UNIT_FORMS,
    WHOLE_SET,
    ask_binder_document,
    ask_item_document,
    ask_plan,
    ask_unit_document,
    ask_whole,
    documents_of,
    item_documents,
)
from assessments.models import AssessmentPlan, Enrolment
from assessments.queries.binder import Binder, binder_of, binder_page
from assessments.queries.planning import plan_page
from assessments.views.asking import person_at
from assessments.views.item import number_asked, page_of
from portfolio.access import SignedInRequest, looked_from_outside, may_take_away, signed_in
from portfolio.enums import Role
from portfolio.models import Archive, CandidateRecord

MOST_ARCHIVES = 3
NO_PORTFOLIO = "There is no such portfolio among those you can see."
FOR = {
    "title_page": "Whose portfolio it is, for which units, at which centre, and who works on it.",
    "contents": "What the portfolio should hold, whether it does, and where it stands.",
    "profile": "Job, duties and career, in the candidate’s own words.",
    "signatories": "Everybody who signed or decided anything, with qualification, dates and signature.",
    "witnesses": "Everybody who testified, what they are to the candidate and know of the work.",
    "unit_progress": "Each criterion: which evidence claims it, when it was accepted and by whom.",
    "evidence_index": "Each item by its number: what it is, where it is held, what it is claimed and accepted for.",
    "unit_feedback": "Each reading of evidence in the unit with its decisions and feedback.",
}
"""What each document is for."""


@signed_in
@require_safe
def documents(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Every document of a candidate's portfolio, of the units that the reader sees."""
    binder = binder_for(request, slug, handle)
    may_take_away(request, binder.candidate.centre_id)
    looked_from_outside(request, binder.candidate, binder.candidate.centre_id)
    page = binder_page(binder, request.user)
    context = {
        "page": page,
        "binder": binder,
        "may_archive": binder.own or request.standing.holds(Role.ADMINISTRATOR, binder.candidate.centre_id),
        "archives": Archive.objects.visible_to(request.user).filter(candidate=binder.candidate)[:MOST_ARCHIVES],
        "candidate": binder.candidate,
        "trail": [("My portfolio", reverse("assessments:candidate_home")), ("Documents", None)],
        "forms": [(kind, title, FOR[kind]) for kind, title in BINDER_FORMS.items()],
        "unit_forms": [(kind, title, FOR[kind]) for kind, title in UNIT_FORMS.items()],
        "items": [(item, documents_of(item.record, witnessed=item.witnessed)) for item in page.items],
    }
    return render(request, "assessments/record/documents.html", context)


@signed_in
@require_safe
def unit_documents(request: SignedInRequest, pk: int) -> HttpResponse:
    """On to the documents of the candidate, where those of this unit stand."""
    seen = Enrolment.objects.visible_to(request.user).select_related("centre", "candidate_user")
    enrolment = get_object_or_404(seen, pk=pk)
    page = reverse("assessments:documents", args=[enrolment.centre.slug, enrolment.candidate_user.handle])
    return redirect(f"{page}#unit-{pk}")


# --- a press for each ------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def item_document(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a document of an item of evidence, and go where it will be; with `?version=1` of that version."""
    page = page_of(request, pk, number=number_asked(request))
    if kind not in item_documents(page):
        raise Http404("There is no such document of this item.")
    may_take_away(request, page.evidence.centre_id)
    document = ask_item_document(page=page, kind=kind, by=request.user, at=timezone.now())
    return redirect("portfolio:document", document.pk)


@signed_in
@require_POST
def unit_document(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a document of a unit, and go where it will be."""
    if kind not in UNIT_FORMS:
        raise Http404("There is no such document of a unit.")
    enrolment = get_object_or_404(Enrolment.objects.visible_to(request.user), pk=pk)
    may_take_away(request, enrolment.centre_id)
    document = ask_unit_document(enrolment=enrolment, kind=kind, by=request.user, at=timezone.now())
    return redirect("portfolio:document", document.pk)


@signed_in
@require_POST
def plan_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for an assessment plan with its reviews, and go where it will be."""
    try:
        page = plan_page(request.user, pk, partial(person_at, request), timezone.localdate())
    except AssessmentPlan.DoesNotExist:
        raise Http404("There is no such plan among those you can see.") from None
    may_take_away(request, page.plan.centre_id)
    if page.elsewhere:
        raise PermissionDenied("This plan is also for units that you were not given to look at: see yours in place.")
    document = ask_plan(page=page, by=request.user, at=timezone.now())
    return redirect("portfolio:document", document.pk)


@signed_in
@require_POST
def binder_document(request: SignedInRequest, slug: str, handle: str, kind: str) -> HttpResponse:
    """Ask for a document of a portfolio, or for all of them in one, and go where it will be."""
    if kind != WHOLE_SET and kind not in BINDER_FORMS:
        raise Http404("There is no such document of a portfolio.")
    binder, at = binder_for(request, slug, handle), timezone.now()
    may_take_away(request, binder.candidate.centre_id)
    try:
        if kind == WHOLE_SET:
            document = ask_whole(binder=binder, by=request.user, at=at)
        else:
            document = ask_binder_document(binder=binder, kind=kind, by=request.user, at=at)
    except CandidateRecord.DoesNotExist:
        raise Http404(NO_PORTFOLIO) from None
    return redirect("portfolio:document", document.pk)


def binder_for(request: SignedInRequest, slug: str, handle: str) -> Binder:
    """The portfolio as this person sees it, else 404."""
    try:
        return binder_of(request.user, slug, handle)
    except CandidateRecord.DoesNotExist:
        raise Http404(NO_PORTFOLIO) from None
