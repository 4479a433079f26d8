"""The internal verifier's pages: choosing a unit, a sample beside its record, an action."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import verification
from assessments.enums import SampleOutcome, SampleStage, UnitStatus, Verb
from assessments.forms.verification import PeriodForm, SampleForm, UnitsFilterForm, WhyForm
from assessments.models import Action, Enrolment
from assessments.queries.alarms import open_alarm_of
from assessments.queries.alike import alike_page
from assessments.queries.caseload import TAKEN_AWAY, CaseRow
from assessments.queries.record import UnitPage, page_of
from assessments.queries.sampled import SamplePage, action_page, sample_page
from assessments.queries.sampling import Names, Verified, desk, lines_of, listed, names_in, verified, verified_listed
from assessments.queries.shown import enrolment_shown
from assessments.queries.verification import action_facts
from assessments.rules import OVERSEERS, Person, is_lead_verifier, is_verifier_of, parties
from assessments.verifying import (
    STAGES,
    answering_refusals,
    closing_refusals,
    leaving_refusals,
    planning_refusals,
    sample_refusals,
)
from assessments.views.asking import deny, linked, person_at
from assessments.views.caseload import CASES
from assessments.views.turns import pressed, turn_forms
from assessments.views.waiting import beside_sampling
from assessments.workflow import Reason
from portfolio.access import SignedInRequest, holds, looked_from_outside, signed_in
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.refusal import Refusal
from portfolio.rules import VERIFYING
from portfolio.tables import Column, Table, in_slices, take_away
from portfolio.views.answers import asked_in, done, in_progress, show_refusal
from portfolio.views.news import on_home
from portfolio.views.people import ask, ask_or_act

PER_PAGE = 15
NOT_READ = ("Oldest unread handed in", "Days it has waited", "Countersigner")
"""What is no business of a verifier's list."""
UNITS: Table[CaseRow] = Table(
    "units verified",
    "Units verified",
    (
        *(column for column in CASES if column.head not in NOT_READ),
        Column("Last sampled", lambda row: vars(row.enrolment)["sampled_at"], 18),
    ),
)
WHY_STAGE = {
    SampleStage.INTERIM: "This will be an interim sample, because the unit is still being assessed.",
    SampleStage.SUMMATIVE: "This will be a summative sample, because the assessor has signed the unit off.",
}


@dataclass(frozen=True)
class Asked:
    """How something that wants a reason is asked for, and where the way back leads."""

    title: str
    explain: str
    press: str
    back: str


@holds(*VERIFYING)
@ask
def sampling(request: SignedInRequest) -> HttpResponse:
    """What waits for me."""
    standing = request.standing
    leads = standing.centres(Role.LEAD_VERIFIER)
    context = {
        "desk": desk(request.user, leads, standing.day),
        "leads": bool(leads),
        **on_home(request),
        **beside_sampling(request),
    }
    return render(request, "assessments/verification/sampling.html", context)


