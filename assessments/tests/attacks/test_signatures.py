"""A signature is of what its person saw, once, with their own password: from no other page, tab or person."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import planning
from assessments.actions.journey import lock_one
from assessments.documents.issuing import SIGNED_ANEW
from assessments.models import Enrolment, FormBatch, SignOff
from assessments.testing import House, an_enrolment, declared, handed_in, judged, met, signed_off
from assessments.tests.plans import a_plan, proposed, with_activity
from assessments.views import record
from portfolio.models import AuditEvent, Signature, Statement, User
from portfolio.testing import PASSWORD, shown_to, with_password

pytestmark = pytest.mark.django_db
"""See also assessments/tests/views/test_testimony.py for witnesses, and test_races.py for two at once."""


@pytest.fixture
def unit(house: House) -> Enrolment:
    return met(an_enrolment(house))


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(with_password(user))
    return browser


def place(unit: Enrolment, verb: str) -> str:
    return reverse(f"assessments:{verb}", args=[unit.pk])


def signs(browser: Client, unit: Enrolment, verb: str, shown: str, password: str = PASSWORD) -> Any:
    return browser.post(place(unit, verb), {"password": password, "page_of_record": shown})


def shown(browser: Client, unit: Enrolment, verb: str) -> str:
    found = shown_to(browser, place(unit, verb))
    assert f'name="page_of_record" value="{found}"' in browser.get(place(unit, verb)).content.decode()
    return found


def status(unit: Enrolment) -> str:
    return str(Enrolment.objects.get(pk=unit.pk).status)


def test_what_changed_while_the_page_was_open_is_not_signed(unit: Enrolment) -> None:
    browser = browser_of(unit.candidate_user)
    before = shown(browser, unit, "declare")
    judged(handed_in(unit, "1.1"), unit)
    answer = signs(browser, unit, "declare", before)
    assert answer.status_code == 409
    assert "have changed since, so nothing was signed" in answer.content.decode()
    assert (status(unit), SignOff.objects.filter(enrolment=unit).count()) == ("collecting", 0)
    assert signs(browser, unit, "declare", shown(browser, unit, "declare")).status_code == 302
    assert status(unit) == "declared"


def test_words_that_came_into_force_meanwhile_are_not_signed_unread(unit: Enrolment) -> None:
    browser = browser_of(unit.candidate_user)
    before = shown(browser, unit, "declare")
    other_words("competence-candidate")
    assert signs(browser, unit, "declare", before).status_code == 409
    assert not SignOff.objects.filter(enrolment=unit).exists()


def other_words(key: str) -> None:
    words = Statement.objects.filter(key=key).latest("version")
    Statement.objects.create(
        key=words.key,
        variant=words.variant,
        version=words.version + 1,
        title=words.title,
        text="I owe the centre £100.",
    )


def test_a_signature_sent_once_more_signs_nothing_more(unit: Enrolment) -> None:
    browser = browser_of(unit.candidate_user)
    before = shown(browser, unit, "declare")
    assert signs(browser, unit, "declare", before).status_code == 302
    signed = set(SignOff.objects.filter(enrolment=unit).values_list("signature", flat=True))
    lines = AuditEvent.objects.count()
    assert signs(browser, unit, "declare", before).status_code == 409
    assert set(SignOff.objects.filter(enrolment=unit).values_list("signature", flat=True)) == signed
    assert AuditEvent.objects.count() == lines


def test_the_page_of_one_unit_signs_no_other(house: House, unit: Enrolment) -> None:
    other, browser = met(an_enrolment(house, "ocr-cc16")), browser_of(unit.candidate_user)
    assert signs(browser, other, "declare", shown(browser, unit, "declare")).status_code == 409
    assert status(other) == "collecting"


def test_the_password_of_somebody_else_signs_nothing(house: House, unit: Enrolment) -> None:
    """Of another tab's person, or of whoever looks over a shoulder."""
    unit = declared(unit)
    User.objects.filter(pk=unit.assessor_id).update(password=with_other_password(house))
    browser = Client()
    browser.force_login(User.objects.get(pk=unit.assessor_id))
    answer = signs(browser, unit, "sign_off", shown(browser, unit, "sign_off"))
    assert answer.status_code == 200
    assert "That password is not right" in answer.content.decode()
    assert status(unit) == "declared"


def with_other_password(house: House) -> str:
    person = User.objects.get(pk=house.trainee.pk)
    person.set_password("nine loud harbour masters")
    return person.password


def test_nobody_signs_for_the_candidate_by_their_page(house: House, unit: Enrolment) -> None:
    before = shown(browser_of(unit.candidate_user), unit, "declare")
    for person in (house.assessor, house.administrator, house.lead):
        assert signs(browser_of(person), unit, "declare", before).status_code == 403
    assert status(unit) == "collecting"


