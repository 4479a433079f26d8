"""What an external verifier agrees and authorises on a visit: a strategy, the claim of a unit; and what refuses it."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from assessments.actions import award, external, strategy, verification
from assessments.enums import ClaimBasis
from assessments.models import ClaimAuthorisation, Enrolment, ExternalAccess, SamplingPolicy
from assessments.testing import House, an_enrolment, an_external, verified, whose_days_are_over
from assessments.tests.acts_of_strategy import a_policy
from assessments.tests.refusing import refusals
from portfolio.enums import Told
from portfolio.models import AuditEvent, Notice
from units.actions import record_direct_claim
from units.models import AwardingBody

pytestmark = pytest.mark.django_db


def agreed(access: ExternalAccess, policy: SamplingPolicy) -> SamplingPolicy:
    return external.agree_strategy(access=access, policy=policy, by=access.grant.user, at=timezone.now())


def authorised(access: ExternalAccess, unit: Enrolment, reference: str = "Report 7") -> ClaimAuthorisation:
    by = access.grant.user
    return external.authorise_claim(access=access, enrolment=unit, reference=reference, by=by, at=timezone.now())


def taken_back(access: ExternalAccess, row: ClaimAuthorisation) -> ClaimAuthorisation:
    return external.take_back_authorisation(
        access=access, authorisation=row, reason="Seen more.", by=access.grant.user, at=timezone.now()
    )


def ready(house: House, key: str = "ocr-cc26") -> Enrolment:
    """A unit that can be claimed but for what the claim rests on."""
    return verified(an_enrolment(house, key))


def claimed(house: House, unit: Enrolment) -> tuple[str, str]:
    made = award.claim(enrolment=unit, authorisation="", by=house.administrator, at=timezone.now())
    return made.basis, made.reference


# --- the strategy ----------------------------------------------------------------------------------------------------


def test_an_external_verifier_agrees_the_strategy_in_their_own_name_and_the_centre_is_told(house: House) -> None:
    access, policy = an_external(house), a_policy(house)
    found = agreed(access, policy)
    assert (found.agreed_with, found.agreed_on) == ("Eve External", timezone.localdate())
    assert (found.agreement_recorded_by, found.agreed_in) == (access.grant.user, access)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor) == ("agree_strategy", access.grant.user)
    assert set(Notice.objects.filter(subject=str(policy)).values_list("user", flat=True)) == {
        house.lead.pk,
        house.administrator.pk,
    }


def test_one_that_is_agreed_or_not_the_latest_or_anothers_is_refused(house: House) -> None:
    access, policy = an_external(house), a_policy(house)
    strategy.agree_policy(
        policy=policy, agreed_with="Elin", agreed_on=timezone.localdate(), by=house.lead, at=timezone.now()
    )
    assert refusals(lambda: agreed(access, policy)) == ["It is on record already with whom this version was agreed."]
    newer = strategy.set_policy(
        centre=house.centre,
        awarding_body=policy.awarding_body,
        rules=strategy.Rules(),
        seen=policy.number,
        by=house.lead,
        at=timezone.now(),
    )
    newest = strategy.set_policy(
        centre=house.centre,
        awarding_body=policy.awarding_body,
        rules=strategy.Rules(low_rate=30),
        seen=newer.number,
        by=house.lead,
        at=timezone.now(),
    )
    assert refusals(lambda: agreed(access, newer))[0].startswith("The centre has a newer version")
    sqa = an_external(house, "Sam Scot", code="sqa")
    assert refusals(lambda: agreed(sqa, newest)) == [external.NOT_THEIR_BODY]
    over = whose_days_are_over(an_external(house, "Ewan Earlier"))
    assert refusals(lambda: agreed(over, newest))
    assert SamplingPolicy.objects.get(pk=newest.pk).agreed_on is None


def test_the_database_knows_whose_agreement_it_is(house: House) -> None:
    access, policy = an_external(house), a_policy(house)
    said = {
        "agreed_with": "Eve External",
        "agreed_on": timezone.localdate(),
        "agreement_recorded_at": timezone.now(),
        "agreed_in": access,
    }
    with pytest.raises(IntegrityError, match="agreed on a visit by the external verifier"), transaction.atomic():
        SamplingPolicy.objects.filter(pk=policy.pk).update(**said, agreement_recorded_by=house.lead)
    other = an_external(house, "Sam Scot", code="sqa")
    mine = {**said, "agreed_in": other, "agreement_recorded_by": other.grant.user}
    with pytest.raises(IntegrityError, match="agreed on a visit by the external verifier"), transaction.atomic():
        SamplingPolicy.objects.filter(pk=policy.pk).update(**mine)


# --- claims ----------------------------------------------------------------------------------------------------------


def test_a_claim_rests_on_what_was_authorised_on_a_visit(house: House) -> None:
    access, unit = an_external(house), ready(house)
    assert refusals(lambda: claimed(house, unit))[0].startswith("The centre has no direct claim status")
    authorised(access, unit)
    assert (
        Notice.objects.filter(kind=Told.EXTERNAL, subject=f"{unit.candidate.name}: CC26").get().user
        == house.administrator
    )
    assert claimed(house, unit) == (ClaimBasis.AUTHORISED, "Report 7")


def test_it_counts_only_as_long_as_the_unit_stands_as_it_was_signed(house: House) -> None:
    access, unit = an_external(house), ready(house)
    authorised(access, unit)
    verification.reopen(enrolment=unit, reason="Look again.", by=house.lead, at=timezone.now())
    assert "signed off" in refusals(lambda: authorised(access, unit))[0]
    unit.refresh_from_db()
    verified(unit)
    assert refusals(lambda: claimed(house, unit))[0].startswith("The centre has no direct claim status")
    authorised(access, unit, "Report 8")
    assert claimed(house, unit) == (ClaimBasis.AUTHORISED, "Report 8")


def test_what_is_taken_back_counts_no_more_and_what_was_claimed_on_it_stands(house: House) -> None:
    access, unit, second = an_external(house), ready(house), ready(house, "ocr-cc32")
    taken_back(access, row := authorised(access, unit))
    assert refusals(lambda: claimed(house, unit))
    assert refusals(lambda: taken_back(access, row)) == ["It was taken back already."]
    kept = authorised(access, second)
    claimed(house, second)
    assert refusals(lambda: taken_back(access, kept)) == [external.CLAIMED]


def test_the_next_external_verifier_of_the_body_takes_it_back(house: House) -> None:
    unit = ready(house)
    row = authorised(an_external(house), unit)
    later = an_external(house, "Nia Next")
    assert refusals(lambda: authorised(later, unit)) == ["The claim of this unit is authorised already."]
    assert taken_back(later, row).taken_back_at


def test_what_needs_no_authorisation_or_is_not_theirs_is_refused(house: House) -> None:
    access = an_external(house)
    open_unit = an_enrolment(house)
    assert "signed off" in refusals(lambda: authorised(access, open_unit))[0]
    assert refusals(lambda: authorised(access, ready(house, "sqa-h12e04"))) == [external.NOT_IN_REMIT]
    unit = ready(house, "ocr-cc32")
    assert refusals(lambda: authorised(access, unit, " "))
    record_direct_claim(
        centre=house.centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        unit=None,
        starts_on=timezone.localdate(),
        ends_on=None,
        reference="EV report 7",
        by=house.administrator,
        at=timezone.now(),
    )
    assert "direct claim status for this unit, by EV report 7" in refusals(lambda: authorised(access, unit))[0]
    assert not ClaimAuthorisation.objects.exists()


def test_the_database_refuses_an_authorisation_out_of_place_and_keeps_one(house: House) -> None:
    access, unit = an_external(house), ready(house)
    row = authorised(access, unit)
    said = {"access": access, "reference": "Report 9", "authorised_at": timezone.now()}
    for enrolment, message in (
        (ready(house, "sqa-h12e04"), "in their remit"),
        (an_enrolment(house, "ocr-d20"), "signed off or verified"),
    ):
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            ClaimAuthorisation.objects.create(enrolment=enrolment, **said)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        ClaimAuthorisation.objects.filter(pk=row.pk).update(reference="Report 8")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        ClaimAuthorisation.objects.filter(pk=row.pk)._raw_delete("default")


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_unit_says_before_the_button_why_not_and_leads_to_the_act(house: House) -> None:
    access, unit = an_external(house), an_enrolment(house)
    browser = Client()
    browser.force_login(access.grant.user)
    page, place = f"/enrolments/{unit.pk}/", f"/enrolments/{unit.pk}/authorise-claim/"
    assert "it is not yet" in browser.get(page).content.decode()
    assert browser.get(place).status_code == 409
    verified(unit)
    assert place in browser.get(page).content.decode()
    assert browser.post(place, {"reference": ""}).status_code == 409
    assert browser.post(place, {"reference": "Report 7"}).status_code == 302
    shown = browser.get(page).content.decode()
    assert "Claim authorised" in shown
    assert place not in shown
    row = ClaimAuthorisation.objects.get()
    for where in (browser.get("/external/"), browser.get(f"/external-access/{access.pk}/")):
        assert "Report 7" in where.content.decode()
    assert browser.post(f"/claim-authorisations/{row.pk}/take-back/", {"reason": "Seen more."}).status_code == 302
    assert place in browser.get(page).content.decode()


def test_the_strategy_is_agreed_from_its_page(house: House) -> None:
    access, policy = an_external(house), a_policy(house)
    browser = Client()
    browser.force_login(access.grant.user)
    strategy_page, place = f"/centre/{house.centre.slug}/strategy/", f"/sampling-policies/{policy.pk}/agree-on-visit/"
    assert place in browser.get(strategy_page).content.decode()
    assert browser.post(place).status_code == 302
    shown = browser.get(strategy_page).content.decode()
    assert "Agreed by Eve External on their visit" in shown
    assert place not in shown
    assert browser.post(place).status_code == 409
