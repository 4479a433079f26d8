"""The page of an item of evidence: what it is, its files in place, what it is mapped to, and what was said of it."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.documents.asking import item_documents
from assessments.enums import EvidenceKind, ItemStatus, Verb
from assessments.models import Evidence, EvidenceVersion
from assessments.queries.item import DraftPage, ItemPage, draft_page, item_page
from assessments.queries.testimony import witness_lines
from assessments.queries.versions import with_releases
from assessments.views.asking import currency_of, item_linked, person_at
from assessments.views.viewing import files_shown
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, looked_from_outside, signed_in
from portfolio.whole import whole

LINKS: dict[Verb, tuple[str, str]] = {
    Verb.SUBMIT: ("Hand it in", "assessments:submit_evidence"),
    Verb.MAP_MORE: ("Map to criteria", "assessments:map_evidence"),
    Verb.ACKNOWLEDGE: ("Read and acknowledge", "assessments:acknowledge"),
    Verb.CORRECT: ("Correct", "assessments:correct_record"),
    Verb.WITHDRAW_ITEM: ("Withdraw", "assessments:withdraw_evidence"),
}
"""Verbs that have a page of their own, in the order of their links. Replacing is a press, files have their own."""

REPLACING = "Replace with a new version"


@signed_in
@require_safe
def evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """One item. `?version=2` shows an earlier version, or the draft of the next one."""
    page = page_of(request, pk, number=number_asked(request))
    draft = page.version.status == ItemStatus.DRAFT
    reasons = [] if page.draft or page.record else page.verbs.get(Verb.SUBMIT if draft else Verb.REPLACE, [])
    centre_id = page.evidence.centre_id
    looked_from_outside(request, page.evidence, centre_id)
    sealed = centre_id in request.standing.sealed
    files = files_shown(with_releases(page.files), page.scans, own=page.own, sealed=sealed)
    context = {
        "page": page,
        "evidence": page.evidence,
        "version": page.version,
        "files": files,
        "being_made": any(shown.way == "making" for shown in files),
        "record": page.record,
        "testimonies": [row for row in page.testimonies if row.is_signed],
        "sees_contact": not page.own,
        "witnesses": witness_lines(page.testimonies, timezone.now()) if page.own else [],
        "can_ask": page.own and draft and page.version.kind == EvidenceKind.WITNESS_TESTIMONY,
        "currency": currency_of(page.version),
        "acts": acts(page),
        "returned_with": returned_with(page),
        "papers": {} if sealed else item_documents(page),
        "in_place_only": IN_PLACE_ONLY if sealed else "",
        "seen": next((turn for turn in page.turns if turn.seen and turn.version == page.version.number), None),
        "can_judge": page.verbs.get(Verb.REVIEW) == [],
        "can_edit": page.own and draft,
        "can_replace": page.verbs.get(Verb.REPLACE) == [],
        "why_not_title": "What is missing before you can hand this in" if draft else "Why you cannot replace this now",
        "why_not_act": LINKS[Verb.SUBMIT][0] if draft else REPLACING,
        "replacing": REPLACING,
        "why_not": item_linked(reasons, page.evidence.pk),
        "can_quarantine": page.verbs.get(Verb.QUARANTINE) == [],
        "can_release": page.verbs.get(Verb.RELEASE) == [],
        "can_redact": page.verbs.get(Verb.REDACT) == [],
    }
    return render(request, "assessments/evidence/item.html", context)


def number_asked(request: SignedInRequest) -> int | None:
    """The version asked for in the address. Raises Http404 when it is no number."""
    asked = request.GET.get("version")
    if asked is None:
        return None
    if (number := whole(asked)) is None:
        raise Http404("There is no such version.")
    return number


def draft_of(request: SignedInRequest, pk: int) -> DraftPage:
    """The item's draft as this person may see it, else 404."""
    try:
        return draft_page(request.user, pk)
    except (Evidence.DoesNotExist, EvidenceVersion.DoesNotExist):
        raise Http404("There is no such item among the evidence you can see.") from None


def page_of(
    request: SignedInRequest, pk: int, *, number: int | None = None, newest: bool = False, in_full: bool = True
) -> ItemPage:
    """The item as this person may see it, else 404."""
    try:
        return item_page(request.user, pk, partial(person_at, request), number=number, newest=newest, in_full=in_full)
    except Evidence.DoesNotExist:
        raise Http404("There is no such item among the evidence you can see.") from None
    except EvidenceVersion.DoesNotExist:
        raise Http404("This item has no such version.") from None


def acts(page: ItemPage) -> list[tuple[str, str]]:
    """The verbs nothing stands in the way of: label and address."""
    free = {verb: LINKS[verb] for verb in LINKS if page.verbs.get(verb) == []}
    if page.version.status == ItemStatus.RETURNED and Verb.SUBMIT in free:
        free[Verb.SUBMIT] = ("Hand it in again as it is", LINKS[Verb.SUBMIT][1])
    return [(label, reverse(name, args=[page.evidence.pk])) for label, name in free.values()]


def returned_with(page: ItemPage) -> str:
    """What the assessor said when they returned the version shown; empty when it is not returned."""
    if page.version.status != ItemStatus.RETURNED:
        return ""
    return next(turn.text for turn in reversed(page.turns) if turn.returned and turn.version == page.version.number)
