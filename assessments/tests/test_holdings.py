"""What a copy of somebody's data holds: everything that leads to them, and nothing that is others' alone."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import case as cases
from assessments.actions import verification
from assessments.archive.holdings import BY_ADDRESS, NOT_IN_IT, THEIRS, Subject, holdings
from assessments.archive.package import Package
from assessments.models import DataRequest
from assessments.testing import House, a_draft, all_well, an_enrolment, described, handed_in, signed_off, targets
from assessments.tests.acts_of_data import a_request
from assessments.tests.appeals import a_case
from assessments.tests.views.visitors import signed_in
from assessments.tests.witnesses import SAID, with_testimony
from portfolio import actions, audit
from portfolio.archive import catalogue
from portfolio.enums import AgeBand
from portfolio.models import CandidateRecord, ExternalRecord, StaffRecord, User

pytestmark = pytest.mark.django_db
PEOPLE = (User, CandidateRecord, StaffRecord, ExternalRecord)
REMARK = "He let two criteria through on half an hour’s evidence."
Copies = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def lived(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """A unit signed off and sampled with a remark; a testimony; a case; an answer that only its candidate sees; and
    another candidate of the same assessor."""
    with django_db_blocker.unblock(), transaction.atomic():
        now, cara = timezone.now(), house.candidate
        unit = signed_off(an_enrolment(house))
        verification.close_sample(
            sample=verification.plan_sample(enrolment=unit, reason="New assessor.", by=house.verifier, at=now),
            checks=all_well(),
            criteria=[targets(unit)[0].criterion_id],
            feedback=REMARK,
            wanted="",
            due_on=None,
            by=house.verifier,
            at=now,
        )
        with_testimony(an_enrolment(house, "ocr-cc16"), "1.1")
        handed_in(
            an_enrolment(house, "ocr-cc32", candidate=house.other_candidate), "1.1", words=described("Colin’s own week")
        )
        actions.answer_diversity(candidate=cara, age_band=AgeBand.values[1], by=cara.user, at=now)
        cases.add_step(
            case=a_case(house),
            happened_on=timezone.localdate(),
            text="Interview on Monday.",
            by=house.administrator,
            at=now,
        )
        audit.looked_at(cara, by=house.verifier, centre_id=house.centre.pk, at=now)
        signed_in(cara.user).get("/")
        yield house
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def vault_of_what_was_lived(settings: Any, vault_of_the_module: Path) -> None:
    settings.VAULT_DIR = vault_of_the_module


@pytest.fixture
def copy_of(lived: House, tmp_path: Path) -> Copies:
    """What is in the copy that somebody gets, by its path below data/."""

    def made(address: str, **how: bool) -> dict[str, bytes]:
        request = a_request(lived, address=address)
        for name, value in how.items():
            setattr(request, name, value)
        path = tmp_path / "copy.zip"
        Package(request).write(path, timezone.now(), lambda *told: None)
        with ZipFile(BytesIO(path.read_bytes())) as opened:
            names = opened.namelist()
            found = {name.partition("/data/")[2]: opened.read(name) for name in names if "/data/" in name}
        path.unlink()
        return found

    return made


def words_in(found: dict[str, bytes]) -> str:
    return b"\n".join(data for name, data in found.items() if not name.startswith("files/")).decode()


def rows(found: dict[str, bytes], name: str) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(found[f"record/{name}.json"])
    return read


# --- everything is in it, or has its reason --------------------------------------------------------------------------


def leads_to_a_person(model: type[models.Model]) -> bool:
    """Whether a row names somebody: by a foreign key, by its way to their record, or by an address."""
    named = any(catalogue.target_of(relation) in PEOPLE for relation in catalogue.relations(model))
    way = any(catalogue.ways_to(model, root) for root in PEOPLE[1:])
    addresses = any(
        isinstance(column, models.EmailField) or column.name in ("username", "mailbox", "signed_from", "ip")
        for column in model._meta.local_fields
    )
    return named or way or addresses


def test_every_model_that_leads_to_a_person_is_in_it_or_left_out_with_its_reason(house: House) -> None:
    subject = Subject(house.centre, house.candidate.user, house.candidate.user.email, house.candidate.legal_name)
    told = {holding.model._meta.label for holding in holdings(subject)}
    known = {model._meta.label for model in catalogue.every_model()}
    leading = {model._meta.label for model in catalogue.every_model() if leads_to_a_person(model)}
    assert leading - told - NOT_IN_IT.keys() == set(), "Say in assessments/archive/holdings.py where it is, or why not."
    assert told & NOT_IN_IT.keys() == set()
    assert (NOT_IN_IT.keys() | THEIRS.keys() | BY_ADDRESS.keys()) - known == set()
    assert all(reason.endswith(".") for reason in NOT_IN_IT.values())


def test_a_candidate_gets_all_that_is_theirs_with_its_files(copy_of: Copies, lived: House) -> None:
    found = copy_of(lived.candidate.user.email)
    words = words_in(found)
    for kind in ("candidaterecord", "rolegrant", "enrolment", "evidenceversion", "decision", "signoff"):
        floor = "portfolio" if kind in ("candidaterecord", "rolegrant") else "assessments"
        assert f"record/of-{floor}.{kind}.json" in found, kind
    assert "I reviewed the calls of my team." in words
    assert SAID.statement in words
    assert rows(found, "of-portfolio.diversityanswer")[0]["age_band"] == AgeBand.values[1]
    assert {row["verb"] for row in rows(found, "book-portfolio.auditevent")} >= {"submit", "review", "declare"}
    assert [row["user"]["name"] for row in rows(found, "looked-portfolio.accessline")] == ["Vera Northgate"]  # type: ignore[index]
    assert "usersessions" in words, "where they are signed in"
    assert any(name.startswith("files/") for name in found)
    linked = {row["stored"]["file"] for row in rows(found, "of-assessments.evidencefile")}  # type: ignore[index]
    assert linked <= found.keys()
    assert json.loads(found["record/missing.json"]) == []


def test_what_is_others_alone_is_not_in_it(copy_of: Copies, lived: House) -> None:
    found = copy_of(lived.candidate.user.email)
    words = words_in(found)
    for others in (
        REMARK,
        "Colin",
        "wyn@work.example",
        "192.0.2.7",
        "Two logs read alike",
        "Interview on Monday",
        lived.candidate.user.password,
        "/witness/",
    ):
        assert others not in words, others
    index = json.loads(found["record/index.json"])
    assert not [row for row in index["kinds"] if row["kind"].startswith("assessments.case")]
    assert "What verifiers and the office noted" in words
    assert rows(found, "said-assessments.sample")[0]["outcome"] == "agreed"
    whole = words_in(copy_of(lived.candidate.user.email, with_remarks=True))
    assert REMARK in whole
    assert "Colin" not in whole


def test_what_the_office_hands_over_has_nothing_that_the_person_alone_sees(copy_of: Copies, lived: House) -> None:
    a_draft(an_enrolment(lived, "ocr-cc32"), "1.1", words=described("Not handed in"))
    assert "Not handed in" in words_in(copy_of(lived.candidate.user.email))
    found = copy_of(lived.candidate.user.email, by_office=True)
    assert "record/of-portfolio.diversityanswer.json" not in found
    assert "Not handed in" not in words_in(found)
    assert "What you alone can see" in words_in(found)


def test_staff_get_what_they_did_without_the_words_of_others_portfolios(copy_of: Copies, lived: House) -> None:
    found = copy_of(lived.assessor.email)
    words = words_in(found)
    assert rows(found, "of-portfolio.staffqualification")
    assert rows(found, "by-assessments.review")[0]["assessor"] == {"kind": "portfolio.user", "name": "you"}
    for others in ("Cara", "Colin", "I reviewed the calls of my team.", SAID.statement, REMARK):
        assert others not in words, others


def test_a_witness_without_a_sign_in_gets_what_they_said(copy_of: Copies, lived: House) -> None:
    found = copy_of("Wyn@work.example")
    testimony = rows(found, "of-assessments.testimony")[0]
    assert (testimony["statement"], testimony["email"]) == (SAID.statement, "wyn@work.example")
    assert rows(found, "of-portfolio.signature")[0]["signer_name"] == "Wyn Witness"
    assert rows(found, "of-portfolio.outgoingmessage")[0]["to"] == "wyn@work.example"
    assert "I reviewed the calls" not in words_in(found)


def test_its_pages_lead_to_each_other_and_say_what_is_left_out(copy_of: Copies, lived: House) -> None:
    found = copy_of(lived.candidate.user.email)
    front = found["index.html"].decode()
    for address in ("about-you.html", "in-your-units.html", "book.html", "looked.html"):
        assert f'href="{address}"' in front
        assert address in found
    assert "What is left out, and why" in front
    assert "HERE-IT-GOES" not in words_in(found)
    assert settings.SITE_URL not in front
    assert DataRequest.objects.count()
