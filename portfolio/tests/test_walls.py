"""Walls: what the database itself refuses, whoever asks."""

import uuid
from collections.abc import Iterator

import pytest
from django.core import serializers
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portfolio import references, signing, testing, walls
from portfolio.enums import DocumentStatus, Role
from portfolio.models import (
    AccessLine,
    AuditEvent,
    CandidateRecord,
    CoveredTopic,
    Document,
    IdentityCheck,
    Induction,
    InductionAcknowledged,
    RoleGrant,
    Signature,
    SignatureVoid,
    Statement,
    StoredFile,
    User,
)

pytestmark = pytest.mark.django_db

STANDING = [
    "portfolio_auditevent",
    "portfolio_auditdetail",
    "portfolio_signature",
    "portfolio_signaturevoid",
    "portfolio_statement",
    "portfolio_storedfile",
    "portfolio_accessline",
    "portfolio_identitycheck",
    "portfolio_induction",
    "portfolio_coveredtopic",
    "portfolio_inductionacknowledged",
]
CHANGES = {
    "portfolio_auditevent": "verb = 'nothing'",
    "portfolio_auditdetail": "details = '{}'",
    "portfolio_signature": "signer_name = 'Somebody Else'",
    "portfolio_signaturevoid": "reason = 'none'",
    "portfolio_statement": "text = 'Other words'",
    "portfolio_storedfile": "size = 2",
    "portfolio_accessline": "downloaded = FALSE",
    "portfolio_identitycheck": "seen_on = '2001-01-01'",
    "portfolio_induction": "held_on = '2001-01-01'",
    "portfolio_coveredtopic": "topic = 'safety'",
    "portfolio_inductionacknowledged": "signature_id = 0",
}


@pytest.fixture
def administrator() -> User:
    return testing.an_administrator(testing.a_centre())


@pytest.fixture
def one_of_each(administrator: User) -> Document:
    """A row in every table that stands for good, and an issued document, which is returned."""
    now, centre = timezone.now(), administrator.grants.get().centre
    statement = Statement.objects.create(key="competence", version=1, title="Competence", text="I declare")
    signature = signing.sign(
        by=administrator,
        role=Role.ADMINISTRATOR,
        name="Alma Admin",
        centre=centre,
        statement=statement,
        scheme=1,
        digest=signing.digest_of({}),
        at=now,
    )
    received(testing.a_candidate(centre), administrator, signature)
    signing.void(signature=signature, by=administrator, reason="Sent back", at=now)
    stored = StoredFile.objects.create(
        centre=centre, sha256="a" * 64, size=1, content_type="application/pdf", stored_at=now
    )
    AccessLine.objects.create(
        centre=centre, user=administrator, at=now, subject_kind="storedfile", subject_id=stored.pk, downloaded=True
    )
    return Document.objects.create(
        centre=centre,
        kind="recording_form",
        key=uuid.uuid4().hex,
        facts={},
        subject_kind="centre",
        subject_id=centre.pk,
        file_name="form.pdf",
        issued=True,
        reference=references.new_reference(),
        status=DocumentStatus.READY,
        stored=stored,
        asked_by=administrator,
        asked_at=now,
    )


def received(candidate: CandidateRecord, by: User, signature: Signature) -> None:
    """Identity seen, and an induction that was confirmed."""
    now = timezone.now()
    today = timezone.localdate(now)
    IdentityCheck.objects.create(candidate=candidate, document="passport", seen_by=by, seen_on=today, noted_at=now)
    induction = Induction.objects.create(candidate=candidate, held_by=by, held_on=today, noted_at=now)
    CoveredTopic.objects.create(induction=induction, topic="appeals")
    InductionAcknowledged.objects.create(induction=induction, signature=signature)


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql: str, match: str = r"stand for good|stand as they were written") -> None:
    with pytest.raises(IntegrityError, match=match):
        run(sql)


# --- that they stand -------------------------------------------------------------------------------------------------


def test_every_listed_wall_stands() -> None:
    assert walls.missing() == []


