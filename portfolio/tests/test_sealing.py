"""Seals on issued documents: made once, seen by other tools, broken by any change; and what is said of certificates."""

import datetime
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
import pytest_django
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portfolio import composing, locking, press, sealing, seals
from portfolio.actions import end_seal, set_seal
from portfolio.enums import DocumentStatus
from portfolio.models import AuditEvent, Centre, Document, Seal, User
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, an_administrator, in_vault
from portfolio.tests import letter, objects
from portfolio.tests.certificates import DAY, NOW, PASSWORD, Authority, an_authority, an_rsa_key, stamping
from portfolio.tests.letter import FACTS, ask, made
from portfolio.tests.programs import program

WHOLE = SignatureCoverageLevel.ENTIRE_FILE
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def press_room(settings: pytest_django.Settings) -> None:
    letter.add_template(settings)
    letter.wait_for_a_worker(settings)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return an_authority()


@pytest.fixture(scope="module")
def file(authority: Authority) -> bytes:
    return authority.file_for("Northgate Training", an_rsa_key())


@pytest.fixture(scope="module")
def time_stamps(authority: Authority) -> Iterator[str]:
    with stamping(authority) as address:
        yield address


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def person(centre: Centre) -> User:
    return an_administrator(centre)


def sealing_with(centre: Centre, file: bytes, time_stamps: str = "") -> Seal:
    now = timezone.now()
    return set_seal(centre=centre, file=file, password=PASSWORD, time_stamps=time_stamps, by=None, at=now)


def bytes_of(document: Document) -> bytes:
    assert document.status == DocumentStatus.READY, document.problem
    assert document.stored
    content = in_vault(document.stored)
    assert content
    return content


def checked(content: bytes, authority: Authority) -> PdfSignatureStatus:
    """What pyHanko says of the seal to somebody who trusts the authority."""
    root = asn1_x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    trust = ValidationContext(trust_roots=[root], allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, trust, ts_validation_context=trust)


def said_by_poppler(content: bytes, folder: Path) -> str:
    """What pdfsig says, which trusts nobody here: whether the seal fits the file."""
    (folder / "sealed.pdf").write_bytes(content)
    return subprocess.run([program("pdfsig"), folder / "sealed.pdf"], capture_output=True, text=True).stdout


# --- the seal --------------------------------------------------------------------------------------------------------


def test_an_issued_document_is_sealed_and_two_tools_say_so(
    centre: Centre, person: User, authority: Authority, file: bytes, tmp_path: Path
) -> None:
    sealing_with(centre, file)
    content = bytes_of(made(ask(centre, person, issued=True)))
    status = checked(content, authority)
    assert (status.bottom_line, status.coverage, status.docmdp_ok) == (True, WHOLE, True)
    assert status.signing_cert.subject.native["common_name"] == "Northgate Training"
    said = said_by_poppler(content, tmp_path)
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Signer Certificate Common Name: Northgate Training" in said


def test_what_is_sealed_is_still_pdf_a_3a_with_its_tags_and_its_facts(
    centre: Centre, person: User, file: bytes
) -> None:
    plain = bytes_of(made(ask(centre, person, issued=True, name="One")))
    sealing_with(centre, file)
    content = bytes_of(made(ask(centre, person, issued=True, name="Two")))
    with pikepdf.open(io.BytesIO(content)) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert json.loads(document.attachments["record.json"].get_file().read_bytes()) == FACTS | {"name": "Two"}
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        (shown,) = list(document.pages[0].obj.Annots)
        assert str(shown.FT) == "/Sig"
        assert [int(side) for side in shown.Rect] == [0, 0, 0, 0]  # so it needs no appearance
        assert not document.check_pdf_syntax()
    assert content.startswith(plain[:8])
    assert 0 < len(content) - len(plain) < 40_000


def test_a_change_after_sealing_is_noticed_by_both(
    centre: Centre, person: User, authority: Authority, file: bytes, tmp_path: Path
) -> None:
    sealing_with(centre, file)
    content = bytes_of(made(ask(centre, person, issued=True)))
    added = content + content[content.rindex(b"startxref") :].replace(b"startxref", b"% a word more\nstartxref")
    status = checked(added, authority)
    assert not (status.bottom_line and status.coverage == WHOLE)
    assert "Total document signed" not in said_by_poppler(added, tmp_path).replace("Not total", "")
    place = content.index(b"/MediaBox") if b"/MediaBox" in content else 200
    altered = content[: place + 12] + b"1" + content[place + 13 :]
    assert not checked(altered, authority).intact
    assert "Signature is Valid" not in said_by_poppler(altered, tmp_path)


