"""The audit book: what is written, and that any change to it is found."""

import pytest
from django.db import transaction
from django.utils import timezone

from portfolio import audit
from portfolio.models import AuditChain, Centre, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Centre:
    return Centre.objects.create(name="Northgate Training", slug="northgate", created_at=timezone.now())


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ann@example.org")


def test_lines_of_a_centre_follow_each_other(centre: Centre, person: User) -> None:
    for number in (1, 2, 3):
        line = audit.record(
            verb="invite", by=person, at=timezone.now(), subject=person, centre=centre, details={"number": number}
        )
        assert line.sequence == number
    chain = AuditChain.objects.get(centre=centre)
    assert (chain.length, chain.head) == (3, line.hash)
    assert audit.verify(chain) is None


def test_the_installation_has_a_book_of_its_own(centre: Centre, person: User) -> None:
    for _ in range(2):
        audit.record(verb="open centre", by=None, at=timezone.now(), subject=centre, centre=None, details={})
    chain = AuditChain.objects.get(centre=None)
    assert chain.length == 2
    assert audit.verify(chain) is None


@pytest.mark.django_db(transaction=True)
def test_a_line_is_refused_outside_the_transaction_of_its_verb(person: User) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(verb="invite", by=None, at=timezone.now(), subject=person, centre=None, details={})
