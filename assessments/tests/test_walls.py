"""The walls of the upper floor, tried with raw SQL on whichever database the tests run."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from assessments.testing import House
from assessments.tests.forged import NEW
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, run, stands_for_good, unmoved, update
from assessments.tests.scene import scene

pytestmark = pytest.mark.django_db

STANDING = {
    "review": "feedback = 'Other words'",
    "decision": "verdict = 'not_yet', feedback = 'No.'",
    "decisionmarker": "note = 'Other words'",
    "countersignature": "agreed = FALSE, reason = 'No.'",
    "signoff": "comments = 'Other words'",
    "sampledcriterion": "criterion_id = criterion_id",
    "testimonycriterion": "criterion_id = criterion_id",
    "unsamplednote": "reason = 'Another'",
    "authenticationform": "enrolment_id = enrolment_id",
    "release": "reason = 'Another.'",
    "assessorrecord": "place = 'Elsewhere'",
    "exchange": "said = 'Other words'",
    "marker": "criterion_id = criterion_id",
    "acknowledgement": "words = 'Other words'",
    "setquestion": "text = 'Another?'",
    "setquestioncriterion": "criterion_id = criterion_id",
}
NEVER_DELETED = [
    "enrolment",
    "allocation",
    "interest",
    "evidence",
    "evidenceversion",
    "evidencefile",
    "mapping",
    "showing",
    "testimony",
    "sample",
    "action",
    "claim",
    "certificate",
    "questionset",
]


@pytest.fixture(scope="module")
def ids(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    """Ids of rows in every table, each reached by the real verbs."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house)
        transaction.set_rollback(True)


# --- whole tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", STANDING)
def test_what_stands_for_good_is_neither_changed_nor_deleted(ids: SimpleNamespace, table: str) -> None:
    stands_for_good(table, STANDING[table])


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_what_may_change_is_never_deleted(ids: SimpleNamespace, table: str) -> None:
    never_deleted(table)


@pytest.mark.parametrize("table", [*STANDING, *NEVER_DELETED])
def test_no_table_is_emptied_out(table: str) -> None:
    never_emptied(table)


def test_insert_or_replace_goes_round_no_wall(ids: SimpleNamespace) -> None:
    if connection.vendor == "sqlite":
        row = f"SELECT * FROM assessments_unsamplednote WHERE id = {ids.note}"  # noqa: S608
        refused(f"INSERT OR REPLACE INTO assessments_unsamplednote {row}", "stand for good")


# --- changes ---------------------------------------------------------------------------------------------------------

