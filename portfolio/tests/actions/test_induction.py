"""Receiving a candidate: identity seen, induction held, and confirmed by the candidate."""

import datetime

import pytest
from django.utils import timezone

from portfolio import signing
from portfolio.actions import acknowledge_induction, check_identity, invite_candidate, record_induction
from portfolio.actions.induction import STATEMENT, facts_of
from portfolio.enums import IdentityDocument, InductionTopic, Role
from portfolio.models import AuditEvent, CandidateRecord, Centre, Induction, Notice, StandsForGoodError, Statement, User
from portfolio.queries import received
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def centre() -> Centre:
    Statement.objects.create(key=STATEMENT, version=1, title="Induction", text="I was told.")
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


@pytest.fixture
def candidate(centre: Centre) -> CandidateRecord:
    return a_candidate(centre)


def inducted(candidate: CandidateRecord, admin: User, *topics: InductionTopic) -> Induction:
    topics = topics or tuple(InductionTopic)
    return record_induction(candidate=candidate, topics=topics, held_by=admin, held_on=TODAY, by=admin, at=NOW)


def test_it_keeps_what_was_seen_by_whom_and_when(candidate: CandidateRecord, admin: User) -> None:
    lines = AuditEvent.objects.count()
    check_identity(
        candidate=candidate, document=IdentityDocument.PASSPORT, seen_by=admin, seen_on=TODAY - DAY, by=admin, at=NOW
    )
    found = received(candidate)
    assert found.identity is not None
    assert (found.identity.get_document_display(), found.identity_by) == ("Passport", "Alma Admin")
    assert AuditEvent.objects.count() == lines + 1
    with pytest.raises(StandsForGoodError):
        found.identity.save()


def test_nobody_confirms_their_own_identity_or_is_seen_by_a_stranger_or_tomorrow(
    centre: Centre, candidate: CandidateRecord, admin: User
) -> None:
    stranger = a_staff_member(a_centre("Southgate Centre"), "Olga Other", Role.ASSESSOR).user
    a_staff_member(centre, "Cara Candidate", Role.ASSESSOR)
    for seen_by, on, said in [
        (candidate.user, TODAY, "Nobody confirms their own identity"),
        (stranger, TODAY, "Only somebody on the staff"),
        (admin, TODAY + DAY, "lies ahead"),
    ]:
        with pytest.raises(Refusal, match=said):
            check_identity(
                candidate=candidate, document=IdentityDocument.KNOWN, seen_by=seen_by, seen_on=on, by=admin, at=NOW
            )
    assert received(candidate).identity is None


@pytest.mark.parametrize("topic", [InductionTopic.APPEALS, InductionTopic.PRIVACY])
def test_no_induction_leaves_out_appeals_or_the_privacy_notice(
    candidate: CandidateRecord, admin: User, topic: InductionTopic
) -> None:
    with pytest.raises(Refusal, match="No induction leaves this out") as refused:
        inducted(candidate, admin, *(each for each in InductionTopic if each != topic))
    assert topic.label in refused.value.sentences[0]
    assert not Induction.objects.exists()


def test_the_candidate_is_asked_and_puts_their_name_to_what_they_were_told(
    candidate: CandidateRecord, admin: User
) -> None:
    induction = inducted(candidate, admin)
    [notice] = Notice.objects.filter(user=candidate.user)
    assert notice.address.endswith(f"/induction/{induction.pk}/")
    assert received(candidate).waits
    signature = acknowledge_induction(induction=induction, by=candidate.user, at=NOW)
    found = received(candidate)
    assert not found.waits
    assert (found.covered, found.of) == (len(InductionTopic), len(InductionTopic))
    assert signature.digest == signing.digest_of(facts_of(induction))
    notice.refresh_from_db()
    assert notice.seen_at == NOW
    with pytest.raises(Refusal, match="already"):
        acknowledge_induction(induction=induction, by=candidate.user, at=NOW)


def test_nobody_confirms_it_for_the_candidate(candidate: CandidateRecord, admin: User) -> None:
    induction = inducted(candidate, admin)
    with pytest.raises(Refusal, match="Only the candidate"):
        acknowledge_induction(induction=induction, by=admin, at=NOW)


def test_only_an_administrator_records_them(centre: Centre, candidate: CandidateRecord, admin: User) -> None:
    assessor = a_staff_member(centre, "Ann Lee", Role.ASSESSOR).user
    with pytest.raises(Refusal, match="Only an administrator"):
        record_induction(
            candidate=candidate, topics=list(InductionTopic), held_by=admin, held_on=TODAY, by=assessor, at=NOW
        )
    with pytest.raises(Refusal, match="Only an administrator"):
        check_identity(
            candidate=candidate, document=IdentityDocument.PASS, seen_by=admin, seen_on=TODAY, by=assessor, at=NOW
        )


def test_nobody_records_how_they_were_received_themselves(centre: Centre, admin: User) -> None:
    own = invite_candidate(centre=centre, email=admin.email, legal_name="Alma Admin", by=None, at=NOW)
    colleague = a_staff_member(centre, "Cole League", Role.ASSESSOR).user
    with pytest.raises(Refusal, match="ask another administrator"):
        check_identity(
            candidate=own, document=IdentityDocument.PASSPORT, seen_by=colleague, seen_on=TODAY, by=admin, at=NOW
        )
    with pytest.raises(Refusal, match="ask another administrator"):
        record_induction(candidate=own, topics=InductionTopic, held_by=colleague, held_on=TODAY, by=admin, at=NOW)


def test_only_the_latest_induction_is_confirmed_and_only_by_a_candidate_of_today(
    candidate: CandidateRecord, admin: User
) -> None:
    first, second = inducted(candidate, admin), inducted(candidate, admin)
    assert [line.concerns for line in Notice.objects.filter(user=candidate.user)] == [f"induction {second.pk}"]
    with pytest.raises(Refusal, match="A later induction"):
        acknowledge_induction(induction=first, by=candidate.user, at=NOW)
    candidate.user.grants.update(ends_on=TODAY - DAY, starts_on=TODAY - DAY)
    with pytest.raises(Refusal, match="no candidate of"):
        acknowledge_induction(induction=second, by=candidate.user, at=NOW)
