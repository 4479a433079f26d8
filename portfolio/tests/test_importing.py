"""People from a table: checked first, taken by the real verbs, and never twice."""

import datetime
import uuid
from unittest import mock

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from portfolio import importing, inviting
from portfolio.actions import edit_candidate
from portfolio.enums import ImportStatus, Role, RowState
from portfolio.models import (
    AuditEvent,
    CandidateRecord,
    Centre,
    ImportedRow,
    OutgoingMessage,
    PeopleImport,
    RoleGrant,
    StaffRecord,
    User,
)
from portfolio.queries import held_back
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
HEAD = "E-mail,Full name,Roles,ULN,Own reference,Place of work\n"
TABLE = (
    HEAD
    + "ann@example.org,Ann Lee,,9276308686,1,Leith\n"
    + "ben@example.org,Ben Okri,,9999999999,2,Leith\n"
    + "vic@example.org,Vic Moss,Assessor; IV,,,\n"
)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


def sent(centre: Centre, by: User, table: str, name: str = "people.csv") -> PeopleImport:
    found = importing.begin(centre=centre, content=table.encode(), name=name, by=by, at=NOW)
    found.refresh_from_db()
    return found


def being_taken(found: PeopleImport, by: User, **more: object) -> PeopleImport:
    """The same table in the hands of a worker; the one given says what it said before."""
    act = {"status": ImportStatus.TAKING, "act_id": uuid.uuid4(), "taken_by": by, "taken_at": NOW}
    PeopleImport.objects.filter(pk=found.pk).update(**{**act, **more})
    return PeopleImport.objects.get(pk=found.pk)


def taken(found: PeopleImport, by: User, *, send: bool = True) -> PeopleImport:
    importing.take(people_import=found, send=send, by=by, at=timezone.now())
    found.refresh_from_db()
    return found


def lines_of(found: PeopleImport) -> QuerySet[AuditEvent]:
    """The audit lines of all that was taken from a table."""
    assert found.act_id
    return AuditEvent.objects.filter(act_id=found.act_id)


def states(found: PeopleImport) -> dict[int, str]:
    return dict(found.rows.values_list("number", "state"))


def sentences(found: PeopleImport, number: int) -> list[str]:
    return [sentence for _, sentence in found.rows.get(number=number).problems]


# --- checked ---------------------------------------------------------------------------------------------------------


def test_a_table_is_checked_and_nothing_of_anybody_is_written(centre: Centre, admin: User) -> None:
    before = (User.objects.count(), CandidateRecord.objects.count(), OutgoingMessage.objects.count())
    found = sent(centre, admin, TABLE)
    assert (found.status, found.total, found.done) == (ImportStatus.CHECKED, 3, 3)
    assert states(found) == {2: RowState.NEW, 3: RowState.BAD, 4: RowState.NEW}
    assert "9999999999 is not a unique learner number" in sentences(found, 3)[0]
    assert found.content is None, "the file itself is forgotten once it was read"
    assert (User.objects.count(), CandidateRecord.objects.count(), OutgoingMessage.objects.count()) == before


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Full name\nAnn Lee\n", "No column tells people apart"),
        ("E-mail,Email\na@x.org,a@x.org\n", "mean the same"),
        (HEAD, "headings and no rows"),
    ],
)
def test_what_cannot_be_read_says_why(centre: Centre, admin: User, table: str, said: str) -> None:
    found = sent(centre, admin, table)
    assert found.status == ImportStatus.REFUSED
    assert said in found.problem
    assert not found.rows.exists()


def test_nobody_stands_in_a_table_twice(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, HEAD + "ann@example.org,Ann Lee,,,,\nANN@example.org,Ann Lee,,,,\n")
    assert states(found) == {2: RowState.NEW, 3: RowState.BAD}
    assert sentences(found, 3) == ["Row 2 has the same e-mail. One row for each person."]


def test_a_candidate_who_is_staff_as_well_has_a_row_for_each(centre: Centre, admin: User) -> None:
    found = taken(sent(centre, admin, HEAD + "a@x.org,Ann Lee,,,,\na@x.org,Ann Lee,Assessor,,,\n"), admin)
    assert set(states(found).values()) == {RowState.TAKEN}
    assert CandidateRecord.objects.get().user == StaffRecord.objects.get(name="Ann Lee").user


