"""A cell of a unit's matrix: an item claimed for a criterion, or the claim taken back, where one stands."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.actions import claims
from assessments.actions.claims import Target
from assessments.enums import ItemStatus
from assessments.forms.cell import CellForm
from assessments.models import Enrolment, Evidence, EvidenceVersion
from assessments.queries.record import Cell, CriterionRow, UnitPage
from assessments.views.record import page_for, standing_of
from portfolio.access import SignedInRequest, signed_in
from portfolio.refusal import Refusal


@signed_in
@require_POST
def map_cell(request: SignedInRequest, pk: int) -> HttpResponse:
    """Claim a criterion for an item, or take the claim back, and answer with the cell and what changed around it."""
    enrolment = get_object_or_404(Enrolment.objects.visible_to(request.user), pk=pk)
    form = CellForm(request.POST)
    if not form.is_valid():
        raise Http404("There is no such cell.")
    visible = Evidence.objects.visible_to(request.user).filter(candidate=enrolment.candidate_id)
    item = get_object_or_404(visible, pk=form.cleaned_data["evidence"])
    sentences: list[str] = []
    try:
        toggle(request, enrolment, item, form.cleaned_data["criterion"], claim=form.cleaned_data["claim"])
    except Refusal as refusal:
        sentences = refusal.sentences
    if not request.headers.get("HX-Request"):
        for sentence in sentences:
            messages.error(request, sentence)
        return redirect(f"{reverse('assessments:enrolment', args=[pk])}?view=matrix")
    return changed(request, page_for(request, pk), item, form.cleaned_data["criterion"], sentences)


def toggle(request: SignedInRequest, enrolment: Enrolment, item: Evidence, criterion: int, *, claim: bool) -> None:
    """Do the one act that brings the cell to where it is wanted; nothing where it is there already."""
    mapping = item.mappings.filter(enrolment=enrolment, criterion=criterion, taken_back_at=None).first()
    now = timezone.now()
    if mapping is None and claim:
        target = Target(enrolment.pk, criterion)
        claims.map_more(version=in_force(item), targets=[target], by=request.user, at=now)
    elif mapping is not None and not claim:
        claims.take_back(mapping=mapping, by=request.user, at=now)


def in_force(item: Evidence) -> EvidenceVersion:
    """The version that counts, or the first draft. Raises Http404 for an item withdrawn."""
    version = item.versions.filter(replaced_at=None).exclude(status=ItemStatus.WITHDRAWN).order_by("number").first()
    if version is None:
        raise Http404("This item has been withdrawn.")
    return version


def changed(
    request: SignedInRequest, page: UnitPage, item: Evidence, criterion: int, sentences: list[str]
) -> HttpResponse:
    """The cell as it stands now, its criterion so far, and the unit's standing; 409 with why nothing was done."""
    row = next((row for row in page.criteria if row.criterion.pk == criterion), None)
    if row is None:
        raise Http404("The unit has no such criterion.")
    context = {
        **standing_of(page),
        "row": row,
        "cell": cell_of(page, item, row),
        "said": sentences or [said_of(page, item, row)],
    }
    return render(request, "assessments/record/cell_changed.html", context, status=409 if sentences else 200)


def cell_of(page: UnitPage, item: Evidence, row: CriterionRow) -> Cell | None:
    """The cell, None where it is empty."""
    place = page.criteria.index(row)
    return next((found.cells[place] for found in page.items if found.evidence_id == item.pk), None)


def said_of(page: UnitPage, item: Evidence, row: CriterionRow) -> str:
    """What is read out when it is done."""
    cell = cell_of(page, item, row)
    return f"{cell.label}." if cell else f"{item} for {row.criterion.number}: not claimed."
