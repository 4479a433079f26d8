"""Whom each verb tells of what, and that each link lands on the spot: for the right people and nobody else."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.utils import timezone

from assessments.actions import allocation, claims, judgement, safekeeping, verification
from assessments.actions import evidence as items
from assessments.actions.testimony import decline_request
from assessments.enums import AllocatedAs, Verb, Verdict
from assessments.models import EvidenceFile, EvidenceVersion, ExternalAccess
from assessments.testing import (
    House,
    a_draft,
    a_file,
    all_well,
    an_enrolment,
    declared,
    handed_in,
    judged,
    signed_off,
    targets,
)
from assessments.tests.acts import ACTS, open_sample
from assessments.tests.acts_of_quality import ACTS_OF_QUALITY
from assessments.tests.test_due import DUE
from assessments.tests.witnesses import a_testimony_draft, asked, opened, signed, token_of
from portfolio.enums import Told
from portfolio.harness import AskingClient
from portfolio.models import Notice, RoleGrant, User
from portfolio.refusal import Refusal
from portfolio.rules import CONCERNS

pytestmark = pytest.mark.django_db

Lines = set[tuple[Told, str]]
NOBODY: Lines = set()
OF_A_UNIT = ("choose_unit", "authorise_claim", "take_back_authorisation")
"""What an external verifier does in a candidate's unit, of which the centre is told by name."""
CANDIDATE, ASSESSOR, VERIFIER, OFFICE = "candidate", "assessor", "verifier", "administrator"
EXERCISE = {(Told.STANDARDISATION, ASSESSOR), (Told.STANDARDISATION, "other_assessor")}
PAUSED = {(Told.PAUSED, CANDIDATE), (Told.PAUSED, ASSESSOR), (Told.PAUSED, VERIFIER)}
VISITOR = {(Told.ACCESS, "external verifier")}

