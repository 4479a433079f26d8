"""Names, numbers and qualifications."""

import datetime

import pytest
from django.utils import timezone

from portfolio.actions import achieve_qualification, edit_candidate, edit_staff, record_qualification
from portfolio.enums import QualificationKind, Role
from portfolio.models import AuditEvent, CandidateRecord, Centre, StaffRecord, User
from portfolio.queries import is_qualified_to_assess, is_qualified_to_verify
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


@pytest.fixture
def ann(centre: Centre) -> StaffRecord:
    return a_staff_member(centre, "Ann Lee", Role.ASSESSOR)


def test_correcting_a_candidate_is_one_line_that_says_what_changed(centre: Centre, admin: User) -> None:
    candidate = a_candidate(centre)
    lines = AuditEvent.objects.count()
    edit_candidate(candidate=candidate, legal_name="Cara Jones", known_as="Caz", scn="051234561", by=admin, at=NOW)
    assert CandidateRecord.objects.get().name == "Caz"
    assert AuditEvent.objects.count() == lines + 1
    line = AuditEvent.objects.order_by("-id")[0]
    assert line.verb == "edit candidate"
    assert line.detail.details == {
        "legal_name": ["Cara Candidate", "Cara Jones"],
        "known_as": ["", "Caz"],
        "scn": ["", "051234561"],
    }


def test_correcting_a_candidate_refuses_numbers_that_cannot_be_right(centre: Centre, admin: User) -> None:
    candidate = a_candidate(centre)
    with pytest.raises(Refusal) as refused:
        edit_candidate(candidate=candidate, legal_name="", uln="1", scn="2", by=admin, at=NOW)
    assert len(refused.value.sentences) == 3
    assert CandidateRecord.objects.get().legal_name == "Cara Candidate"


def test_correcting_staff_is_one_line(centre: Centre, admin: User, ann: StaffRecord) -> None:
    lines = AuditEvent.objects.count()
    edit_staff(staff=ann, name="Ann Leigh", job_title="Coach", by=admin, at=NOW)
    assert StaffRecord.objects.get(pk=ann.pk).job_title == "Coach"
    assert AuditEvent.objects.count() == lines + 1


def test_an_award_qualifies_from_its_day(centre: Centre, admin: User, ann: StaffRecord) -> None:
    lines = AuditEvent.objects.count()
    record_qualification(
        staff=ann, kind=QualificationKind.TAQA, role=Role.ASSESSOR, achieved_on=TODAY - DAY, by=admin, at=NOW
    )
    assert AuditEvent.objects.count() == lines + 1
    assert is_qualified_to_assess(ann.user, centre, TODAY)
    assert not is_qualified_to_assess(ann.user, centre, TODAY - 2 * DAY)
    assert not is_qualified_to_assess(ann.user, a_centre("Southgate Centre"), TODAY)
    assert not is_qualified_to_verify(ann.user, centre, TODAY)


def test_an_award_worked_towards_qualifies_once_it_is_achieved(centre: Centre, admin: User, ann: StaffRecord) -> None:
    award = record_qualification(
        staff=ann, kind=QualificationKind.TAQA, role=Role.ASSESSOR, target_on=TODAY + 90 * DAY, by=admin, at=NOW
    )
    assert not is_qualified_to_assess(ann.user, centre, TODAY + 365 * DAY)
    with pytest.raises(Refusal, match="recorded for this person already"):
        record_qualification(
            staff=ann, kind=QualificationKind.TAQA, role=Role.ASSESSOR, achieved_on=TODAY, by=admin, at=NOW
        )
    lines = AuditEvent.objects.count()
    achieve_qualification(qualification=award, achieved_on=TODAY, certificate_number="C 1", by=admin, at=NOW)
    assert AuditEvent.objects.count() == lines + 1
    assert is_qualified_to_assess(ann.user, centre, TODAY)
    with pytest.raises(Refusal, match="already"):
        achieve_qualification(qualification=award, achieved_on=TODAY, by=admin, at=NOW)


def test_an_award_for_another_role_or_from_the_future_is_refused(centre: Centre, admin: User, ann: StaffRecord) -> None:
    with pytest.raises(Refusal) as refused:
        record_qualification(
            staff=ann, kind=QualificationKind.V1, role=Role.ASSESSOR, achieved_on=TODAY + DAY, by=admin, at=NOW
        )
    assert len(refused.value.sentences) == 2


def test_only_an_administrator_of_this_centre_writes_records(centre: Centre, ann: StaffRecord) -> None:
    stranger = an_administrator(a_centre("Southgate Centre"), "Olga Other")
    for by in (stranger, ann.user):
        with pytest.raises(Refusal, match="Only an administrator"):
            edit_staff(staff=ann, name="Ann", by=by, at=NOW)
        with pytest.raises(Refusal, match="Only an administrator"):
            record_qualification(
                staff=ann, kind=QualificationKind.A1, role=Role.ASSESSOR, achieved_on=TODAY, by=by, at=NOW
            )
