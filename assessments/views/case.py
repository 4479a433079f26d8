"""Cases: for those who work on them, and for nobody else. Every look at one is on record."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import case as actions
from assessments.forms.case import CloseCaseForm, HoldForm, InvestigatorForm, OpenCaseForm, StepForm
from assessments.models import Case, CaseFile, Enrolment, Evidence, Freeze
from assessments.queries.case import can_be_held, case_page, file_of_case, may_investigate
from assessments.views.receiving import received
from portfolio.access import SignedInRequest, holds, listed_from_outside, signed_in
from portfolio.audit import looked_at
from portfolio.enums import Role
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from portfolio.serving import serve
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre
from portfolio.whole import whole

PER_PAGE = 15
CASES: Table[Case] = Table(
    "cases",
    "Cases",
    (
        Column("Case", lambda row: str(row), 12),
        Column("Kind", lambda row: row.get_kind_display(), 20),
        Column("What is suspected", lambda row: row.summary, 60),
        Column("Opened", lambda row: row.opened_at, 18),
        Column("Outcome", lambda row: row.get_outcome_display() if row.closed_at else "Open", 24),
        Column("Why", lambda row: row.reason, 60),
        Column("Closed", lambda row: row.closed_at, 18),
    ),
)


@signed_in
@ask
def cases(request: SignedInRequest) -> HttpResponse:
    """The cases the reader works on; for most people there are none."""
    listed_from_outside(request, "cases")
    page = Paginator(worked_on_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "centres": list(Centre.objects.kept_by(request.user))}
    return render(request, "assessments/case/cases.html", context)


@signed_in
@ask
def cases_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list, whole, to take away. Each case has its own line of who took it: others do not learn of one."""
    listed_from_outside(request, "cases")
    found = list(worked_on_by(request.user))
    return take_away(request, CASES, found, ending, centres=[], of=[(case, case.centre_id) for case in found])


def worked_on_by(user: User) -> QuerySet[Case]:
    """The cases somebody works on, open ones first."""
    found = Case.objects.visible_to(user).select_related("centre")
    return found.order_by(F("closed_at").desc(nulls_first=True), "pk")


@holds(Role.ADMINISTRATOR)
@ask_or_act
def open_case(request: SignedInRequest, slug: str) -> HttpResponse:
    """Open a case about people of the centre."""
    centre = kept_centre(request, slug)
    work = in_progress(request, OpenCaseForm, slug)
    form = OpenCaseForm(work.data, work=work, centre=centre, today=timezone.localdate(), me=request.user.pk)
    act = partial(actions.open_case, centre=centre, by=request.user, at=timezone.now())

    opened_now: list[Case] = []

    def opened(clean: dict[str, object]) -> None:
        people = {*form.cleaned_data["candidates"], *form.cleaned_data["staff"]}
        concerned = User.objects.filter(pk__in={record.user_id for record in people})
        opened_now.append(act(kind=str(clean["kind"]), summary=str(clean["summary"]), concerns=concerned))

    if done(form, opened):
        messages.success(request, "The case is open. Nobody but you sees it until you name them.")
        return redirect("assessments:case", opened_now[0].pk)
    lead = "Only you, and those whom you name, will see that there is a case."
    return form_page(request, form, title="Open a case", button="Open the case", trail=cases_trail(), lead=lead)


@signed_in
@ask_or_act
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file: what was done, who works on it, what it holds, and files that are the same elsewhere."""
    found = _case(request, pk)
    work = in_progress(request, StepForm, pk)
    files = received(request, found.centre, work)
    today = {"happened_on": timezone.localdate()}
    form = StepForm(work.data, work=work, initial=today, kept=files.kept, refused=files.refused)
    act = partial(actions.add_step, case=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(happened_on=clean["happened_on"], text=clean["text"], files=form.added)):
        messages.success(request, "The step is on record.")
        return redirect("assessments:case", pk)
    page = case_page(found, request.user)
    context = {
        "page": page,
        "case": page.case,
        "form": None if page.case.closed_at else form,
        "refused": form.non_field_errors() if page.case.closed_at and form.is_bound else [],
        "queue": f"{request.user.handle} {found.centre.slug} case {pk}",
        "trail": case_trail(found),
    }
    return render(request, "assessments/case/case.html", context, status=409 if request.method == "POST" else 200)


@signed_in
@require_safe
def case_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A file of a case, in place where that is safe, else to keep; `?keep=1` always. Who fetched it is on record."""
    try:
        file = file_of_case(request.user, pk)
    except CaseFile.DoesNotExist:
        raise Http404("There is no such file among those you can see.") from None
    response = serve(request, file.stored, name=file.name, download=request.GET.get("keep") == "1")
    kept = response["Content-Disposition"].startswith("attachment")
    centre_id = file.stored.centre_id
    looked_at(file, by=request.user, centre_id=centre_id, at=timezone.now(), downloaded=kept)
    return response


