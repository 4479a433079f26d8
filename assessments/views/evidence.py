"""What a candidate does with an item of evidence: add it, edit its draft, hand it in, replace, map and withdraw it."""

from dataclasses import asdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import claims, leaves
from assessments.actions import evidence as actions
from assessments.actions.evidence import Described
from assessments.enums import EvidenceKind, ItemStatus, Verb
from assessments.forms.evidence import EvidenceForm, HandInForm, ReasonForm
from assessments.forms.mapping import MapForm, MappingForm
from assessments.models import Enrolment, EvidenceVersion, Mapping, Showing
from assessments.queries.item import DraftPage, ItemPage
from assessments.queries.mapping import (
    Suggested,
    UnitToMap,
    open_enrolments,
    open_to_mapping,
    suggested,
    units_to_map,
    value_of,
)
from assessments.views.asking import currency_of, deny, item_linked
from assessments.views.item import draft_of, page_of
from assessments.views.receiving import received
from assessments.workflow import Reason, item_refusals
from portfolio import signing
from portfolio.access import SignedInRequest, holds, signed_in
from portfolio.enums import Role
from portfolio.models import CandidateRecord
from portfolio.refusal import Refusal
from portfolio.views.answers import in_progress, show_refusal
from portfolio.whole import whole

ASK = require_http_methods(["GET", "HEAD", "POST"])


