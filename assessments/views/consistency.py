"""How often criteria must be shown: set for the centre, and for one candidate."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import consistency as actions
from assessments.actions.consistency import For
from assessments.forms.consistency import EndRuleForm, RuleForm
from assessments.models import ConsistencyRule
from assessments.queries.consistency import NAMED, asks, effective, rule_lines, rules_of, rules_of_candidate, whose
from assessments.queries.enrolment import people_of
from assessments.queries.office import units_offered
from assessments.rules import may_set_for_centre, may_set_for_unit
from assessments.views.asking import person_at, unit_for
from portfolio.access import SignedInRequest, holds, looked_from_outside, signed_in
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act
from portfolio.whole import whole
from units.models import AwardingBody, Criterion, Unit

PER_PAGE = 15
SETTING = (Role.LEAD_VERIFIER, Role.ADMINISTRATOR)
LEAD = (
    "The assessor always decides whether evidence is sufficient. A count only warns, or keeps a unit from being "
    "declared complete and signed off. The narrower rule wins: for a candidate, a criterion, a unit, an awarding body."
)


def centre_for(request: SignedInRequest, slug: str) -> Centre:
    """The centre, if the person asking may set what it asks for; else 404."""
    return get_object_or_404(Centre, slug=slug, pk__in=request.standing.centres(*SETTING))


def rules_trail(centre: Centre) -> Trail:
    return [("Consistency", reverse("assessments:centre_consistency", args=[centre.slug]))]


def unit_trail(centre: Centre, unit: Unit) -> Trail:
    address = reverse("assessments:unit_consistency", args=[centre.slug, unit.key, unit.version])
    return [*rules_trail(centre), (unit.short_code, address)]


@holds(*SETTING)
@ask
def choose(request: SignedInRequest) -> HttpResponse:
    """Whose rules?"""
    centres = list(Centre.objects.filter(pk__in=request.standing.centres(*SETTING)))
    if len(centres) == 1:
        return redirect("assessments:centre_consistency", centres[0].slug)
    context = {"centres": centres, "page": "assessments:centre_consistency", "heading": "Consistency"}
    return render(request, "assessments/award/centres.html", context)


@holds(*SETTING)
@ask
def centre_rules(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everything the centre asks for, and asked for before."""
    centre = centre_for(request, slug)
    page = Paginator(rules_of(centre, request.user), PER_PAGE).get_page(request.GET.get("page"))
    units = list(units_offered(centre))
    context = {
        "centre": centre,
        "lead": LEAD,
        "page": page,
        "lines": rule_lines(page.object_list),
        "units": units,
        "bodies": list(dict.fromkeys(unit.awarding_body for unit in units)),
        "trail": [("Consistency", None)],
    }
    return render(request, "assessments/consistency/rules.html", context)