TOLD: dict[str, Lines] = {
    "add_evidence": NOBODY,
    "edit_draft": NOBODY,
    Verb.SUBMIT: {(Told.HANDED_IN, ASSESSOR)},
    Verb.REVIEW: {(Told.FEEDBACK, CANDIDATE)},
    Verb.REPLACE: NOBODY,
    Verb.MAP_MORE: NOBODY,  # by the assessor
    "take_back_mapping": NOBODY,
    "take_back_showing": NOBODY,
    "set_policy": NOBODY,
    "agree_policy": NOBODY,
    "rate_risk": NOBODY,
    "draw_plan": NOBODY,
    "adopt_plan": NOBODY,
    "discard_plan": NOBODY,
    "add_cell": NOBODY,
    "settle_alarm": NOBODY,
    "widen_plan": NOBODY,
    "keep_plan": NOBODY,
    "hand_over_plan": {(Told.ALLOCATION, "other_verifier"), (Told.ALLOCATION, VERIFIER)},
    "remove_cell": NOBODY,
    "set_appeals_procedure": NOBODY,
    "raise_appeal": {(Told.APPEAL, "administrator"), (Told.APPEAL, "lead")},
    "acknowledge_appeal": {(Told.APPEAL, CANDIDATE)},
    "appoint_adjudicator": {(Told.APPEAL, "other_assessor")},
    "decide_appeal": {(Told.APPEAL, CANDIDATE)},
    "accept_outcome": NOBODY,
    "take_further": {(Told.APPEAL, "administrator"), (Told.APPEAL, "lead")},
    "withdraw_appeal": NOBODY,
    "lapse_appeal": NOBODY,
    "follow_up": NOBODY,
    "open_case": NOBODY,
    "add_step": NOBODY,
    "name_investigator": NOBODY,
    "end_investigator": NOBODY,
    "freeze_item": NOBODY,
    "freeze_unit": NOBODY,
    "release_freeze": NOBODY,
    "close_case": NOBODY,
    "arrange_adjustment": NOBODY,
    "write_profile": NOBODY,
    "end_adjustment": NOBODY,
    "approve_simulation": NOBODY,
    "set_cohort": NOBODY,
    "write_wording": NOBODY,
    "withdraw_wording": NOBODY,
    "record_wording_approval": NOBODY,
    "approve_wording": {(Told.EXTERNAL, "administrator")},
    "make_forms": NOBODY,
    "stop_forms": NOBODY,
    "resume_forms": NOBODY,
    "set_rule": NOBODY,
    "end_rule": NOBODY,
    "start_plan": NOBODY,
    "edit_plan": NOBODY,
    "write_activity": NOBODY,
    "remove_activity": NOBODY,
    "revise_plan": NOBODY,
    "start_activity": NOBODY,
    "link_activity": NOBODY,
    "propose_plan": {(Told.PLAN, CANDIDATE)},
    "return_plan": {(Told.PLAN, ASSESSOR)},
    "agree_plan": {(Told.PLAN, ASSESSOR)},
    "close_plan": {(Told.PLAN, CANDIDATE)},
    "hold_review": {(Told.PLAN, CANDIDATE)},
    "agree_review": {(Told.PLAN, ASSESSOR)},
    "write_set": NOBODY,
    "rewrite_set": NOBODY,
    "offer_set": {(Told.QUESTIONS, name) for name in ("lead", VERIFIER, "other_verifier")},
    "verify_set": {(Told.QUESTIONS, ASSESSOR)},
    "hand_set_back": {(Told.QUESTIONS, ASSESSOR)},
    "use_set": NOBODY,
    "withdraw_set": NOBODY,
    "follow_set": NOBODY,
    "set_questions": NOBODY,
    "plan_activity": {(Told.ACTIVITY, ASSESSOR)},
    "record_activity": {(Told.ACTIVITY, ASSESSOR), (Told.ACTION, ASSESSOR)},
    "drop_activity": {(Told.ACTIVITY, ASSESSOR)},
    "hold_meeting": {(Told.STANDARDISATION, ASSESSOR), (Told.STANDARDISATION, "other_assessor")},
    "ask_of_staff": {(Told.ACTION, ASSESSOR)},
    "answer_centre_action": {(Told.ANSWERED, VERIFIER)},
    "return_centre_action": {(Told.ACTION, ASSESSOR)},
    "close_centre_action": {(Told.ACTION, ASSESSOR)},
    "set_exercise": EXERCISE,
    "judge_in_exercise": {(Told.STANDARDISATION, VERIFIER)},
    "close_exercise": EXERCISE,
    "agree_outcome": EXERCISE,
    Verb.HAND_OVER: {(Told.RECORDED, CANDIDATE)},
    Verb.CORRECT: {(Told.RECORDED, CANDIDATE)},
    Verb.ACKNOWLEDGE: {(Told.ACKNOWLEDGED, ASSESSOR)},
    Verb.DISPUTE: {(Told.ACKNOWLEDGED, ASSESSOR)},
    "declare_interest": NOBODY,
    "end_interest": NOBODY,
    Verb.WITHDRAW_ITEM: {(Told.RETURNED, CANDIDATE)},
    Verb.QUARANTINE: {(Told.FILE, CANDIDATE)},
    Verb.RELEASE: {(Told.FILE, CANDIDATE)},
    Verb.REDACT: {(Told.FILE, CANDIDATE)},
    "ask_witness": NOBODY,
    "resend_request": NOBODY,
    "revoke_request": NOBODY,
    "enrol": {(Told.ALLOCATION, CANDIDATE), (Told.ALLOCATION, ASSESSOR), (Told.ALLOCATION, VERIFIER)},
    "allocate": {(Told.ALLOCATION, CANDIDATE), (Told.ALLOCATION, "other_assessor")},
    Verb.SUSPEND: PAUSED,
    Verb.RESUME: PAUSED,
    Verb.WITHDRAW: PAUSED - {(Told.PAUSED, CANDIDATE)},  # by the candidate
    "map_versions": NOBODY,
    "move_on": PAUSED,
    "begin_break": PAUSED,
    "expect_back": NOBODY,
    "end_break": PAUSED,
    "transfer_out": PAUSED,
    "transfer_in": NOBODY,
    "record_achieved": NOBODY,
    "take_back_achieved": NOBODY,
    Verb.DECLARE: {(Told.DECLARED, ASSESSOR)},
    Verb.REFER: {(Told.UNIT_BACK, CANDIDATE)},
    Verb.SIGN_OFF: {(Told.UNIT_SIGNED, CANDIDATE), (Told.SIGNED_OFF, VERIFIER)},
    Verb.COUNTERSIGN: {(Told.UNIT_SIGNED, CANDIDATE), (Told.UNIT_SIGNED, "trainee"), (Told.SIGNED_OFF, VERIFIER)},
    Verb.HAND_BACK: {(Told.UNIT_BACK, "trainee")},
    "plan_sample": NOBODY,
    "drop_sample": NOBODY,
    "close_sample": {(Told.FINDING, ASSESSOR)},
    "leave_unsampled": {(Told.TO_CLAIM, OFFICE)},
    "answer_action": {(Told.ANSWERED, VERIFIER)},
    "return_action": {(Told.ACTION, ASSESSOR)},
    "close_action": {(Told.ACTION, ASSESSOR)},
    Verb.VERIFY: {(Told.UNIT_SIGNED, CANDIDATE), (Told.UNIT_SIGNED, ASSESSOR), (Told.TO_CLAIM, OFFICE)},
    Verb.SEND_BACK: {(Told.UNIT_BACK, CANDIDATE), (Told.ACTION, ASSESSOR)},
    Verb.REOPEN: {(Told.UNIT_BACK, CANDIDATE), (Told.UNIT_BACK, ASSESSOR), (Told.UNIT_BACK, VERIFIER)},
    "give_access": {(Told.EXTERNAL, "lead")},  # by the administrator
    "extend_access": VISITOR,
    "shorten_access": VISITOR,
    "end_access": NOBODY,
    "set_downloads": VISITOR,
    "choose_unit": {(Told.EXTERNAL, VERIFIER), (Told.EXTERNAL, "lead"), (Told.EXTERNAL, OFFICE)},
    "mark_looked_at": NOBODY,
    "write_note": NOBODY,
    "change_note": NOBODY,
    "discard_note": NOBODY,
    "issue_note": {(Told.EXTERNAL, part) for part in (VERIFIER, "other_verifier", "lead", OFFICE)},
    "agree_strategy": {(Told.EXTERNAL, "lead"), (Told.EXTERNAL, OFFICE)},
    "authorise_claim": {(Told.EXTERNAL, OFFICE)},
    "take_back_authorisation": {(Told.EXTERNAL, OFFICE)},
    "authenticate": NOBODY,
    Verb.CLAIM: NOBODY,
    Verb.UNCLAIM: NOBODY,
    Verb.CERTIFICATE: {(Told.UNIT_SIGNED, CANDIDATE)},
    Verb.REVOKE: {(Told.UNIT_SIGNED, CANDIDATE)},
    "register": NOBODY,
    "unclaim_award": NOBODY,
    "certificate_award": {(Told.UNIT_SIGNED, CANDIDATE)},
    "replace_certificate": {(Told.UNIT_SIGNED, CANDIDATE)},
    "revoke_award": {(Told.UNIT_SIGNED, CANDIDATE)},
    "correct_registration": NOBODY,
    "end_registration": NOBODY,
    "set_keeping": NOBODY,
    "hold_record": NOBODY,
    "lift_hold": NOBODY,
    "order_destruction": NOBODY,
    "confirm_destruction": NOBODY,
    "give_up_destruction": NOBODY,
    "record_data_request": NOBODY,  # who asks is written to, and may have no account
    "confirm_who_asks": NOBODY,
    "hand_over_copy": NOBODY,
    "take_more_time": NOBODY,
    "make_copy": NOBODY,
    "close_unanswered": NOBODY,
}
ELSEWHERE = {Told.WITNESS, Told.TO_COUNTERSIGN, Told.CHANGED, Told.ALIKE, Told.INDUCTION, Told.DATA_REQUEST}
"""Kinds that tests of their own are about, below or on the floor below."""


