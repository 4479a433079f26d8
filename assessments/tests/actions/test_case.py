"""Cases: seen by those who work on them, who have no interest in them; what they hold does not move."""

from functools import partial

import pytest
from django.utils import timezone

from assessments.actions import award, claims, judgement, safekeeping, verification
from assessments.actions import case as cases
from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.actions.leaves import take_back_showing
from assessments.enums import CaseOutcome, UnitStatus
from assessments.models import Case, CaseFile, Freeze
from assessments.queries.case import can_be_held, case_page, file_of_case, may_investigate
from assessments.testing import (
    House,
    a_draft,
    a_file,
    an_enrolment,
    declared,
    handed_in,
    judged,
    leaves,
    targets,
    verified,
)
from assessments.tests.appeals import a_case, a_case_file, holding
from assessments.tests.refusing import refusals
from assessments.workflow import ITEM_FROZEN, UNIT_FROZEN
from portfolio import shredder, vault
from portfolio.enums import ScanResult
from portfolio.models import AuditEvent, Scan

pytestmark = pytest.mark.django_db


def test_a_case_exists_for_those_who_work_on_it_alone(house: House) -> None:
    case = a_case(house)
    everybody = (house.lead, house.assessor, house.candidate.user, house.verifier)
    assert not any(Case.objects.visible_to(user).exists() for user in everybody)
    cases.name_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    assert Case.objects.visible_to(house.lead).get() == case
    cases.end_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    assert not Case.objects.visible_to(house.lead).exists()