def test_a_fallen_wall_fails_the_system_check() -> None:
    assert run_checks(tags=[Tags.database], databases=["default"]) == []
    walls.take_down()
    found = run_checks(tags=[Tags.database], databases=["default"])
    assert {error.id for error in found} == {"portfolio.E001"}
    assert len(found) == len([wall for wall in walls.registered() if wall.event != "TRUNCATE" or is_postgresql()])


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def test_a_wall_that_says_something_else_than_its_list_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    [wall, *others] = walls.registered()
    changed = walls.Wall(wall.name, wall.table, wall.event, "Another message.")
    monkeypatch.setattr(walls, "_registered", {"portfolio": {one.name: one for one in (changed, *others)}})
    assert walls.missing() == [wall.name]
    walls.build()
    assert walls.missing() == []


def test_a_disabled_wall_is_missing() -> None:
    if not is_postgresql():
        return  # SQLite cannot disable a trigger
    run('ALTER TABLE portfolio_signature DISABLE TRIGGER "signatures_never_change"')
    assert walls.missing() == ["signatures_never_change"]


def test_migrating_writes_the_walls_anew() -> None:
    walls.take_down()
    call_command("migrate", verbosity=0, skip_checks=False)
    assert walls.missing() == []


def test_walls_come_down_before_sqlite_rebuilds_tables() -> None:
    walls.take_down_before_migrations("default", plan=[])
    assert walls.missing() == []
    walls.take_down_before_migrations("default", plan=["a migration"])
    assert (walls.missing() == []) == is_postgresql()


def test_a_wall_no_longer_listed_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "_registered", {})
    walls.build()
    run("UPDATE portfolio_statement SET text = ''")
    monkeypatch.undo()
    assert "statements_never_change" in walls.missing()


@pytest.mark.django_db(transaction=True)
def test_with_the_walls_up_nobody_can_flush() -> None:
    testing.a_centre()
    with pytest.raises(CommandError):
        call_command("flush", interactive=False)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_walls_stand_again_after_a_transactional_test() -> None:
    assert walls.missing() == []