def test_a_time_stamp_is_added_where_a_server_is_named(
    centre: Centre, person: User, authority: Authority, file: bytes, time_stamps: str
) -> None:
    sealing_with(centre, file, time_stamps)
    document = made(ask(centre, person, issued=True))
    stamped = checked(bytes_of(document), authority).timestamp_validity
    assert stamped
    assert (stamped.valid, stamped.trusted) == (True, True)
    assert document.seal["time_stamped"]


@pytest.mark.parametrize("how", ["nobody", "silent"])
def test_without_an_answer_of_the_time_stamp_server_nothing_is_issued_and_it_is_tried_again(
    centre: Centre, person: User, file: bytes, time_stamps: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "TO_STAMP", 0.3)
    monkeypatch.setattr(sealing, "_resting", {})
    with objects.silent() as silent:
        sealing_with(centre, file, silent if how == "silent" else objects.nobody())
        document = made(ask(centre, person, issued=True))
        assert (document.status, document.problem, document.stored) == ("failed", sealing.NOT_STAMPED, None)
        monkeypatch.setattr(sealing, "HTTPTimeStamper", lambda *args, **kwargs: object())
        again = made(ask(centre, person, issued=True))
        assert again.problem == sealing.NOT_STAMPED  # not asked again a moment later: others would wait in turn
    monkeypatch.undo()
    sealing_with(centre, file, time_stamps)
    assert made(ask(centre, person, issued=True)).status == DocumentStatus.READY


def test_it_is_sealed_once_and_stays_as_it_is(
    centre: Centre, person: User, file: bytes, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_of(made(ask(centre, person, issued=True, name="Unsealed")))
    sealing_with(centre, file)
    document = made(ask(centre, person, issued=True))
    content = bytes_of(document)
    sealing_with(centre, authority.file_for("Northgate, anew"))
    monkeypatch.setattr(sealing, "sealed", lambda *args, **kwargs: pytest.fail("sealed twice"))
    assert bytes_of(made(ask(centre, person, issued=True))) == content
    assert bytes_of(made(ask(centre, person, issued=True, name="Unsealed"))) == before
    assert document.seal["subject"] == "Northgate Training, GB"


def test_drafts_and_other_centres_forms_carry_none(centre: Centre, person: User, file: bytes) -> None:
    sealing_with(centre, file)
    other = a_centre("Harbour College")
    for document in (ask(centre, person), ask(other, an_administrator(other), issued=True)):
        assert b"/ByteRange" not in bytes_of(made(document))
        assert document.seal == {}


def test_forms_made_at_once_are_sealed_where_their_pages_are_set(
    centre: Centre, person: User, authority: Authority, file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing_with(centre, file)
    room = composing.Room(2)
    try:
        asked = [ask(centre, person, issued=True, name=f"No. {number}") for number in range(3)]
        pages = [press.begin_in(room, document.pk) for document in asked]
        for one in pages:
            assert one
            one.keep()
    finally:
        room.close()
    for document in asked:
        document.refresh_from_db()
        assert checked(bytes_of(document), authority).bottom_line
        assert document.seal["fingerprint"]


# --- certificates ----------------------------------------------------------------------------------------------------


def test_only_its_key_is_kept_locked_up_and_it_goes_when_it_ends(centre: Centre, file: bytes) -> None:
    seal = sealing_with(centre, file)
    assert PASSWORD not in seal.locked
    secret = locking.keys(seals.PURPOSE).decrypt(seal.locked).decode()
    assert len(json.loads(secret)) == 3
    sealing_with(centre, file)
    end_seal(centre=centre, by=None, at=timezone.now())
    assert [(one.locked, one.ended_at is None) for one in Seal.objects.all()] == [("", False)] * 2
    verbs = AuditEvent.objects.filter(chain__centre=centre).order_by("sequence").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["set seal", "set seal", "end seal"]
    with pytest.raises(Refusal, match="has no seal"):
        end_seal(centre=centre, by=None, at=timezone.now())


def test_the_database_keeps_what_a_seal_says(centre: Centre, file: bytes) -> None:
    seal = sealing_with(centre, file)
    with pytest.raises(IntegrityError, match="Of a seal only"), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(subject="Somebody else")
    with pytest.raises(IntegrityError), transaction.atomic():
        seal.delete()


def ed25519_file(authority: Authority) -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateBuilder(authority.certificate.subject, authority.certificate.subject, key.public_key())
    certificate = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + DAY).sign(key, None)
    return serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(PASSWORD.encode()))


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("nonsense", "no PKCS#12 file"),
        ("another password", "no PKCS#12 file"),
        ("no key", "only a part of that"),
        ("ended", "ended on"),
        ("not yet", "begins on"),
        ("not for signing", "not for signatures"),
        ("short key", "has 1024 bits"),
        ("another kind of key", "RSA or an elliptic-curve key"),
    ],
)
def test_what_cannot_seal_is_refused_with_the_reason(centre: Centre, authority: Authority, what: str, why: str) -> None:
    def file() -> bytes:
        match what:
            case "nonsense":
                return b"a certificate, honestly"
            case "no key":
                lock = BestAvailableEncryption(PASSWORD.encode())
                return serialize_key_and_certificates(b"x", None, authority.certificate, None, lock)
            case "ended":
                return authority.file_for("Ended", until=NOW - DAY)
            case "not yet":
                return authority.file_for("Not yet", since=NOW + DAY)
            case "not for signing":
                return authority.file_for("Letters", signs=False)
            case "short key":
                return authority.file_for("Short", rsa.generate_private_key(65537, 1024))  # noqa: S505
            case "another kind of key":
                return ed25519_file(authority)
        return authority.file_for("Good")

    password = "wrong" if what == "another password" else PASSWORD
    with pytest.raises(Refusal, match=why):
        set_seal(centre=centre, file=file(), password=password, by=None, at=timezone.now())
    assert not Seal.objects.exists()