CHANGES = [
    ("enrolment", "done", "candidate_id = {other_record}", "stays with its candidate, its unit and its centre"),
    ("enrolment", "done", "candidate_user_id = {trainee}", "stays with its candidate"),
    ("enrolment", "done", "unit_id = {other_unit}", "stays with its candidate"),
    ("enrolment", "done", "centre_id = centre_id + 1", "stays with its candidate"),
    ("enrolment", "trainee_unit", "verified_by_id = {trainee}", "Nobody verifies a unit"),
    ("enrolment", "trainee_unit", "verified_by_id = {assessor}", "Nobody verifies a unit"),
    ("enrolment", "collecting", "verified_by_id = {assessor}", "Nobody verifies a unit"),
    ("enrolment", "collecting", "verified_by_id = {candidate}", "Nobody verifies a unit"),
    ("allocation", "allocation", "user_id = {trainee}", "Of an allocation only its end is written"),
    ("evidence", "item", "number = 99", "keeps its candidate, its centre and the number it took"),
    ("evidence", "item", "number = NULL", "keeps its candidate, its centre and the number it took"),
    ("evidence", "item", "candidate_id = {other_record}", "keeps its candidate"),
    ("evidence", "draft_item", "candidate_id = {other_record}", "keeps its candidate"),
    ("evidenceversion", "handed_in", "title = 'Better'", "What has been handed in is never edited"),
    ("evidenceversion", "handed_in", "setting = 'simulated'", "What has been handed in is never edited"),
    ("evidenceversion", "handed_in", "status = 'draft'", "never becomes a draft again"),
    ("evidenceversion", "handed_in", "number = 7", "never"),
    ("evidenceversion", "draft", "evidence_id = {item}", "never becomes a draft again"),
    ("evidenceversion", "draft", "setting = 'simulated'", "does not accept evidence from this setting"),
    ("evidenceversion", "draft", "setting = 'placement'", "does not accept evidence from this setting"),
    ("evidenceversion", "draft", "setting = 'realistic_environment'", "does not accept evidence from this setting"),
    ("evidencefile", "read_file", "name = 'other.txt'", "Files are added to a draft"),
    ("evidencefile", "read_file", "stored_id = stored_id + 1", "Files are added to a draft"),
    ("evidencefile", "read_file", "removed_at = '{now}'", "Files are added to a draft"),
    ("evidencefile", "read_file", "version_id = {draft}", "Files are added to a draft"),
    ("evidenceversion", "testified", "kind = 'project'", "stays a witness testimony"),
    ("testimony", "request", "request = 'Say that I am good.'", "keeps what was asked"),
    ("testimony", "request", "email = 'other@work.example'", "keeps what was asked"),
    ("testimony", "request", "signature_id = {assessor_signature}", "signed by its own witness"),
    ("testimony", "late", "signature_id = {link_signature}", "before the item is handed in"),
    ("testimony", "request", "witness_id = {other_candidate}", "Nobody is a witness of their own work"),
    ("testimony", "request", "witness_id = {lead}", "Whoever judges or verifies evidence"),
    ("testimony", "testimony", "statement = 'More'", "nothing in it changes"),
    ("testimony", "testimony", "signature_id = NULL", "nothing in it changes"),
    ("enrolment", "witness_unit", "verified_by_id = {verifier}", "in which they are a witness"),
    ("mapping", "mapping", "criterion_id = {foreign_criterion}", "never rewritten"),
    ("mapping", "mapping", "made_by_id = {assessor}", "never rewritten"),
    ("mapping", "mapping", "locator = 'page 9'", "only while a draft of it is being prepared"),
    ("showing", "showing", "made_by_id = {assessor}", "stays said"),
    ("showing", "showing", "requirement_id = {shown_heading}", "stays said"),
    (
        "showing",
        "showing_done",
        "taken_back_at = '{now}', taken_back_by_id = {assessor}",
        "past collecting stands, with what it shows",
    ),
    ("sample", "sample", "reason = 'Another'", "A sample keeps when, why and by whom"),
    ("sample", "open_sample", "centre_id = centre_id + 1", "A sample keeps when, why and by whom"),
    ("interest", "interest", "words = 'Nothing much.'", "only its end is written"),
    ("interest", "interest", "to_on = from_on", "only its end is written"),
    ("sample", "sample", "feedback = 'Splendid'", "A sample keeps when, why and by whom"),
    ("action", "action", "finding = 'Another'", "An action keeps what was found"),
    ("action", "action", "answer = 'Another'", "An action keeps what was found"),
    ("action", "action", "closed_by_id = {other_verifier}", "An action keeps what was found"),
    ("evidence", "record_item", "author_id = {assessor}", "and whoever made it"),
    ("evidence", "item", "author_id = {assessor}", "and whoever made it"),
    (
        "evidenceversion",
        "bare_version",
        "status = 'submitted', submitted_at = '{now}', declaration_id = {declaration}",
        "handed over with the record they signed",
    ),
    ("enrolment", "record_unit", "verified_by_id = {recorder}", "in which they made a record or devised questions"),
    ("enrolment", "record_unit", "verified_by_id = {other_verifier}", "made a record or devised questions"),
    ("questionset", "used_set", "title = 'Another'", "change only while it is a draft"),
    ("questionset", "used_set", "author_id = {trainee}", "keeps its unit, its author and its version"),
    ("questionset", "used_set", "status = 'verified', used_from = NULL", "in this order"),
    (
        "questionset",
        "draft_set",
        "status = 'verified', verified_by_id = {verifier}, verified_at = '{now}'",
        "written, offered, verified and then in use",
    ),
    ("claim", "claim", "reference = 'EV 2'", "A claim stands as it was made"),
    ("claim", "claim", "claimed_at = '{now}'", "A claim stands as it was made"),
    ("certificate", "certificate", "number = 'C 2'", "A certificate stands as it was recorded"),
]