# --- what stands for good --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("table", STANDING)
def test_raw_sql_cannot_change_what_stands_for_good(table: str) -> None:
    refused(f"UPDATE {table} SET {CHANGES[table]}")  # noqa: S608


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("table", STANDING)
def test_raw_sql_cannot_delete_what_stands_for_good(table: str) -> None:
    refused(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("table", [*STANDING, "portfolio_auditchain", "portfolio_rolegrant", "portfolio_document"])
def test_raw_sql_cannot_empty_a_table_out(table: str) -> None:
    for emptied in (table, "portfolio_centre") if is_postgresql() else ():  # SQLite has no TRUNCATE
        run("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks outstanding cannot be emptied anyway
        refused(
            f"TRUNCATE {emptied} CASCADE",
            match=r"for good|never deleted|stand as they were written",
        )


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("table", STANDING)
def test_raw_sql_cannot_replace_what_stands_for_good(table: str) -> None:
    if is_postgresql():
        refused(f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET {CHANGES[table]}")  # noqa: S608
    else:
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608


def test_a_statement_fixture_can_be_loaded_again_but_not_altered(one_of_each: Document) -> None:
    statement = Statement.objects.get()
    text = serializers.serialize("json", [statement])
    next(serializers.deserialize("json", text)).save()
    [altered] = serializers.deserialize("json", text.replace("I declare", "I deny"))
    with pytest.raises(IntegrityError, match="Statements stand for good"), transaction.atomic():
        altered.save()


# --- the audit book, roles, issued documents -------------------------------------------------------------------------


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    "change",
    [
        "length = length - 1",
        "length = length",
        "length = length + 1",
        "length = length + 1, head = '" + "f" * 64 + "'",
        "centre_id = NULL",
    ],
)
def test_an_audit_book_cannot_be_set_back_or_forward(change: str) -> None:
    refused(f"UPDATE portfolio_auditchain SET {change}", match="only grows, by one line")  # noqa: S608


@pytest.mark.usefixtures("administrator")
def test_an_audit_book_cannot_be_deleted() -> None:
    refused("DELETE FROM portfolio_auditchain", match="Audit books are never deleted")


def test_an_audit_book_begins_empty() -> None:
    refused(
        "INSERT INTO portfolio_auditchain (length, head) VALUES (7, 'x')",
        match="An audit book begins empty",
    )


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(("sequence", "previous"), [("length + 2", "head"), ("length", "head"), ("length + 1", "'x'")])
def test_an_audit_line_is_added_nowhere_but_at_the_end(sequence: str, previous: str) -> None:
    columns = "at, actor_id, verb, subject_kind, subject_id, act_id, details_digest, hash"
    refused(
        f"INSERT INTO portfolio_auditevent (chain_id, sequence, previous, {columns})"  # noqa: S608
        f" SELECT c.id, {sequence}, {previous}, {columns} FROM portfolio_auditevent e"
        " JOIN portfolio_auditchain c ON c.id = e.chain_id WHERE e.sequence = 1",
        match=r"at the end of its book|UNIQUE|duplicate key",
    )


@pytest.mark.parametrize("change", ["role = 'assessor'", "user_id = user_id + 1", "centre_id = centre_id + 1"])
def test_a_role_held_stays_what_it_was(administrator: User, change: str) -> None:
    refused(f"UPDATE portfolio_rolegrant SET {change}", match="Of a role held only")  # noqa: S608
    assert RoleGrant.objects.get().role == Role.ADMINISTRATOR


def test_a_role_held_can_end_but_never_be_deleted(administrator: User) -> None:
    grant = administrator.grants.get()
    grant.ends_on = grant.starts_on
    grant.save()
    refused("DELETE FROM portfolio_rolegrant", match="Roles held are never deleted")


@pytest.mark.parametrize("sql", ["UPDATE portfolio_document SET issued = NOT issued", "DELETE FROM portfolio_document"])
def test_an_issued_document_is_kept_as_it_is(one_of_each: Document, sql: str) -> None:
    refused(sql, match="kept for good, as it was issued")


def test_a_document_that_was_not_issued_may_be_made_again(one_of_each: Document) -> None:
    draft = Document.objects.get()
    draft.pk, draft.key, draft.issued, draft.reference = None, uuid.uuid4().hex, False, ""
    draft.save()
    draft.status, draft.stored = DocumentStatus.WAITING, None
    draft.save()
    assert draft.delete()


# --- how a wall is listed --------------------------------------------------------------------------------------------


@pytest.fixture
def own_wall() -> Iterator[None]:
    """A list of one wall, with a subselect and words for each database."""
    listed = walls.refuses(
        "portfolio_centre",
        walls.INSERT,
        dict.fromkeys(
            ("sqlite", "postgresql"),
            "EXISTS (SELECT 1 FROM portfolio_centre o WHERE o.name = NEW.name AND o.id <> NEW.id)",
        ),
        "It's the name of another centre.",
        name="no_two_centres_share_a_name",
    )
    walls.register("tests", listed)
    yield
    walls.register("tests", [])


@pytest.mark.usefixtures("own_wall")
def test_a_wall_may_look_into_other_rows() -> None:
    walls.build()
    testing.a_centre()
    with pytest.raises(IntegrityError, match="It's the name of another centre"), transaction.atomic():
        run(
            "INSERT INTO portfolio_centre"
            " (name, slug, created_at, country, prior_learning_years, privacy_notice, privacy_address)"
            " SELECT name, 'another', created_at, country, prior_learning_years, '', '' FROM portfolio_centre"
        )


@pytest.mark.usefixtures("own_wall")
def test_two_walls_cannot_share_a_name() -> None:
    for app, times in (("others", 1), ("tests", 2)):
        again = walls.refuses("x", walls.DELETE, "", "No.", name="no_two_centres_share_a_name") * times
        with pytest.raises(ValueError, match="no_two_centres_share_a_name"):
            walls.register(app, again)


@pytest.mark.parametrize(
    ("name", "event"), [("x" * 64, "UPDATE"), ("not a name", "UPDATE"), ("nobody_reads", "SELECT")]
)
def test_a_wall_that_no_database_can_hold_is_refused(name: str, event: str) -> None:
    with pytest.raises(ValueError, match=name):
        walls.Wall(name, "portfolio_centre", event, "No.")


def test_the_models_say_it_before_the_walls() -> None:
    for model in (AuditEvent, Signature, SignatureVoid, StoredFile, AccessLine):
        with pytest.raises(Exception, match="stands for good"):
            model.objects.all().delete()