def told_by(act: Callable[[], object]) -> list[Notice]:
    """What the act tells."""
    before = list(Notice.objects.values_list("pk", flat=True))
    act()
    return list(Notice.objects.exclude(pk__in=before).select_related("user", "centre"))


def lines(found: list[Notice], house: House) -> list[tuple[str, str]]:
    """Each line as its kind and whom it is told, by the part they have in the house."""
    names = {user.pk: name for name, user in vars(house).items() if isinstance(user, User)}
    names |= {house.candidate.user_id: CANDIDATE, house.other_candidate.user_id: "other_candidate"}
    outside = {row.grant.user_id: "external verifier" for row in ExternalAccess.objects.select_related("grant")}
    names |= {user: name for user, name in outside.items() if user not in names}
    return sorted((line.kind, names[line.user_id]) for line in found)


def lands(line: Notice) -> bool:
    """Whether the line's link opens for whoever is told, and shows the spot it speaks of."""
    browser, place = AskingClient(), urlsplit(line.address)
    browser.force_login(line.user)
    answer = browser.get(f"{place.path}?{place.query}" if place.query else place.path)
    assert answer.status_code == 200, f"{line.address}: {answer.status_code}"
    return not place.fragment or f'id="{place.fragment}"' in answer.content.decode()


def test_it_is_said_of_every_verb_whom_it_tells() -> None:
    assert set(TOLD) == set(ACTS)