def test_after_its_end_forms_are_issued_without_and_administrators_read_it_before(
    centre: Centre, person: User, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    sealing_with(centre, authority.file_for("Northgate Training", until=now + datetime.timedelta(days=30)))
    assert seals.standing(centre, now).ends_soon
    client = Client()
    client.force_login(person)
    page = client.get(reverse("portfolio:centre_settings", args=[centre.slug])).content.decode()
    assert "Ask for a new one now" in page
    later = now + datetime.timedelta(days=31)
    assert seals.in_force(centre.pk, later) is None
    assert seals.standing(centre, later).ended
    monkeypatch.setattr(timezone, "now", lambda: later)
    call_command("set_seal", centre.slug, stdout=(out := io.StringIO()))
    assert "without a seal: the certificate of Northgate Training, GB ended on" in out.getvalue()


def test_a_key_that_cannot_be_opened_any_more_says_so(
    centre: Centre, person: User, file: bytes, settings: pytest_django.Settings
) -> None:
    sealing_with(centre, file)
    settings.SECRET_KEY = "another one, and nobody kept the one before it"
    assert made(ask(centre, person, issued=True)).problem == seals.LOCKED_FOR_GOOD


# --- the operator ----------------------------------------------------------------------------------------------------


def test_the_operator_sets_it_looks_at_it_and_ends_it(centre: Centre, file: bytes, tmp_path: Path) -> None:
    (tmp_path / "centre.p12").write_bytes(file)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")

    def said(*options: str) -> str:
        out = io.StringIO()
        call_command("set_seal", centre.slug, *options, stdout=out)
        return out.getvalue()

    assert "without a seal" in said()
    there = [f"--pkcs12={tmp_path}/centre.p12", f"--password-file={tmp_path}/password"]
    assert "certificate of Northgate Training, GB" in said(*there)
    assert "Issued by Test Authority, GB" in said()
    assert "without a seal" in said("--end")
    with pytest.raises(CommandError, match="cannot be read"):
        said("--pkcs12=/nowhere/centre.p12", there[1])
    with pytest.raises(CommandError, match="No centre"):
        call_command("set_seal", "nowhere")
    with pytest.raises(CommandError, match="begins with http"):
        said(*there, "--time-stamps=ftp://time.example.org")