def test_somebody_of_another_centre_looks_like_anybody_new(centre: Centre, admin: User) -> None:
    a_candidate(a_centre("Southgate Centre"), "Ann Lee")
    found = sent(centre, admin, HEAD + "ann.lee@example.org,Ann Lee,,,,\nnew@example.org,New One,,,,\n")
    assert states(found) == {2: RowState.NEW, 3: RowState.NEW}


def test_numbers_that_lead_to_two_people_are_not_guessed_at(centre: Centre, admin: User) -> None:
    a_candidate(centre, "Ann Lee")
    ben = a_candidate(centre, "Ben Okri")
    edit_candidate(candidate=ben, legal_name="Ben Okri", uln="9276308686", by=None, at=NOW)
    found = sent(centre, admin, HEAD + "ann.lee@example.org,,,9276308686,,\n")
    assert sentences(found, 2) == ["The e-mail is that of Ann Lee, but the ULN is that of Ben Okri."]


def test_a_sign_in_never_changes_hands_by_a_table(centre: Centre, admin: User) -> None:
    ben = a_candidate(centre, "Ben Okri")
    edit_candidate(candidate=ben, legal_name="Ben Okri", uln="9276308686", by=None, at=NOW)
    found = sent(centre, admin, HEAD + "other@example.org,Ben Okri,,9276308686,,\n")
    assert "who signs in as ben.okri@example.org" in sentences(found, 2)[0]


def test_somebody_new_needs_a_name_and_an_address(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, HEAD + ",,,9276308686,,\n")
    assert sentences(found, 2) == ["An e-mail address is missing.", "The name is missing."]


# --- taken -----------------------------------------------------------------------------------------------------------


def test_the_good_are_taken_as_one_act_each_by_a_verb_with_its_line(centre: Centre, admin: User) -> None:
    lines = AuditEvent.objects.count()
    found = taken(sent(centre, admin, TABLE), admin)
    assert found.status == ImportStatus.TAKEN
    assert states(found) == {2: RowState.TAKEN, 3: RowState.BAD, 4: RowState.TAKEN}
    act = lines_of(found)
    assert sorted(act.values_list("verb", flat=True)) == ["invite candidate", "invite staff", "take people"]
    assert set(act.values_list("actor", flat=True)) == {admin.pk}
    assert AuditEvent.objects.count() == lines + 4, "and one for having sent the table"
    assert CandidateRecord.objects.get().workplace == "Leith"
    roles = RoleGrant.objects.filter(user__email="vic@example.org").values_list("role", flat=True)
    assert set(roles) == {Role.ASSESSOR, Role.INTERNAL_VERIFIER}
    assert OutgoingMessage.objects.filter(to__in=["ann@example.org", "vic@example.org"]).count() == 2


def test_the_same_table_again_changes_nothing(centre: Centre, admin: User) -> None:
    taken(sent(centre, admin, TABLE), admin)
    again = sent(centre, admin, TABLE)
    assert states(again) == {2: RowState.SAME, 3: RowState.BAD, 4: RowState.SAME}
    with pytest.raises(Refusal, match="nothing to take"):
        taken(again, admin)


def test_a_change_is_shown_as_old_and_new_and_taken_only_when_it_is_ticked(centre: Centre, admin: User) -> None:
    taken(sent(centre, admin, TABLE), admin)
    table = HEAD + "ann@example.org,Ann Leigh,,,,Granton\nvic@example.org,,Centre administrator,,,\n"
    found = sent(centre, admin, table)
    assert states(found) == {2: RowState.CHANGE, 3: RowState.CHANGE}
    assert [(old, new) for _, _, old, new in found.rows.get(number=2).changes] == [
        ("Ann Lee", "Ann Leigh"),
        ("Leith", "Granton"),
    ]
    with pytest.raises(Refusal, match="no change is ticked"):
        taken(found, admin)
    ann, vic = found.rows.order_by("number").values_list("pk", flat=True)
    importing.choose(people_import=found, shown=[ann, vic], wanted=[ann])
    taken(found, admin)
    assert CandidateRecord.objects.get().legal_name == "Ann Leigh"
    assert CandidateRecord.objects.get().uln == "9276308686", "an empty cell takes nothing away"
    assert not RoleGrant.objects.filter(user__email="vic@example.org", role=Role.ADMINISTRATOR).exists()
    assert lines_of(found).get(verb="edit candidate").actor == admin


