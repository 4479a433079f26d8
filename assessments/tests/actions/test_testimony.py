"""Witnesses: asked, sent their link again, taken back; what they write, sign or decline; and who can be none."""

import datetime
from dataclasses import replace as otherwise

import pytest
import pytest_django
from django.utils import timezone

from assessments.actions import allocation, claims, verification
from assessments.actions import evidence as items
from assessments.actions import testimony as testimonies
from assessments.actions.testimony import Said
from assessments.enums import AllocatedAs, EvidenceKind, ItemStatus, TestimonyState
from assessments.models import Enrolment, EvidenceVersion, Testimony
from assessments.queries.judgement import signed_facts, unit_rows
from assessments.queries.testimony import Link, link_of
from assessments.testing import House, a_draft, a_file, an_enrolment, described, judged, returned, targets
from assessments.tests.refusing import refusals
from assessments.tests.witnesses import SAID, a_testimony_draft, asked, opened, signed, token_of, with_testimony
from portfolio import signing
from portfolio.canonical import canonical
from portfolio.models import AuditEvent, OutgoingMessage, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def draft(unit: Enrolment) -> EvidenceVersion:
    return a_testimony_draft(unit)


def submit(version: EvidenceVersion) -> EvidenceVersion:
    return items.submit(version=version, by=version.evidence.candidate.user, at=timezone.now())


def sign(testimony: Testimony, said: Said = SAID, name: str = "Wyn Witness", token: str = "") -> Testimony:
    return testimonies.sign_testimony(
        token=token or token_of(testimony),
        said=said,
        name=name,
        statement=signing.current_statement(testimonies.STATEMENT),
        address="192.0.2.7",
        at=timezone.now(),
    )


def revoke(testimony: Testimony) -> Testimony:
    by = testimony.version.evidence.candidate.user
    return testimonies.revoke_request(testimony=testimony, by=by, at=timezone.now())


def resend(testimony: Testimony, *, minutes: int = 10) -> Testimony:
    by, at = testimony.version.evidence.candidate.user, timezone.now() + datetime.timedelta(minutes=minutes)
    return testimonies.resend_request(testimony=testimony, by=by, at=at)


def state(testimony: Testimony) -> TestimonyState:
    testimony.refresh_from_db()
    return testimony.state(timezone.now())


# --- asking ----------------------------------------------------------------------------------------------------------


def test_a_witness_gets_one_letter_with_a_link_and_nothing_of_the_evidence(draft: EvidenceVersion) -> None:
    asked(draft)
    letter = OutgoingMessage.objects.get(to="wyn@work.example")
    assert "/witness/" in letter.body
    assert draft.evidence.candidate.legal_name in letter.body
    assert draft.title not in letter.body + letter.subject
    assert "The call of last Monday." not in letter.body


def test_the_link_is_known_by_its_digest_alone(draft: EvidenceVersion) -> None:
    testimony = asked(draft)
    assert token_of(testimony) not in {str(value) for value in vars(testimony).values()}
    assert link_of(token_of(testimony), timezone.now()).link == Link.OPEN


@pytest.mark.parametrize("status", ["handed in", "withdrawn"])
def test_a_witness_is_asked_for_a_draft_only(draft: EvidenceVersion, status: str) -> None:
    signed(asked(draft))
    if status == "handed in":
        submit(draft)
    else:
        by = draft.evidence.candidate.user
        items.withdraw_item(version=draft, reason="Wrong.", by=by, at=timezone.now())
    [sentence] = refusals(lambda: asked(draft, email="other@work.example"))
    assert "handed in" in sentence


def test_a_witness_is_asked_for_a_witness_testimony_only(unit: Enrolment) -> None:
    [sentence] = refusals(lambda: asked(a_draft(unit, "1.1")))
    assert "Witness testimony" in sentence


def test_a_request_says_what_for_and_by_whom(draft: EvidenceVersion, unit: Enrolment) -> None:
    foreign = [target.criterion_id for target in targets(unit, "3.1")]
    assert "criterion" in refusals(lambda: asked(draft, criteria=[]))[0]
    assert "not mapped" in refusals(lambda: asked(draft, criteria=foreign))[0]
    assert len(refusals(lambda: asked(draft, request=" ", relationship=""))) == 2


def test_the_same_mailbox_is_asked_once(draft: EvidenceVersion) -> None:
    testimony = asked(draft)
    [sentence] = refusals(lambda: asked(draft, email="WYN+nvq@Work.example"))
    assert "asked already" in sentence
    revoke(testimony)
    asked(draft)


def test_nobody_is_flooded_with_letters(draft: EvidenceVersion) -> None:
    for number in range(testimonies.MOST_A_DAY):
        asked(draft, email=f"w{number}@work.example")
    assert "tomorrow" in refusals(lambda: asked(draft))[0]


