"""The assessor's pages: what waits, and judging one item."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import judgement
from assessments.enums import Verb
from assessments.forms.reading import BLANK, SEEN, ReadingForm, UnitFields, typed_on
from assessments.models import EvidenceVersion
from assessments.queries.desk import SHORT_LIST, desk, next_in_queue, queue_pages, queued
from assessments.queries.plans import plans_at_hand
from assessments.queries.reading import Reading, reading, versions_to_read, words_on
from assessments.queries.seen import AGAIN, changed_since, seen_by
from assessments.queries.standardisation import guidance_for
from assessments.rules import Person
from assessments.views.asking import currency_of
from assessments.views.viewing import files_shown
from assessments.views.waiting import asked_of_me
from assessments.workflow import CANNOT_MEET, WHAT_IS_NEEDED, decide_one, item_refusals
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.pages import counted_page
from portfolio.views.answers import done, in_progress
from portfolio.views.news import on_home

PER_PAGE = 15
NOT_MINE = "There is no such item among those you assess."
UNKNOWN = "This page does not say what it showed you, so nothing has been saved yet."


@holds(Role.ASSESSOR)
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Everything that waits for me, the oldest first."""
    page = counted_page(queue_pages.listed(request.user), request.GET.get("page"), PER_PAGE)
    context = {
        "page": page,
        "items": queued(request.user, list(page.object_list)),
        "desk": desk(request.user),
        "most": SHORT_LIST,
        **on_home(request),
        "plans": plans_at_hand(request.user, request.standing.day),
        **asked_of_me(request),
    }
    return render(request, "assessments/judgement/queue.html", context)


@holds(Role.ASSESSOR)
@require_safe
def judge_next(request: SignedInRequest, pk: int) -> HttpResponse:
    """On to the item of my queue that follows this one, saving nothing."""
    version = next((row for row in versions_to_read(request.user, pk) if row.pk == pk), None)
    if version is None:
        raise Http404(NOT_MINE)
    return _on_from(request, version)


@holds(Role.ASSESSOR)
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read one item beside its criteria, and save the whole reading with one press.

    What happened to it meanwhile is told before anything is saved, beside all that was typed.
    """
    try:
        found = reading(request.user, pk)
        form = _form(request, found)
        if request.method == "POST" and not form.looks_again:
            if _save(request, form):
                return _on_from(request, found.version)
            if form.is_told:
                form.reading = reading(request.user, pk)
    except EvidenceVersion.DoesNotExist:
        return _not_theirs(request, pk)
    return _judge_answer(request, form)


def _on_from(request: SignedInRequest, version: EvidenceVersion) -> HttpResponse:
    following = next_in_queue(request.user, version)
    return redirect("assessments:judge", following) if following else redirect("assessments:queue")


def _form(request: SignedInRequest, found: Reading) -> ReadingForm:
    criteria = [(row.key, row.mapped, row.said and row.said.pk) for row in found.criteria]
    leaves = [leaf.value for leaf in found.leaves if leaf.shown]
    work = in_progress(request, ReadingForm, found.version.evidence_id, found.version.pk, *criteria, *leaves)
    return ReadingForm(work.data, work=work, reading=found)


def _save(request: SignedInRequest, form: ReadingForm) -> bool:
    """Save the reading; without success the form holds the sentences why."""
    version, returned, seen = form.reading.version, "return" in request.POST, form.seen(request.user)

    def review(cleaned: dict[str, Any]) -> None:
        try:
            if seen is None:
                raise judgement.ChangedRefusal([UNKNOWN, AGAIN])
            judgement.review(
                version=version,
                rules=form.rules(),
                decisions=form.decisions(),
                feedback=cleaned["feedback"],
                returned=returned,
                seen_at_location=cleaned.get("seen_at_location", False),
                shows=form.shows(),
                hides=form.hides(),
                by=request.user,
                at=timezone.now(),
                seen=seen,
            )
        except judgement.ChangedRefusal:
            form.is_told = True
            raise

    if not done(form, review):
        return False
    name = f"{version.evidence} of {version.evidence.candidate}"
    messages.success(request, f"{name} has been returned." if returned else f"Your assessment of {name} is saved.")
    return True


def _judge_answer(request: SignedInRequest, form: ReadingForm) -> HttpResponse:
    """The page. A form that was sent is shown whatever stands in its way: nothing typed is lost."""
    found, sent = form.reading, request.method == "POST"
    roles = request.standing.roles.get(found.version.evidence.centre_id, frozenset())
    person = Person(request.user.pk, roles, Role.ASSESSOR in roles and found.qualified)
    reasons = item_refusals(Verb.REVIEW, person, found.facts)
    unsaid = sent and not (form.is_told or form.looks_again)
    context = {
        "reading": found,
        "version": found.version,
        "evidence": found.version.evidence,
        "form": form if sent or not reasons else None,
        "can_save": not reasons,
        "decide_one": decide_one(of_a_record=bool(found.version.evidence.author_id)),
        "not_met_needs": WHAT_IS_NEEDED,
        "met_needs": CANNOT_MEET,
        "seen": request.POST.get(SEEN, "") if unsaid else found.shown.token(request.user),
        "files": files_shown(found.files, found.scans, own=False),
        "adjustments": found.adjustments,
        "currency": currency_of(found.version),
        "testimonies": [row for row in found.testimonies if row.is_signed],
        "units": _units_shown(form),
        "blank": BLANK,
        "left_out": words_on(typed_on(request.POST, [row.key for row in found.criteria])) if sent else [],
        "waits_because": _waits_because(found, person),
        "record": found.record,
        "refusals": [(reason.sentence, None) for reason in reasons],
    }
    refused = sent and not form.looks_again
    return render(request, "assessments/judgement/judge.html", context, status=409 if refused else 200)


def _waits_because(found: Reading, person: Person) -> str:
    """Why what the reader decides does not count by itself; empty where it does."""
    if found.interested:
        return "you have a conflict of interest with the candidate"
    return "" if person.qualified else "you hold no assessor's award yet"


def _units_shown(form: ReadingForm) -> list[UnitFields]:
    """Each unit with the criteria to judge, all that could be judged too, and its evidence requirements."""
    shown, version = [], form.reading.version
    units = {unit.enrolment.unit_id for unit in form.reading.units}
    guidance = guidance_for(version.evidence.centre_id, units) if getattr(version, "agreed", True) else {}
    for unit in form.reading.units:
        others = list(form.fields_of(unit.others))
        added = [fields for fields in others if fields.added]
        criteria = [
            replace(fields, agreed=guidance.get(fields.row.criterion.pk))
            for fields in (*form.fields_of(unit.claimed), *added)
        ]
        shown.append(UnitFields(unit.enrolment, criteria, others, list(form.leaves_of(unit))))
    return shown


def _not_theirs(request: SignedInRequest, pk: int) -> HttpResponse:
    """There is no such item for this person. What they typed while there was is given back, with the reasons."""
    if request.method != "POST":
        raise Http404(NOT_MINE)
    seen = seen_by(request.POST.get(SEEN, ""), request.user, pk)
    version = EvidenceVersion.objects.select_related("evidence__candidate").get(pk=pk) if seen else None
    context = {
        "changes": changed_since(seen, version, request.user)[:-1] if seen and version else [],
        "words": words_on(typed_on(request.POST)),
        "feedback": request.POST.get("feedback", ""),
        "remarks": request.POST.get("remarks", ""),
    }
    return render(request, "assessments/judgement/not_theirs.html", context, status=404)