def test_staff_are_given_roles_and_never_lose_one_by_a_table(centre: Centre, admin: User) -> None:
    a_staff_member(centre, "Vic Moss", Role.ASSESSOR)
    found = sent(centre, admin, HEAD + "vic.moss@example.org,Vic Moss,Lead IV,,,\n")
    importing.choose(people_import=found, shown=None, wanted=None)
    taken(found, admin)
    roles = RoleGrant.objects.on(TODAY).filter(user__email="vic.moss@example.org").values_list("role", flat=True)
    assert set(roles) == {Role.ASSESSOR, Role.LEAD_VERIFIER}


def test_a_record_that_changed_since_it_was_checked_is_left_alone(centre: Centre, admin: User) -> None:
    ann = a_candidate(centre, "Ann Lee")
    found = sent(centre, admin, HEAD + "ann.lee@example.org,Ann Leigh,,,,\n")
    edit_candidate(candidate=ann, legal_name="Anne Lee", by=None, at=NOW)
    importing.choose(people_import=found, shown=None, wanted=None)
    taken(found, admin)
    assert states(found) == {2: RowState.BAD}
    assert sentences(found, 2) == ["This was changed since the table was checked: it says “Anne Lee” now."]
    assert CandidateRecord.objects.get().legal_name == "Anne Lee"


def test_what_a_verb_refuses_by_then_stands_beside_the_row_and_the_others_go_on(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, TABLE)
    a_candidate(centre, "Somebody Quicker")
    quick = CandidateRecord.objects.get()
    edit_candidate(candidate=quick, legal_name="Somebody Quicker", uln="9276308686", by=None, at=NOW)
    taken(found, admin)
    assert states(found) == {2: RowState.BAD, 3: RowState.BAD, 4: RowState.TAKEN}
    assert "Another candidate of the centre has this unique learner number." in sentences(found, 2)


def test_a_table_is_taken_once(centre: Centre, admin: User) -> None:
    found = taken(sent(centre, admin, TABLE), admin)
    with pytest.raises(Refusal):
        importing.take(people_import=found, send=True, by=admin, at=NOW)
    importing.take_all(found.pk)
    assert CandidateRecord.objects.count() == 1


def test_nobody_takes_a_table_for_a_centre_they_do_not_administer(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, TABLE)
    stranger = an_administrator(a_centre("Southgate Centre"), "Olga Other")
    with pytest.raises(Refusal, match="Only an administrator"):
        importing.take(people_import=found, send=True, by=stranger, at=NOW)
    with pytest.raises(Refusal, match="Only an administrator"):
        importing.begin(centre=centre, content=b"x", name="x.csv", by=stranger, at=NOW)


# --- a worker that is killed -----------------------------------------------------------------------------------------


def test_a_killed_worker_is_gone_on_with_where_it_stopped(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, TABLE)
    real, calls = importing.take_one, []

    def killed_at_the_second(taking: PeopleImport, row: ImportedRow) -> None:
        calls.append(row.number)
        if len(calls) == 2:
            raise SystemExit
        real(taking, row)

    with mock.patch.object(importing, "take_people"):
        importing.take(people_import=found, send=True, by=admin, at=NOW)
    with mock.patch.object(importing, "take_one", killed_at_the_second), pytest.raises(SystemExit):
        importing.take_all(found.pk)
    found.refresh_from_db()
    assert (found.status, CandidateRecord.objects.count()) == (ImportStatus.TAKING, 1)
    later = timezone.now() + importing.LOST_AFTER + datetime.timedelta(seconds=1)
    assert importing.requeue_lost(at=later) == 1
    found.refresh_from_db()
    assert found.status == ImportStatus.TAKEN
    assert lines_of(found).filter(verb="invite candidate").count() == 1
    assert StaffRecord.objects.filter(name="Vic Moss").count() == 1