class ToSign(NamedTuple):
    """Who signs, on which page, and what changes what the page shows."""

    signer: User
    page: str
    change: Callable[[], object]


def unsigned_plan(house: House) -> ToSign:
    plan = a_plan(an_enrolment(house))
    with_activity(plan)
    page = reverse("assessments:propose_plan", args=[plan.pk])
    return ToSign(house.assessor, page, lambda: with_activity(plan))


def proposed_plan(house: House) -> ToSign:
    plan = proposed(an_enrolment(house))

    def anew() -> None:
        back = planning.return_plan(plan=plan, reason="Wait.", by=house.assessor, at=timezone.now())
        planning.propose_plan(plan=back, by=house.assessor, at=timezone.now())

    return ToSign(house.candidate.user, reverse("assessments:agree_plan", args=[plan.pk]), anew)


def unit_of_the_centre(house: House) -> ToSign:
    place = reverse("assessments:authenticate", args=[signed_off(an_enrolment(house)).pk])
    return ToSign(house.administrator, place, partial(other_words, "authentic-centre"))


PAGES = [unsigned_plan, proposed_plan, unit_of_the_centre]


@pytest.mark.parametrize("asked", PAGES)
def test_every_page_signs_only_what_it_showed(house: House, asked: Callable[[House], ToSign]) -> None:
    signer, address, change = asked(house)
    browser = browser_of(signer)
    before = shown_to(browser, address)
    change()
    signatures = Signature.objects.count()
    for sent in ({"page_of_record": before}, {}):
        answer: Any = browser.post(address, {"password": PASSWORD, **sent})
        assert "have changed since, so nothing was signed" in answer.content.decode()
    assert Signature.objects.count() == signatures
    answer = browser.post(address, {"password": PASSWORD, "page_of_record": shown_to(browser, address)})
    assert answer.status_code == 302
    assert Signature.objects.count() == signatures + 1


def test_what_changes_between_the_look_and_the_lock_is_not_signed(
    unit: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two at once the second waits at the lock, and looks again behind it."""
    browser = browser_of(unit.candidate_user)
    before = shown(browser, unit, "declare")

    def late(enrolment: Enrolment) -> Enrolment:
        judged(handed_in(unit, "1.1"), unit)
        return lock_one(enrolment)

    monkeypatch.setattr(record, "lock_one", late)
    assert "have changed since" in signs(browser, unit, "declare", before).content.decode()
    assert status(unit) == "collecting"


def test_all_forms_found_are_as_many_as_the_page_said(house: House) -> None:
    signed_off(an_enrolment(house))
    browser, page = browser_of(house.administrator), reverse("assessments:centre_forms", args=[house.centre.slug])
    sent = {
        "password": PASSWORD,
        "gathered_as": "pdf",
        "all": "yes",
        "statement": list(Statement.objects.filter(key="authentic-centre").values_list("pk", flat=True)),
        "page_of_record": shown_to(browser, page),
    }
    signed_off(an_enrolment(house, "ocr-cc16"))
    assert "have changed since, so nothing was signed" in browser.post(page, sent).content.decode()
    assert not FormBatch.objects.exists()
    assert browser.post(page, {**sent, "page_of_record": shown_to(browser, page)}).status_code == 302
    assert FormBatch.objects.get().rows.count() == 2


def test_a_unit_signed_off_after_the_page_was_opened_is_left_out_of_forms_made_at_once(house: House) -> None:
    before, sent_back = signed_off(an_enrolment(house)), signed_off(an_enrolment(house, "ocr-cc16"))
    browser, page = browser_of(house.administrator), reverse("assessments:centre_forms", args=[house.centre.slug])
    opened = shown_to(browser, page)
    sent = {
        "password": PASSWORD,
        "gathered_as": "pdf",
        "chosen": [before.pk, sent_back.pk],
        "statement": list(Statement.objects.filter(key="authentic-centre").values_list("pk", flat=True)),
        "page_of_record": opened,
    }
    Enrolment.objects.filter(pk=sent_back.pk).update(signed_off_at=timezone.now())
    for forged in ("", "page", opened[:-1] + "x"):
        assert "have changed since" in browser.post(page, {**sent, "page_of_record": forged}).content.decode()
    assert not FormBatch.objects.exists()
    assert browser.post(page, sent).status_code == 302
    rows = dict(FormBatch.objects.get().rows.values_list("enrolment", "problem"))
    assert rows == {before.pk: "", sent_back.pk: SIGNED_ANEW}