def test_nobody_works_on_a_case_they_have_an_interest_in(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    case = holding(house, unit)
    name = partial(cases.name_investigator, case=case, by=house.administrator, at=timezone.now())
    for user in (house.assessor, house.candidate.user):
        assert refusals(partial(name, user=user))
    offered = {record.user_id for record in may_investigate(case, timezone.localdate())}
    assert house.assessor.pk not in offered
    assert house.lead.pk in offered


def test_a_case_holds_nothing_its_workers_have_an_interest_in(house: House) -> None:
    unit, case = an_enrolment(house), a_case(house)
    cases.name_investigator(case=case, user=house.assessor, by=house.administrator, at=timezone.now())
    [sentence] = refusals(
        lambda: cases.freeze_unit(case=case, enrolment=unit, by=house.administrator, at=timezone.now())
    )
    assert sentence.startswith("Asha Northgate has an interest in this case")


def test_a_unit_that_is_held_says_so_and_not_why(house: House) -> None:
    unit = declared(an_enrolment(house))
    holding(house, unit)
    by, at = house.assessor, timezone.now()
    assert refusals(lambda: judgement.sign_off(enrolment=unit, comments="", by=by, at=at)) == [UNIT_FROZEN]
    assert refusals(lambda: judgement.refer(enrolment=unit, feedback="Thin.", by=by, at=at)) == [UNIT_FROZEN]
    assert "case" not in UNIT_FROZEN.lower()


def test_the_items_of_a_unit_that_is_held_stay_as_they_are(house: House) -> None:
    unit = an_enrolment(house)
    version, draft = handed_in(unit, "1.1"), a_draft(unit, "1.2")
    holding(house, unit)
    by, at = unit.candidate_user, timezone.now()
    assert refusals(lambda: judged(version, unit)) == [ITEM_FROZEN]
    assert refusals(lambda: items.submit(version=draft, by=by, at=at)) == [ITEM_FROZEN]
    assert refusals(lambda: claims.map_more(version=version, targets=targets(unit, "1.3"), by=by, at=at)) == [
        ITEM_FROZEN
    ]
    mapping = version.evidence.mappings.get()
    assert ITEM_FROZEN in refusals(lambda: claims.take_back(mapping=mapping, by=by, at=at))
    other = an_enrolment(house, "ocr-cc32")
    free = handed_in(other, "1.1")
    [sentence] = refusals(lambda: claims.map_more(version=free, targets=targets(unit, "1.3"), by=by, at=at))
    assert sentence == UNIT_FROZEN


def test_an_item_that_is_held_is_released_with_its_case(house: House) -> None:
    unit = an_enrolment(house)
    version, case = handed_in(unit, "1.1"), a_case(house)
    by, at = house.administrator, timezone.now()
    freeze = cases.freeze_item(case=case, evidence=version.evidence, by=by, at=at)
    second = a_case(house)
    cases.freeze_item(case=second, evidence=version.evidence, by=by, at=at)
    assert refusals(lambda: judged(version, unit)) == [ITEM_FROZEN]
    cases.release_freeze(freeze=freeze, by=by, at=at)
    assert refusals(lambda: judged(version, unit)) == [ITEM_FROZEN]
    closed = cases.close_case(case=second, outcome=CaseOutcome.NO_CASE, reason="A form.", by=by, at=at)
    assert (closed.outcome, second.freezes.get().to_by) == (CaseOutcome.NO_CASE, by)
    judged(version, unit)
    assert refusals(lambda: cases.add_step(case=closed, happened_on=timezone.localdate(), text="More.", by=by, at=at))


def test_a_claim_that_is_held_comes_to_no_certificate_but_may_be_revoked_by_the_body(house: House) -> None:
    unit, by, at, today = verified(an_enrolment(house)), house.administrator, timezone.now(), timezone.localdate()
    award.claim(enrolment=unit, authorisation="EV 1", by=by, at=at)
    case = holding(house, unit)
    assert case.freezes.get().claim == unit.claims.get()
    assert refusals(lambda: award.unclaim(enrolment=unit, reason="Wrong.", by=by, at=at)) == [UNIT_FROZEN]
    record = partial(award.certificate, enrolment=unit, number="C 1", issued_on=today, by=by, at=at)
    assert refusals(record) == [UNIT_FROZEN]
    cases.release_freeze(freeze=case.freezes.get(), by=by, at=at)
    record()
    cases.freeze_unit(case=case, enrolment=unit, by=by, at=at)
    award.revoke(enrolment=unit, reason="Malpractice.", revoked_on=today, by=by, at=at)
    unit.refresh_from_db()
    assert unit.status == UnitStatus.REVOKED


def test_the_same_bytes_of_another_candidate_are_shown_to_the_case_alone(house: House) -> None:
    mine, theirs = an_enrolment(house), an_enrolment(house, candidate=house.other_candidate)
    text = a_file(house.centre, "The very same log.")
    for unit in (mine, theirs):
        draft = a_draft(unit, "1.1", files=[text])
        items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    handed_in(mine, "1.2")
    case = a_case(house)
    [same] = case_page(case, house.administrator).same
    assert {file.version.evidence.candidate for file in same.files} == {house.candidate, house.other_candidate}
    units, evidence = can_be_held(case)
    assert (units, len(evidence)) == ([mine], 2)


def test_an_item_whose_next_version_was_given_up_can_still_be_held(house: House) -> None:
    unit = an_enrolment(house)
    item = judged(handed_in(unit, "1.1"), unit)
    draft = items.replace(version=item, by=house.candidate.user, at=timezone.now())
    items.withdraw_item(version=draft, reason="Not needed.", by=house.candidate.user, at=timezone.now())
    case = a_case(house)
    assert can_be_held(case)[1] == [item.evidence]
    items.withdraw_item(version=item, reason="The wrong call.", by=house.assessor, at=timezone.now())
    assert can_be_held(case)[1] == []


def test_the_book_of_a_unit_tells_nobody_of_a_case(house: House) -> None:
    unit = an_enrolment(house)
    before = AuditEvent.objects.count()
    holding(house, unit)
    assert {line.subject_kind for line in AuditEvent.objects.order_by("pk")[before:]} == {"case"}


def test_sampling_goes_on_while_a_unit_is_held(house: House) -> None:
    unit = declared(an_enrolment(house))
    holding(house, unit)
    sample = verification.plan_sample(enrolment=unit, reason="Look.", by=house.verifier, at=timezone.now())
    assert list(unit.samples.filter(done_at=None)) == [sample]


def test_what_a_case_holds_is_neither_taken_back_nor_left_behind(house: House) -> None:
    unit = an_enrolment(house, "sqa-h12e04")
    version, by, at = handed_in(unit, "1"), unit.candidate_user, timezone.now()
    claims.map_more(version=version, targets=[], shows=leaves(unit, "4.1"), by=by, at=at)
    case = a_case(house)
    cases.freeze_item(case=case, evidence=version.evidence, by=house.administrator, at=at)
    showing = version.evidence.showings.get()
    assert refusals(lambda: take_back_showing(showing=showing, by=by, at=at)) == [ITEM_FROZEN]
    leave = partial(enrolments.withdraw, enrolment=unit, reason="Left.", by=house.administrator, at=at)
    assert refusals(leave) == [ITEM_FROZEN]


def test_what_was_held_while_a_case_is_being_closed_is_looked_at_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, case, at = an_enrolment(house), a_case(house), timezone.now()
    locking = cases._lock_held  # the moment in which somebody else is quicker

    def meanwhile(held: list[Freeze]) -> None:
        monkeypatch.setattr(cases, "_lock_held", locking)
        cases.freeze_unit(case=case, enrolment=unit, by=house.administrator, at=at)

    monkeypatch.setattr(cases, "_lock_held", meanwhile)
    close = partial(
        cases.close_case, case=case, outcome=CaseOutcome.NO_CASE, reason="A form.", by=house.administrator, at=at
    )
    assert refusals(close) == ["Somebody else has just changed what this case holds: look at it again."]


# --- files of a step -------------------------------------------------------------------------------------------------


def scanned(file: CaseFile, result: ScanResult, signature: str = "") -> None:
    Scan.objects.create(stored=file.stored, result=result, signature=signature, at=timezone.now())


def test_a_file_of_a_step_opens_for_those_who_work_on_the_case_alone(house: House) -> None:
    case = a_case(house)
    file = a_case_file(house, case)
    scanned(file, ScanResult.CLEAN)
    assert file_of_case(house.administrator, file.pk) == file
    for user in (house.lead, house.assessor, house.verifier, house.candidate.user):
        with pytest.raises(CaseFile.DoesNotExist):
            file_of_case(user, file.pk)
    cases.name_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    assert file_of_case(house.lead, file.pk) == file
    cases.end_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    with pytest.raises(CaseFile.DoesNotExist):
        file_of_case(house.lead, file.pk)


def test_until_it_is_scanned_a_file_opens_for_whoever_added_it_and_infected_for_nobody(house: House) -> None:
    case = a_case(house)
    cases.name_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    file = a_case_file(house, case)
    scanned(file, ScanResult.WAITING)
    assert file_of_case(house.administrator, file.pk) == file
    with pytest.raises(CaseFile.DoesNotExist):
        file_of_case(house.lead, file.pk)
    [told] = case_page(case, house.lead).told
    assert not told.files[0].opens
    assert told.files[0].scan.startswith("Being scanned")
    scanned(file, ScanResult.INFECTED, "Eicar")
    with pytest.raises(CaseFile.DoesNotExist):
        file_of_case(house.administrator, file.pk)
    assert "shut away" in case_page(case, house.administrator).told[0].files[0].scan


def test_the_bytes_that_a_case_holds_are_not_destroyed_with_the_evidence(house: House) -> None:
    unit = an_enrolment(house)
    case = a_case(house)
    file = a_case_file(house, case, "The very same log.")
    draft = a_draft(unit, "1.1", files=[a_file(house.centre, "The very same log.")])
    items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    assert draft.files.get().stored == file.stored
    safekeeping.redact(
        file=draft.files.get(),
        replacement=a_file(house.centre, "Without the name."),
        reason="A name.",
        by=house.assessor,
        at=timezone.now(),
    )
    assert shredder.is_shown(file.stored)
    assert vault.path_of(file.stored).exists()


def test_a_step_takes_files_of_its_own_centre_alone(house: House, other_house: House) -> None:
    case, file = a_case(house), a_file(other_house.centre)
    assert refusals(
        lambda: cases.add_step(
            case=case,
            happened_on=timezone.localdate(),
            text="Read.",
            files=[file],
            by=house.administrator,
            at=timezone.now(),
        )
    ) == ["One of the files is not kept by this centre: add it again."]
