"""What is measured beside pages: acts, documents and exports. Each act is undone, so it can be done again and again.

Acts are the verbs themselves, called as a view calls them, with everything that a commit would look at; the request and
its page are measured with the pages. A document is its facts and its PDF.
"""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.actions import judgement, strategy, verification
from assessments.actions.allocation import allocate
from assessments.actions.claims import Target
from assessments.archive.cuts import candidate_cut, centre_cut
from assessments.archive.pages import add_pages
from assessments.documents import ask_recording_form
from assessments.documents.asking import ask_unit_document
from assessments.enums import AllocatedAs, Verdict
from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import all_well
from bench.installation import DIRECTORY
from bench.loading import invited
from bench.measuring import Asked, Asks, fetch
from bench.plan import PlannedCandidate, Stage
from bench.signing import COMMENTS, WHY
from bench.subjects import QUARTER, Subjects
from portfolio import press
from portfolio.archive.packing import pack
from portfolio.archive.selection import Selection
from portfolio.models import Document, User
from units.models import Unit

NUMBER = 9999
"""A candidate that no plan has."""


def undone(work: Callable[[], object]) -> None:
    """Do it and take it back. What a commit would look at is looked at."""
    with transaction.atomic():
        work()
        connection.check_constraints()
        transaction.set_rollback(True)


def acts(found: Subjects) -> Iterator[Asked]:
    """The write verbs of a unit's journey, and those of the office that are used most."""
    staffed, now = found.staffed, timezone.now()
    for name, work in (
        ("Add evidence", partial(add_evidence, found, now)),
        ("Hand in", lambda: items.submit(version=again(found.draft), by=found.candidate.user, at=now)),
        ("Read an item", partial(read, found, now)),
        ("Declare complete", partial(declare, unit_at(found, Stage.READY), now)),
        ("Sign off", partial(sign_off, unit_at(found, Stage.DECLARED), now)),
        ("Countersign", partial(countersign, unit_at(found, Stage.AWAITING_COUNTERSIGNATURE), staffed.assessor, now)),
        ("Choose for sampling", partial(plan_sample, unit_at(found, Stage.COUNTERSIGNED), staffed.verifier, now)),
        ("Close a sample and verify", partial(verify, unit_at(found, Stage.BEING_SAMPLED), staffed.verifier, now)),
        ("Invite and enrol", partial(enrol, found, now)),
        ("Allocate", partial(reallocate, unit_at(found, Stage.BUSY), staffed.lead, staffed.administrator, now)),
        ("Draw a sampling plan", partial(draw, found, now)),
    ):
        yield Asked(name, "Act", partial(undone, work))


def documents(found: Subjects) -> Iterator[Asked]:
    """Facts and PDF of the form that every unit ends in, and of the longest paper of a unit."""
    verified, now = unit_at(found, Stage.VERIFIED), timezone.now()
    by, draft = verified.candidate_user, found.begun

    def paper() -> None:
        printed(ask_unit_document(enrolment=draft, kind="unit_feedback", by=found.candidate.user, at=now))

    def form() -> None:
        printed(ask_recording_form(enrolment=verified, by=by, at=now))

    yield Asked("Candidate Recording Form, issued", "PDF", partial(undone, form))
    yield Asked("Assessment feedback of a unit", "PDF", partial(undone, paper))


def printed(document: Document) -> None:
    press.rendered(document, lambda pages: None)


def exports(found: Subjects, browser: Callable[[User], Asks]) -> Iterator[Asked]:
    """What is taken away as a file: tables, and archives."""
    staffed = found.staffed
    slug, office, now = staffed.centre.slug, staffed.administrator, timezone.now()
    for name, who, route, args in (
        ("Enrolments as CSV", office, "enrolments_file", [slug, "csv"]),
        ("Enrolments as a workbook", office, "enrolments_file", [slug, "xlsx"]),
        ("Caseload as CSV", staffed.assessor, "caseload_file", ["csv"]),
        ("Whole awards as CSV", office, "awards_file", ["csv"]),
        ("Overview of progress as CSV", office, "overview_file", [slug, "progress", "csv"]),
        ("What falls due as CSV", office, "overview_file", [slug, "due", "csv"]),
        ("Sampling as CSV", office, "overview_file", [slug, "sampling", "csv"]),
        ("Audit book as CSV", office, "book_file", [slug, "csv"]),
    ):
        yield Asked(name, "Export", partial(fetch, browser(who), reverse(f"assessments:{route}", args=args)))
    whole = Selection(staffed.centre, centre_cut(office))
    one = Selection(staffed.centre, candidate_cut(), found.candidate)
    for name, selection in (("Archive of a candidate", one), ("Archive of the centre", whole)):
        yield Asked(name, "Export", partial(archive, selection, now))


