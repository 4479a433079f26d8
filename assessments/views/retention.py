"""Keeping and destroying: what falls due, the dry run, the schedule, legal holds, and orders of destruction."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import destroying, retention
from assessments.documents.destroyed import ask_certificate
from assessments.forms.retention import ConfirmForm, DueFilterForm, HoldForm, KeepingForm, OrderForm, ReasonForm
from assessments.keeping import DESTROYABLE
from assessments.models import Disposal, LegalHold
from assessments.queries.destroying import Going, dry_run, order_page
from assessments.queries.enrolment import staff_names
from assessments.queries.retention import Due, days_ahead, disposals_of, due_by, open_holds, schedule_of
from assessments.views.office import choose_centre
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.forms import ToSign
from portfolio.models import Centre
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in, done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre
from portfolio.work import basis_of
from units.enums import RecordClass

PER_PAGE = 25
DUE: Table[Due] = Table(
    "retention",
    "What falls due",
    (
        Column("Due", lambda row: row.due_on),
        Column("What", lambda row: str(row.record_class.label), 28),
        Column("Candidate", lambda row: row.candidate, 28),
        Column("Unit", lambda row: row.unit),
        Column("Awarding body", lambda row: row.body),
        Column("Why", lambda row: row.why, 40),
        Column("What then", lambda row: str(row.keeping.when_due.label), 22),
        Column("Rule comes from", lambda row: row.keeping.source, 40),
        Column("What holds it", lambda row: row.held, 40),
    ),
)


def retention_trail(centre: Centre) -> Trail:
    return [("Retention", reverse("assessments:centre_retention", args=[centre.slug]))]


def order_trail(order: Disposal) -> Trail:
    return [*retention_trail(order.centre), (str(order), reverse("assessments:destruction", args=[order.pk]))]


# --- what falls due --------------------------------------------------------------------------------------------------


@holds(Role.ADMINISTRATOR)
@require_safe
def choose(request: SignedInRequest) -> HttpResponse:
    """Whose records?"""
    return choose_centre(request, "assessments:centre_retention", "Retention")


@holds(Role.ADMINISTRATOR)
@ask
def centre_retention(request: SignedInRequest, slug: str) -> HttpResponse:
    """What falls due, oldest first, with what holds it; and the destructions there were."""
    centre, today = kept_centre(request, slug), timezone.localdate()
    form, found = asked_for(request, centre)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "centre": centre,
        "form": form,
        "page": page,
        "today": today,
        "asked": asked_in(request),
        "ready": sum(1 for row in found if row.due_on <= today and not row.holds),
        "orders": disposals_of(centre)[:10],
    }
    return render(request, "assessments/retention/due.html", context)


def asked_for(request: SignedInRequest, centre: Centre) -> tuple[DueFilterForm, list[Due]]:
    form = DueFilterForm(request.GET, ahead=days_ahead(timezone.localdate()))
    return form, [row for row in due_by(centre, form.until_day) if form.fits(row)]


@holds(Role.ADMINISTRATOR)
@require_safe
def retention_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    centre = kept_centre(request, slug)
    _, found = asked_for(request, centre)
    return take_away(request, DUE, found, ending, [centre])


@holds(Role.ADMINISTRATOR)
@ask_or_act
def try_destruction(request: SignedInRequest, slug: str) -> HttpResponse:
    """The dry run: exactly what would go, counted and listed. Pressing asks for its destruction."""
    centre, today = kept_centre(request, slug), timezone.localdate()
    sent = request.POST if request.method == "POST" else request.GET
    ready = [row for row in due_by(centre, today) if not row.holds]
    keys = set(sent.getlist("chosen"))
    everything = not keys and "ticked" not in sent
    found = [row for row in ready if (not row.to_review if everything else row.key in keys)]
    chosen = found[: destroying.MOST]
    form = OrderForm(typed(request))
    made: list[Disposal] = []

    def act(clean: dict[str, Any]) -> None:
        keys_sent = sorted(keys)
        by, at = request.user, timezone.now()
        made.append(destroying.order_destruction(centre=centre, chosen=keys_sent, note=clean["note"], by=by, at=at))

    if done(form, act):
        messages.success(request, "The destruction is asked for. Nothing is destroyed until it is confirmed.")
        return redirect("assessments:destruction", made[0].pk)
    going = dry_run(centre, chosen)
    context = {
        "centre": centre,
        "form": form,
        "going": going,
        "totals": totals(going),
        "left_over": len(found) - len(chosen),
        "trail": [*retention_trail(centre), ("Dry run", None)],
    }
    return render(request, "assessments/retention/dry_run.html", context, status=409 if form.is_bound else 200)


def totals(going: list[Going]) -> dict[str, int]:
    """How much would go in all."""
    return {
        "files": sum(len(row.gone) for row in going),
        "size": sum(row.size for row in going),
        "details": sum(row.details for row in going),
        "numbers": sum(len(row.numbers) for row in going),
    }


# --- the schedule ----------------------------------------------------------------------------------------------------


@holds(Role.ADMINISTRATOR)
@ask
def schedule(request: SignedInRequest, slug: str) -> HttpResponse:
    """How long each class of record is kept, by awarding body."""
    centre = kept_centre(request, slug)
    context = {
        "centre": centre,
        "rows": schedule_of(centre),
        "trail": [*retention_trail(centre), ("Schedule", None)],
    }
    return render(request, "assessments/retention/schedule.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def set_keeping(request: SignedInRequest, slug: str, code: str, name: str) -> HttpResponse:
    """How long one class of record is kept in units of one awarding body."""
    centre = kept_centre(request, slug)
    found = [row for row in schedule_of(centre) if row.body.code == code and row.record_class == name]
    if name not in DESTROYABLE or not found or found[0].keeping is None:
        raise Http404("There is no such row in the schedule.")
    row, keeping = found[0], found[0].keeping
    initial = {
        "length": keeping.period.length,
        "unit": keeping.period.unit,
        "counted_from": keeping.counted_from,
        "when_due": keeping.when_due,
        "source": keeping.source if keeping.own else "",
    }
    work = in_progress(request, KeepingForm, f"{slug} {code} {name}")
    form = KeepingForm(work.data, work=work, initial=initial)
    act = partial(retention.set_keeping, centre=centre, awarding_body=row.body, record_class=name)
    if done(form, lambda clean: act(by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The rule is set. What falls due counts by it from now on.")
        return redirect("assessments:retention_schedule", slug)
    trail = [*retention_trail(centre), ("Schedule", reverse("assessments:retention_schedule", args=[slug]))]
    wanted = f"{row.body} names no time of its own."
    if row.least:
        wanted = f"{row.body} wants it kept for at least {row.least}. You may keep it longer."
    title = f"{RecordClass(name).label}, {row.body}"
    return form_page(request, form, title=title, button="Set the rule", trail=trail, lead=wanted)


# --- legal holds -----------------------------------------------------------------------------------------------------


@holds(Role.ADMINISTRATOR)
@ask
def legal_holds(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is kept in spite of the schedule, and what was."""
    centre = kept_centre(request, slug)
    page = Paginator(open_holds(centre), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "centre": centre,
        "page": page,
        "lines": hold_lines(centre, list(page.object_list)),
        "trail": [*retention_trail(centre), ("Legal holds", None)],
    }
    return render(request, "assessments/retention/holds.html", context)