@pytest.mark.parametrize("verb", ACTS)
def test_a_verb_tells_those_it_concerns_no_more_than_it_must_and_its_links_land(
    house: House, other_house: House, verb: str
) -> None:
    an_enrolment(house, candidate=house.other_candidate, assessor=house.other_assessor, verifier=house.other_verifier)
    act = ACTS[verb](house)
    found = told_by(lambda: act.do(act.by))
    assert lines(found, house) == sorted(TOLD[verb])
    assert {line.centre for line in found} <= {house.centre}
    for line in found:
        assert lands(line), line.address
        assert may_be_left_out(line), f"{line.kind} is not offered to {line.user}"
        assert "Thin." not in str(line), "feedback stays on the record"
        assert (house.candidate.name in line.subject) is names_its_candidate(line, house, verb), line.subject


def names_its_candidate(line: Notice, house: House, verb: str) -> bool:
    """Whether it must: not to the candidate, nor where it is about staff or about nobody's unit."""
    if verb in ACTS_OF_QUALITY or line.user_id == house.candidate.user_id:
        return False
    nobodys = line.concerns.startswith(("samplingplan", "questionset", "wording"))
    return not (nobodys or (line.concerns.startswith("externalaccess") and verb not in OF_A_UNIT))


def may_be_left_out(line: Notice) -> bool:
    """Whether somebody of their roles is asked if they want to be told of that kind."""
    held = set(RoleGrant.objects.filter(user=line.user).values_list("role", flat=True))
    return bool(held & set(CONCERNS[Told(line.kind)]))


def test_every_kind_is_told_by_something_and_concerns_somebody() -> None:
    assert {kind for told in TOLD.values() for kind, _ in told} | ELSEWHERE | set(DUE) == set(Told) == set(CONCERNS)


def test_a_verb_that_is_refused_tells_nobody(house: House) -> None:
    act = ACTS[Verb.SIGN_OFF](house)
    before = Notice.objects.count()
    with pytest.raises(Refusal), transaction.atomic():
        act.do(house.verifier)
    assert Notice.objects.count() == before


# --- what the verbs' own table does not reach ------------------------------------------------------------------------


def test_an_item_returned_is_told_as_that_and_lands_on_what_was_said(house: House) -> None:
    version = handed_in(an_enrolment(house), "1.1")
    found = told_by(
        lambda: judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(),
            decisions=[],
            feedback="The second page is missing.",
            returned=True,
            seen_at_location=False,
            by=house.assessor,
            at=timezone.now(),
        )
    )
    assert lines(found, house) == [(Told.RETURNED, CANDIDATE)]
    assert found[0].address.endswith(f"#reading-{version.reviews.get().pk}")
    assert lands(found[0])
    assert "second page" not in str(found[0])


