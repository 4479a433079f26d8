"""The walls round appeals, cases, adjustments and simulations, tried with raw SQL like those in test_walls.py."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import appeal as appeals
from assessments.actions import award, judgement
from assessments.actions import case as cases
from assessments.models import Claim, Days, Freeze
from assessments.testing import (
    House,
    a_draft,
    a_file,
    an_enrolment,
    approved_simulation,
    declared,
    handed_in,
    judged,
    simulated,
    targets,
    verified,
)
from assessments.tests.appeals import further, holding
from assessments.tests.further_acts import arranged
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, run, stands_for_good, unmoved, update
from portfolio.models import SignatureVoid
from portfolio.testing import a_centre

pytestmark = pytest.mark.django_db

STANDING = {
    "appealsprocedure": "answer_days = 1",
    "caseconcern": "user_id = user_id",
    "casestep": "text = 'Other words'",
    "casefile": "name = 'other.txt'",
    "simulationapproval": "what = 'Other words'",
    "simulatedcriterion": "criterion_id = criterion_id",
}
NEVER_DELETED = ["appeal", "hearing", "case", "caseworker", "freeze", "adjustment"]


@pytest.fixture(scope="module")
def ids(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house)
        transaction.set_rollback(True)


def scene(house: House) -> SimpleNamespace:
    """An appeal at its second stage; a unit and an item that a case holds; a claimed unit; a simulation to hand in."""
    now, office = timezone.now(), house.administrator
    appeal = further(house)
    first, second = appeal.hearings.order_by("number")
    appeals.set_appeals_procedure(centre=house.centre, days=Days(answer=3), by=office, at=now)
    held = an_enrolment(house, "ocr-cc32")
    read = judged(handed_in(held, "1.1"), held)
    case = holding(house, held)
    item = handed_in(an_enrolment(house, "sqa-h12e04"), "1")
    cases.freeze_item(case=case, evidence=item.evidence, by=office, at=now)
    files = [a_file(house.centre, "What she said.")]
    step = cases.add_step(case=case, happened_on=timezone.localdate(), text="Read.", files=files, by=office, at=now)
    foreign = a_file(a_centre("Harbour College"), "Not ours.").stored
    back = declared(an_enrolment(house, "ocr-d20", candidate=house.other_candidate))
    judgement.refer(enrolment=back, feedback="Thin.", by=house.assessor, at=now)
    void = SignatureVoid.objects.get(signature__sign_off__part="candidate")
    claimed = verified(an_enrolment(house, "ocr-cc16", candidate=house.other_candidate))
    award.claim(enrolment=claimed, authorisation="EV 1", by=office, at=now)
    unit, d20 = an_enrolment(house, "ocr-cc16"), an_enrolment(house, "ocr-d20")
    approval = approved_simulation(unit, "1.1")
    free = a_draft(unit, "1.2", words=simulated())
    return SimpleNamespace(
        now=now.isoformat(),
        appeal=appeal.pk,
        appealed=appeal.enrolment_id,
        first=first.pk,
        second=second.pk,
        held=held.pk,
        held_version=read.pk,
        held_mapping=read.evidence.mappings.get().pk,
        held_review=read.reviews.get().pk,
        held_decision=read.decisions.get().pk,
        free_criterion=targets(held, "1.2")[0].criterion_id,
        item=item.evidence_id,
        case=case.pk,
        worker=case.workers.get().pk,
        concern=case.concerns.get().pk,
        step=step.pk,
        file=step.files.get().pk,
        foreign_stored=foreign.pk,
        other_stored=a_file(house.centre, "Another.").stored.pk,
        freeze=Freeze.objects.get(enrolment=held).pk,
        claim=Claim.objects.get().pk,
        d20=d20.pk,
        approval=approval.pk,
        simulated_criterion=approval.criteria.get().pk,
        free_version=free.pk,
        unit=unit.pk,
        foreign_void=void.pk,
        adjustment=arranged(house).pk,
        administrator=office.pk,
        assessor=house.assessor.pk,
        other_assessor=house.other_assessor.pk,
        verifier=house.verifier.pk,
        lead=house.lead.pk,
        candidate=house.candidate.user_id,
    )


@pytest.mark.parametrize("table", STANDING)
def test_what_stands_for_good_is_neither_changed_nor_deleted(ids: SimpleNamespace, table: str) -> None:
    stands_for_good(table, STANDING[table])


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_what_may_change_is_never_deleted(ids: SimpleNamespace, table: str) -> None:
    never_deleted(table)


@pytest.mark.parametrize("table", [*STANDING, *NEVER_DELETED])
def test_no_table_is_emptied_out(table: str) -> None:
    never_emptied(table)


HELD = "held by the centre’s office"
PART = "never involved in the unit before"
DECIDED = "decided_by_id = {lead}, decided_at = '{now}', outcome = 'upheld', finding = 'Yes.', answer_by = '2030-01-01'"
CHANGES = [
    ("appeal", "appeal", "grounds = 'Other words'", "An appeal keeps what it is against"),
    ("hearing", "first", "finding = 'Other words'", "A stage of an appeal keeps"),
    ("hearing", "second", "due_on = '2030-01-01'", "A stage of an appeal keeps"),
    ("hearing", "second", "adjudicator_id = {assessor}", PART),
    ("hearing", "second", "adjudicator_id = {verifier}", PART),
    ("hearing", "second", "adjudicator_id = {candidate}", PART),
    ("hearing", "second", "adjudicator_id = {other_assessor}", PART),
    ("hearing", "second", DECIDED, "decided by its adjudicator"),
    ("enrolment", "appealed", "open_appeal_id = NULL, adjudicator_id = NULL", "notes the appeal that is open"),
    ("enrolment", "unit", "open_appeal_id = {appeal}", "notes the appeal that is open"),
    ("enrolment", "appealed", "adjudicator_id = {lead}", "opened to the adjudicator"),
    ("enrolment", "held", "status = 'suspended'", HELD),
    ("enrolment", "held", "frozen_at = NULL", "says that it is held exactly while it is"),
    ("enrolment", "unit", "frozen_at = '{now}'", "says that it is held exactly while it is"),
    ("evidence", "item", "frozen_at = NULL", "says that it is held exactly while it is"),
    ("evidenceversion", "held_version", "status = 'returned'", HELD),
    ("mapping", "held_mapping", "waiting_since = '{now}'", HELD),
    ("case", "case", "summary = 'Other words'", "A case keeps what was suspected"),
    ("caseworker", "worker", "user_id = {lead}", "stays on record"),
    ("freeze", "freeze", "from_at = '{now}'", "stays on record"),
    ("adjustment", "adjustment", "detail = 'Other words'", "An adjustment keeps"),
    (
        "evidenceversion",
        "free_version",
        "status = 'submitted', submitted_at = '{now}'",
        "A simulation is handed in for",
    ),
]


@pytest.mark.parametrize(("table", "row", "change", "sentence"), CHANGES)
def test_a_change_is_refused(ids: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    unmoved(ids, table, row, change, sentence)


CLOSED = {"closed_at": "'{now}'", "closed_as": "'lapsed'"}
DRAFT = {"number": "9", "status": "'draft'", "submitted_at": "NULL", "declaration_id": "NULL"}
ABOUT_ANOTHER_UNIT = {"decision_id": "NULL", "about": "'result'", "void_id": "{foreign_void}"}
NEW = [
    ("appeal", "appeal", {**CLOSED, **ABOUT_ANOTHER_UNIT}, "decided in its unit"),
    ("casefile", "file", {"position": "9", "stored_id": "{foreign_stored}"}, "kept by its centre"),
    ("appeal", "appeal", {**CLOSED, "raised_by_id": "{assessor}"}, "Only the candidate appeals"),
    ("appeal", "appeal", {**CLOSED, "enrolment_id": "{unit}"}, "decided in its unit"),
    ("hearing", "second", {"number": "3", "adjudicator_id": "{assessor}"}, PART),
    ("claim", "claim", {"enrolment_id": "{appealed}"}, "can be claimed once the appeal is closed"),
    ("claim", "claim", {"enrolment_id": "{held}"}, HELD),
    ("mapping", "held_mapping", {"criterion_id": "{free_criterion}"}, HELD),
    ("evidenceversion", "held_version", DRAFT, HELD),
    ("review", "held_review", {}, HELD),
    ("decision", "held_decision", {"criterion_id": "{free_criterion}"}, HELD),
    ("caseworker", "worker", {"user_id": "{candidate}"}, "Nobody works on a case that concerns them"),
    ("caseworker", "worker", {"user_id": "{assessor}"}, "Nobody works on a case that concerns them"),
    ("caseconcern", "concern", {"user_id": "{administrator}"}, "Nobody works on a case that concerns them"),
    ("freeze", "freeze", {"enrolment_id": "{unit}", "claim_id": "{claim}"}, "belongs to its own centre"),
    ("simulationapproval", "approval", {"approved_by_id": "{lead}"}, "approved by the verifier of a unit that allows"),
    ("simulationapproval", "approval", {"enrolment_id": "{d20}"}, "approved by the verifier of a unit that allows"),
    ("simulatedcriterion", "simulated_criterion", {"criterion_id": "{free_criterion}"}, "for criteria of the unit"),
    ("adjustment", "adjustment", {"approved_by_id": "{candidate}"}, "Nobody approves an adjustment for themselves"),
]


@pytest.mark.parametrize(("table", "row", "changes", "sentence"), NEW)
def test_a_new_row_is_refused(
    ids: SimpleNamespace, table: str, row: str, changes: dict[str, str], sentence: str
) -> None:
    values = {column: value.format(**vars(ids)) for column, value in changes.items()}
    refused(copy(table, getattr(ids, row), **values), sentence)


def test_a_closed_case_takes_nothing_more(ids: SimpleNamespace) -> None:
    closed = "outcome = 'no_case', reason = 'A form.', closed_at = '{now}', closed_by_id = {administrator}"
    run(update("case", closed.format(**vars(ids)), ids.case))
    refused(copy("casestep", ids.step), "A closed case stands as it is")
    refused(
        copy("casefile", ids.file, position="9", stored_id=str(ids.other_stored)),
        "A file is added to a case that is open",
    )
    refused(update("case", "reason = 'Another.'", ids.case), "A case keeps what was suspected")
