"""Records that assessors make: begun, written, read through and signed; and what their candidate says of them.

What is written is work in progress until it is signed: it is on no record, and comes back on any device.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import observed as actions
from assessments.enums import RECORDED, EvidenceKind, Setting, Verb
from assessments.forms.observed import Around, DisputeForm, RecordForm, kept_apart
from assessments.models import Enrolment, Evidence, EvidenceFile, EvidenceVersion
from assessments.queries.observed import RecordShown
from assessments.queries.question_sets import asked_in, sets_in_use
from assessments.queries.recording import (
    RecordPage,
    about,
    begun_by,
    criteria_of,
    record_page,
    units_assessed,
    units_beside,
    unsettled_of,
)
from assessments.views.asking import deny, person_at
from assessments.views.receiving import Received, received
from assessments.workflow import item_refusals
from portfolio import signing, work
from portfolio.access import SignedInRequest, holds, signed_in
from portfolio.enums import Role
from portfolio.forms import FindForm, SignatureForm, ToSign
from portfolio.models import CandidateRecord
from portfolio.views.answers import done, in_progress, typed
from portfolio.whole import whole
from portfolio.work import Subject, Work

UNITS_PER_PAGE = 20
ASK = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Desk:
    """Where one record is written: for whom, of what kind, and what it is made from."""

    candidate: CandidateRecord
    kind: EvidenceKind
    about: str
    around: Around
    here: str
    signing: str
    setting: str = Setting.PAID_WORK
    corrects: RecordPage | None = None

    @property
    def before(self) -> RecordShown | None:
        return self.corrects.record if self.corrects else None

    @property
    def files(self) -> list[EvidenceFile]:
        """Files of the version that is corrected which the next one may keep."""
        files = self.corrects.files if self.corrects else []
        return [file for file in files if not (file.destroyed_at or file.disposed_at or file.quarantined_at)]

    @property
    def basis(self) -> list[object]:
        """What the record stands on: where that has changed, whoever comes back to it is told."""
        return [self.corrects.version.pk] if self.corrects else []

    def subject(self, request: SignedInRequest) -> Subject:
        return Subject(request.user, RecordForm.kept_as, self.about, work.basis_of(*self.basis))

    def form(self, request: SignedInRequest, data: Any, files: Received, in_work: Work | None) -> RecordForm:
        return RecordForm(
            data,
            work=in_work,
            kind=self.kind,
            around=self.around,
            kept=files.kept,
            refused=files.refused,
            before=self.before,
            setting=self.setting,
            files=self.files,
            today=request.standing.day,
        )


# --- lists -----------------------------------------------------------------------------------------------------------


@holds(Role.ASSESSOR)
@require_safe
def records(request: SignedInRequest) -> HttpResponse:
    """What I have begun, what waits for its candidate, and a new one for each unit that I assess."""
    form = FindForm(request.GET)
    page = Paginator(units_assessed(request.user).named(form.words), UNITS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "begun": begun_by(request.user),
        "unsettled": unsettled_of(request.user),
    }
    return render(request, "assessments/evidence/records.html", context)


@holds(Role.ASSESSOR)
@require_safe
def new_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """What kind of record, for a candidate whose unit I assess."""
    enrolment, _ = held(request, pk)
    begun = [row for row in begun_by(request.user) if row.enrolment == enrolment]
    taken = {row.kind: max(found.another for found in begun if found.kind == row.kind) for row in begun}
    kinds = [(kind, taken.get(kind, 0) + 1) for kind in RECORDED]
    context = {"enrolment": enrolment, "kinds": kinds, "begun": begun}
    return render(request, "assessments/evidence/new_record.html", context)


# --- writing and signing ---------------------------------------------------------------------------------------------


@holds(Role.ASSESSOR)
@ASK
def write(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Write a record. `?another=2` is a second one begun while the first is not handed over."""
    return _written(request, desk_of(request, pk, kind))


