"""Verbs of a case: opened, investigated by people without an interest, holding what it names, and closed.

Every audit line is about the case and nothing else, so that the book of a unit tells nobody that there is one.
"""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.actions.evidence import NamedFile
from assessments.actions.items import lock_item
from assessments.actions.journey import administers, lock, lock_one, person, require
from assessments.enums import CaseKind, CaseOutcome
from assessments.models import Case, CaseConcern, CaseFile, CaseStep, CaseWorker, Enrolment, Evidence, Freeze
from assessments.models.enrolment import STAFF
from assessments.queries.case import interested_in, interested_in_units, standing_claim
from assessments.queries.enrolment import staff_name
from portfolio import audit, transfers
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal

NOT_YOURS = "There is no such case among those you work on."
CLOSED = "The case is closed, and stands as it is."
INTEREST = "has an interest in this case, so somebody else must work on it."


@transaction.atomic
def open_case(
    *, centre: Centre, kind: str, summary: str, concerns: Iterable[User], by: User, at: datetime.datetime
) -> Case:
    """Open a case about these people. Whoever opens it works on it; nobody else learns of it until they are named.

    Source: procedures, rigorous investigation, by people without a personal interest (Ofqual A8; domain rule 60).
    """
    administers(by, centre, at)
    summary = require(summary, "Say what is suspected, and how it came up.")
    people = {user.pk: user for user in concerns}
    if kind not in CaseKind.values or not people:
        raise Refusal(["Say what the case is about, and whom it concerns."])
    if by.pk in people:
        raise Refusal(["Nobody opens a case that concerns themselves."])
    case = Case.objects.create(centre=centre, kind=kind, summary=summary, opened_by=by, opened_at=at)
    CaseWorker.objects.create(case=case, user=by, named_by=by, named_at=at)
    CaseConcern.objects.bulk_create(CaseConcern(case=case, user=user) for user in people.values())
    return _told("open_case", case, by, at, kind=kind, concerns=sorted(people))


@transaction.atomic
def name_investigator(*, case: Case, user: User, by: User, at: datetime.datetime) -> Case:
    """Let somebody of the centre's staff work on the case. Raises Refusal for whoever it concerns."""
    case = _open(case, by, at)
    name = staff_name(user, case.centre_id)
    if not person(user, case.centre_id, at).roles & set(STAFF):
        raise Refusal([f"{name} is not on the staff of {case.centre} today."])
    if user.pk in interested_in(case):
        raise Refusal([f"{name} {INTEREST}"])
    if case.workers.filter(user=user, ended_at=None).exists():
        raise Refusal([f"{name} works on this case already."])
    CaseWorker.objects.create(case=case, user=user, named_by=by, named_at=at)
    return _told("name_investigator", case, by, at, user=user.pk)


@transaction.atomic
def end_investigator(*, case: Case, user: User, by: User, at: datetime.datetime) -> Case:
    """Somebody works on the case no longer, and no longer sees it. One worker stays."""
    case = _open(case, by, at)
    working = case.workers.filter(ended_at=None)
    if not working.filter(user=user).exists():
        raise Refusal([f"{staff_name(user, case.centre_id)} does not work on this case."])
    if working.count() == 1:
        raise Refusal(["Somebody works on a case until it is closed: name another person first."])
    working.filter(user=user).update(ended_at=at)
    return _told("end_investigator", case, by, at, user=user.pk)


@transaction.atomic
def add_step(
    *,
    case: Case,
    happened_on: datetime.date,
    text: str,
    files: Sequence[NamedFile] = (),
    by: User,
    at: datetime.datetime,
) -> CaseStep:
    """Write down what was done or learnt, with the files that belong to it.

    It stands: what was wrong is put right by a further step. Whoever works on the case opens the files, and nobody
    else; their bytes are kept as long as the step is.
    """
    text = require(text, "Say what was done or learnt.")
    case = _open(case, by, at)
    if happened_on > timezone.localdate(at):
        raise Refusal(["A step has happened already: give today or an earlier day."])
    if any(file.stored.centre_id != case.centre_id for file in files):
        raise Refusal(["One of the files is not kept by this centre: add it again."])
    transfers.claim([file.upload for file in files if file.upload], at=at)
    step = CaseStep.objects.create(case=case, happened_on=happened_on, text=text, by=by, at=at)
    CaseFile.objects.bulk_create(
        CaseFile(step=step, stored=file.stored, name=file.name, position=place)
        for place, file in enumerate(files, start=1)
    )
    _told("add_step", case, by, at, step=step.pk, files=[file.stored.sha256 for file in files])
    return step


@transaction.atomic
def freeze_unit(*, case: Case, enrolment: Enrolment, by: User, at: datetime.datetime) -> Freeze:
    """Hold a unit, with its claim: nothing of it moves until it is released. It says so, and not why."""
    enrolment = lock_one(enrolment)
    case = _open(case, by, at)
    _at_home(case, enrolment.centre_id)
    _no_worker_among(case, interested_in_units([enrolment]))
    if case.freezes.filter(enrolment=enrolment, to_at=None).exists():
        raise Refusal(["This case holds the unit already."])
    claim = standing_claim(enrolment.pk)
    freeze = Freeze.objects.create(case=case, enrolment=enrolment, claim=claim, from_at=at, from_by=by)
    Enrolment.objects.filter(pk=enrolment.pk, frozen_at=None).update(frozen_at=at)
    _told("freeze_unit", case, by, at, enrolment=enrolment.pk, claim=claim.pk if claim else None)
    return freeze


