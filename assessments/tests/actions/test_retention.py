"""Keeping and destroying: the schedule, what holds a record, and what is left when its time is over."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.actions import case as cases
from assessments.actions import claims, destroying, evidence
from assessments.actions import enrolment as enrolments
from assessments.actions.retention import hold_record, lift_hold, set_keeping
from assessments.keeping import STAYS, Period
from assessments.models import Disposal, Enrolment, Evidence, EvidenceFile, SignOff
from assessments.queries.destroying import dry_run, order_page
from assessments.queries.retention import due_by, may_confirm
from assessments.queries.verification import EVER_LOOKED_AT, unit_facts
from assessments.testing import House, a_draft, an_enrolment, an_external, handed_in, judged, targets
from assessments.tests.acts import open_action
from assessments.tests.appeals import a_case
from assessments.tests.retained import a_second, certificated, confirmed_and_lost, destroyed, later, ordered
from portfolio import audit, vault
from portfolio.models import AuditChain, AuditDetail, AuditEvent, CandidateRecord, Destruction, Erasure
from portfolio.refusal import Refusal
from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def keep(
    house: House, *, body: str = "ocr", name: str = RecordClass.FILES, length: int = 30, unit: str = "days"
) -> None:
    set_keeping(
        centre=house.centre,
        awarding_body=AwardingBody.objects.get(code=body),
        record_class=name,
        counted_from=CountedFrom.CERTIFICATE,
        length=length,
        unit=unit,
        when_due=WhenDue.DESTROY,
        source="Centre policy 4",
        by=house.administrator,
        at=timezone.now(),
    )


def due(house: House, at: datetime.datetime | None = None) -> dict[str, tuple[str, ...]]:
    return {row.key: row.holds for row in due_by(house.centre, timezone.localdate(at or later()))}


# --- the schedule ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "unit", "day", "over"),
    [
        (1, PeriodUnit.MONTHS, datetime.date(2027, 1, 31), datetime.date(2027, 2, 28)),
        (1, PeriodUnit.YEARS, datetime.date(2028, 2, 29), datetime.date(2029, 2, 28)),
        (21, PeriodUnit.DAYS, datetime.date(2026, 12, 20), datetime.date(2027, 1, 10)),
        (12, PeriodUnit.MONTHS, datetime.date(2026, 12, 1), datetime.date(2027, 12, 1)),
    ],
)
def test_a_period_ends_on_the_same_day_of_its_month(
    length: int, unit: str, day: datetime.date, over: datetime.date
) -> None:
    assert Period(length, unit).after(day) == over


def test_a_centre_keeps_longer_than_its_awarding_body_wants_and_never_shorter(house: House) -> None:
    keep(house, name=RecordClass.DETAILS, length=3, unit=PeriodUnit.YEARS)
    with pytest.raises(Refusal, match="OCR wants this kept for at least 3 years, so 35 months is too short"):
        keep(house, name=RecordClass.DETAILS, length=35, unit=PeriodUnit.MONTHS)
    with pytest.raises(Refusal, match="SQA wants this kept for at least 21 days, so 20 days is too short"):
        keep(house, body="sqa", length=20)
    with pytest.raises(Refusal, match=STAYS):
        keep(house, name=RecordClass.ASSESSMENT, length=9, unit=PeriodUnit.YEARS)


@pytest.mark.parametrize(
    ("length", "unit", "most"),
    [
        (36_500, PeriodUnit.YEARS, "100 years"),
        (36_500, PeriodUnit.DAYS, "32,767 days"),
        (0, PeriodUnit.DAYS, "one day"),
    ],
)
def test_no_record_is_kept_longer_than_both_databases_can_count(
    house: House, length: int, unit: str, most: str
) -> None:
    with pytest.raises(Refusal, match=most):
        keep(house, length=length, unit=unit)


def test_the_newest_rule_counts_and_the_earlier_ones_stay(house: House) -> None:
    unit = certificated(house)
    day = timezone.localdate()
    keep(house, length=90)
    assert f"files-{unit.pk}" not in due(house, timezone.now() + 89 * DAY)
    keep(house, length=30)
    (row,) = [row for row in due_by(house.centre, day + 30 * DAY) if row.key == f"files-{unit.pk}"]
    assert (row.due_on, row.why) == (day + 30 * DAY, f"30 days after its certificate on {day:%-d %B %Y}")
    assert house.centre.keeping_rules.count() == 2


def test_nothing_of_a_unit_under_way_is_ever_due_and_a_withdrawn_one_counts_from_that_day(house: House) -> None:
    unit = an_enrolment(house)
    assert due(house) == {}
    enrolments.withdraw(enrolment=unit, reason="Left.", by=house.administrator, at=timezone.now())
    assert set(due(house)) == {f"files-{unit.pk}", f"details-{unit.pk}", f"numbers-{house.candidate.pk}"}


# --- what holds ------------------------------------------------------------------------------------------------------


def test_a_legal_hold_keeps_a_unit_or_all_of_a_candidate_until_it_is_lifted(house: House) -> None:
    unit, other = certificated(house), certificated(house, "ocr-cc16")
    by, at = house.administrator, timezone.now()
    hold = hold_record(candidate=house.candidate, enrolment=unit, reason="OCR asked.", by=by, at=at)
    held = due(house)
    assert held[f"files-{unit.pk}"] == held[f"numbers-{house.candidate.pk}"] == ("Legal hold: OCR asked.",)
    assert held[f"files-{other.pk}"] == ()
    whole = hold_record(candidate=house.candidate, enrolment=None, reason="Court.", by=by, at=at)
    assert due(house)[f"files-{other.pk}"] == ("Legal hold: Court.",)
    for row in (hold, whole):
        lift_hold(hold=row, reason="Settled.", by=by, at=at)
    assert set(due(house).values()) == {()}
    with pytest.raises(Refusal, match="This hold was lifted already"):
        lift_hold(hold=hold, reason="Again.", by=by, at=at)


def test_a_case_an_open_action_and_an_external_verifier_hold_of_themselves(house: House) -> None:
    unit = certificated(house, "ocr-cc16")
    case = a_case(house)
    cases.freeze_unit(case=case, enrolment=unit, by=house.administrator, at=timezone.now())
    acted = open_action(house).enrolment
    enrolments.withdraw(enrolment=acted, reason="Left.", by=house.administrator, at=timezone.now())
    access = an_external(house)
    held = due(house)
    looking = f"An external verifier may look at it until {access.grant.ends_on:%-d %B %Y}."
    assert held[f"files-{unit.pk}"] == ("The centre’s office holds the unit.", looking)
    assert held[f"files-{acted.pk}"] == ("An action of a verifier is open.", looking)
    with pytest.raises(Refusal, match="look at the list again"):
        ordered(house, f"files-{unit.pk}")


def test_an_item_that_is_held_holds_its_unit_until_it_is_released(house: House) -> None:
    unit, by, at = certificated(house), house.administrator, timezone.now()
    freeze = cases.freeze_item(case=a_case(house), evidence=Evidence.objects.get(), by=by, at=at)
    assert due(house)[f"files-{unit.pk}"] == ("The centre’s office holds evidence of the unit.",)
    cases.release_freeze(freeze=freeze, by=by, at=at)
    assert due(house)[f"files-{unit.pk}"] == ()


# --- orders ----------------------------------------------------------------------------------------------------------


def test_a_dry_run_lists_what_would_go_and_changes_nothing(house: House) -> None:
    unit = certificated(house)
    before = AuditEvent.objects.count()
    (files,) = [row for row in dry_run(house.centre, due_by(house.centre, timezone.localdate(later()))) if row.files]
    (file,) = files.gone
    assert (file.evidence, file.sha256) == (1, EvidenceFile.objects.get().stored.sha256)
    assert files.due.enrolment_id == unit.pk
    assert AuditEvent.objects.count() == before
    assert not Disposal.objects.exists()


def test_somebody_else_confirms_where_there_is_somebody(house: House) -> None:
    certificated(house)
    order = ordered(house)
    second = a_second(house)
    with pytest.raises(Refusal, match="You asked for it, so somebody else must confirm it: Second Admin"):
        destroying.confirm_destruction(disposal=order, by=house.administrator, at=later())
    destroying.confirm_destruction(disposal=order, by=second, at=later())
    order.refresh_from_db()
    assert (order.confirmed_by, order.alone) == (second, False)
    with pytest.raises(Refusal, match=destroying.STANDS):
        destroying.give_up_destruction(disposal=order, reason="No.", by=second, at=later())


def test_who_administers_a_centre_alone_confirms_and_the_order_says_so(house: House) -> None:
    certificated(house)
    order = ordered(house)
    destroying.confirm_destruction(disposal=order, by=house.administrator, at=later())
    order.refresh_from_db()
    assert order.alone


def test_an_order_that_was_given_up_leaves_everything_due(house: House) -> None:
    certificated(house)
    before = due(house)
    order = ordered(house)
    assert due(house) == {}
    destroying.give_up_destruction(disposal=order, reason="Too soon.", by=house.administrator, at=later())
    assert due(house) == before


# --- what is left ----------------------------------------------------------------------------------------------------


def test_the_bytes_go_and_what_was_decided_and_signed_stays(house: House) -> None:
    unit = certificated(house)
    file = EvidenceFile.objects.select_related("stored").get()
    path = vault.path_of(file.stored)
    assert path.exists()
    order = destroyed(house, f"files-{unit.pk}")
    file.refresh_from_db()
    assert not path.exists()
    assert file.disposed_at
    assert "Evidence files of OCR: 1 year after the unit’s certificate" in file.disposed_under
    assert Destruction.objects.get().spared is False
    line = order.lines.get()
    assert line.index[0]["sha256"] == file.stored.sha256
    assert line.index[0]["evidence"] == 1
    assert SignOff.objects.filter(enrolment=unit).count() == 5
    assert not unit_facts(Enrolment.objects.annotate(**EVER_LOOKED_AT).get(pk=unit.pk)).stale
    assert audit.verify(AuditChain.objects.get(centre=house.centre)) is None
    assert due(house).keys() == {f"details-{unit.pk}", f"numbers-{house.candidate.pk}"}


def test_details_of_the_book_are_erased_and_the_book_verifies(house: House) -> None:
    unit = certificated(house)
    about = AuditEvent.objects.filter(subject_kind="enrolment", subject_id=unit.pk)
    before = about.count()
    destroyed(house, f"details-{unit.pk}")
    assert about.count() == before + 1
    (told,) = about.filter(detail__isnull=False)
    assert (told.verb, told.detail.details["number"]) == ("destroy_records", 1)
    assert Erasure.objects.count() == before
    assert AuditDetail.objects.exclude(event__in=about).exists()
    assert audit.verify(AuditChain.objects.get(centre=house.centre)) is None


def test_a_dry_run_counts_no_details_that_tell_of_a_destruction(house: House) -> None:
    unit = certificated(house)
    destroyed(house, f"files-{unit.pk}")
    due_now = due_by(house.centre, timezone.localdate(later()))
    (going,) = [row for row in dry_run(house.centre, due_now) if row.due.record_class == RecordClass.DETAILS]
    order = ordered(house, f"details-{unit.pk}")
    confirmed_and_lost(house, order)
    destroying.carry_out(order.pk)
    assert order.lines.get().index == [{"lines": going.details}]


def test_numbers_go_with_what_the_book_says_of_them_and_the_name_stays(house: House) -> None:
    certificated(house)
    name = house.candidate.legal_name
    order = destroyed(house, f"numbers-{house.candidate.pk}")
    house.candidate.refresh_from_db()
    assert (house.candidate.legal_name, house.candidate.candidate_number) == (name, "")
    assert order.lines.get().index == [{"what": "awarding body's candidate number"}]
    about = AuditEvent.objects.filter(subject_kind="candidaterecord", subject_id=house.candidate.pk)
    assert {event.verb for event in about.filter(detail__isnull=False)} == {"destroy_records"}


def test_numbers_that_were_taken_down_anew_fall_due_again(house: House) -> None:
    certificated(house)
    key = f"numbers-{house.candidate.pk}"
    destroyed(house, key)
    assert key not in due(house)
    CandidateRecord.objects.filter(pk=house.candidate.pk).update(candidate_number="10000009")
    assert key in due(house)


def test_an_item_of_two_units_goes_with_the_later_of_them(house: House) -> None:
    first = certificated(house)
    other = an_enrolment(house, "ocr-cc16")
    shared = EvidenceFile.objects.get()
    version = shared.version
    claims.map_more(version=version, targets=targets(other)[:1], by=other.candidate_user, at=timezone.now())
    (row,) = [row for row in dry_run(house.centre, due_by(house.centre, timezone.localdate(later()))) if row.files]
    assert [file.stays for file in row.files] == ["It is evidence for CC16 too."]
    destroyed(house, f"files-{first.pk}")
    shared.refresh_from_db()
    assert shared.disposed_at is None
    enrolments.withdraw(enrolment=other, reason="Left.", by=house.administrator, at=timezone.now())
    order = ordered(house, f"files-{other.pk}")
    (second,) = may_confirm(order, timezone.localdate())
    destroying.confirm_destruction(disposal=order, by=second, at=later())
    shared.refresh_from_db()
    assert shared.disposed_at


def test_what_a_unit_shares_with_one_that_is_held_stays(house: House) -> None:
    held, other = certificated(house), an_enrolment(house, "ocr-cc16")
    shared, by, at = EvidenceFile.objects.get(), house.administrator, timezone.now()
    claims.map_more(version=shared.version, targets=targets(other)[:1], by=other.candidate_user, at=at)
    destroyed(house, f"files-{held.pk}")
    enrolments.withdraw(enrolment=other, reason="Left.", by=by, at=at)
    hold_record(candidate=house.candidate, enrolment=held, reason="OCR asked.", by=by, at=at)
    order = ordered(house, f"files-{other.pk}")
    confirmed_and_lost(house, order)
    destroying.carry_out(order.pk)
    shared.refresh_from_db()
    assert shared.disposed_at is None
    assert order.lines.get().index == []


def test_what_is_gone_is_not_handed_in_again_and_begins_no_next_version(house: House) -> None:
    left, by = an_enrolment(house), house.candidate.user
    read, draft = judged(handed_in(left, "1.1"), left), a_draft(left, "1.2")
    enrolments.withdraw(enrolment=left, reason="Left.", by=house.administrator, at=timezone.now())
    destroyed(house, f"files-{left.pk}")
    back = an_enrolment(house)
    for version in (read, draft):
        claims.map_more(version=version, targets=targets(back)[:1], by=by, at=timezone.now())
    assert not evidence.replace(version=read, by=by, at=timezone.now()).files.exists()
    with pytest.raises(Refusal, match="Add a file"):
        evidence.submit(version=draft, by=by, at=timezone.now())


def test_bytes_that_went_after_all_are_not_said_to_stay(house: House) -> None:
    unit = certificated(house)
    order = destroyed(house, f"files-{unit.pk}")
    gone, at = Destruction.objects.get(), timezone.now()
    spared = {"reason": gone.reason, "ordered_at": at, "done_at": at, "spared": True}
    Destruction.objects.create(stored=gone.stored, **spared)
    assert order_page(order).spared == 0


def test_what_is_held_after_it_was_confirmed_stays(house: House) -> None:
    unit = certificated(house)
    order = ordered(house, f"files-{unit.pk}")
    confirmed_and_lost(house, order)
    hold_record(candidate=house.candidate, enrolment=None, reason="Court.", by=house.administrator, at=timezone.now())
    destroying.carry_out(order.pk)
    line = order.lines.get()
    assert line.kept_because == "Legal hold: Court."
    assert EvidenceFile.objects.get().disposed_at is None
    assert f"files-{unit.pk}" in due(house)


def test_what_is_not_due_any_more_when_it_is_carried_out_stays(house: House) -> None:
    unit = certificated(house)
    order = ordered(house, f"files-{unit.pk}")
    keep(house, length=50, unit=PeriodUnit.YEARS)
    confirmed_and_lost(house, order)
    destroying.carry_out(order.pk)
    assert order.lines.get().kept_because == destroying.NOT_DUE
    assert EvidenceFile.objects.get().disposed_at is None


def test_a_destruction_that_was_cut_short_is_gone_on_with(house: House) -> None:
    certificated(house)
    order = ordered(house)
    confirmed_and_lost(house, order)
    first = order.lines.order_by("due_on", "pk")[0]
    destroying.carry_out_line(first.pk, house.administrator)
    lines = AuditEvent.objects.filter(verb="destroy_records")
    assert lines.count() == 1
    call_command("requeue_lost_documents", verbosity=0)
    order.refresh_from_db()
    assert order.finished_at
    assert lines.count() == 3
    destroying.carry_out(order.pk)
    assert lines.count() == 3
