"""The audit book: what is written, and that any change to it is found."""

import datetime
import json
import threading
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from portfolio import audit, testing, walls
from portfolio.arrivals import Lines
from portfolio.models import AuditChain, AuditEvent, Centre, User

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 6, 1, 12, 0, 0, 5, tzinfo=datetime.UTC)


@pytest.fixture
def centre() -> Centre:
    return testing.a_centre()


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ann@example.org")


def write(person: User, centre: Centre | None, number: int = 0) -> AuditEvent:
    with transaction.atomic():
        return audit.record(
            verb="submit", by=person, at=NOON, subject=person, centre=centre, details={"number": number, "on": NOON}
        )


@pytest.fixture
def book(centre: Centre, person: User) -> AuditChain:
    """A book of four lines, the first written when the centre opened."""
    for number in range(3):
        write(person, centre, number)
    return AuditChain.objects.get(centre=centre)


def tamper(*statements: str) -> None:
    """Change the book as somebody could who owns the database: with the walls taken down."""
    walls.take_down()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
    walls.build()


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_line_says_who_did_what_to_which_record_when(centre: Centre, person: User) -> None:
    line = write(person, centre)
    line.refresh_from_db()
    assert (line.actor, line.verb, line.at) == (person, "submit", NOON)
    assert (line.subject_kind, line.subject_id) == ("user", person.pk)
    assert line.detail.details == {"number": 0, "on": "2026-06-01T12:00:00.000005+00:00"}


def test_lines_of_a_centre_follow_each_other(book: AuditChain) -> None:
    lines = list(book.events.all())
    assert [line.sequence for line in lines] == [1, 2, 3, 4]
    assert [line.previous for line in lines[1:]] == [line.hash for line in lines[:-1]]
    assert (book.length, book.head) == (4, lines[-1].hash)
    assert audit.verify(book) is None


def test_the_installation_has_a_book_of_its_own(book: AuditChain, person: User) -> None:
    for _ in range(2):
        write(person, None)
    own = AuditChain.objects.get(centre=None)
    assert own.length == 2
    assert audit.verify(own) is None
    book.refresh_from_db()
    assert book.length == 4


def test_lines_of_a_bulk_act_share_its_id(centre: Centre, person: User) -> None:
    act = uuid.uuid4()
    lines = [
        audit.record(verb="end", by=None, at=NOON, subject=person, centre=centre, details={}, act_id=act)
        for _ in range(2)
    ]
    assert {line.act_id for line in lines} == {act}
    assert write(person, centre).act_id != act


def test_equal_details_have_different_digests(centre: Centre, person: User) -> None:
    assert write(person, centre).details_digest != write(person, centre).details_digest


@pytest.mark.django_db(transaction=True)
def test_a_line_is_refused_outside_the_transaction_of_its_verb(person: User) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(verb="submit", by=None, at=NOON, subject=person, centre=None, details={})


@pytest.mark.django_db(transaction=True)
def test_a_line_goes_with_the_verb_that_fails(book: AuditChain, person: User) -> None:
    with transaction.atomic():
        write(person, book.centre)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == 4
    assert audit.verify(book) is None


def test_a_record_that_was_not_saved_is_no_subject(centre: Centre) -> None:
    with pytest.raises(ValueError, match="without an id"):
        audit.record(verb="submit", by=None, at=NOON, subject=User(), centre=centre, details={})


def test_details_that_could_be_read_in_two_ways_are_refused(centre: Centre, person: User) -> None:
    with pytest.raises(TypeError):
        audit.record(verb="x", by=None, at=NOON, subject=person, centre=centre, details={"share": 0.1})  # type: ignore[dict-item]


@pytest.mark.django_db(transaction=True)
def test_verbs_at_the_same_time_write_one_unbroken_book(person: User) -> None:
    centre = Centre.objects.create(name="Northgate", slug="northgate", created_at=NOON)
    ready, failures = threading.Barrier(3), []

    def work() -> None:
        try:
            ready.wait()
            for number in range(8):
                write(person, centre, number)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    book = AuditChain.objects.get(centre=centre)
    assert book.length == 24
    assert audit.verify(book) is None


