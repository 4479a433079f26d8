"""What staff know and learn, and what candidates say of themselves."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from portfolio.actions import (
    answer_diversity,
    correct_development,
    end_competence,
    end_role,
    erase_diversity,
    record_competence,
    record_development,
    record_qualification,
    take_back_development,
)
from portfolio.enums import QualificationKind, Role
from portfolio.models import AuditEvent, Centre, Competence, Development, DiversityAnswer, RoleGrant, StaffRecord, User
from portfolio.queries import diversity_page, falls_due, staff_page
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
    return a_staff_member(centre, "Ann Lee", Role.ASSESSOR, at=NOW - 30 * DAY)


def competent(staff: StaffRecord, by: User, *, review_on: datetime.date | None = None) -> Competence:
    return record_competence(
        staff=staff, area="CC16", evidence="CV seen.", confirmed_on=TODAY - DAY, review_on=review_on, by=by, at=NOW
    )


def learned(staff: StaffRecord, *, days_ago: int = 1, hours: str = "2") -> Development:
    return record_development(
        staff=staff, done_on=TODAY - days_ago * DAY, what="Webinar", hours=Decimal(hours), by=staff.user, at=NOW
    )


# --- competence ------------------------------------------------------------------------------------------------------


def test_a_competence_is_recorded_and_ended_each_with_its_line(admin: User, ann: StaffRecord) -> None:
    lines = AuditEvent.objects.count()
    found = end_competence(competence=competent(ann, admin), ended_on=TODAY, reason="Left the work.", by=admin, at=NOW)
    assert not Competence.objects.on(TODAY).filter(pk=found.pk).exists()
    assert Competence.objects.on(TODAY - DAY).filter(pk=found.pk).exists()
    assert AuditEvent.objects.count() == lines + 2
    with pytest.raises(Refusal, match="already"):
        end_competence(competence=found, ended_on=TODAY, reason="Again.", by=admin, at=NOW)


def test_a_lead_verifier_may_record_it_but_nobody_of_themselves_and_no_assessor(
    centre: Centre, admin: User, ann: StaffRecord
) -> None:
    lead = a_staff_member(centre, "Lena Lead", Role.LEAD_VERIFIER)
    competent(ann, lead.user)
    with pytest.raises(Refusal, match="Nobody confirms their own"):
        competent(lead, lead.user)
    with pytest.raises(Refusal, match="Only an administrator or lead"):
        competent(lead, ann.user)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"confirmed_on": TODAY + DAY}, "lies ahead"),
        ({"review_on": TODAY - 2 * DAY}, "comes after the day it was confirmed"),
        ({"area": " "}, "cannot be blank"),
    ],
)
def test_what_cannot_be_right_is_refused(admin: User, ann: StaffRecord, changed: dict[str, object], said: str) -> None:
    words = {"staff": ann, "area": "CC16", "evidence": "CV.", "confirmed_on": TODAY, "by": admin, "at": NOW, **changed}
    with pytest.raises(Refusal, match=said):
        record_competence(**words)  # type: ignore[arg-type]


# --- development -----------------------------------------------------------------------------------------------------


def test_everybody_keeps_their_own_log(admin: User, ann: StaffRecord) -> None:
    lines = AuditEvent.objects.count()
    entry = learned(ann)
    correct_development(entry=entry, done_on=entry.done_on, what="Workshop", hours=Decimal("3.5"), by=ann.user, at=NOW)
    entry.refresh_from_db()
    assert (entry.what, entry.hours) == ("Workshop", Decimal("3.5"))
    take_back_development(entry=entry, by=ann.user, at=NOW)
    assert not Development.objects.standing().exists()
    assert AuditEvent.objects.count() == lines + 3
    with pytest.raises(Refusal, match="taken back already"):
        take_back_development(entry=entry, by=ann.user, at=NOW)


def test_nobody_writes_in_anothers_log(admin: User, ann: StaffRecord) -> None:
    entry = learned(ann)
    with pytest.raises(Refusal, match="their own log"):
        record_development(staff=ann, done_on=TODAY, what="X", hours=Decimal(1), by=admin, at=NOW)
    with pytest.raises(Refusal, match="their own log"):
        correct_development(entry=entry, done_on=TODAY, what="X", hours=Decimal(1), by=admin, at=NOW)
    with pytest.raises(Refusal, match="their own log"):
        take_back_development(entry=entry, by=admin, at=NOW)


def test_development_takes_time_and_has_happened(ann: StaffRecord) -> None:
    with pytest.raises(Refusal):
        learned(ann, hours="0")
    with pytest.raises(Refusal, match="lies ahead"):
        learned(ann, days_ago=-1)


def test_who_sees_what(centre: Centre, admin: User, ann: StaffRecord) -> None:
    competent(ann, admin)
    learned(ann)
    lead = a_staff_member(centre, "Lena Lead", Role.LEAD_VERIFIER).user
    other = a_staff_member(centre, "Bob Other", Role.ASSESSOR).user
    stranger = an_administrator(a_centre("Southgate Centre"), "Olga Other")
    for user, number in ((admin, 1), (lead, 1), (ann.user, 1), (other, 0), (stranger, 0)):
        assert Competence.objects.visible_to(user).count() == number, user
        assert Development.objects.visible_to(user).count() == number, user


# --- what falls due --------------------------------------------------------------------------------------------------


def test_what_falls_due_stands_in_one_list_the_earliest_first(centre: Centre, admin: User, ann: StaffRecord) -> None:
    competent(ann, admin, review_on=TODAY + 20 * DAY)
    record_qualification(
        staff=ann, kind=QualificationKind.TAQA, role=Role.ASSESSOR, target_on=TODAY - DAY, by=admin, at=NOW
    )
    end_role(grant=RoleGrant.objects.get(user=ann.user), ends_on=TODAY + 10 * DAY, by=admin, at=NOW)
    assert [(line.name, line.what.split(" ")[0], line.passed) for line in falls_due(centre, TODAY)] == [
        ("Ann Lee", "Level", True),
        ("Ann Lee", "Role", False),
        ("Ann Lee", "Competence", False),
    ]
    assert falls_due(a_centre("Southgate Centre"), TODAY) == []


def test_the_staff_are_listed_with_the_hours_of_the_year_alone(centre: Centre, admin: User, ann: StaffRecord) -> None:
    learned(ann)
    learned(ann, hours="1.25")
    learned(ann, days_ago=400)
    take_back_development(entry=learned(ann, hours="9"), by=ann.user, at=NOW)
    competent(ann, admin)
    found = {line.name: line for line in staff_page(centre, TODAY).lines}
    assert set(found) == {"Alma Admin", "Ann Lee"}
    assert (found["Ann Lee"].hours, found["Ann Lee"].areas) == (Decimal("3.25"), ["CC16"])
    assert found["Alma Admin"].hours == 0


# --- diversity -------------------------------------------------------------------------------------------------------


def test_a_candidate_says_changes_and_erases_it_and_the_book_never_says_what(centre: Centre) -> None:
    cara = a_candidate(centre)
    answer_diversity(candidate=cara, gender="woman", by=cara.user, at=NOW)
    answer = answer_diversity(candidate=cara, age_band="25_34", by=cara.user, at=NOW)
    assert (answer.gender, answer.age_band) == ("", "25_34")
    assert DiversityAnswer.objects.count() == 1
    erase_diversity(answer=answer, by=cara.user, at=NOW)
    assert not DiversityAnswer.objects.exists()
    lines = AuditEvent.objects.filter(subject_kind="diversityanswer")
    assert [line.verb for line in lines] == ["answer diversity", "answer diversity", "erase diversity"]
    assert all(line.detail.details == {} for line in lines)


def test_nobody_else_says_sees_or_erases_it(centre: Centre, admin: User) -> None:
    cara = a_candidate(centre)
    answer = answer_diversity(candidate=cara, gender="woman", by=cara.user, at=NOW)
    with pytest.raises(Refusal, match="Only the candidate"):
        answer_diversity(candidate=cara, gender="man", by=admin, at=NOW)
    with pytest.raises(Refusal, match="Only the candidate"):
        erase_diversity(answer=answer, by=admin, at=NOW)
    assert not DiversityAnswer.objects.visible_to(admin).exists()
    assert DiversityAnswer.objects.visible_to(cara.user).get() == answer
    with pytest.raises(Refusal, match="Nothing is answered"):
        answer_diversity(candidate=cara, by=cara.user, at=NOW)


def test_staff_read_counts_from_which_nobody_can_be_told(centre: Centre) -> None:
    for number in range(16):
        candidate = a_candidate(centre, f"Person {number}")
        gender = "woman" if number < 8 else "man" if number < 14 else "other"
        answer_diversity(candidate=candidate, gender=gender, by=candidate.user, at=NOW)
    other = a_candidate(a_centre("Southgate Centre"), "Olga Other")
    answer_diversity(candidate=other, gender="woman", by=other.user, at=NOW)
    page = diversity_page(centre, TODAY)
    [asked] = [question for question in page.questions if question.name == "gender"]
    shown = dict(asked.answers)
    assert page.candidates == 16
    assert shown["Woman"] == 8
    assert [label for label, count in asked.answers if count is None] == [
        "Man",
        "Another gender, or none",
        "I prefer not to say",
    ]
