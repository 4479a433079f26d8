"""The whole record of a centre leaves in one archive, and is in another installation what it was."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import bagit
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.demo.centre import SLUG
from assessments.documents import ask_authentication_form
from assessments.models import AuthenticationForm, Enrolment
from assessments.queries.proof import proof
from assessments.queries.verification import unit_facts
from assessments.tests.by_script import checked
from assessments.tests.elsewhere import digests, exported, moved_house, rewritten, rows
from portfolio import audit, vault, walls
from portfolio.archive import catalogue, opening
from portfolio.archive.catalogue import reasons_left_out, without_a_place
from portfolio.archive.loading import load
from portfolio.archive.opening import NotAnArchive
from portfolio.models import (
    ArrivedNumbers,
    AuditChain,
    AuditEvent,
    CandidateRecord,
    Centre,
    Document,
    StoredFile,
    User,
)
from units.actions import publish
from units.models import FunctionalSkill, NosReference, Unit

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Left:
    """A demonstration centre, and its archive."""

    centre: Centre
    archive: Path
    digests: dict[str, str]


@pytest.fixture(scope="module")
def left(
    standard: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    vault_of_the_module: Path,
) -> Iterator[Left]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        centre = Centre.objects.get(slug=SLUG)
        form = AuthenticationForm.objects.earliest("pk")
        ask_authentication_form(form=form, by=form.enrolment.verifier, at=timezone.now())
        draft = Unit.objects.filter(centre=centre, publication=None).earliest("version")
        publish(unit=draft, by=centre.grants.filter(role="administrator")[0].user, at=timezone.now())
        archive = tmp_path_factory.mktemp("archive") / "harbour.zip"
        yield Left(centre, archive, exported(centre, archive, timezone.now()))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def vault_of_the_demo(settings: Any, vault_of_the_module: Path) -> None:
    settings.VAULT_DIR = vault_of_the_module


# --- what travels ----------------------------------------------------------------------------------------------------


def test_every_model_is_in_an_archive_or_is_named_as_left_out_with_its_reason() -> None:
    assert list(without_a_place()) == []
    assert all(reason.strip() for reason in reasons_left_out().values())


def test_a_model_that_nobody_thought_of_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(catalogue._left_out, "portfolio.Notice")
    monkeypatch.delitem(catalogue._left_out, "sessions.Session")
    assert set(without_a_place()) == {
        "sessions.Session is in no archive: no foreign key leads to its centre, and it is not named as left out.",
        "portfolio.Notice.letter refers to what is left out: renew it.",
    }


def test_no_table_has_a_column_that_has_no_certain_way_of_being_written() -> None:
    kinds = {field.get_internal_type() for model in catalogue.travelling() for field in catalogue.columns(model)}
    assert kinds.isdisjoint({"FloatField", "FileField", "ImageField", "DurationField"})


# --- the bag ---------------------------------------------------------------------------------------------------------


def test_the_archive_is_a_bag_that_others_find_valid(left: Left, tmp_path: Path) -> None:
    with ZipFile(left.archive) as archive:
        archive.extractall(tmp_path)  # our own
    logging.getLogger("bagit").setLevel(logging.ERROR)
    bag = bagit.Bag(str(tmp_path / SLUG))
    bag.validate()
    assert bag.info["Source-Organization"] == left.centre.name
    assert bag.info["Bagging-Date"] == timezone.now().date().isoformat()
    assert set(left.digests) == set(bag.payload_entries())


def test_every_file_of_the_record_is_in_it_under_its_digest(left: Left) -> None:
    packed = {Path(name).stem: digest for name, digest in left.digests.items() if name.startswith("data/files/")}
    kept = {row["sha256"] for row in rows(left.archive, "portfolio.storedfile")}
    assert packed == {digest: digest for digest in kept}
    used = {row["stored"] for row in rows(left.archive, "assessments.evidencefile")}
    assert used <= set(range(1, len(kept) + 1))


def test_a_line_is_what_the_schema_beside_it_says(left: Left) -> None:
    with ZipFile(left.archive) as archive:
        schema = json.loads(archive.read(f"{SLUG}/data/record/schema.json"))["$defs"]
        index = json.loads(archive.read(f"{SLUG}/data/record/index.json"))
    filled = {found["kind"] for found in index["files"] if found["rows"]}
    assert {"assessments.decision", "portfolio.signature", "assessments.sample", "assessments.case"} <= filled
    for found in index["files"]:
        lines = rows(left.archive, found["kind"])
        assert len(lines) == found["rows"]
        for line in lines:
            assert line.keys() == schema[found["kind"]]["properties"].keys() == set(schema[found["kind"]]["required"])


def test_it_holds_nobodys_credentials_and_no_row_of_another_centre(left: Left, tmp_path: Path) -> None:
    assert {tuple(row) for row in rows(left.archive, "portfolio.user")} == {("email", "numbers")}
    assert "token_digest" not in rows(left.archive, "assessments.testimony")[0]
    assert [row["slug"] for row in rows(left.archive, "portfolio.centre")] == [SLUG]


# --- there and back --------------------------------------------------------------------------------------------------


def published(centre: Centre) -> dict[tuple[str, int], str | None]:
    """By whom each version of the units that the centre brought in was put into use; None for a draft."""
    rows = Unit.objects.filter(centre=centre).values_list("key", "version", "publication__by__email")
    return {(key, version): by for key, version, by in rows}


def test_read_back_elsewhere_it_is_what_it_was(left: Left, settings: Any, tmp_path: Path) -> None:
    before = {row.key: unit_facts(row).stale for row in Enrolment.objects.filter(centre=left.centre)}
    brought_in = published(left.centre)
    numbers = set(CandidateRecord.objects.filter(centre=left.centre).values_list("pk", flat=True))
    moved_house(settings, tmp_path / "vault")

    centre = load(left.archive, at=timezone.now())

    assert exported(centre, tmp_path / "again.zip", timezone.now()) == left.digests
    assert numbers.isdisjoint(CandidateRecord.objects.filter(centre=centre).values_list("pk", flat=True))
    chain = AuditChain.objects.get(centre=centre)
    assert chain.length > 300
    assert audit.verify(chain) is None
    assert walls.missing() == []
    after = {row.key: unit_facts(row).stale for row in Enrolment.objects.filter(centre=centre)}
    assert before
    assert after == before
    assert published(centre) == brought_in
    assert None in brought_in.values()
    assert set(brought_in.values()) != {None}
    issued = set(Document.objects.filter(centre=centre, issued=True))
    form = AuthenticationForm.objects.earliest("pk")
    again = ask_authentication_form(form=form, by=form.enrolment.verifier, at=timezone.now())
    assert again in issued
    for stored in StoredFile.objects.filter(centre=centre):
        assert vault.measured(vault.path_of(stored)).sha256 == stored.sha256
    book = AuditEvent.objects.filter(chain__centre=None).latest("pk")
    assert (book.verb, book.subject_kind, book.subject_id) == ("import archive", "centre", centre.pk)


def test_its_book_goes_on_and_moves_once_more(left: Left, settings: Any, tmp_path: Path) -> None:
    moved_house(settings, tmp_path / "second")
    centre = load(left.archive, at=timezone.now())
    administrator = centre.grants.filter(role="administrator").first()
    assert administrator
    audit.record(
        verb="note", by=administrator.user, at=timezone.now(), subject=centre, centre=centre, details={"number": 1}
    )
    assert audit.verify(AuditChain.objects.get(centre=centre)) is None
    second = exported(centre, tmp_path / "second.zip", timezone.now())
    moved_house(settings, tmp_path / "third")

    again = load(tmp_path / "second.zip", at=timezone.now())

    assert again.arrivals.count() == 2
    chain = AuditChain.objects.get(centre=again)
    assert audit.verify(chain) is None
    assert exported(again, tmp_path / "third.zip", timezone.now()) == second
    whole = list(proof(chain, AuditEvent.objects.filter(chain=chain).select_related("detail"), timezone.now()))
    assert checked(tmp_path, whole)[1].startswith(
        f"All {chain.length} lines hold, {chain.length} of them given in full."
    )
    with transaction.atomic(), walls.lifted(), connection.cursor() as cursor:
        newest = chain.events.latest("sequence")
        cursor.execute("UPDATE portfolio_auditevent SET actor_id = NULL WHERE id = %s", [newest.pk - 1])
    assert str(audit.verify(chain)) == f"line {chain.length - 1}: it was altered: it no longer gives its hash."


def test_people_who_sign_in_there_already_are_the_same_people(left: Left, settings: Any, tmp_path: Path) -> None:
    moved_house(settings, tmp_path / "vault")
    known = User.objects.create_user("dylan@harbour.example", "a password of old")
    centre = load(left.archive, at=timezone.now())
    assert Enrolment.objects.filter(centre=centre, assessor=known).exists()
    assert User.objects.get(pk=known.pk).check_password("a password of old")
    newcomer = User.objects.get(email="anita@harbour.example")
    assert not newcomer.has_usable_password()
    assert newcomer.is_active
    assert exported(centre, tmp_path / "again.zip", timezone.now()) == left.digests


# --- refused ---------------------------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    """The sentence with which an archive is refused, having left nothing."""
    before = {model: model._base_manager.count() for model in catalogue.every_model()}
    files = set(vault.incoming_folder().parent.rglob("*"))
    with pytest.raises(NotAnArchive) as refusal:
        load(path, at=timezone.now())
    assert {model: model._base_manager.count() for model in catalogue.every_model()} == before
    assert {path for path in vault.incoming_folder().parent.rglob("*") if path.is_file()} <= files
    assert walls.missing() == []
    return refusal.value.sentences[0]


def test_a_centre_that_is_here_already_is_not_read_again(left: Left) -> None:
    assert refused(left.archive).startswith(f"There is a centre {SLUG} here already.")


def test_a_unit_that_has_more_or_fewer_parts_here_is_left_as_it_is(left: Left, settings: Any, tmp_path: Path) -> None:
    moved_house(settings, tmp_path / "vault")
    with walls.lifted():
        NosReference.objects.filter(unit__key="ocr-cc26").delete()
    told = refused(left.archive)
    assert "nos reference “" in told
    assert "ocr-cc26, 1”, which is not here" in told
    with walls.lifted():
        skill = FunctionalSkill.objects.filter(unit__key="ocr-cc26")[0]
        skill.pk, skill.name = None, "Juggling"
        skill.save()
    assert "Juggling, ocr-cc26, 1”, which is here alone" in refused(left.archive)


def test_a_broken_bag_is_refused_with_a_sentence_and_leaves_nothing(left: Left, settings: Any, tmp_path: Path) -> None:
    moved_house(settings, tmp_path / "vault")
    a_file = next(name for name in left.digests if name.startswith("data/files/"))
    broken = {
        "is not as it was packed": lambda name, data: data + b"x" if name == a_file else data,
        f"{a_file} is missing": lambda name, data: None if name == a_file else data,
        "no bag": lambda name, data: None if name == "manifest-sha256.txt" else data,
        "tagmanifest-sha256.txt is missing": lambda name, data: None if name.startswith("tagm") else data,
    }
    for words, change in broken.items():
        assert words in refused(rewritten(left.archive, tmp_path / f"{abs(hash(words))}.zip", change))
    (tmp_path / "no.zip").write_bytes(b"PK no")
    assert "is no ZIP file" in refused(tmp_path / "no.zip")
    cut = left.archive.read_bytes()
    (tmp_path / "cut.zip").write_bytes(cut[: len(cut) // 2])
    assert "a part of it is missing" in refused(tmp_path / "cut.zip")
    with ZipFile(rewritten(left.archive, tmp_path / "more.zip", lambda name, data: data), "a") as more:
        more.writestr(f"{SLUG}/data/files/slipped-in.pdf", b"%PDF")
    assert "no manifest says so" in refused(tmp_path / "more.zip")


def test_a_bag_that_was_packed_anew_with_other_content_is_refused(left: Left, settings: Any, tmp_path: Path) -> None:
    moved_house(settings, tmp_path / "vault")

    def told(change: Any, words: str, name: str = "data/record/index.json") -> None:
        def one(path: str, data: bytes) -> bytes:
            return change(data) if path == name else data

        path = rewritten(left.archive, tmp_path / f"{abs(hash(words))}.zip", one, seal=True)
        assert words in refused(path)

    told(lambda data: data.replace(b'"version": 1', b'"version": 2'), "format version 2")
    told(lambda data: data.replace(b'"cut": "whole"', b'"cut": "own"'), "not the whole record of a centre")
    told(
        lambda data: data.replace(b'"verdict"', b'"word"'),
        "another version of this software: assessments.decision",
        "data/record/schema.json",
    )
    told(
        lambda data: data.replace(b'"verb":"review"', b'"verb":"verify"', 1),
        "audit book does not hold, so nothing was kept",
        "data/record/portfolio.auditevent.jsonl",
    )
    told(
        lambda data: data.replace(b'"enrolment":1,', b'"enrolment":99999,', 1),
        "there is no line 99999",
        "data/record/assessments.decision.jsonl",
    )
    told(
        lambda data: data.replace(b"CC26", b"CC62"),
        "What the record rests on says something else here",
        "data/record/units.unit.jsonl",
    )


def test_a_bag_made_to_do_harm_reaches_no_other_file_and_fills_no_memory(
    left: Left, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever packs a bag may seal whatever they like in it: only the book is beyond them."""
    moved_house(settings, tmp_path / "vault")

    def told(name: str, change: Any) -> str:
        def one(path: str, data: bytes) -> bytes:
            return change(data) if path == name else data

        return refused(rewritten(left.archive, tmp_path / "hostile.zip", one, seal=True))

    def climbing(data: bytes) -> bytes:
        first, *others = data.splitlines(keepends=True)
        row = json.loads(first)
        return json.dumps({**row, "sha256": "../../../../../../etc/passwd"}).encode() + b"\n" + b"".join(others)

    assert "'../../../../../../etc/passwd', which is no digest" in told(
        "data/record/portfolio.storedfile.jsonl", climbing
    )
    deep = b"[" * 100_000 + b"]" * 100_000
    assert "is no JSON" in told("data/record/index.json", lambda data: deep)
    assert "does not hold together" in told("data/record/assessments.decision.jsonl", lambda data: deep + b"\n" + data)
    monkeypatch.setattr(opening, "LONGEST", 100)
    assert "unpacks to a line longer than any" in refused(left.archive)


# --- commands --------------------------------------------------------------------------------------------------------


def test_the_commands_write_and_read_it_and_say_so(left: Left, settings: Any, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "harbour.zip"
    call_command("export_archive", SLUG, str(file))
    assert f"rows, {file.stat().st_size} bytes in {file}." in capsys.readouterr().out
    line = AuditEvent.objects.filter(chain__centre=None).latest("pk")
    assert (line.verb, line.subject_id) == ("export archive", left.centre.pk)
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_archive", SLUG, str(file))
    with pytest.raises(CommandError, match="There is no centre nowhere here"):
        call_command("export_archive", "nowhere", str(tmp_path / "other.zip"))
    with pytest.raises(CommandError, match="here already"):
        call_command("import_archive", str(file))
    moved_house(settings, tmp_path / "vault")
    call_command("import_archive", str(file))
    assert "with its book verified" in capsys.readouterr().out
    assert ArrivedNumbers.objects.exists()
    assert digests(file) == left.digests