@signed_in
@ask_or_act
def investigators(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody work on the case."""
    found = _case(request, pk)
    _while_open(request, found)
    offered = may_investigate(found, timezone.localdate())
    form = InvestigatorForm(typed(request), offered=offered)
    act = partial(actions.name_investigator, case=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(user=User.objects.get(pk=clean["user"]))):
        messages.success(request, "They see the case now, and work on it.")
        return redirect("assessments:case", pk)
    lead = "" if offered else "Nobody else on the staff is without an interest in the case."
    return form_page(
        request, form, title="Name an investigator", button="Name them", trail=case_trail(found), lead=lead
    )


@signed_in
@ask_or_act
def hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hold a unit or an item while the case is open."""
    found = _case(request, pk)
    _while_open(request, found)
    units, items = can_be_held(found)
    form = HoldForm(typed(request), units=units, items=items)
    by, at = request.user, timezone.now()

    def held(clean: dict[str, str]) -> Freeze:
        kind, _, key = clean["what"].partition("-")
        if kind == "unit":
            return actions.freeze_unit(case=found, enrolment=Enrolment.objects.get(pk=key), by=by, at=at)
        return actions.freeze_item(case=found, evidence=Evidence.objects.get(pk=key), by=by, at=at)

    if done(form, held):
        messages.success(request, "It is held. Whoever tries to go on reads that the office holds it, and not why.")
        return redirect("assessments:case", pk)
    lead = "Nothing of it moves until it is released: no reading, signing, claiming, replacing or redacting."
    if not units and not items:
        lead = "Those whom the case concerns have no unit, and no evidence handed in, that it does not hold already."
    return form_page(request, form, title="Hold something", button="Hold it", trail=case_trail(found), lead=lead)


@signed_in
@ask_or_act
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close the case with its outcome."""
    found = _case(request, pk)
    _while_open(request, found)
    work = in_progress(request, CloseCaseForm, pk)
    form = CloseCaseForm(work.data, work=work)
    act = partial(actions.close_case, case=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The case is closed, and what it held is released.")
        return redirect("assessments:case", pk)
    lead = "Whatever the case still holds is released by it."
    return form_page(request, form, title="Close the case", button="Close it", trail=case_trail(found), lead=lead)


@signed_in
@require_POST
def let_go(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release what is held, or end somebody's part, by a press on the case's page."""
    found = _case(request, pk)
    by, at = request.user, timezone.now()
    if key := request.POST.get("release", ""):
        rows = found.freezes.select_related("case", "enrolment")
        actions.release_freeze(freeze=get_object_or_404(rows, pk=whole(key)), by=by, at=at)
        messages.success(request, "It is released.")
    else:
        worker = get_object_or_404(found.workers.select_related("user"), pk=whole(request.POST.get("end", "")))
        actions.end_investigator(case=found, user=worker.user, by=by, at=at)
        messages.success(request, "They no longer see the case.")
    stays = Case.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("assessments:case", pk) if stays else redirect("assessments:cases")


def _while_open(request: SignedInRequest, case: Case) -> None:
    """Say of a closed case that it stands, before anything is typed. What was typed meanwhile, its form keeps."""
    if case.closed_at and request.method != "POST":
        raise Refusal([actions.CLOSED])


def cases_trail() -> Trail:
    return [("Cases", reverse("assessments:cases"))]


def case_trail(case: Case) -> Trail:
    return [*cases_trail(), (str(case), reverse("assessments:case", args=[case.pk]))]


def _case(request: SignedInRequest, pk: int) -> Case:
    """The case for somebody who works on it, else 404 as for what does not exist; the look is on record."""
    found = get_object_or_404(Case.objects.visible_to(request.user).select_related("centre"), pk=pk)
    looked_at(found, by=request.user, centre_id=found.centre_id, at=timezone.now())
    return found