def archive(selection: Selection, now: datetime.datetime) -> None:
    """Written whole, and thrown away."""
    path = DIRECTORY / "measured.zip"
    try:
        fresh = Selection(selection.centre, selection.cut, selection.candidate)
        pack(fresh, path, at=now, adds=add_pages)
    finally:
        path.unlink(missing_ok=True)


# --- one by one ------------------------------------------------------------------------------------------------------


def unit_at(found: Subjects, stage: Stage) -> Enrolment:
    return found.at[stage]


def again(version: EvidenceVersion) -> EvidenceVersion:
    """As it stands in the database: a verb that was taken back left its marks on the row in hand."""
    return EvidenceVersion.objects.get(pk=version.pk)


def add_evidence(found: Subjects, now: datetime.datetime) -> None:
    unit = found.begun
    criteria = unit.unit.criteria.values_list("pk", flat=True)[:3]
    items.add_evidence(
        candidate=found.candidate,
        described=items.Described(
            title="Call log", description="I logged the calls of a week.", activity_on=now.date()
        ),
        files=[items.NamedFile(stored, name) for stored, name in found.staffed.stored],
        targets=[Target(unit.pk, pk, "page 1") for pk in criteria],
        shows=(),
        by=found.candidate.user,
        at=now,
    )


def read(found: Subjects, now: datetime.datetime) -> None:
    version = again(found.waiting)
    mapped = version.evidence.mappings.filter(waiting_since__isnull=False)
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(row.enrolment_id, row.criterion_id, Verdict.MET) for row in mapped],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=found.begun.assessor,
        at=now,
    )


def declare(unit: Enrolment, now: datetime.datetime) -> None:
    judgement.declare(enrolment=unit, by=unit.candidate_user, at=now)


def sign_off(unit: Enrolment, now: datetime.datetime) -> None:
    judgement.sign_off(enrolment=unit, comments=COMMENTS, by=unit.assessor, at=now)


def countersign(unit: Enrolment, by: User, now: datetime.datetime) -> None:
    judgement.countersign(enrolment=unit, by=by, at=now)


def plan_sample(unit: Enrolment, by: User, now: datetime.datetime) -> None:
    verification.plan_sample(enrolment=unit, reason=WHY, by=by, at=now)


def verify(unit: Enrolment, by: User, now: datetime.datetime) -> None:
    verification.close_sample(
        sample=unit.samples.get(done_at=None),
        checks=all_well(),
        criteria=list(unit.unit.criteria.values_list("pk", flat=True)[:3]),
        feedback="",
        wanted="",
        due_on=None,
        by=by,
        at=now,
    )
    verification.verify(enrolment=Enrolment.objects.get(pk=unit.pk), by=by, at=now)


def enrol(found: Subjects, now: datetime.datetime) -> None:
    staffed = found.staffed
    planned: dict[str, Any] = {"number": NUMBER, "started_at": now, "units": ()}
    enrolments.enrol(
        candidate=invited(staffed, PlannedCandidate(**planned)),
        unit=Unit.objects.get(key="ocr-d20"),
        assessor=staffed.assessor,
        countersigner=None,
        verifier=staffed.verifier,
        started_on=now.date(),
        target_on=None,
        by=staffed.administrator,
        at=now,
    )


def reallocate(unit: Enrolment, to: User, by: User, now: datetime.datetime) -> None:
    unit = Enrolment.objects.get(pk=unit.pk)
    allocate(enrolment=unit, part=AllocatedAs.VERIFIER, user=to, reason="Cover for a leave.", by=by, at=now)


def draw(found: Subjects, now: datetime.datetime) -> None:
    today = now.date()
    strategy.draw_plan(
        policy=found.sampling_plan.policy,
        starts_on=today - QUARTER,
        ends_on=today + QUARTER,
        seed="2",
        by=found.staffed.lead,
        at=now,
    )
