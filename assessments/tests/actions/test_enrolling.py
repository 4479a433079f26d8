"""Candidates from a table, enrolled by the real verb with those the columns name."""

import pytest
from django.utils import timezone

from assessments.actions.enrolment import withdraw
from assessments.models import Enrolment
from assessments.testing import House, an_enrolment
from portfolio import importing
from portfolio.enums import RowState
from portfolio.models import AuditEvent, PeopleImport, StaffRecord, User

pytestmark = pytest.mark.django_db
HEAD = "E-mail,Full name,Units,Assessor,Internal verifier,Countersigner,Target date\n"


def sent(house: House, *rows: str) -> PeopleImport:
    content = (HEAD + "\n".join(rows) + "\n").encode()
    found = importing.begin(
        centre=house.centre, content=content, name="intake.csv", by=house.administrator, at=timezone.now()
    )
    found.refresh_from_db()
    return found


def taken(house: House, found: PeopleImport) -> PeopleImport:
    importing.choose(people_import=found, shown=None, wanted=None)
    importing.take(people_import=found, send=True, by=house.administrator, at=timezone.now())
    found.refresh_from_db()
    return found


def name(house: House, user: User) -> str:
    return StaffRecord.objects.get(centre=house.centre, user=user).name


def problems(house: House, row: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, sentence in sent(house, row).rows.get().problems:
        found[field] = f"{found.get(field, '')} {sentence}".strip()
    return found


def test_a_newcomer_is_enrolled_on_the_units_the_row_names(house: House) -> None:
    row = f"nia@x.org,Nia New,CC16; CC32,{house.assessor.email},{name(house, house.verifier)},,2030-06-30"
    found = taken(house, sent(house, row))
    assert [line.state for line in found.rows.all()] == [RowState.TAKEN], found.rows.get().problems
    made = Enrolment.objects.filter(candidate__legal_name="Nia New").order_by("unit__short_code")
    assert [(row.unit.short_code, row.assessor, row.verifier) for row in made] == [
        ("CC16", house.assessor, house.verifier),
        ("CC32", house.assessor, house.verifier),
    ]
    assert found.act_id
    act = AuditEvent.objects.filter(act_id=found.act_id).values_list("verb", flat=True)
    assert sorted(act) == ["enrol", "enrol", "invite candidate", "take people"]


def test_a_candidate_known_already_is_enrolled_only_on_what_is_new_and_only_when_ticked(house: House) -> None:
    an_enrolment(house, "ocr-cc16")
    email = house.candidate.user.email
    row = f"{email},,CC16; CC32,{house.assessor.email},{house.verifier.email},,"
    found = sent(house, row)
    line = found.rows.get()
    assert (line.state, line.wanted) == (RowState.CHANGE, False)
    [(field, _, old, new)] = line.changes
    assert (field, old) == ("units", "")
    assert new.startswith("CC32 (assessor ")
    taken(house, found)
    assert set(Enrolment.objects.values_list("unit__short_code", flat=True)) == {"CC16", "CC32"}
    assert sent(house, row).rows.get().state == RowState.SAME, "once more it changes nothing"


def test_a_unit_that_was_left_may_be_taken_again(house: House) -> None:
    left = an_enrolment(house, "ocr-cc16")
    withdraw(enrolment=left, reason="Ill.", by=house.administrator, at=timezone.now())
    row = f"{house.candidate.user.email},,CC16,{house.assessor.email},{house.verifier.email},,"
    assert sent(house, row).rows.get().state == RowState.CHANGE


@pytest.mark.parametrize(
    ("columns", "field", "said"),
    [
        ("CC99,{assessor},{verifier},,", "units", "“CC99” is no unit that the centre may offer."),
        (",{assessor},{verifier},,", "units", "Say which units"),
        ("CC16,,{verifier},,", "assessor", "needs its assessor named"),
        ("CC16,{assessor},,,", "verifier", "needs its internal verifier named"),
        ("CC16,Nobody Known,{verifier},,", "assessor", "“Nobody Known” is nobody on the staff."),
        ("CC16,{verifier},{assessor},,", "units", "does not hold the role of"),
        ("CC16,{assessor},{assessor},,", "units", "must be three different people"),
        ("CC16,{trainee},{verifier},,", "units", "name a qualified countersigner"),
        ("CC16,{assessor},{verifier},,soon", "target_on", "“soon” is not a day"),
        ("CC16,{assessor},{verifier},,2001-01-01", "target_on", "cannot be before the start"),
    ],
)
def test_what_cannot_be_is_said_by_column_before_anybody_is_added(
    house: House, columns: str, field: str, said: str
) -> None:
    people = {part: getattr(house, part).email for part in ("assessor", "verifier", "trainee")}
    found = problems(house, "nia@x.org,Nia New," + columns.format(**people))
    assert said in found[field]


def test_staff_are_enrolled_on_nothing(house: House) -> None:
    content = b"E-mail,Full name,Roles,Units\nnia@x.org,Nia New,Assessor,CC16\n"
    found = importing.begin(
        centre=house.centre, content=content, name="x.csv", by=house.administrator, at=timezone.now()
    )
    assert dict(found.rows.get().problems) == {"units": "Staff are enrolled on nothing: leave it empty."}


def test_nobody_assesses_themselves_by_a_table_either(house: House) -> None:
    found = problems(house, f"{house.assessor.email},Asha,CC16,{house.assessor.email},{house.verifier.email},,")
    assert "of their own unit" in found["units"]


def test_where_the_verb_refuses_nothing_of_the_row_is_done(house: House) -> None:
    """The award of the assessor is taken from them between checking and taking: neither candidate nor unit is there."""
    found = sent(house, f"nia@x.org,Nia New,CC16,{house.assessor.email},{house.verifier.email},,")
    house.assessor.grants.update(starts_on="2001-01-01", ends_on="2001-01-02")
    taken(house, found)
    line = found.rows.get()
    assert line.state == RowState.BAD
    assert "does not hold the role of assessor" in line.problems[0][1]
    assert not User.objects.filter(email="nia@x.org").exists()


def test_a_cohort_comes_with_the_table(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.HEAD", f"{HEAD.strip()},Intake\n")
    row = f"nia@x.org,Nia New,CC16,{house.assessor.email},{house.verifier.email},,,Autumn 2026"
    found = sent(house, row)
    assert "cohort Autumn 2026" in str(found.rows.get().changes)
    taken(house, found)
    assert Enrolment.objects.get(candidate__legal_name="Nia New").cohort == "Autumn 2026"
    assert "has 60 letters at most" in problems(house, f"{row.replace('nia@', 'noa@')}{'n' * 60}")["cohort"]