@holds(Role.CANDIDATE)
@ASK
def add(request: SignedInRequest) -> HttpResponse:
    """A new item: files, words and what it shows, on one page and saved by one press. `?kind=` begins with a kind."""
    records = CandidateRecord.objects.filter(user=request.user, centre__in=request.standing.centres(Role.CANDIDATE))
    unit = asked_for(request, "unit")
    record = record_for(request, list(records.select_related("centre")), unit)
    if record is None:
        return render(request, "assessments/evidence/which_record.html", {"records": records})
    work = in_progress(request, EvidenceForm, f"new of {record.pk}")
    files = received(request, record.centre, work)
    form = EvidenceForm(
        work.data,
        work=work,
        units=units_to_map(open_enrolments(record)),
        opened=unit,
        wanted=value_of(unit or 0, asked_for(request, "criterion") or 0),
        kept=files.kept,
        refused=files.refused,
    )
    if request.GET.get("kind") in EvidenceKind.values:
        form.initial = {**form.initial, "kind": request.GET["kind"]}
    if form.looking:
        return found(request, form) or form_page(request, form, record)
    if request.method == "POST" and form.is_valid():
        try:
            with work.finishing():
                version = actions.add_evidence(
                    candidate=record,
                    described=form.described,
                    files=form.added,
                    targets=form.targets,
                    shows=form.shows,
                    by=request.user,
                    at=timezone.now(),
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return saved(request, version)
    return form_page(request, form, record)


@signed_in
@ASK
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same page for a draft."""
    page = draft_of(request, pk)
    version, record = page.version, page.evidence.candidate
    if not page.own:
        raise PermissionDenied("Only the candidate can edit their draft.")
    if version.status != ItemStatus.DRAFT:
        raise Http404("There is no draft of this item. Replace it with a new version to change it.")
    units = units_to_map(open_enrolments(record), page.evidence)
    work = in_progress(request, EvidenceForm, version.pk, *drafted(page, units))
    files = received(request, record.centre, work)
    form = EvidenceForm(
        work.data,
        work=work,
        units=units,
        kept=files.kept,
        refused=files.refused,
        version=version,
        files=[file for file in page.files if file.destroyed_at is None and file.disposed_at is None],
    )
    if form.looking:
        return found(request, form) or form_page(request, form, record, page)
    if request.method == "POST" and form.is_valid():
        try:
            with work.finishing():
                actions.edit_draft(
                    version=version,
                    described=form.described,
                    add=form.added,
                    remove=form.removed,
                    targets=form.targets,
                    shows=form.shows,
                    by=request.user,
                    at=timezone.now(),
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return saved(request, version)
    return form_page(request, form, record, page)


@signed_in
@ASK
def hand_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """The words to declare, and what is missing; then the item is handed in and locked."""
    page = page_of(request, pk, newest=True, in_full=False)
    reasons = reasons_for(Verb.SUBMIT, page)
    statement = signing.current_statement("evidence-authentic")
    form = HandInForm(request.POST if request.method == "POST" else None, shown=statement)
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            version = actions.submit(version=page.version, by=request.user, at=timezone.now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{version.evidence} is handed in. Your assessor will read it next.")
            return redirect("assessments:evidence", pk)
    if "statement" in form.errors:
        messages.warning(request, "The words of the declaration have changed. Read them again before you tick.")
        form = HandInForm(None, shown=statement)
    context = {"page": page, "form": form, "statement": statement, "refusals": item_linked(reasons, pk)}
    return render(request, "assessments/evidence/hand_in.html", context, status=status_for(request, reasons))


@signed_in
@require_POST
def replace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start the next version as a draft, and go on to edit it."""
    page = page_of(request, pk, in_full=False)
    draft = actions.replace(version=page.version, by=request.user, at=timezone.now())
    messages.info(request, f"This is version {draft.number}. Until you hand it in, the earlier one stays in force.")
    return redirect("assessments:edit_evidence", pk)


@signed_in
@ASK
def map_more(request: SignedInRequest, pk: int) -> HttpResponse:
    """Map an item to further criteria, or take a mapping back that nobody has judged."""
    page = page_of(request, pk, in_full=False)
    reasons = reasons_for(Verb.MAP_MORE, page)
    if request.method == "POST" and {"take_back", "take_back_showing"} & set(request.POST):
        return take_back(request, page)
    mapped = {(unit.enrolment.pk, row.criterion.pk): row for unit in page.units for row in unit.mapped}
    units = units_to_map(
        open_to_mapping(page.evidence, request.user),
        page.evidence,
        mapped={key: (row.mapping, row.judged) for key, row in mapped.items()},
    )
    version = page.version
    words = f"{version.title} {version.description}"
    work = in_progress(request, MapForm, page.evidence.pk)
    form = MapForm(work.data, work=work, units=units, setting=version.setting, words=words)
    if form.looking and (fragment := found(request, form)):
        return fragment
    if request.method == "POST" and not form.looking and not reasons and form.is_valid():
        try:
            with work.finishing():
                claims.map_more(
                    version=page.version,
                    targets=form.targets,
                    shows=form.shows,
                    by=request.user,
                    at=timezone.now(),
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The item is mapped to what you ticked.")
            return redirect("assessments:evidence", pk)
    context = {
        "page": page,
        "form": form,
        "refusals": item_linked(reasons, pk),
        "suggestions": suggestions_for(form),
    }
    return render(request, "assessments/evidence/map.html", context, status=status_for(request, reasons))


@signed_in
@ASK
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw an item, or the draft of its next version, with a reason."""
    page = page_of(request, pk, newest=True, in_full=False)
    reasons = reasons_for(Verb.WITHDRAW_ITEM, page)
    work = in_progress(request, ReasonForm, f"withdraw {page.version.pk}")
    form = ReasonForm(work.data, work=work)
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            with work.finishing():
                actions.withdraw_item(
                    version=page.version, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "It has been withdrawn. What was recorded of it stays.")
            return redirect("assessments:evidence", pk)
    context = {
        "page": page,
        "form": form,
        "refusals": item_linked(reasons, pk),
        "title": "Withdraw this item",
        "explain": "It no longer counts, and its number is not used again. Everything recorded of it stays.",
        "press": "Withdraw",
    }
    return render(request, "assessments/evidence/verb.html", context, status=status_for(request, reasons))


# --- what they share -------------------------------------------------------------------------------------------------


def asked_for(request: SignedInRequest, name: str) -> int | None:
    """The id in the address, if one is there."""
    return whole(request.GET.get(name, ""))


def drafted(page: DraftPage, units: list[UnitToMap]) -> list[object]:
    """What the draft holds now: its words, its files, and the criteria it is mapped to."""
    words = [getattr(page.version, name) for name in asdict(Described(title=""))]
    files = [(file.pk, file.name, file.destroyed_at) for file in page.files]
    rows = [row for unit in units for row in unit.criteria]
    shown = [row.value for unit in units for row in unit.leaves if row.shown]
    return [*words, files, [(row.value, row.mapping.locator) for row in rows if row.mapping], *shown]


def record_for(request: SignedInRequest, records: list[CandidateRecord], unit: int | None) -> CandidateRecord | None:
    """Whose portfolio the item goes into: the unit's, the one chosen, or the only one; None when it must be chosen."""
    if unit is not None:
        candidate = get_object_or_404(Enrolment, pk=unit, candidate__in=records).candidate_id
        return next(record for record in records if record.pk == candidate)
    if (chosen := asked_for(request, "record")) is not None:
        found = [record for record in records if record.pk == chosen]
        if not found:
            raise Http404("There is no such portfolio of yours.")
        return found[0]
    return records[0] if len(records) == 1 else None


def reasons_for(verb: Verb, page: ItemPage) -> list[Reason]:
    """What stands in the way of the verb. Raises PermissionDenied for somebody whose turn it never is."""
    reasons = item_refusals(verb, page.person, page.facts)
    deny(reason for reason in reasons if not reason.about)
    return reasons


def status_for(request: SignedInRequest, reasons: list[Reason]) -> int:
    """409 where something was asked that cannot be done now."""
    return 409 if request.method == "POST" and reasons else 200


def saved(request: SignedInRequest, version: EvidenceVersion) -> HttpResponse:
    """On to handing it in, to asking a witness, or back to the item."""
    if warning := currency_of(version):
        messages.warning(request, warning)
    if request.POST.get("then") == "witness" and version.kind == EvidenceKind.WITNESS_TESTIMONY:
        return redirect("assessments:ask_witness", version.evidence_id)
    if request.POST.get("then") == "hand_in":
        return redirect("assessments:submit_evidence", version.evidence_id)
    messages.success(request, "Saved as a draft. Hand it in when it is ready.")
    return redirect("assessments:evidence", version.evidence_id)


def take_back(request: SignedInRequest, page: ItemPage) -> HttpResponse:
    """Take back one mapping of this item, or one evidence requirement it was said to show."""
    mapping, showing = request.POST.get("take_back", ""), request.POST.get("take_back_showing", "")
    if mapping:
        found = get_object_or_404(Mapping, pk=whole(mapping), evidence=page.evidence)
        claims.take_back(mapping=found, by=request.user, at=timezone.now())
        messages.success(request, "The mapping has been taken back.")
    else:
        shown = get_object_or_404(Showing, pk=whole(showing), evidence=page.evidence)
        leaves.take_back_showing(showing=shown, by=request.user, at=timezone.now())
        messages.success(request, "The item is no longer said to show that evidence requirement.")
    return redirect("assessments:map_evidence", page.evidence.pk)


def found(request: SignedInRequest, form: MappingForm) -> HttpResponse | None:
    """The suggestions alone, for a browser that keeps the form as it is; else the whole page is shown again."""
    if not request.headers.get("HX-Request"):
        return None
    context = {"form": form, "suggestions": suggestions_for(form)}
    return render(request, "assessments/evidence/suggested.html", context)


def suggestions_for(form: MappingForm) -> list[Suggested]:
    """Where it was asked, criteria that the item's words speak of and that can be ticked still."""
    if form.looking != "suggest":
        return []
    taken = form.ticked | {value for value, row in form.offered.items() if form.fixed(row)}
    return suggested(form.typed, form.units, but=taken)


def form_page(
    request: SignedInRequest,
    form: EvidenceForm,
    record: CandidateRecord,
    page: DraftPage | None = None,
) -> HttpResponse:
    """The form, which names the uploads kept, so that nobody adds them twice."""
    context = {
        "form": form,
        "record": record,
        "page": page,
        "queue": f"{request.user.handle} {record.centre.slug} {page.evidence.pk if page else 'new'}",
        "suggestions": suggestions_for(form),
        "currency": currency_of(page.version) if page else "",
    }
    return render(request, "assessments/evidence/form.html", context)