@holds(*VERIFYING)
@ask
def units_verified(request: SignedInRequest) -> HttpResponse:
    """The units I verify; all of the centre for its lead verifier."""
    wanted, form, names = units_asked_for(request)
    page = Paginator(verified_listed(wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": asked_in(request),
        "filtered": form.is_valid() and any(form.cleaned_data.values()),
        "leads": bool(request.standing.centres(Role.LEAD_VERIFIER)),
        "page": page,
        "lines": lines_of(list(page.object_list), names),
    }
    return render(request, "assessments/verification/units.html", context)


@holds(*VERIFYING)
@ask
def units_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    wanted, _, names = units_asked_for(request)
    found = verified(wanted)
    centres = Centre.objects.filter(pk__in=found.order_by().values("centre"))
    rows = in_slices(partial(lines_of, names=names), listed(found, *TAKEN_AWAY))
    return take_away(request, UNITS, rows, ending, centres)


def units_asked_for(request: SignedInRequest) -> tuple[Verified, UnitsFilterForm, Names]:
    """Which units are wanted, by what form, and the names of those who assess and verify them."""
    standing = request.standing
    whose = Verified(request.user, sorted(standing.centres(Role.LEAD_VERIFIER)), standing.day)
    names = names_in(whose, standing.centres(*VERIFYING))
    form = UnitsFilterForm(request.GET, assessors=names.assessors)
    asked = form.cleaned_data if form.is_valid() else {}
    return whose._replace(status=asked.get("status", ""), assessor=asked.get("assessor")), form, names


@holds(*VERIFYING)
@ask_or_act
def plan_sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a unit for sampling, with the reason."""
    page, person = _unit(request, pk)
    stage = STAGES.get(page.facts.status)

    def act(reason: str) -> str:
        sample = verification.plan_sample(enrolment=page.enrolment, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, f"The unit is chosen for sampling: {sample.get_stage_display().lower()} sample.")
        return reverse("assessments:sample", args=[sample.pk])

    asked = Asked(
        "Choose the unit for sampling",
        WHY_STAGE[stage] if stage else "",
        "Choose for sampling",
        reverse("assessments:enrolment", args=[pk]),
    )
    return _ask(request, asked, page, planning_refusals(person, page.facts), act)


@holds(*VERIFYING)
@ask_or_act
def leave_unsampled(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say why a signed-off unit is not sampled."""
    page, person = _unit(request, pk)
    back = reverse("assessments:enrolment", args=[pk])

    def act(reason: str) -> str:
        verification.leave_unsampled(enrolment=page.enrolment, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, "The unit is left unsampled, and your reason is on record.")
        return back

    asked = Asked(
        "Leave the unit unsampled",
        "The awarding body wants the internal verifier only where a unit is sampled. With your reason on record, the "
        "centre can claim this one without a sample.",
        "Leave unsampled",
        back,
    )
    return _ask(request, asked, page, leaving_refusals(person, page.facts), act)


@holds(*VERIFYING)
@ask_or_act
def drop_sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an open sample off the plan, with the reason."""
    found = _sample(request, pk)
    unit = found.unit

    def act(reason: str) -> str:
        verification.drop_sample(sample=found.sample, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, "The sample is dropped, and your reason is on record.")
        return reverse("assessments:enrolment", args=[unit.enrolment.pk])

    asked = Asked(
        "Drop the sample",
        "The unit is not looked at after all. The sample stays on record as planned and dropped.",
        "Drop the sample",
        reverse("assessments:sample", args=[pk]),
    )
    reasons = sample_refusals(found.person, unit.facts.people, is_open=found.sample.is_open)
    return _ask(request, asked, unit, reasons, act)


@signed_in
@ask_or_act
def sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """A sample beside the assessor's record; while it is open, its verifier closes it here."""
    found = _sample(request, pk)
    looked_from_outside(request, found.sample, found.unit.enrolment.centre_id)
    facts = found.unit.facts
    reasons = sample_refusals(found.person, facts.people, is_open=found.sample.is_open)
    work = in_progress(request, SampleForm, pk, facts.status, *(question.pk for question in found.questions))
    form = SampleForm(
        work.data,
        work=work,
        criteria=found.unit.criteria,
        readings=found.readings,
        places=found.places,
        questions=found.questions,
    )
    sent = request.method == "POST"
    if sent:
        deny(reason for reason in reasons if not reason.about)
        if reasons:
            show_refusal(form, Refusal([reason.sentence for reason in reasons]))
        if done(form, partial(_close, request, found)):
            found.sample.refresh_from_db()
            messages.success(request, f"The sample is closed: {found.sample.get_outcome_display().lower()}.")
            return redirect("assessments:sample", pk)
    context = {
        "found": found,
        "sample": found.sample,
        "page": found.unit,
        "enrolment": found.unit.enrolment,
        "form": form if sent or not reasons else None,
        "ticked": form.ticked,
        "ticked_readings": form.ticked_readings,
        **_alike(request, found),
        "refusals": linked(
            (reason for reason in reasons if reason.about and found.sample.is_open), found.unit.enrolment.pk
        ),
        "may_send_back": Verb.SEND_BACK in found.unit.verbs,
        "collecting": facts.status == UnitStatus.COLLECTING,
        "day": request.standing.day,
        "oversees": bool(parties(found.person, facts.people) & OVERSEERS),
        "alarm": open_alarm_of(pk) if found.sample.done_at and found.person.roles.intersection(VERIFYING) else None,
    }
    return render(request, "assessments/verification/sample.html", context, status=409 if sent else 200)


@signed_in
@ask_or_act
def action(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a verifier asked of an assessor: answered by the assessor, closed by the verifier."""
    try:
        found = action_page(request.user, pk)
    except Action.DoesNotExist:
        raise Http404("There is no such action among those you can see.") from None
    centre_id = found.action.enrolment.centre_id
    looked_from_outside(request, found.action, centre_id)
    person, facts = person_at(request, centre_id), action_facts(found.action)
    answering = answering_refusals(person, found.people, facts)
    closing = closing_refusals(person, found.people, facts)
    press = pressed(request)
    if press:
        deny(reason for reason in (answering if press == "answer" else closing) if not reason.about)
    answer, back = turn_forms(request, press, f"{pk}", found.action, answering=not answering, closing=not closing)
    if press == "close" and not closing:
        verification.close_action(action=found.action, by=request.user, at=timezone.now())
        messages.success(request, "The action is closed.")
        return redirect("assessments:action", pk)
    if press == "send_back" and back and done(back, partial(_send_back, request, found.action)):
        messages.success(request, "The answer has gone back, with your word.")
        return redirect("assessments:action", pk)
    if press == "answer" and answer and done(answer, partial(_answer, request, found.action)):
        messages.success(request, "Your answer is on record. The verifier closes the action.")
        return redirect("assessments:action", pk)
    context = {
        "found": found,
        "action": found.action,
        "enrolment": found.action.enrolment,
        "overdue": found.action.is_overdue(request.standing.day),
        "form": answer,
        "back": back,
        "may_close": not closing,
        "closing": linked((reason for reason in closing if reason.about), found.action.enrolment_id),
    }
    return render(request, "assessments/verification/action.html", context, status=409 if request.POST else 200)


def _close(request: SignedInRequest, found: SamplePage, values: dict[str, Any]) -> None:
    """Close the sample. One that is not agreed sends back a unit that is past collecting."""
    agreed, by, at = "not_agreed" not in request.POST, request.user, timezone.now()
    if agreed or found.unit.facts.status == UnitStatus.COLLECTING:
        verification.close_sample(sample=found.sample, agreed=agreed, by=by, at=at, **values)
        return
    values.pop("seen_at_location", None)
    finding = values.pop("feedback")
    verification.send_back(enrolment=found.unit.enrolment, finding=finding, by=by, at=at, **values)


def _alike(request: SignedInRequest, found: SamplePage) -> dict[str, Any]:
    """Where else the same assessor decided, for whoever verifies, once a sample of theirs was not agreed."""
    people = found.unit.facts.people
    verifies = is_verifier_of(found.person, people) or is_lead_verifier(found.person, people)
    if found.sample.outcome != SampleOutcome.NOT_AGREED or not verifies:
        return {}
    period = PeriodForm(request.GET if "since" in request.GET else None)
    days = period.cleaned_data if period.is_bound and period.is_valid() else {}
    alike = alike_page(found.sample, request.user, days.get("since"), days.get("until"))
    if not period.is_bound:
        period.initial = {"since": alike.since, "until": alike.until}
    return {"alike": alike, "period": period}


def _answer(request: SignedInRequest, action: Action, values: dict[str, Any]) -> None:
    verification.answer_action(action=action, by=request.user, at=timezone.now(), **values)


def _send_back(request: SignedInRequest, action: Action, values: dict[str, Any]) -> None:
    verification.return_action(action=action, by=request.user, at=timezone.now(), **values)


def _ask(
    request: SignedInRequest, asked: Asked, page: UnitPage, reasons: list[Reason], act: Callable[[str], str]
) -> HttpResponse:
    """A page that asks for a reason, with what stands in the way; `act` answers with the address to go on to."""
    deny(reason for reason in reasons if not reason.about)
    sent = request.method == "POST"
    work = in_progress(request, WhyForm, request.path[:60])
    form = WhyForm(work.data, work=work, initial={"reason": request.GET.get("why", "")})
    if sent and not reasons and form.is_valid():
        try:
            with work.finishing():
                onward = act(form.cleaned_data["reason"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(onward)
    context = {
        "asked": asked,
        "page": page,
        "enrolment": page.enrolment,
        "own": False,
        "form": form,
        "refusals": linked(reasons, page.enrolment.pk),
    }
    refused = sent and (reasons or form.non_field_errors())
    return render(request, "assessments/verification/ask.html", context, status=409 if refused else 200)


def _unit(request: SignedInRequest, pk: int) -> tuple[UnitPage, Person]:
    try:
        enrolment, staff = enrolment_shown(request.user, pk)
    except Enrolment.DoesNotExist:
        raise Http404("There is no such unit among those you can see.") from None
    person = person_at(request, enrolment.centre_id)
    return page_of(enrolment, staff, person), person


def _sample(request: SignedInRequest, pk: int) -> SamplePage:
    try:
        return sample_page(request.user, pk, partial(person_at, request))
    except Enrolment.DoesNotExist:
        raise Http404("There is no such sample among those you can see.") from None