@holds(Role.ASSESSOR)
@ASK
@sensitive_post_parameters("password")
def sign(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The record as it will be, the words to sign, and the password: then it is handed over."""
    desk = desk_of(request, pk, kind)

    def hand_over(form: RecordForm) -> EvidenceVersion:
        return actions.hand_over(
            candidate=desk.candidate, content=form.content, files=form.added, by=request.user, at=timezone.now()
        )

    return _signed(request, desk, hand_over)


@signed_in
@ASK
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the next version of a record, which begins with the words of the one before."""
    return _written(request, correcting(request, pk))


@signed_in
@ASK
@sensitive_post_parameters("password")
def sign_correction(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same as for a new record: read through, and signed."""
    desk = correcting(request, pk)
    if desk.corrects is None:
        raise Http404("There is no such record of yours.")
    version = desk.corrects.version

    def hand_over(form: RecordForm) -> EvidenceVersion:
        keep = [file.pk for file in form.keeping]
        return actions.correct(
            version=version, content=form.content, files=form.added, keep=keep, by=request.user, at=timezone.now()
        )

    return _signed(request, desk, hand_over)


def _written(request: SignedInRequest, desk: Desk) -> HttpResponse:
    """The form, or what its press did: show it once more, keep it for later, or on to be signed."""
    in_work = in_progress(request, RecordForm, desk.about, *desk.basis)
    files = received(request, desk.candidate.centre, in_work)
    form = desk.form(request, in_work.data, files, in_work)
    if request.method == "POST" and form.looking == "keep":
        _keep(request, desk, files)
        messages.success(request, "What you wrote is kept for you alone. Go on whenever you like, on any device.")
        return redirect("assessments:records")
    if request.method == "POST" and not form.looking and form.is_valid():
        _keep(request, desk, files)
        return redirect(desk.signing)
    context = {
        "desk": desk,
        "form": form,
        "candidate": desk.candidate,
        "queue": f"{request.user.handle} {desk.candidate.centre.slug} {desk.about}",
    }
    return render(request, "assessments/evidence/write_record.html", context)


def _keep(request: SignedInRequest, desk: Desk, files: Received) -> None:
    """Keep the form as it was sent, with what came with it."""
    data = request.POST.copy()
    tokens = [str(file.upload) for file in files.kept]
    data.setlist("upload", tokens)
    for file in files.kept:
        data[f"name-{file.upload}"] = file.name
    work.put(desk.subject(request), data, apart=kept_apart, at=timezone.now())


def _signed(request: SignedInRequest, desk: Desk, hand_over: Callable[[RecordForm], EvidenceVersion]) -> HttpResponse:
    """The record as it was kept, and the signature that makes it evidence."""
    in_work = work.found(desk.subject(request), timezone.now())
    form = desk.form(request, in_work.data, received(request, desk.candidate.centre, in_work), None)
    if in_work.data is None:
        return redirect(desk.here)
    if not form.is_valid():
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(desk.here)
    statement = signing.current_statement(actions.STATEMENT)
    to_sign = ToSign.fixed(work.basis_of(statement.pk, sorted(in_work.data.lists())))
    signature = SignatureForm(typed(request), user=request.user, to_sign=to_sign)
    made: list[EvidenceVersion] = []

    def act(clean: dict[str, Any]) -> None:
        with in_work.finishing():
            made.append(hand_over(form))

    if request.method == "POST" and done(signature, act):
        version = made[0]
        messages.success(
            request, f"{version.evidence} is signed. {desk.candidate} is asked to read and acknowledge it."
        )
        return (
            redirect("assessments:judge", version.pk) if "assess" in request.POST else redirect("assessments:records")
        )
    context = {
        "desk": desk,
        "record": form.shown,
        "files": [*form.keeping, *form.added],
        "form": signature,
        "statement": statement,
    }
    return render(
        request, "assessments/evidence/sign_record.html", context, status=409 if request.method == "POST" else 200
    )


# --- the candidate ---------------------------------------------------------------------------------------------------


@signed_in
@ASK
@sensitive_post_parameters("password")
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """A record about me: I read it, and put my name to it, or say what is not right."""
    page = page_of(request, pk)
    reasons = item_refusals(Verb.ACKNOWLEDGE, page.person, page.facts)
    deny(reason for reason in reasons if not reason.about)
    disputing = "dispute" in request.POST
    in_work = in_progress(request, DisputeForm, page.version.pk)
    dispute = DisputeForm(in_work.data if disputing or request.method != "POST" else None, work=in_work)
    statement = signing.current_statement(actions.ACKNOWLEDGED)
    to_sign = ToSign.fixed(work.basis_of(statement.pk, page.version.pk))
    signature = SignatureForm(None if disputing else typed(request), user=request.user, to_sign=to_sign)

    def agree(clean: dict[str, Any]) -> None:
        actions.acknowledge(version=page.version, by=request.user, at=timezone.now())
        messages.success(request, "You have acknowledged the record. Nothing in it can change now.")

    def disagree(clean: dict[str, Any]) -> None:
        actions.dispute(version=page.version, words=clean["words"], by=request.user, at=timezone.now())
        messages.success(request, "Your assessor has been told what is not right.")

    posted, act = (dispute, disagree) if disputing else (signature, agree)
    if request.method == "POST" and not reasons and done(posted, act):
        return redirect("assessments:evidence", pk)
    context = {
        "page": page,
        "record": page.record,
        "form": signature,
        "dispute": dispute,
        "statement": statement,
        "refusals": [(reason.sentence, None) for reason in reasons],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/evidence/acknowledge.html", context, status=status)


# --- what they share -------------------------------------------------------------------------------------------------


def page_of(request: SignedInRequest, pk: int) -> RecordPage:
    """The record behind an item, as this person may see it, else 404."""
    try:
        return record_page(request.user, pk, partial(person_at, request))
    except (Evidence.DoesNotExist, EvidenceVersion.DoesNotExist):
        raise Http404("There is no such record among the evidence you can see.") from None


def held(request: SignedInRequest, pk: int) -> tuple[Enrolment, list[Enrolment]]:
    """A unit that this person assesses and that collects evidence, and all such units of its candidate; else 404."""
    units = units_beside(request.user, pk)
    enrolment = next((row for row in units if row.pk == pk), None)
    if enrolment is None:
        raise Http404("There is no such unit among those you assess that still collects evidence.")
    return enrolment, [enrolment, *(row for row in units if row != enrolment)]


def around_of(centre_id: int, kind: str, units: list[Enrolment]) -> Around:
    """What a record is made from; sets of questions only where they are asked."""
    sets = sets_in_use(centre_id, units) if kind == EvidenceKind.QUESTIONS else []
    return Around(criteria_of(units), sets, asked_in([row.pk for row in sets]) if sets else {})


def desk_of(request: SignedInRequest, pk: int, kind: str) -> Desk:
    """Where a new record is written; 404 for a unit that is not theirs, or a kind that is none."""
    if kind not in RECORDED:
        raise Http404("There is no such kind of record.")
    enrolment, units = held(request, pk)
    asked = whole(request.GET.get("another", "")) or 1
    another = asked if asked < 100 else 1
    query = f"?another={another}" if another > 1 else ""
    candidate = enrolment.candidate
    candidate.centre = enrolment.centre
    return Desk(
        candidate=candidate,
        kind=EvidenceKind(kind),
        about=about(pk, kind, another),
        around=around_of(enrolment.centre_id, kind, units),
        here=reverse("assessments:write_record", args=[pk, kind]) + query,
        signing=reverse("assessments:sign_record", args=[pk, kind]) + query,
    )


def correcting(request: SignedInRequest, pk: int) -> Desk:
    """Where the next version of a record is written; 403 for whoever did not make it."""
    page = page_of(request, pk)
    deny(item_refusals(Verb.CORRECT, page.person, page.facts))
    candidate = page.evidence.candidate
    units = list(units_assessed(request.user).filter(candidate=candidate.pk))
    candidate.centre = page.evidence.centre
    return Desk(
        candidate=candidate,
        kind=EvidenceKind(page.version.kind),
        about=f"correct {page.version.pk}",
        around=around_of(candidate.centre_id, page.version.kind, units),
        here=reverse("assessments:correct_record", args=[pk]),
        signing=reverse("assessments:sign_correction", args=[pk]),
        setting=page.version.setting,
        corrects=page,
    )
