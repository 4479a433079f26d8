"""External verifiers: let in for days and units, apart from the centre, changing nothing; what they choose and ask."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.actions import access as office
from assessments.actions import activities, external
from assessments.models import (
    CentreAction,
    Enrolment,
    Evidence,
    ExternalAccess,
    ExternalChoice,
    ExternalNote,
    Sample,
)
from assessments.queries.access import days_of
from assessments.testing import (
    House,
    a_draft,
    a_unit,
    an_enrolment,
    an_external,
    handed_in,
    sampled,
    whose_days_are_over,
)
from assessments.tests.acts_of_external import a_note, asked_of_the_centre
from assessments.tests.refusing import refusals
from portfolio import actions as people
from portfolio.enums import Role
from portfolio.models import AuditDetail, Notice, OutgoingMessage, RoleGrant, User
from portfolio.testing import a_candidate, a_staff_member, address_of
from units.models import AwardingBody

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    return timezone.localdate()


def given(house: House, **otherwise: Any) -> ExternalAccess:
    values: dict[str, Any] = {
        "centre": house.centre,
        "email": "nia@body.example",
        "name": "Nia Newcomer",
        "awarding_body": AwardingBody.objects.get(code="ocr"),
        "starts_on": today(),
        "ends_on": today() + 6 * DAY,
        "may_download": True,
        "reference": "Visit 7",
        "by": house.administrator,
        "at": timezone.now(),
    }
    return office.give_access(**{**values, **otherwise})


def seen(user: User, day: datetime.date | None = None) -> set[str]:
    return set(Enrolment.objects.visible_to(user, day).values_list("unit__key", flat=True))


# --- what they see ---------------------------------------------------------------------------------------------------


def test_it_shows_the_units_that_were_chosen_on_the_days_that_were_given(house: House, other_house: House) -> None:
    for key in ("ocr-cc16", "ocr-cc26", "sqa-h12e04"):
        an_enrolment(house, key)
    an_enrolment(other_house, "ocr-cc16")
    some = an_external(house, keys=["ocr-cc16"]).grant
    assert seen(some.user) == {"ocr-cc16"}
    assert Enrolment.objects.visible_to(some.user).get().centre == house.centre
    assert seen(some.user, some.ends_on) == {"ocr-cc16"}
    assert some.ends_on
    assert seen(some.user, some.ends_on + DAY) == seen(some.user, some.starts_on - DAY) == set()
    whole = an_external(house, "Wanda Whole").grant.user
    assert seen(whole) == {"ocr-cc16", "ocr-cc26"}
    an_enrolment(house, "ocr-d20")
    assert "ocr-d20" in seen(whole)


def test_drafts_and_what_is_of_other_units_do_not_exist_for_them(house: House) -> None:
    cc16, sqa = an_enrolment(house, "ocr-cc16"), an_enrolment(house, "sqa-h12e04")
    item = handed_in(cc16, "1.1")
    a_draft(cc16, "1.1")
    handed_in(sqa)
    user = an_external(house).grant.user
    assert list(Evidence.objects.visible_to(user)) == [item.evidence]
    sampled(an_enrolment(house, "ocr-cc26"))
    assert Sample.objects.visible_to(user).count() == 1


def test_nothing_is_left_when_the_days_are_over_or_were_ended(house: House) -> None:
    an_enrolment(house)
    over = whose_days_are_over(an_external(house))
    assert seen(over.grant.user) == set()
    ended = an_external(house, "Enda Ended")
    office.end_access(access=ended, reason="Put off.", by=house.administrator, at=timezone.now())
    assert seen(ended.grant.user) == set()
    assert not RoleGrant.objects.on(today()).filter(user=ended.grant.user).exists()
    ended.refresh_from_db()
    assert (days_of(ended).starts_on, days_of(ended).ends_on) == (today(), today())
    assert days_of(ended).over(today())
    again = an_external(house, "Enda Ended")
    assert seen(again.grant.user) == {"ocr-cc26"}


# --- giving, extending, shortening -----------------------------------------------------------------------------------


def test_whoever_is_let_in_is_written_to_with_their_days(house: House) -> None:
    access = given(house)
    letter = OutgoingMessage.objects.latest("pk")
    assert letter.to == "nia@body.example"
    assert f"an external verifier from {today():%-d %B %Y} to {today() + 6 * DAY:%-d %B %Y}" in letter.body
    assert access.all_units
    told = set(Notice.objects.filter(kind="external").values_list("user", flat=True))
    assert told == {house.lead.pk}  # the administrator acted


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts_on": today() - DAY}, "The first day cannot lie in the past: choose today or later."),
        ({"ends_on": today() - DAY}, "The last day cannot be before the first."),
        ({"reference": " "}, "Visit, or the body’s reference: This field cannot be blank."),
        ({"email": "nowhere"}, "Email: Enter a valid email address."),
    ],
)
def test_it_is_not_given_on_days_or_words_that_cannot_be(house: House, values: dict[str, Any], sentence: str) -> None:
    assert refusals(lambda: given(house, **values)) == [sentence]


def test_nobody_is_let_in_for_longer_than_a_visit_takes(house: House) -> None:
    [sentence] = refusals(lambda: given(house, ends_on=today() + 92 * DAY))
    assert sentence.startswith("Access is given for 92 days at most")
    access = given(house, ends_on=today() + 91 * DAY)
    by, at = house.administrator, timezone.now()
    [sentence] = refusals(lambda: office.extend_access(access=access, ends_on=today() + 92 * DAY, by=by, at=at))
    assert "92 days at most" in sentence


def test_units_are_of_the_body_that_sends_them(house: House) -> None:
    [sentence] = refusals(lambda: given(house, units=[a_unit("sqa-h12e04")]))
    assert sentence == "An external verifier of OCR looks at its units alone: leave out the others."


def test_days_are_extended_and_shortened_and_the_visitor_is_told(house: House) -> None:
    access, by, at = given(house), house.administrator, timezone.now()
    access = office.extend_access(access=access, ends_on=today() + 20 * DAY, by=by, at=at)
    assert AuditDetail.objects.latest("pk").details == {
        "from": str(today() + 6 * DAY),
        "to": str(today() + 20 * DAY),
    }
    access = office.shorten_access(access=access, ends_on=today(), by=by, at=at)
    assert access.grant.ends_on == today()
    assert Notice.objects.filter(user=access.grant.user, kind="access").count() == 2
    assert refusals(lambda: office.shorten_access(access=access, ends_on=today() - DAY, by=by, at=at)) == [
        "Choose a last day that is still to come, or end the access at once."
    ]
    over = whose_days_are_over(access)
    assert refusals(lambda: office.extend_access(access=over, ends_on=today() + DAY, by=by, at=at)) == [
        "These days are over: give access anew."
    ]


def test_days_reach_into_no_part_that_the_same_mailbox_has_by_then(house: House) -> None:
    access, by, at = given(house), house.administrator, timezone.now()
    name, domain = access.grant.user.email.split("@")
    starts_on = days_of(access).ends_on + DAY
    other = User.objects.create_user(f"{name}+work@{domain}")
    RoleGrant.objects.create(user=other, centre=house.centre, role=Role.INTERNAL_VERIFIER, starts_on=starts_on)
    [sentence] = refusals(lambda: office.extend_access(access=access, ends_on=starts_on, by=by, at=at))
    assert sentence.startswith("By then this person has another part at the centre")


# --- apart from the centre -------------------------------------------------------------------------------------------


def test_nobody_of_the_centre_looks_at_it_from_outside(house: House) -> None:
    for user in (house.assessor, house.candidate.user, house.administrator):
        [sentence] = refusals(lambda email=user.email: given(house, email=email))  # type: ignore[misc]
        assert "has no part in it" in sentence
    name, domain = house.assessor.email.split("@")
    for spelling in (f"{name.upper()}@{domain}", f"{name}+visit@{domain}"):
        [sentence] = refusals(lambda email=spelling: given(house, email=email))  # type: ignore[misc]
        assert "has no part in it" in sentence


def test_nobody_who_looks_from_outside_joins_the_centre_meanwhile(house: House) -> None:
    access = given(house)
    email, at = access.grant.user.email, timezone.now()
    for join in (
        lambda: people.invite_staff(
            centre=house.centre, email=email, name="Nia", roles=[Role.ASSESSOR], by=house.administrator, at=at
        ),
        lambda: people.invite_candidate(
            centre=house.centre, email=email, legal_name="Nia", by=house.administrator, at=at
        ),
    ):
        [sentence] = refusals(join)
        assert sentence.startswith("This person is an external verifier here until")
    whose_days_are_over(access)
    people.invite_staff(
        centre=house.centre, email=email, name="Nia", roles=[Role.ASSESSOR], by=house.administrator, at=at
    )


def test_they_may_work_at_another_centre(house: House, other_house: House) -> None:
    access = given(house, email=other_house.assessor.email)
    an_enrolment(house)
    an_enrolment(other_house, "ocr-cc16")
    assert seen(access.grant.user) == {"ocr-cc26", "ocr-cc16"}


def test_the_role_is_neither_granted_nor_ended_by_hand(house: House) -> None:
    access, by, at = given(house), house.administrator, timezone.now()
    user, role = house.assessor, Role.EXTERNAL_VERIFIER
    own_page = "An external verifier is given access, and their days are changed, on the page “External verifiers”."
    assert refusals(lambda: people.end_role(grant=access.grant, ends_on=today(), by=by, at=at)) == [own_page]
    assert refusals(
        lambda: people.grant_role(centre=house.centre, user=user, role=role, starts_on=today(), by=by, at=at)
    ) == [own_page]


def test_the_database_holds_that_too(house: House) -> None:
    access = given(house)
    user, grants = access.grant.user, house.centre.grants
    for write in (
        lambda: grants.create(user=user, role=Role.ASSESSOR, starts_on=today()),
        lambda: grants.create(user=house.assessor, role="external_verifier", starts_on=today(), ends_on=today()),
        lambda: grants.create(user=house.assessor, role="external_verifier", starts_on=today()),
        lambda: grants.filter(user=house.assessor).update(may_download=False),
        lambda: ExternalAccess.objects.filter(pk=access.pk).update(all_units=False),
        lambda: ExternalAccess.objects.filter(pk=access.pk).delete(),
        lambda: access.remit.create(unit=a_unit("sqa-h12e04")),
        lambda: ExternalAccess.objects.create(
            centre=house.centre,
            grant=grants.get(user=house.lead),
            awarding_body=access.awarding_body,
            reference="Forged",
            given_at=timezone.now(),
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


# --- what they do of their own ---------------------------------------------------------------------------------------


def test_a_unit_is_chosen_once_with_a_reason_and_the_centre_is_told(house: House) -> None:
    access, unit = an_external(house, keys=["ocr-cc26"]), an_enrolment(house)
    by, at = access.grant.user, timezone.now()
    assert refusals(lambda: external.choose_unit(access=access, enrolment=unit, reason=" ", by=by, at=at)) == [
        "Say why you choose this unit."
    ]
    choice = external.choose_unit(access=access, enrolment=unit, reason="New assessor.", by=by, at=at)
    told = set(Notice.objects.filter(kind="external", subject__contains="CC26").values_list("user", flat=True))
    assert told == {house.verifier.pk, house.lead.pk, house.administrator.pk}
    assert refusals(lambda: external.choose_unit(access=access, enrolment=unit, reason="Again.", by=by, at=at)) == [
        "You have chosen this unit already."
    ]
    other = an_enrolment(house, "ocr-cc16")
    assert refusals(lambda: external.choose_unit(access=access, enrolment=other, reason="Why not.", by=by, at=at)) == [
        "Choose among the units you were given to look at."
    ]
    external.mark_looked_at(choice=choice, by=by, at=at)
    assert refusals(lambda: external.mark_looked_at(choice=choice, by=by, at=at)) == [
        "You have ticked this unit already."
    ]
    assert list(ExternalChoice.objects.visible_to(house.other_verifier)) == [choice]
    assert not ExternalChoice.objects.visible_to(house.assessor).exists()


def test_a_note_is_its_writers_until_it_is_issued_and_then_stands(house: House) -> None:
    note = a_note(house)
    by, at = note.access.grant.user, timezone.now()
    assert not ExternalNote.objects.visible_to(house.lead).exists()
    assert AuditDetail.objects.latest("pk").details == {}
    colleague = an_external(house, "Cole League").grant.user
    assert not ExternalNote.objects.visible_to(colleague).exists()
    note = external.change_note(note=note, words="Ask for two logs.", by=by, at=at)
    external.issue_note(note=note, by=by, at=at)
    assert ExternalNote.objects.visible_to(house.lead).get().words == "Ask for two logs."
    assert ExternalNote.objects.visible_to(colleague).exists()
    for verb in (
        lambda: external.change_note(note=note, words="Never mind.", by=by, at=at),
        lambda: external.discard_note(note=note, by=by, at=at),
        lambda: external.issue_note(note=note, by=by, at=at),
    ):
        assert refusals(verb) == ["This was issued as a remark, and stands."]
    rows = ExternalNote.objects.filter(pk=note.pk)
    for write in (rows.delete, lambda: rows.update(words="Never mind.")):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_they_do_nothing_any_more_when_their_days_are_over(house: House) -> None:
    note, unit = a_note(house), an_enrolment(house)
    access = whose_days_are_over(note.access)
    by, at = access.grant.user, timezone.now()
    own = ["Only the external verifier themselves does this, on the days they were given."]
    for verb in (
        lambda: external.choose_unit(access=access, enrolment=unit, reason="New.", by=by, at=at),
        lambda: external.issue_note(note=note, by=by, at=at),
        lambda: asked_of_the_centre(access, house.lead),
    ):
        assert refusals(verb) == own


# --- actions for the centre ------------------------------------------------------------------------------------------


def answered(action: CentreAction, by: User) -> CentreAction:
    return activities.answer_centre_action(action=action, answer="Sent.", by=by, at=timezone.now())


def closed(action: CentreAction, by: User) -> CentreAction:
    return activities.close_centre_action(action=action, by=by, at=timezone.now())


def test_those_in_charge_answer_and_only_the_external_verifier_closes(house: House) -> None:
    access = an_external(house)
    assert refusals(lambda: asked_of_the_centre(access, house.assessor)) == [
        "Choose somebody on the staff of the centre."
    ]
    action = asked_of_the_centre(access, house.lead)
    assert refusals(lambda: answered(action, house.verifier)) == [
        "Only the person an action was given to can answer it."
    ]
    answered(action, house.administrator)
    for somebody in (house.lead, house.verifier, house.other_verifier, house.administrator):
        assert refusals(lambda by=somebody: closed(action, by)) == [  # type: ignore[misc]
            "An external verifier of the same awarding body closes this action, on the days they look at the centre."
        ]
    assert Notice.objects.filter(user=access.grant.user, kind="answered").exists()
    assert closed(action, access.grant.user).closed_by == access.grant.user


def test_the_next_one_of_the_same_body_closes_what_an_earlier_visit_asked_for(house: House) -> None:
    access = an_external(house)
    action = asked_of_the_centre(access, house.lead)
    whose_days_are_over(access)
    answered(action, house.lead)
    assert refusals(lambda: closed(action, access.grant.user))
    of_another_body = an_external(house, "Sandy Sqa", code="sqa").grant.user
    assert not CentreAction.objects.visible_to(of_another_body).exists()
    assert refusals(lambda: closed(action, of_another_body))
    successor = an_external(house, "Sue Successor").grant.user
    assert list(CentreAction.objects.visible_to(successor)) == [action]
    assert closed(action, successor).closed_at


# --- nobody else ------------------------------------------------------------------------------------------------------


def test_a_candidate_and_an_assessor_learn_nothing_of_the_visit(house: House) -> None:
    access, unit = an_external(house), an_enrolment(house)
    by, at = access.grant.user, timezone.now()
    external.choose_unit(access=access, enrolment=unit, reason="New assessor.", by=by, at=at)
    for user in (house.candidate.user, house.assessor):
        assert not ExternalAccess.objects.visible_to(user).exists()
        assert not ExternalChoice.objects.visible_to(user).exists()
        assert not Notice.objects.filter(user=user, kind="external").exists()


def test_who_was_never_there_is_no_candidate_by_being_let_in(house: House) -> None:
    a_candidate(house.centre, "Nora Newer")
    [sentence] = refusals(lambda: given(house, email=address_of("Nora Newer")))
    assert "or a candidate of it" in sentence
    a_staff_member(house.centre, "Stan Staff", Role.ASSESSOR)
    assert refusals(lambda: given(house, email=address_of("Stan Staff")))