@pytest.mark.parametrize(("table", "row", "change", "sentence"), CHANGES)
def test_a_change_is_refused(ids: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    unmoved(ids, table, row, change, sentence)


ONCE = [
    ("allocation", "allocation", "to_at = '{now}'", "to_at = NULL", "only its end is written, and only once"),
    (
        "interest",
        "interest",
        "to_on = from_on, ended_by_id = {assessor}, ended_at = '{now}'",
        "to_on = NULL, ended_by_id = NULL, ended_at = NULL",
        "only its end is written, and only once",
    ),
    (
        "evidencefile",
        "read_file",
        "quarantined_at = '{now}', quarantined_by_id = {assessor}, reason = 'Why.'",
        "quarantined_at = NULL, quarantined_by_id = NULL",
        "Files are added to a draft",
    ),
    (
        "evidencefile",
        "read_file",
        "destroyed_at = '{now}', destroyed_by_id = {assessor}, reason = 'Why.'",
        "reason = 'Another.'",
        "Files are added to a draft",
    ),
    ("evidencefile", "draft_file", "removed_at = '{now}'", "removed_at = NULL", "Files are added to a draft"),
    (
        "evidencefile",
        "released_file",
        "quarantined_at = '{now}', quarantined_by_id = {assessor}, reason = 'Why.'",
        "quarantined_at = NULL, quarantined_by_id = NULL",
        "Files are added to a draft",
    ),
    (
        "mapping",
        "draft_mapping",
        "taken_back_at = '{now}', taken_back_by_id = {candidate}",
        "taken_back_at = NULL, taken_back_by_id = NULL",
        "never rewritten",
    ),
    (
        "showing",
        "showing",
        "taken_back_at = '{now}', taken_back_by_id = {candidate}",
        "taken_back_at = NULL, taken_back_by_id = NULL",
        "stays said",
    ),
    ("evidenceversion", "handed_in", "replaced_at = '{now}'", "replaced_at = NULL", "replaced stays so"),
    (
        "evidenceversion",
        "handed_in",
        "status = 'withdrawn', withdrawn_at = '{now}', withdrawal_reason = 'Why.'",
        "status = 'submitted', withdrawn_at = NULL, withdrawal_reason = ''",
        "withdrawn or replaced stays so",
    ),
    (
        "claim",
        "claim",
        "taken_back_at = '{now}', taken_back_reason = 'Why.'",
        "taken_back_reason = 'Another.'",
        "A claim stands as it was made",
    ),
    (
        "certificate",
        "certificate",
        "revoked_on = '2030-01-01', revocation_reason = 'Why.'",
        "revocation_reason = 'Another.'",
        "A certificate stands as it was recorded",
    ),
]


@pytest.mark.parametrize(("table", "row", "first", "second", "sentence"), ONCE)
def test_what_may_be_written_once_is_written_once(
    ids: SimpleNamespace, table: str, row: str, first: str, second: str, sentence: str
) -> None:
    run(update(table, first.format(**vars(ids)), getattr(ids, row)))
    refused(update(table, second.format(**vars(ids)), getattr(ids, row)), sentence)


def test_a_draft_may_be_edited_and_its_locator_corrected(ids: SimpleNamespace) -> None:
    run(update("evidenceversion", "title = 'Better'", ids.draft))
    run(update("mapping", "locator = 'page 9'", ids.draft_mapping))


# --- new rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "row", "changes", "sentence"), NEW)
def test_a_new_row_is_refused(
    ids: SimpleNamespace, table: str, row: str, changes: dict[str, str], sentence: str
) -> None:
    values = {column: value.format(**vars(ids)) for column, value in changes.items()}
    refused(copy(table, getattr(ids, row), **values), sentence)


def test_a_redacted_file_makes_room_for_one_in_its_place(ids: SimpleNamespace) -> None:
    destroyed = "destroyed_at = '{now}', destroyed_by_id = {assessor}, reason = 'Why.'".format(**vars(ids))
    run(update("evidencefile", destroyed, ids.read_file))
    intact = {"destroyed_at": "NULL", "destroyed_by_id": "NULL", "reason": "''"}
    run(copy("evidencefile", ids.read_file, **intact))
    refused(copy("evidencefile", ids.read_file, **intact, position="9"), "Files are added to a draft")
