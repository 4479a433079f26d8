"""Centre Authentication forms for many units: chosen, signed for by one press, made by a worker, and downloaded."""

from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from assessments.actions import issuing as actions
from assessments.documents import issuing
from assessments.form_enums import GatheredAs
from assessments.forms.issuing import FormsFilterForm, FormsShown, GatherForm, MakeFormsForm
from assessments.models import Enrolment, FormBatch
from assessments.queries.issuing import (
    batch_page,
    batches_at,
    counted,
    declarations_signed,
    form_lines,
    offered_at,
    units_for_forms,
    units_listed,
)
from portfolio import audit, seals
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.tables import HEADERS
from portfolio.views.answers import answered, asked_in, done, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre
from portfolio.whole import whole
from portfolio.work import basis_of

PER_PAGE = 10
TYPES = {GatheredAs.PDF: "application/pdf", GatheredAs.ZIP: "application/zip"}
ONE_BY_ONE = "Chosen one by one"
GONE = "The file is not there: it goes after some days. Put it together again on the page of the batch."


def forms_trail(centre: Centre) -> Trail:
    return [("Authentication forms", reverse("assessments:centre_forms", args=[centre.slug]))]


@holds(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
@ask_or_act
def centre_forms(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which units are ready for a form and which are not and why; one press signs for those chosen and makes them."""
    centre = get_object_or_404(seals.with_seals(Centre.objects.kept_by(request.user)), slug=slug)
    offered = offered_at(centre)
    narrowed = FormsFilterForm(request.GET, units=offered.units, cohorts=offered.cohorts, claims=offered.claims)
    wanted = narrowed.wanted
    declarations = declarations_signed(centre, offered.bodies)
    total, far = counted(centre, wanted)
    ticked = numbers(request, "chosen")
    of_all = "all" in request.POST
    form = MakeFormsForm(
        typed(request),
        user=request.user,
        shown=FormsShown(basis_of(total, far), timezone.now()),
        all_found=(lambda: basis_of(*counted(centre, wanted))) if of_all else None,
    )
    made: list[FormBatch] = []

    def act(clean: dict[str, Any]) -> None:
        made.append(
            actions.make_forms(
                centre=centre,
                enrolments=units_for_forms(centre.pk, wanted).order_by().values_list("pk", flat=True)
                if of_all
                else ticked,
                statements=numbers(request, "statement"),
                chosen=narrowed.in_words if of_all else ONE_BY_ONE,
                gathered_as=GatheredAs(clean["gathered_as"]),
                shown_at=form.shown_at,
                by=request.user,
                at=timezone.now(),
            )
        )

    if done(form, act):
        return redirect("assessments:form_batch", made[0].pk)
    page = page_of(units_listed(centre, wanted), total, request.GET.get("page"))
    lines = form_lines(list(page.object_list))
    context = {
        "centre": centre,
        "filter": narrowed,
        "asked": asked_in(request),
        "form": form,
        "total": total,
        "far": far,
        "page": page,
        "ready": [line for line in lines if line.ready],
        "not_ready": [line for line in lines if not line.ready],
        "ticked": set(ticked) if form.is_bound else None,
        "declarations": declarations,
        "sealed_by": seals.standing_of(centre, timezone.now()),
    }
    return render(request, "assessments/award/forms.html", context, status=409 if form.is_bound else 200)


def numbers(request: SignedInRequest, name: str) -> list[int]:
    """Ids that the page sent; what is no number is passed over."""
    return [pk for text in request.POST.getlist(name) if (pk := whole(text)) is not None]


class Counted(Paginator[Enrolment]):
    """Pages of a list that has been counted."""

    total = 0

    @cached_property
    def count(self) -> int:
        return self.total


def page_of(found: Any, total: int, number: str | None) -> Page[Enrolment]:
    pages = Counted(found, PER_PAGE)
    pages.total = total
    return pages.get_page(number)


# --- a batch ---------------------------------------------------------------------------------------------------------


@holds(Role.ADMINISTRATOR)
@ask
def form_batches(request: SignedInRequest, slug: str) -> HttpResponse:
    """The batches of forms of a centre."""
    centre = kept_centre(request, slug)
    context = {
        "page": Paginator(batches_at(centre), PER_PAGE).get_page(request.GET.get("page")),
        "centre": centre,
        "trail": [*forms_trail(centre), ("Made before", None)],
    }
    return render(request, "assessments/award/form_batches.html", context)


@holds(Role.ADMINISTRATOR)
@ask
def form_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a batch is, what was left out and why, and the file."""
    batch = batch_of(request, pk)
    context = {
        "page": batch_page(batch, shown=request.GET.get("show", ""), number=request.GET.get("page")),
        "batch": batch,
        "lost": issuing.is_lost(batch, timezone.now()),
        "kept_for": issuing.KEPT_FOR.days,
        "kinds": GatheredAs.choices,
        "trail": batch_trail(batch),
    }
    return render(request, "assessments/award/form_batch.html", context)


@holds(Role.ADMINISTRATOR)
@require_POST
def stop_forms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make no more of them."""
    batch = batch_of(request, pk)
    act = partial(actions.stop_forms, batch=batch, by=request.user, at=timezone.now())
    return answered(request, act, "Stopped. What is made stays.", ("assessments:form_batch", pk))


@holds(Role.ADMINISTRATOR)
@require_POST
def resume_forms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go on where it was stopped, or where its worker was lost."""
    batch = batch_of(request, pk)
    if issuing.is_lost(batch, timezone.now()):
        issuing.go_on(batch)
        return redirect("assessments:form_batch", pk)
    act = partial(actions.resume_forms, batch=batch, by=request.user, at=timezone.now())
    return answered(request, act, "It goes on.", ("assessments:form_batch", pk))


@holds(Role.ADMINISTRATOR)
@require_POST
def gather_forms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put what is made together once more, as asked for."""
    batch = batch_of(request, pk)
    form = GatherForm(request.POST)
    if not form.is_valid():
        raise Http404("Forms are put together as one PDF or a ZIP.")
    act = partial(issuing.gather_again, batch, GatheredAs(form.cleaned_data["gathered_as"]))
    return answered(request, act, "It is being put together.", ("assessments:form_batch", pk))


@holds(Role.ADMINISTRATOR)
@ask
def forms_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file, to keep. Who fetched it is written down."""
    batch = batch_of(request, pk)
    try:
        file = issuing.opened(batch)
    except FileNotFoundError:
        raise Http404(GONE) from None
    if request.method == "GET":
        audit.looked_at(batch, by=request.user, centre_id=batch.centre_id, at=timezone.now(), downloaded=True)
    name = f"authentication-forms-{batch.centre.slug}-{slugify(batch.chosen)[:60]}-{batch.pk}.{batch.gathered_as}"
    return FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type=TYPES[GatheredAs(batch.gathered_as)],
        headers=HEADERS,
    )


def batch_of(request: SignedInRequest, pk: int) -> FormBatch:
    """A batch at a centre whose records the person keeps; else 404."""
    return get_object_or_404(FormBatch.objects.visible_to(request.user).select_related("centre", "asked_by"), pk=pk)


def batch_trail(batch: FormBatch) -> Trail:
    before = reverse("assessments:form_batches", args=[batch.centre.slug])
    return [*forms_trail(batch.centre), ("Made before", before), (batch.chosen, None)]