def test_a_link_is_sent_again_after_a_while_and_the_one_before_opens_nothing(draft: EvidenceVersion) -> None:
    testimony = asked(draft)
    before = token_of(testimony)
    assert "few minutes" in refusals(lambda: resend(testimony, minutes=1))[0]
    resend(testimony)
    assert link_of(before, timezone.now()).link == Link.REPLACED
    assert link_of(token_of(testimony), timezone.now()).link == Link.OPEN
    assert "opens nothing" in refusals(lambda: sign(testimony, token=before))[0]


def test_a_link_runs_out_and_a_new_one_brings_back_what_was_kept(
    draft: EvidenceVersion, settings: pytest_django.Settings
) -> None:
    settings.WITNESS_LINK_DAYS = 0
    testimony = asked(draft)
    assert state(testimony) == TestimonyState.EXPIRED
    assert link_of(token_of(testimony), timezone.now()).link == Link.EXPIRED
    assert "opens nothing" in refusals(lambda: opened(testimony))[0]
    settings.WITNESS_LINK_DAYS = 21
    resend(testimony)
    testimonies.keep_words(token=token_of(testimony), said=Said(statement="She"), at=timezone.now())
    found = link_of(token_of(testimony), timezone.now())
    assert found.testimony is not None
    assert found.testimony.statement == "She"


def test_a_request_taken_back_opens_nothing_and_is_not_taken_back_twice(draft: EvidenceVersion) -> None:
    testimony = revoke(asked(draft))
    assert link_of(token_of(testimony), timezone.now()).link == Link.REVOKED
    assert "already" in refusals(lambda: revoke(testimony))[0]
    assert "already" in refusals(lambda: resend(testimony))[0]


def test_a_forged_link_opens_nothing(draft: EvidenceVersion) -> None:
    token = token_of(asked(draft))
    for forged in ("forged", token[:-1], token + "x", token.swapcase()):
        assert link_of(forged, timezone.now()).link == Link.UNKNOWN


# --- who is no witness -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["{0}", "{1}+work@{2}"])
def test_nobody_is_a_witness_of_their_own_work(draft: EvidenceVersion, address: str) -> None:
    own = draft.evidence.candidate.user.email
    other = address.format(own, *own.split("@")).upper()
    assert "their own work" in refusals(lambda: asked(draft, email=other))[0]


def test_dots_hide_nobody_at_gmail(draft: EvidenceVersion) -> None:
    User.objects.filter(pk=draft.evidence.candidate.user_id).update(email="cara.jones@gmail.com")
    assert "their own work" in refusals(lambda: asked(draft, email="c.a.r.a.jones@googlemail.com"))[0]


@pytest.mark.parametrize("part", ["assessor", "verifier", "countersigner"])
def test_nobody_named_on_the_unit_is_a_witness(house: House, part: str) -> None:
    unit = an_enrolment(house, countersigner=house.other_assessor)
    email = getattr(unit, part).email
    assert "judges or verifies" in refusals(lambda: asked(a_testimony_draft(unit), email=email))[0]


def test_who_came_to_judge_it_meanwhile_does_not_sign(house: House, unit: Enrolment, draft: EvidenceVersion) -> None:
    testimony = opened(asked(draft, email=house.other_assessor.email))
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    assert "judges or verifies" in refusals(lambda: sign(testimony))[0]


def test_a_witness_never_judges_what_they_saw(house: House, unit: Enrolment) -> None:
    version = submit(with_testimony(unit, email=house.other_assessor.email).version)
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    unit.refresh_from_db()
    assert "You are a witness" in refusals(lambda: judged(version, unit))[0]


def test_a_witness_never_verifies_a_unit_with_their_testimony(house: House, unit: Enrolment) -> None:
    submit(with_testimony(unit, email=house.other_verifier.email).version)
    [sentence] = refusals(
        lambda: allocation.allocate(
            enrolment=unit,
            part=AllocatedAs.VERIFIER,
            user=house.other_verifier,
            reason="Leave.",
            by=house.administrator,
            at=timezone.now(),
        )
    )
    assert "is a witness in this unit" in sentence
    Enrolment.objects.filter(pk=unit.pk).update(verifier=house.other_verifier)
    unit.refresh_from_db()
    [sentence] = refusals(
        lambda: verification.plan_sample(enrolment=unit, reason="New.", by=house.other_verifier, at=timezone.now())
    )
    assert "You are a witness" in sentence


# --- writing and signing ---------------------------------------------------------------------------------------------


def test_a_signature_keeps_who_what_when_and_whence(draft: EvidenceVersion) -> None:
    testimony = signed(asked(draft))
    signature = testimony.signature
    assert signature is not None
    assert (signature.signer, signature.signer_email, signature.signer_name) == (
        None,
        "wyn@work.example",
        "Wyn Witness",
    )
    assert signature.digest == signing.digest_of(testimonies.signed_facts(testimony))
    assert signature.statement.key == "witness-testimony"
    assert testimony.signed_from == "192.0.2.7"
    assert state(testimony) == TestimonyState.SIGNED