def test_a_fault_is_said_and_can_be_gone_on_with(centre: Centre, admin: User) -> None:
    with mock.patch.object(importing, "known_at", side_effect=RuntimeError):
        found = sent(centre, admin, TABLE)
    assert "A fault on the server" in found.problem
    assert importing.is_lost(found, NOW)
    importing.go_on(found)
    found.refresh_from_db()
    assert (found.status, found.problem) == (ImportStatus.CHECKED, "")


# --- kept, and thrown away -------------------------------------------------------------------------------------------


def test_a_table_of_which_nothing_was_taken_can_be_thrown_away(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, TABLE)
    importing.throw_away(people_import=found, by=admin, at=NOW)
    assert not PeopleImport.objects.exists()
    with pytest.raises(Refusal, match="people were taken"):
        importing.throw_away(people_import=taken(sent(centre, admin, TABLE), admin), by=admin, at=NOW)


def test_what_a_table_said_of_people_goes_after_thirty_days(centre: Centre, admin: User) -> None:
    taken(sent(centre, admin, TABLE), admin)
    assert importing.sweep(NOW + datetime.timedelta(days=29)) == 0
    assert importing.sweep(NOW + datetime.timedelta(days=31)) == 1
    assert not ImportedRow.objects.exists()
    assert CandidateRecord.objects.count() == 1


# --- letters held back -----------------------------------------------------------------------------------------------


def test_letters_are_held_back_until_somebody_presses_and_then_each_goes_once(centre: Centre, admin: User) -> None:
    found = taken(sent(centre, admin, TABLE), admin, send=False)
    assert not OutgoingMessage.objects.filter(to__in=["ann@example.org", "vic@example.org"]).exists()
    assert set(lines_of(found).values_list("verb", flat=True)) == {
        "take people",
        "add candidate",
        "add staff",
    }
    assert held_back(centre, TODAY).count() == 2
    assert inviting.invite_held_back(centre=centre, by=admin) == 2
    assert held_back(centre, TODAY).count() == 0
    assert OutgoingMessage.objects.filter(to__in=["ann@example.org", "vic@example.org"]).count() == 2
    invited = AuditEvent.objects.filter(verb="invite")
    assert invited.count() == 2
    assert len(set(invited.values_list("act_id", flat=True))) == 1
    with pytest.raises(Refusal, match="invited already"):
        inviting.invite_held_back(centre=centre, by=admin)


def test_what_is_ticked_once_a_table_is_being_taken_changes_nothing(centre: Centre, admin: User) -> None:
    a_candidate(centre, "Ann Lee")
    found = being_taken(sent(centre, admin, TABLE), admin)
    before = list(found.rows.order_by("pk").values_list("wanted", flat=True))
    with pytest.raises(Refusal, match="being taken already"):
        importing.choose(people_import=found, shown=None, wanted=None)
    assert list(found.rows.order_by("pk").values_list("wanted", flat=True)) == before


def test_a_table_of_nothing_but_commas_is_refused_and_no_fault(centre: Centre, admin: User) -> None:
    found = sent(centre, admin, ",,,\n,,,\n")
    assert (found.status, found.problem) == (ImportStatus.REFUSED, "“people.csv” is empty.")


def test_a_table_that_met_a_fault_while_it_was_taken_goes_with_the_others(centre: Centre, admin: User) -> None:
    being_taken(sent(centre, admin, TABLE), admin, problem="A fault.")
    assert importing.sweep(NOW + datetime.timedelta(days=31)) == 1


def test_a_worker_that_has_begun_meanwhile_gets_none_beside_it(centre: Centre, admin: User) -> None:
    seen = sent(centre, admin, TABLE)
    being_taken(seen, admin, started_at=NOW)
    with mock.patch("portfolio.importing.take_people") as job:
        importing.go_on(seen)
    assert not job.enqueue.called