# --- verifying -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'withdraw'",
        "at = '2026-06-01 12:00:00.000006+00:00'",
        "actor_id = NULL",
        "subject_kind = 'centre'",
        "subject_id = subject_id + 1",
        "act_id = '00000000000000000000000000000001'",
        f"details_digest = '{'f' * 64}'",
        f"hash = '{'f' * 64}'",
    ],
)
def test_an_altered_line_is_named(book: AuditChain, change: str) -> None:
    tamper(f"UPDATE portfolio_auditevent SET {change} WHERE sequence = 3")  # noqa: S608
    assert audit.verify(book) == audit.Broken(3, "it was altered: it no longer gives its hash.")


def test_a_line_made_to_follow_another_is_named(book: AuditChain) -> None:
    tamper(f"UPDATE portfolio_auditevent SET previous = '{'f' * 64}' WHERE sequence = 3")  # noqa: S608
    assert audit.verify(book) == audit.Broken(3, "it does not hold the hash of the line before it.")


def test_a_missing_line_is_named(book: AuditChain) -> None:
    line = book.events.get(sequence=2).pk
    tamper(
        f"DELETE FROM portfolio_auditdetail WHERE event_id = {line}",  # noqa: S608
        f"DELETE FROM portfolio_auditevent WHERE id = {line}",  # noqa: S608
    )
    assert audit.verify(book) == audit.Broken(2, "it is missing.")


def test_a_number_that_stands_twice_is_named(book: AuditChain) -> None:
    second = book.events.get(sequence=2)
    reason = audit.what_is_wrong(second, 3, second.hash)
    assert reason == "number 2 stands here a second time."


def test_lines_that_changed_places_are_named(book: AuditChain) -> None:
    tamper(
        "UPDATE portfolio_auditevent SET sequence = 9 WHERE sequence = 3",
        "UPDATE portfolio_auditevent SET sequence = 3 WHERE sequence = 4",
        "UPDATE portfolio_auditevent SET sequence = 4 WHERE sequence = 9",
    )
    broken = audit.verify(book)
    assert broken is not None
    assert broken.sequence == 3


def test_a_line_moved_to_another_book_is_missed_and_found(book: AuditChain, person: User) -> None:
    write(person, None)
    other = AuditChain.objects.get(centre=None)
    tamper(f"UPDATE portfolio_auditevent SET chain_id = {other.pk} WHERE sequence = 4")  # noqa: S608
    assert audit.verify(book) == audit.Broken(4, "it is missing, and so is all after it: the book had 4 lines.")
    assert audit.verify(other) == audit.Broken(2, "it is missing.")


def cut(book: AuditChain, length: int) -> list[str]:
    """Statements that cut the book's tail."""
    lines = f"SELECT id FROM portfolio_auditevent WHERE chain_id = {book.pk} AND sequence > {length}"  # noqa: S608
    return [
        f"DELETE FROM portfolio_auditdetail WHERE event_id IN ({lines})",  # noqa: S608
        f"DELETE FROM portfolio_auditevent WHERE chain_id = {book.pk} AND sequence > {length}",  # noqa: S608
    ]


@pytest.mark.parametrize("length", [0, 3])
def test_a_cut_tail_is_named(book: AuditChain, length: int) -> None:
    tamper(*cut(book, length))
    assert audit.verify(book) == audit.Broken(
        length + 1, "it is missing, and so is all after it: the book had 4 lines."
    )


def test_a_line_past_the_head_is_named(book: AuditChain) -> None:
    tamper(f"UPDATE portfolio_auditchain SET length = 3 WHERE id = {book.pk}")  # noqa: S608
    assert audit.verify(book) == audit.Broken(4, "the head of the book knows only 3 lines.")


def test_an_altered_head_is_named(book: AuditChain) -> None:
    tamper(f"UPDATE portfolio_auditchain SET head = '{'f' * 64}' WHERE id = {book.pk}")  # noqa: S608
    assert audit.verify(book) == audit.Broken(4, "the head of the book holds another hash than the newest line.")