@holds(*SETTING)
@ask_or_act
def set_for_body(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Ask for something in all units of an awarding body."""
    centre = centre_for(request, slug)
    body = get_object_or_404(AwardingBody, code=code, approvals__centre=centre)
    name = f"all units of {body}"
    return _set(request, centre, For(awarding_body=body), name, rules_trail(centre))


@holds(*SETTING)
@ask
def unit_rules(request: SignedInRequest, slug: str, key: str, version: int) -> HttpResponse:
    """What is asked of each criterion of a unit, and by which rule."""
    centre = centre_for(request, slug)
    unit = get_object_or_404(units_offered(centre), key=key, version=version)
    context = {
        "unit": unit,
        "enrolment": None,
        "heading": f"Consistency: {unit}",
        "lead": LEAD,
        "rows": effective(centre.pk, unit),
        "own": [],
        "set_place": reverse("assessments:set_unit_consistency", args=[slug, key, version]),
        "trail": [*rules_trail(centre), (unit.short_code, None)],
    }
    return render(request, "assessments/consistency/unit.html", context)


@holds(*SETTING)
@ask_or_act
def set_for_unit(request: SignedInRequest, slug: str, key: str, version: int) -> HttpResponse:
    """Ask for something in a unit, or of one of its criteria (`?criterion=`)."""
    centre = centre_for(request, slug)
    unit = get_object_or_404(units_offered(centre), key=key, version=version)
    criterion = criterion_asked(request, unit)
    what, name = For(criterion=criterion), f"{unit.short_code} {criterion.number}" if criterion else ""
    if criterion is None:
        what, name = For(unit=unit), unit.short_code
    return _set(request, centre, what, name, unit_trail(centre, unit))


@signed_in
@ask
def candidate_rules(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is asked of each criterion of one candidate's unit: for everybody who sees the unit."""
    enrolment = unit_for(request, pk)
    looked_from_outside(request, enrolment, enrolment.centre_id)
    may = may_set_for_unit(person_at(request, enrolment.centre_id), people_of(enrolment))
    context = {
        "unit": enrolment.unit,
        "enrolment": enrolment,
        "heading": f"Consistency: {enrolment.unit.short_code} of {enrolment.candidate}",
        "lead": LEAD,
        "rows": effective(enrolment.centre_id, enrolment.unit, enrolment),
        "own": rule_lines(rules_of_candidate(enrolment)),
        "set_place": reverse("assessments:set_candidate_consistency", args=[pk]) if may else "",
        "trail": [(str(enrolment.unit), reverse("assessments:enrolment", args=[pk])), ("Consistency", None)],
    }
    return render(request, "assessments/consistency/unit.html", context)


@signed_in
@ask_or_act
def set_for_candidate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for something of one candidate: in their unit, or of one of its criteria (`?criterion=`)."""
    enrolment = unit_for(request, pk)
    if not may_set_for_unit(person_at(request, enrolment.centre_id), people_of(enrolment)):
        raise PermissionDenied("Only the unit's assessor, the lead verifier or an administrator can set this.")
    criterion = criterion_asked(request, enrolment.unit)
    name = f"{enrolment.candidate} in {enrolment.unit.short_code}"
    trail: Trail = [
        (str(enrolment.unit), reverse("assessments:enrolment", args=[pk])),
        ("Consistency", reverse("assessments:candidate_consistency", args=[pk])),
    ]
    what = For(criterion=criterion, enrolment=enrolment)
    name = f"{name} {criterion.number}" if criterion else name
    return _set(request, enrolment.centre, what, name, trail)


@signed_in
@ask_or_act
def end_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for it no longer."""
    seen = ConsistencyRule.objects.visible_to(request.user, request.standing.day)
    rule = get_object_or_404(seen.in_force().select_related("centre", *NAMED), pk=pk)
    person = person_at(request, rule.centre_id)
    may = may_set_for_unit(person, people_of(rule.enrolment)) if rule.enrolment else may_set_for_centre(person)
    if not may:
        raise PermissionDenied("Only those who may set this can end it.")
    work = in_progress(request, EndRuleForm, pk)
    form = EndRuleForm(work.data, work=work)
    if rule.enrolment:
        trail: Trail = [("Consistency", reverse("assessments:candidate_consistency", args=[rule.enrolment.pk]))]
    else:
        trail = rules_trail(rule.centre)
    if done(form, lambda clean: actions.end_rule(rule=rule, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, f"This is asked for no longer: {whose(rule)}, {asks(rule)}.")
        return redirect(str(trail[-1][1]))
    return form_page(
        request,
        form,
        title=f"End the rule for {whose(rule)}",
        lead=f"It asks for this to be shown {asks(rule)}. What wider rules ask holds again. It stays on record.",
        button="End the rule",
        trail=trail,
    )


def criterion_asked(request: SignedInRequest, unit: Unit) -> Criterion | None:
    """The criterion the address names, if it names one; else 404."""
    named = request.GET.get("criterion", "")
    if not named:
        return None
    return get_object_or_404(unit.criteria, pk=whole(named))


def _set(request: SignedInRequest, centre: Centre, what: For, name: str, trail: Trail) -> HttpResponse:
    work = in_progress(request, RuleForm, request.get_full_path()[-60:])
    form = RuleForm(work.data, work=work)

    def act(clean: dict[str, object]) -> None:
        reason = str(clean["reason"])
        actions.set_rule(centre=centre, what=what, asked=form.asked, reason=reason, by=request.user, at=timezone.now())

    if done(form, act):
        messages.success(request, f"This is asked for from now on: {name}.")
        return redirect(str(trail[-1][1]))
    return form_page(
        request,
        form,
        title=f"What is asked for: {name}",
        lead="What was asked before for just this ends, and stays on record.",
        button="Ask for this from now on",
        trail=trail,
    )