@holds(Role.ADMINISTRATOR)
@require_safe
def holds_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list, whole, to take away."""
    centre = kept_centre(request, slug)
    return take_away(request, HOLDS, hold_lines(centre, list(open_holds(centre))), ending, [centre])


HoldLine = tuple[LegalHold, str, str]
HOLDS: Table[HoldLine] = Table(
    "legal holds",
    "Legal holds",
    (
        Column("Candidate", lambda line: line[0].candidate.legal_name, 28),
        Column("Unit", lambda line: line[0].enrolment.unit.short_code if line[0].enrolment else "all records", 14),
        Column("Why", lambda line: line[0].reason, 50),
        Column("Set by", lambda line: line[1], 24),
        Column("Set", lambda line: line[0].set_at, 18),
        Column("Lifted by", lambda line: line[2], 24),
        Column("Lifted", lambda line: line[0].lifted_at, 18),
        Column("Why it was lifted", lambda line: line[0].lift_reason, 50),
    ),
)


def hold_lines(centre: Centre, found: list[LegalHold]) -> list[HoldLine]:
    """Holds with who set and who lifted each. One query."""
    people = {pk for hold in found for pk in (hold.set_by_id, hold.lifted_by_id) if pk}
    names = {pk: name for (pk, _), name in staff_names(people, {centre.pk}).items()}
    return [(hold, names.get(hold.set_by_id, ""), names.get(hold.lifted_by_id or 0, "")) for hold in found]


@holds(Role.ADMINISTRATOR)
@ask_or_act
def hold_record(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keep a candidate's records, or those of one unit, until further notice."""
    centre = kept_centre(request, slug)
    work = in_progress(request, HoldForm, slug)
    search = request.GET.get("search", "").strip()
    form = HoldForm(work.data, work=work, centre=centre, search=search)
    if done(form, lambda clean: retention.hold_record(by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The hold is set: nothing of it is destroyed until somebody lifts it.")
        return redirect("assessments:legal_holds", slug)
    return form_page(
        request,
        form,
        title="Set a legal hold",
        button="Set the hold",
        trail=holds_trail(centre),
        lead="Open appeals, cases, actions and visits hold of themselves. A hold of your own is for everything else.",
        template="assessments/enrolment/enrol.html",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def lift_hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lift a legal hold."""
    seen = LegalHold.objects.visible_to(request.user).select_related("centre", "candidate", "enrolment__unit")
    hold = get_object_or_404(seen, pk=pk)
    work = in_progress(request, ReasonForm, f"hold {pk}")
    form = ReasonForm(work.data, work=work)
    if done(form, lambda clean: retention.lift_hold(hold=hold, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The hold is lifted. The schedule counts again.")
        return redirect("assessments:legal_holds", hold.centre.slug)
    of = f"{hold.candidate.legal_name}{f', {hold.enrolment.unit.short_code}' if hold.enrolment else ''}"
    lead = f"{of}: {hold.reason}"
    return form_page(request, form, title="Lift the hold", button="Lift it", trail=holds_trail(hold.centre), lead=lead)


def holds_trail(centre: Centre) -> Trail:
    return [*retention_trail(centre), ("Legal holds", reverse("assessments:legal_holds", args=[centre.slug]))]


# --- orders of destruction -------------------------------------------------------------------------------------------


@holds(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
@ask_or_act
def destruction(request: SignedInRequest, pk: int) -> HttpResponse:
    """An order with all that it names; whoever may confirms it here."""
    order = order_for(request, pk)
    page = order_page(order)
    to_sign = ToSign.fixed(basis_of(pk, [(line.line.pk, line.line.index) for line in page.lines]))
    form = ConfirmForm(typed(request), user=request.user, to_sign=to_sign)
    act = partial(destroying.confirm_destruction, disposal=order, by=request.user, at=timezone.now())
    if done(form, lambda clean: act()):
        messages.success(request, "The destruction is confirmed, and is being carried out.")
        return redirect("assessments:destruction", pk)
    open_now = order.confirmed_at is None and order.given_up_at is None
    context = {
        "page": page,
        "order": order,
        "form": form,
        "refusals": [
            (sentence, None) for sentence in destroying.refusals_to_confirm(order, request.user, timezone.localdate())
        ]
        if open_now
        else [],
        "open_now": open_now,
        "alone": order.asked_by_id == request.user.pk,
        "trail": [*retention_trail(order.centre), (str(order), None)],
    }
    return render(request, "assessments/retention/destruction.html", context, status=409 if form.is_bound else 200)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def give_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give up an order that nobody has confirmed."""
    order = order_for(request, pk)
    work = in_progress(request, ReasonForm, f"order {pk}")
    form = ReasonForm(work.data, work=work)
    act = partial(destroying.give_up_destruction, disposal=order, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The order is given up. What it named is on the list again.")
        return redirect("assessments:centre_retention", order.centre.slug)
    lead = "What it names stays, and is on the list of what is due again."
    return form_page(request, form, title="Give the order up", button="Give it up", trail=order_trail(order), lead=lead)


@holds(Role.ADMINISTRATOR)
@require_POST
def certificate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the certificate of a destruction that was carried out, and go where it will be."""
    document = ask_certificate(disposal=order_for(request, pk), by=request.user, at=timezone.now())
    return redirect("portfolio:document", document.pk)


def order_for(request: SignedInRequest, pk: int) -> Disposal:
    """An order of a centre that the person administers; else 404."""
    seen = Disposal.objects.visible_to(request.user)
    found: Disposal = get_object_or_404(seen.select_related("centre", "asked_by", "confirmed_by", "given_up_by"), pk=pk)
    return found