@transaction.atomic
def freeze_item(*, case: Case, evidence: Evidence, by: User, at: datetime.datetime) -> Freeze:
    """Hold an item of evidence that was handed in: it is neither read, replaced, mapped, withdrawn nor redacted."""
    version = evidence.versions.order_by("-number").first()
    if version is None or evidence.number is None:
        raise Refusal(["Only what has been handed in can be held."])
    lock_item(version)
    case = _open(case, by, at)
    _at_home(case, evidence.centre_id)
    _no_worker_among(case, {version.evidence.candidate.user_id})
    if case.freezes.filter(evidence=evidence, to_at=None).exists():
        raise Refusal(["This case holds the item already."])
    freeze = Freeze.objects.create(case=case, evidence=evidence, from_at=at, from_by=by)
    Evidence.objects.filter(pk=evidence.pk, frozen_at=None).update(frozen_at=at)
    _told("freeze_item", case, by, at, evidence=evidence.pk)
    return freeze


@transaction.atomic
def release_freeze(*, freeze: Freeze, by: User, at: datetime.datetime) -> Freeze:
    """Let go of what the case holds. What another case holds as well stays held."""
    case = freeze.case
    _lock_held([freeze])
    case = _open(case, by, at)
    if _let_go([freeze], by, at) != 1:
        raise Refusal(["This was released already."])
    _told("release_freeze", case, by, at, freeze=freeze.pk)
    freeze.refresh_from_db()
    return freeze


@transaction.atomic
def close_case(*, case: Case, outcome: str, reason: str, by: User, at: datetime.datetime) -> Case:
    """Close a case with its outcome and why. Whatever it still holds is released."""
    reason = require(reason, "Say why the case ends so.")
    if outcome not in CaseOutcome.values:
        raise Refusal(["Say how the case ends."])
    seen = list(case.freezes.filter(to_at=None))
    _lock_held(seen)
    case = _open(case, by, at)
    held = list(case.freezes.filter(to_at=None))
    if not {freeze.pk for freeze in held} <= {freeze.pk for freeze in seen}:
        raise Refusal(["Somebody else has just changed what this case holds: look at it again."])
    _let_go(held, by, at)
    Case.objects.filter(pk=case.pk).update(outcome=outcome, reason=reason, closed_by=by, closed_at=at)
    return _told("close_case", case, by, at, outcome=outcome, released=[freeze.pk for freeze in held])


def _open(case: Case, by: User, at: datetime.datetime) -> Case:
    """The case locked, for somebody who works on it. For everybody else there is none."""
    found = Case.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=case.pk).first()
    works = found and found.workers.filter(user=by, ended_at=None).exists()
    if not found or not works or not person(by, found.centre_id, at).roles & set(STAFF):
        raise Refusal([NOT_YOURS])
    if found.closed_at:
        raise Refusal([CLOSED])
    return found


def _at_home(case: Case, centre_id: int) -> None:
    if case.centre_id != centre_id:
        raise Refusal(["A case holds what belongs to its own centre."])


def _no_worker_among(case: Case, interested: set[int]) -> None:
    """Raise Refusal where somebody who works on the case has an interest in what it is to hold."""
    for worker in case.workers.filter(ended_at=None, user__in=interested).select_related("user"):
        raise Refusal([f"{staff_name(worker.user, case.centre_id)} {INTEREST} End their part in it first."])


def _lock_held(freezes: list[Freeze]) -> None:
    """Lock the units that are held, and those that items held are mapped to."""
    items = [freeze.evidence_id for freeze in freezes if freeze.evidence_id]
    mapped = Enrolment.objects.filter(mappings__evidence__in=items).values_list("pk", flat=True)
    lock([*mapped, *(freeze.enrolment_id for freeze in freezes if freeze.enrolment_id)])


def _let_go(freezes: list[Freeze], by: User, at: datetime.datetime) -> int:
    """Write the end of each, and take the mark off what no case holds any more. Returns how many were held."""
    pks = [freeze.pk for freeze in freezes]
    ended = Freeze.objects.filter(pk__in=pks, to_at=None).update(to_at=at, to_by=by)
    still = Freeze.objects.filter(to_at=None)
    units = {freeze.enrolment_id for freeze in freezes} - set(still.values_list("enrolment_id", flat=True))
    items = {freeze.evidence_id for freeze in freezes} - set(still.values_list("evidence_id", flat=True))
    Enrolment.objects.filter(pk__in=[pk for pk in units if pk]).update(frozen_at=None)
    Evidence.objects.filter(pk__in=[pk for pk in items if pk]).update(frozen_at=None)
    return ended


def _told(verb: str, case: Case, by: User, at: datetime.datetime, **details: JSON) -> Case:
    audit.record(verb=verb, by=by, at=at, subject=case, centre=case.centre, details=details)
    case.refresh_from_db()
    return case