@pytest.mark.parametrize("change", ["details = '{\"number\": 7}'", "salt = 'f'"])
def test_altered_details_are_named(book: AuditChain, change: str) -> None:
    line = book.events.get(sequence=3).pk
    tamper(f"UPDATE portfolio_auditdetail SET {change} WHERE event_id = {line}")  # noqa: S608
    assert audit.verify(book) == audit.Broken(3, "its details were altered: they no longer give their digest.")


def test_a_book_whose_details_were_erased_still_holds(book: AuditChain) -> None:
    tamper("DELETE FROM portfolio_auditdetail")
    assert audit.verify(book) is None


def test_lines_written_while_it_is_read_are_read_too(
    book: AuditChain, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = audit.what_is_wrong

    def read_while_another_writes(event: AuditEvent, expected: int, previous: str, told: Lines) -> str | None:
        if expected == 4 and book.events.count() == 4:
            write(person, book.centre)
        return read(event, expected, previous, told)

    monkeypatch.setattr(audit, "what_is_wrong", read_while_another_writes)
    assert audit.verify(book) is None
    assert book.length == 5


# --- commands --------------------------------------------------------------------------------------------------------


def said(command: str, **options: str) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_verify_audit_reports_every_book(book: AuditChain, person: User) -> None:
    write(person, None)
    assert said("verify_audit").splitlines() == [
        f"Audit book of Northgate Centre (centre {book.centre_id}): 4 lines hold.",
        "Audit book of the installation (installation): 1 lines hold.",
    ]


def test_verify_audit_names_the_first_broken_line_of_each_book(book: AuditChain, person: User) -> None:
    write(person, None)
    tamper("UPDATE portfolio_auditevent SET verb = 'x' WHERE sequence IN (1, 3)")
    with pytest.raises(CommandError) as caught:
        said("verify_audit")
    assert [line.partition(": ")[2] for line in str(caught.value).splitlines()] == [
        "line 1: it was altered: it no longer gives its hash."
    ] * 2


@pytest.fixture
def heads(book: AuditChain, tmp_path: Path) -> Path:
    """The heads as exported to somewhere else."""
    file = tmp_path / "heads.jsonl"
    file.write_text(said("export_heads"))
    return file


def test_exported_heads_are_one_json_object_a_line(book: AuditChain, heads: Path) -> None:
    [head] = [json.loads(text) for text in heads.read_text().splitlines()]
    assert head.pop("exported_at") <= timezone.now().isoformat()
    assert head == {"book": f"centre {book.centre_id}", "length": 4, "head": book.head}


def test_a_book_that_only_grew_leads_through_its_exported_heads(book: AuditChain, heads: Path, person: User) -> None:
    write(person, book.centre)
    heads.write_text(heads.read_text() + said("export_heads"))
    assert "5 lines hold" in said("verify_audit", heads=str(heads))


def test_a_tail_cut_together_with_its_head_shows_against_the_exported_heads(book: AuditChain, heads: Path) -> None:
    head = book.events.get(sequence=2).hash
    tamper(*cut(book, 2), f"UPDATE portfolio_auditchain SET length = 2, head = '{head}' WHERE id = {book.pk}")  # noqa: S608
    assert "2 lines hold" in said("verify_audit")
    with pytest.raises(CommandError, match="line 4 is not the one exported at"):
        said("verify_audit", heads=str(heads))


def test_a_book_rewritten_as_a_whole_shows_against_the_exported_heads(
    book: AuditChain, heads: Path, person: User
) -> None:
    empty = f"UPDATE portfolio_auditchain SET length = 0, head = '{audit.BEGINNING}' WHERE id = {book.pk}"  # noqa: S608
    tamper(*cut(book, 0), empty)
    for number in range(4):
        write(person, book.centre, number)
    assert "4 lines hold" in said("verify_audit")
    with pytest.raises(CommandError, match="line 4 is not the one exported at"):
        said("verify_audit", heads=str(heads))


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"book": "centre x", "length": 1, "head": "x"}', "{}"])
def test_a_file_that_holds_no_heads_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text(text)
    with pytest.raises(CommandError, match="line 1 was not written by export_heads"):
        said("verify_audit", heads=str(file))