def test_feedback_that_asks_for_more_says_so(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    [line] = told_by(lambda: judged(version, unit, Verdict.NOT_YET))
    assert line.sentence == "Your assessor has assessed it, and asks for more."


def test_each_assessor_of_an_item_is_told_once_with_their_units(house: House) -> None:
    first, second = an_enrolment(house), an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    third = an_enrolment(house, "ocr-cc16")
    draft = a_draft(first, "1.1")
    more = [*targets(second, "1.1"), *targets(third, "1.1")]
    claims.map_more(version=draft, targets=more, by=house.candidate.user, at=timezone.now())
    found = told_by(lambda: items.submit(version=draft, by=house.candidate.user, at=timezone.now()))
    assert lines(found, house) == [(Told.HANDED_IN, ASSESSOR), (Told.HANDED_IN, "other_assessor")]
    subjects = {line.user: line.subject for line in found}
    assert subjects[house.assessor].endswith("CC16 CC26")
    assert subjects[house.other_assessor].endswith(", CC32")
    assert all(lands(line) for line in found)


def test_what_the_candidate_maps_after_handing_in_waits_for_the_assessor(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    more = targets(unit, "1.2")
    found = told_by(lambda: claims.map_more(version=version, targets=more, by=house.candidate.user, at=timezone.now()))
    assert lines(found, house) == [(Told.HANDED_IN, ASSESSOR)]


def test_a_trainees_unit_is_told_to_its_countersigner_first(house: House) -> None:
    unit = declared(an_enrolment(house, assessor=house.trainee))
    found = told_by(lambda: judgement.sign_off(enrolment=unit, comments="", by=house.trainee, at=timezone.now()))
    assert lines(found, house) == [(Told.TO_COUNTERSIGN, ASSESSOR)]
    assert lands(found[0])


@pytest.mark.parametrize("answer", ["sign", "decline"])
def test_the_candidate_is_told_that_a_witness_answered(house: House, answer: str) -> None:
    request = opened(asked(a_testimony_draft(an_enrolment(house))))
    act = {
        "sign": lambda: signed(request),
        "decline": lambda: decline_request(token=token_of(request), reason="I was away.", at=timezone.now()),
    }[answer]
    found = told_by(act)
    assert lines(found, house) == [(Told.WITNESS, CANDIDATE)]
    assert lands(found[0])
    assert request.name not in str(found[0])


def test_an_action_is_told_instead_of_the_sample_that_raised_it(house: House) -> None:
    sample = open_sample(house)
    found = told_by(
        lambda: verification.close_sample(
            sample=sample,
            checks=all_well(),
            criteria=[targets(sample.enrolment)[0].criterion_id],
            feedback="Thin.",
            wanted="Hear another call.",
            due_on=timezone.localdate(),
            by=house.verifier,
            at=timezone.now(),
        )
    )
    assert lines(found, house) == [(Told.ACTION, ASSESSOR)]
    assert lands(found[0])


def test_a_verifier_is_told_once_that_something_they_sampled_has_changed(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=[targets(unit, "1.1")[0].criterion_id],
        feedback="",
        wanted="",
        due_on=None,
        by=house.verifier,
        at=timezone.now(),
    )
    other = handed_in(unit, "1.2")
    assert lines(told_by(lambda: judged(other, unit)), house) == [(Told.FEEDBACK, CANDIDATE)]
    found = told_by(lambda: handed_in(unit, "1.1"))
    assert lines(found, house) == [(Told.CHANGED, VERIFIER), (Told.HANDED_IN, ASSESSOR)]
    assert all(lands(line) for line in found)
    again = EvidenceVersion.objects.latest("pk")
    assert lines(told_by(lambda: judged(again, unit)), house) == [(Told.FEEDBACK, CANDIDATE)]


def test_a_verifier_is_told_that_a_file_was_redacted_after_it_was_signed(house: House) -> None:
    signed_off(an_enrolment(house))
    file = EvidenceFile.objects.get(version__evidence__candidate=house.candidate)
    clean = a_file(house.centre, "█████")
    found = told_by(
        lambda: safekeeping.redact(
            file=file, replacement=clean, reason="Names.", by=house.administrator, at=timezone.now()
        )
    )
    assert lines(found, house) == [(Told.CHANGED, VERIFIER), (Told.FILE, CANDIDATE)]
    assert all(lands(line) for line in found)


def test_whoever_acts_on_a_thing_has_seen_what_they_were_told_of_it(house: House) -> None:
    unit = an_enrolment(house)
    version, other = handed_in(unit, "1.1"), handed_in(unit, "1.2")
    judged(version, unit)
    unread = Notice.objects.filter(user=house.assessor, kind=Told.HANDED_IN, seen_at=None)
    assert [line.concerns for line in unread] == [f"evidence {other.evidence_id}"]


def test_whoever_gives_a_unit_up_is_told_no_more_of_it(house: House) -> None:
    unit, kept = an_enrolment(house), an_enrolment(house, "ocr-cc32")
    handed_in(unit, "1.1")
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    left = Notice.objects.filter(user=house.assessor)
    assert {line.concerns for line in left} == {f"enrolment {kept.pk}"}
    assert all(lands(line) for line in Notice.objects.select_related("user", "centre"))
