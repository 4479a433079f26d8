"""A candidate leaves for another centre, or comes from one: what is closed, what is recorded, what stays."""

import pytest
from django.utils import timezone

from assessments.actions import batches, transfer, verification
from assessments.actions import enrolment as enrolments
from assessments.enums import EndedAs, Layer
from assessments.models import AchievedElsewhere, Enrolment, TransferOut
from assessments.queries.registration import award_page
from assessments.testing import House, a_unit, an_enrolment, handed_in, signed_off, verified
from assessments.tests.acts import certificated, claimed
from assessments.tests.awards import a_batch, a_registration
from assessments.tests.leaving import DAY, achieved_elsewhere, achieved_there, comes, leaves
from assessments.tests.pauses import on_a_break
from assessments.tests.views.visitors import signed_in
from portfolio.enums import Role
from portfolio.models import AuditEvent, Notice, RoleGrant
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_it_closes_all_that_is_in_progress_and_lets_stand_what_is_certificated(house: House) -> None:
    over = certificated(house)
    collecting, apart = an_enrolment(house, "ocr-d20"), an_enrolment(house, "ocr-cc32")
    handed_in(collecting)
    enrolments.suspend(enrolment=apart, reason="Leave.", by=house.administrator, at=timezone.now())
    other = an_enrolment(house, candidate=house.other_candidate)
    left = leaves(house)
    stands = {row.pk: (row.status, row.ended_as) for row in Enrolment.objects.all()}
    assert stands == {
        over.pk: ("certificated", ""),
        collecting.pk: ("withdrawn", EndedAs.TRANSFERRED),
        apart.pk: ("withdrawn", EndedAs.TRANSFERRED),
        other.pk: ("collecting", ""),
    }
    assert [(row.enrolment, row.stood) for row in left.units.all()] == [
        (collecting, "collecting"),
        (apart, "suspended"),
    ]
    assert not collecting.mappings.filter(waiting_since__isnull=False).exists()
    lines = AuditEvent.objects.filter(verb="transfer_out")
    assert sorted(line.subject_id for line in lines) == [collecting.pk, apart.pk]
    assert len({line.act_id for line in lines}) == 1
    assert Notice.objects.filter(user=house.candidate.user, concerns=f"enrolment {collecting.pk}").exists()


def test_it_waits_for_what_is_open_and_for_the_return_from_a_break(house: House) -> None:
    with pytest.raises(Refusal, match="no unit in progress"):
        leaves(house)
    unit = signed_off(an_enrolment(house))
    verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    with pytest.raises(Refusal, match="CC26: A sample of this unit is still open"):
        leaves(house)
    an_enrolment(house, "ocr-d20")
    on_a_break(house)
    with pytest.raises(Refusal) as refused:
        leaves(house, left=-1, known=-1)
    assert [sentence.split(" ")[0] for sentence in refused.value.sentences[-2:]] == ["The", "The"]
    assert any("record their return first" in sentence for sentence in refused.value.sentences)
    assert not TransferOut.objects.exists()


def test_where_they_came_from_is_on_record_with_what_they_achieved_there(house: House) -> None:
    found = achieved_elsewhere(house)
    assert (found.title, found.transfer.from_centre) == (str(a_unit("ocr-d20")), "Eastgate Training")
    transfer.take_back_achieved(achieved=found, by=house.administrator, at=timezone.now())
    assert AchievedElsewhere.objects.get().taken_back_by == house.administrator
    with pytest.raises(Refusal, match="taken back already"):
        transfer.take_back_achieved(achieved=found, by=house.administrator, at=timezone.now())


def test_it_asks_what_it_was_and_what_was_seen_of_it(house: House) -> None:
    came, now = comes(house), timezone.now()
    for title, seen, days, words in (
        (" ", "List.", 0, "which unit"),
        ("D20", " ", 0, "what was seen"),
        ("D20", "List.", 1, "cannot be after today"),
    ):
        with pytest.raises(Refusal, match=words):
            transfer.record_achieved(
                transfer=came,
                unit=None,
                title=title,
                achieved_on=timezone.localdate() + days * DAY,
                seen=seen,
                by=house.administrator,
                at=now,
            )
    with pytest.raises(Refusal, match="cannot be after today"):
        comes(house, joined=-1)


