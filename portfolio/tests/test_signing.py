"""Signing: the right words, the right password, and a signature that stands for good."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.utils import timezone

from portfolio import signing
from portfolio.enums import Role
from portfolio.models import Centre, Signature, Statement, User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db
PASSWORD = "seven quiet lighthouse keepers"


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ann@example.org", PASSWORD)


@pytest.fixture
def signature(person: User) -> Signature:
    centre = Centre.objects.create(name="Northgate Training", slug="northgate", created_at=timezone.now())
    return signing.sign(
        by=person,
        role=Role.ASSESSOR,
        name="Ann Lee",
        centre=centre,
        statement=worded(1),
        scheme=1,
        digest=signing.digest_of({"unit": "CC16"}),
        at=timezone.now(),
    )


@contextmanager
def moved_to(moment: datetime.datetime) -> Iterator[None]:
    """The clock, and the cache's own, at another time."""
    clock = mock.patch("time.time", return_value=moment.timestamp())
    with clock, mock.patch.object(timezone, "now", return_value=moment):
        yield


def worded(version: int, variant: str = "") -> Statement:
    return Statement.objects.create(
        key="competence", variant=variant, version=version, title="Competence", text=f"Words {variant} {version}"
    )


def test_the_newest_words_of_the_awarding_body_are_shown() -> None:
    worded(1), worded(3), worded(1, "sqa")
    newest = worded(2, "sqa")
    assert signing.current_statement("competence", "sqa") == newest


def test_a_body_without_words_of_its_own_has_those_for_all() -> None:
    worded(1), worded(1, "sqa")
    newest = worded(2)
    assert signing.current_statement("competence", "ocr") == newest
    assert signing.current_statement("competence") == newest


def test_an_unknown_statement_says_what_to_load() -> None:
    with pytest.raises(Statement.DoesNotExist, match=r"fixtures/statements\.json"):
        signing.current_statement("authenticity")


def test_the_right_password_lets_a_person_sign(person: User) -> None:
    assert signing.password_refusals(person, PASSWORD) == []


def test_a_wrong_password_says_so(person: User) -> None:
    [sentence] = signing.password_refusals(person, "wrong")
    assert "not right" in sentence


def test_an_empty_password_is_no_try(person: User) -> None:
    for _ in range(10):
        [sentence] = signing.password_refusals(person, "")
        assert "Type your password" in sentence
    assert signing.password_refusals(person, PASSWORD) == []


def test_after_five_wrong_passwords_even_the_right_one_waits(person: User) -> None:
    for _ in range(5):
        signing.password_refusals(person, "wrong")
    [sentence] = signing.password_refusals(person, PASSWORD)
    until = timezone.localtime() + signing.WINDOW
    assert sentence in {
        f"Too many wrong passwords. You can sign again from {moment:%H:%M}."
        for moment in (until, until - datetime.timedelta(minutes=1))
    }


def test_the_wait_ends_after_fifteen_minutes(person: User) -> None:
    for _ in range(6):
        signing.password_refusals(person, "wrong")
    with moved_to(timezone.now() + signing.WINDOW + datetime.timedelta(seconds=1)):
        assert signing.password_refusals(person, PASSWORD) == []


def test_five_tries_fit_into_any_fifteen_minutes(person: User) -> None:
    now = timezone.now()
    for minute in range(5):
        with moved_to(now + datetime.timedelta(minutes=minute)):
            signing.password_refusals(person, "wrong")
    with moved_to(now + datetime.timedelta(minutes=15, seconds=1)):
        [sentence] = signing.password_refusals(person, "wrong")
        assert "not right" in sentence
        [sentence] = signing.password_refusals(person, PASSWORD)
        assert sentence.endswith(f"again from {timezone.localtime(now + datetime.timedelta(minutes=16)):%H:%M}.")


def test_the_right_password_wipes_the_count(person: User) -> None:
    for _ in range(3):
        for _ in range(4):
            signing.password_refusals(person, "wrong")
        assert signing.password_refusals(person, PASSWORD) == []


def test_one_persons_tries_do_not_shut_out_another(person: User) -> None:
    other = User.objects.create_user("ben@example.org", PASSWORD)
    for _ in range(6):
        signing.password_refusals(other, "wrong")
    assert signing.password_refusals(person, PASSWORD) == []


def test_a_signature_keeps_who_what_and_when(signature: Signature, person: User) -> None:
    signature.refresh_from_db()
    assert (signature.signer, signature.signer_name, signature.role) == (person, "Ann Lee", Role.ASSESSOR)
    assert signature.digest == signing.digest_of({"unit": "CC16"})


def test_only_a_digest_can_be_signed(signature: Signature, person: User) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        signing.sign(
            by=person,
            role=Role.ASSESSOR,
            name="Ann Lee",
            centre=signature.centre,
            statement=signature.statement,
            scheme=1,
            digest="CC16",
            at=timezone.now(),
        )


def test_a_voided_signature_stays_with_the_reason_beside_it(signature: Signature, person: User) -> None:
    signing.void(signature=signature, by=person, reason=" Sent back ", at=timezone.now())
    assert Signature.objects.get().void.reason == "Sent back"


def test_voiding_without_a_reason_is_refused(signature: Signature, person: User) -> None:
    with pytest.raises(Refusal, match="Say why"):
        signing.void(signature=signature, by=person, reason=" ", at=timezone.now())


def test_a_signature_is_voided_once(signature: Signature, person: User) -> None:
    signing.void(signature=signature, by=person, reason="Sent back", at=timezone.now())
    with pytest.raises(Refusal, match="voided already"):
        signing.void(signature=signature, by=person, reason="Sent back", at=timezone.now())
