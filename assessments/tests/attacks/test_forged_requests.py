"""Requests that no page of ours made: from another site, by another method, with odd signs, with further fields."""

from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

import assessments.forms
import portfolio.forms
import units.forms
from assessments.tests.answers import ROLES
from assessments.tests.doorways import TABLE, Scene
from portfolio import interrupted
from portfolio.models import AuditEvent, WorkInProgress

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_the_module")]
OPEN_TO_OTHER_SITES = {"portfolio:genuine"}
"""A question whose answer another site cannot read, and which changes nothing."""
DEEP = "[" * 100_000


def who_may(name: str) -> str:
    """Somebody for whom the address opens, or for whom acting there does."""
    codes = TABLE[name].posted or TABLE[name].codes
    return next((person for person in ROLES if person != "nobody" and codes[person] in (200, 302)), "candidate")


def on_another_site(scene: Scene, person: str) -> Client:
    """The person's browser while it shows another site's page: it sends the cookies, and no token of ours."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = scene.browsers[person].cookies
    return browser


def address_of(scene: Scene, name: str) -> str:
    return reverse(name, args=TABLE[name].args(scene))


# --- from another site -----------------------------------------------------------------------------------------------


def test_another_site_can_have_nobody_act(scene: Scene) -> None:
    before = AuditEvent.objects.count()
    for name in TABLE.keys() - OPEN_TO_OTHER_SITES:
        browser, address = on_another_site(scene, who_may(name)), address_of(scene, name)
        ways = ("post", "put", "patch", "delete") if name.startswith("portfolio:upload") else ("post",)
        for way in ways:
            answer = getattr(browser, way)(address, {"page_of": "forged"} if way == "post" else b"")
            assert answer.status_code == 403, (name, way)
    assert AuditEvent.objects.count() == before


def test_the_mark_of_a_page_is_no_token(scene: Scene) -> None:
    """Whoever could read a mark could send it along: from another site it carries nothing, and it sends nothing."""
    mark = interrupted.mark_of(scene.house.candidate.user)
    browser, before = on_another_site(scene, "candidate"), AuditEvent.objects.count()
    address = address_of(scene, "assessments:declare")
    there = {"origin": "https://evil.example", "referer": "https://evil.example/"}
    answer = browser.post(address, {"page_of": mark, "agreed": "on"}, headers=there)
    assert answer.status_code == 403
    assert b'name="carried"' not in answer.content
    answer = browser.post(address, {"page_of": mark, "agreed": "on"}, headers={"origin": "null"})
    assert answer.status_code == 403
    assert b'name="carried"' not in answer.content
    answer = on_another_site(scene, "assessor").post(address, {"page_of": mark, "secret": "of the candidate"})
    assert answer.status_code == 403
    assert b"of the candidate" not in answer.content
    assert AuditEvent.objects.count() == before


# --- by another method, with odd signs -------------------------------------------------------------------------------


def test_an_address_answers_no_method_that_is_not_its_own_and_no_zero(scene: Scene) -> None:
    for name in TABLE:
        browser, address = scene.browsers[who_may(name)], address_of(scene, name)
        assert browser.generic("TRACE", address).status_code == 405, name
        assert browser.get(f"{address}?q=a%00b").status_code == 400, name


@pytest.mark.parametrize("name", ["search", "book", "enrol", "register", "hold_record", "centre_enrolments"])
def test_signs_that_nobody_can_type_break_no_list(scene: Scene, name: str) -> None:
    browser, address = scene.browsers["administrator"], address_of(scene, f"assessments:{name}")
    for sign in ("%ED%A0%80", "%FF%FE", "%F0%9F%92%A9" * 50, "%27%3B--", "%25%5F%5C"):
        query = "&".join(f"{asked}={sign}" for asked in ("q", "search", "find", "page", "unit", "since"))
        assert browser.get(f"{address}?{query}").status_code == 200


def test_what_a_script_keeps_is_text_that_can_be_kept(scene: Scene) -> None:
    browser: Any = scene.browsers["candidate"]
    before = WorkInProgress.objects.count()
    page = browser.get(reverse("assessments:add_evidence")).context["form"].work.subject.token
    for words in ("\\u0000", "\\ud800", "a\\u0000b"):
        sent = f'{{"work": "{page}", "page": "p", "turn": 1, "seen": 0, "fields": {{"title": [["{words}"], 0]}}}}'
        assert browser.post(reverse("portfolio:keep_work"), sent, content_type="application/json").status_code == 400
    answer = browser.post(reverse("portfolio:keep_work"), DEEP, content_type="application/json")
    assert answer.status_code == 400
    assert WorkInProgress.objects.count() == before


def test_a_passkey_that_is_nested_without_end_is_none() -> None:
    answer = Client().post(reverse("mfa_login_webauthn"), {"credential": DEEP})
    assert answer.status_code < 500


# --- with more than was asked for ------------------------------------------------------------------------------------


def every_form() -> list[type[Any]]:
    """Every form of the house."""
    assert portfolio.forms, units.forms
    assert assessments.forms
    found: list[type[Any]] = []
    waiting: list[type[Any]] = [forms.Form, forms.ModelForm]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += [form for form in below if form.__module__.split(".")[0] in ("portfolio", "units", "assessments")]
        waiting += below
    return found


def test_no_form_takes_what_it_does_not_name() -> None:
    """A form that is made from a model names its fields, and what nobody may set is no field of any form."""
    assert len(every_form()) > 100
    for form in every_form():
        assert not (issubclass(form, forms.ModelForm) and form._meta.fields in (None, "__all__")), form
        held = NEVER & set(form.base_fields)
        assert not held - OF_ANOTHER_MEANING.get(form.__name__, set()), form


NEVER = {
    "by", "at", "centre", "status", "state", "is_active", "is_staff", "is_superuser", "groups", "user_permissions",
    "signature", "signed_at", "sha256", "digest",
}  # fmt: skip
OF_ANOTHER_MEANING = {
    "RemitFilterForm": {"status"},
    "UnitsFilterForm": {"status"},
    "CaseFilterForm": {"status"},
    "ProcedureForm": {"centre"},
    "WitnessForm": {"status"},
}
"""Filters, that only ask; whom to turn to at the centre; and what a witness is by trade."""


def test_further_fields_of_a_request_change_nothing(scene: Scene) -> None:
    """What a candidate sends beside their own words: whose it is, how it stands, who decided."""
    house, browser = scene.house, scene.browsers["candidate"]
    sent = {
        "title": "Call to a customer", "kind": "work_product", "setting": "paid_work", "then": "save",
        "held": "location", "location": "At work", "others_data": "none", "description": "I called.",
        "status": "reviewed", "number": "1", "candidate": house.other_candidate.pk, "centre": 999, "author": 1,
        "submitted_at": "2020-01-01", "assessor": house.assessor.pk, "is_active": "on", "frozen_at": "",
        "criteria-verdict": "met", "by": house.administrator.pk,
    }  # fmt: skip
    answer: Any = browser.post(reverse("assessments:add_evidence"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    made = house.candidate.evidence.latest("pk")
    version = made.versions.get()
    assert (made.candidate, made.centre, made.author, made.number) == (house.candidate, house.centre, None, None)
    assert (version.title, version.status, version.submitted_at) == ("Call to a customer", "draft", None)
    assert not made.mappings.exists()