def test_leaving_ends_the_registration_for_a_whole_award_and_the_role_where_nothing_is_left(house: House) -> None:
    row = a_registration(house)
    an_enrolment(house)
    page = signed_in(house.administrator).get(
        f"/centre/{house.centre.slug}/candidates/{house.candidate.user.handle}/transfers/out/"
    )
    last = timezone.localdate() + transfer.STAYS_FOR
    assert f"role as candidate ends on {last:%-d %B %Y}" in page.content.decode()
    leaves(house)
    row.refresh_from_db()
    assert row.ended_reason == "They move to Southgate College."
    grant = RoleGrant.objects.get(user=house.candidate.user, role=Role.CANDIDATE)
    assert grant.ends_on == last
    lines = AuditEvent.objects.order_by("-pk")[:3]
    assert [line.verb for line in reversed(lines)] == ["transfer_out", "end_registration", "end role"]


def test_the_role_stays_while_a_claim_waits_for_its_certificate(house: House) -> None:
    claimed(house)
    an_enrolment(house, "ocr-d20")
    leaves(house)
    assert RoleGrant.objects.get(user=house.candidate.user, role=Role.CANDIDATE).ends_on is None


def test_a_registration_alone_ends_with_a_line_of_the_transfer(house: House) -> None:
    a_registration(house)
    left = leaves(house)
    assert AuditEvent.objects.filter(verb="transfer_out", subject_kind="transferout", subject_id=left.pk).count() == 1
    with pytest.raises(Refusal, match="no unit in progress"):
        leaves(house)


def test_what_was_achieved_elsewhere_counts_in_the_award_and_in_what_would_complete_it(house: House) -> None:
    row = a_registration(house)
    before = award_page(row)
    assert (before.line.done, before.line.standing.complete) == (0, False)
    achieved_elsewhere(house)
    page = award_page(row)
    units = {unit.unit.short_code: unit for group in page.groups for unit in group.units}
    assert (units["D20"].words, units["D20"].layer) == ("Done: achieved elsewhere", Layer.CONFIRMED)
    assert page.line.done == 1
    assert not any("D20" in words for way in page.ways for words in way)
    assert units["D20"].unit not in page.to_begin
    shown = signed_in(house.administrator).get(f"/awards/{row.pk}/").content.decode()
    assert "at Eastgate Training" in shown
    assert "The certificate, by Northgate Admin." in shown
    assert "The certificate, by" not in signed_in(house.candidate.user).get(f"/awards/{row.pk}/").content.decode()


def test_an_award_is_claimed_with_it_once_its_number_is_known_and_then_it_stands(house: House) -> None:
    row = a_registration(house)
    for key in ("ocr-cc26", "ocr-cc32"):
        verified(an_enrolment(house, key))
    came, now = comes(house), timezone.now()
    unnumbered = transfer.record_achieved(
        transfer=came,
        unit=a_unit("ocr-d20"),
        title="",
        achieved_on=timezone.localdate() - 60 * DAY,
        seen="The other centre’s record.",
        by=house.administrator,
        at=now,
    )
    with pytest.raises(Refusal, match="asks for the number of its certificate"):
        a_batch(house, awards=(row,))
    transfer.take_back_achieved(achieved=unnumbered, by=house.administrator, at=now)
    found = achieved_there(came, house.administrator)
    claim = a_batch(house, awards=(row,)).awards.get()
    assert Enrolment.objects.filter(claims__batch=claim.batch).count() == 2, "it is not claimed again"
    with pytest.raises(Refusal, match="take that claim back first"):
        transfer.take_back_achieved(achieved=found, by=house.administrator, at=timezone.now())
    batches.unclaim_award(claim=claim, reason="Too soon.", by=house.administrator, at=timezone.now())
    transfer.take_back_achieved(achieved=found, by=house.administrator, at=timezone.now())
    assert not award_page(row).line.standing.complete
