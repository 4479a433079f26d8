"""The assessor's pages: what waits, the caseload, and judging one item."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import judgement
from assessments.enums import Verb
from assessments.forms.reading import ReadingForm
from assessments.models import EvidenceVersion
from assessments.queries.caseload import case_rows, caseload
from assessments.queries.reading import SHORT_LIST, desk, next_in_queue, queue_keys, queued, reading
from assessments.views.asking import currency_of, person_at
from assessments.views.viewing import files_shown
from assessments.workflow import Reason, item_refusals
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.views.answers import done, in_progress

PER_PAGE = 15


@holds(Role.ASSESSOR)
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Everything that waits for me, the oldest first."""
    page = Paginator(queue_keys(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "items": queued(request.user, list(page.object_list)),
        "desk": desk(request.user),
        "most": SHORT_LIST,
    }
    return render(request, "assessments/judgement/queue.html", context)


@holds(Role.ASSESSOR)
@require_safe
def cases(request: SignedInRequest) -> HttpResponse:
    """My candidates' units, with their progress in layers."""
    page = Paginator(caseload(request.user).listed(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": case_rows(list(page.object_list))}
    return render(request, "assessments/judgement/caseload.html", context)


@holds(Role.ASSESSOR)
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read one item beside its criteria, and save the whole reading with one press."""
    try:
        found = reading(request.user, pk)
    except EvidenceVersion.DoesNotExist:
        raise Http404("There is no such item among those you assess.") from None
    person = person_at(request, found.version.evidence.centre_id)
    reasons = item_refusals(Verb.REVIEW, person, found.facts)
    criteria = [(row.key, row.mapped, row.said and row.said.pk) for row in found.criteria]
    work = in_progress(request, ReadingForm, found.version.pk, *criteria)
    form = ReadingForm(work.data, work=work, reading=found)
    if request.method == "POST" and not reasons and _save(request, form):
        following = next_in_queue(request.user, found.version.evidence_id)
        return redirect("assessments:judge", following) if following else redirect("assessments:queue")
    return _judge_answer(request, form, reasons)


def _save(request: SignedInRequest, form: ReadingForm) -> bool:
    """Save the reading; without success the form holds the sentences why."""
    version, returned = form.reading.version, "return" in request.POST

    def review(cleaned: dict[str, Any]) -> None:
        judgement.review(
            version=version,
            rules=form.rules(),
            decisions=form.decisions(),
            feedback=cleaned["feedback"],
            returned=returned,
            seen_at_location=cleaned.get("seen_at_location", False),
            by=request.user,
            at=timezone.now(),
        )

    if not done(form, review):
        return False
    name = f"{version.evidence} of {version.evidence.candidate}"
    messages.success(request, f"{name} has been returned." if returned else f"Your assessment of {name} is saved.")
    return True


def _judge_answer(request: SignedInRequest, form: ReadingForm, reasons: list[Reason]) -> HttpResponse:
    found = form.reading
    context = {
        "reading": found,
        "version": found.version,
        "evidence": found.version.evidence,
        "form": form if request.method == "POST" or not reasons else None,
        "files": files_shown(found.files, found.scans, own=False),
        "adjustments": found.adjustments,
        "currency": currency_of(found.version),
        "changes": found.changes,
        "testimonies": [row for row in found.testimonies if row.is_signed],
        "units": [
            (unit.enrolment, list(form.fields_of(unit.claimed)), list(form.fields_of(unit.others)))
            for unit in found.units
        ],
        "refusals": [(reason.sentence, None) for reason in reasons],
    }
    refused = request.method == "POST"
    return render(request, "assessments/judgement/judge.html", context, status=409 if refused else 200)