@pytest.mark.parametrize("left_out", ["statement", "place", "seen_from", "own_relationship", "status"])
def test_nothing_that_a_testimony_needs_is_left_out(draft: EvidenceVersion, left_out: str) -> None:
    testimony = opened(asked(draft))
    empty = None if left_out == "seen_from" else ""
    assert len(refusals(lambda: sign(testimony, otherwise(SAID, **{left_out: empty})))) == 1  # type: ignore[arg-type]


def test_a_name_is_typed(draft: EvidenceVersion) -> None:
    testimony = opened(asked(draft))
    assert "full name" in refusals(lambda: sign(testimony, name=" "))[0]


def test_a_testimony_is_signed_once(draft: EvidenceVersion) -> None:
    testimony = signed(asked(draft))
    assert "opens nothing" in refusals(lambda: sign(testimony))[0]


def test_a_witness_declines_with_a_word_and_what_they_kept_is_gone(draft: EvidenceVersion) -> None:
    testimony = opened(asked(draft))
    token = token_of(testimony)
    testimonies.keep_words(token=token, said=SAID, at=timezone.now())
    assert "why" in refusals(lambda: testimonies.decline_request(token=token, reason=" ", at=timezone.now()))[0]
    declined = testimonies.decline_request(token=token, reason="I was away.", at=timezone.now())
    assert (declined.statement, declined.decline_reason, state(declined)) == (
        "",
        "I was away.",
        TestimonyState.DECLINED,
    )
    assert "opens nothing" in refusals(lambda: sign(testimony))[0]


def test_each_act_of_a_witness_is_one_line_without_an_actor(draft: EvidenceVersion) -> None:
    before = list(AuditEvent.objects.values_list("pk", flat=True))
    testimony = asked(draft)
    opened(testimony)
    opened(testimony)
    testimonies.keep_words(token=token_of(testimony), said=SAID, at=timezone.now())
    sign(testimony)
    lines = AuditEvent.objects.exclude(pk__in=before).order_by("pk")
    candidate = draft.evidence.candidate.user
    assert [(line.verb, line.actor) for line in lines] == [
        ("ask_witness", candidate),
        ("open_request", None),
        ("keep_words", None),
        ("sign_testimony", None),
    ]


# --- the item --------------------------------------------------------------------------------------------------------


def test_a_signed_testimony_stands_in_for_a_file(draft: EvidenceVersion) -> None:
    assert "Ask a witness" in refusals(lambda: submit(draft))[0]
    testimony = asked(draft)
    [sentence] = refusals(lambda: submit(draft))
    assert sentence == "Wyn Witness has not signed their testimony yet: wait for it, or take the request back."
    signed(testimony)
    assert submit(draft).status == ItemStatus.SUBMITTED


def test_an_item_with_a_file_waits_for_its_witness_too(unit: Enrolment) -> None:
    words = otherwise(described(), kind=EvidenceKind.WITNESS_TESTIMONY)
    version = a_draft(unit, "1.1", words=words, files=[a_file(unit.centre)])
    testimony = asked(version)
    assert "has not signed" in refusals(lambda: submit(version))[0]
    revoke(testimony)
    submit(version)


def test_nothing_is_signed_once_the_item_is_withdrawn(draft: EvidenceVersion) -> None:
    testimony = opened(asked(draft))
    items.withdraw_item(version=draft, reason="Wrong.", by=draft.evidence.candidate.user, at=timezone.now())
    assert link_of(token_of(testimony), timezone.now()).link == Link.TOO_LATE
    assert "opens nothing" in refusals(lambda: sign(testimony))[0]


def test_an_item_stays_a_testimony_while_somebody_was_asked(draft: EvidenceVersion) -> None:
    testimony = asked(draft)

    def change() -> EvidenceVersion:
        return items.edit_draft(
            version=draft,
            described=described(),
            add=[],
            remove=[],
            targets=[claims.Target(row.enrolment_id, row.criterion_id) for row in draft.evidence.mappings.all()],
            by=draft.evidence.candidate.user,
            at=timezone.now(),
        )

    assert "take the request back" in refusals(change)[0]
    revoke(testimony)
    assert change().kind == EvidenceKind.WORK_PRODUCT


def test_a_testimony_returned_is_handed_in_as_it_is_or_its_next_version_asks_again(
    unit: Enrolment, draft: EvidenceVersion
) -> None:
    first = signed(asked(draft))
    version = returned(submit(draft), unit)
    assert submit(version).status == ItemStatus.SUBMITTED
    version = returned(version, unit)
    again = items.replace(version=version, by=unit.candidate_user, at=timezone.now())
    assert "Ask a witness" in refusals(lambda: submit(again))[0]
    second = signed(asked(again, email=first.email))
    submit(again)
    assert [row.version for row in (first, second)] == [version, again]


def test_what_a_witness_signed_is_part_of_what_signatures_on_the_unit_cover(unit: Enrolment) -> None:
    testimony = with_testimony(unit)
    submit(testimony.version)
    assert testimony.signature is not None
    assert f'"testimonies":["{testimony.signature.digest}"]' in canonical(signed_facts(unit_rows(unit))).decode()
