"""Every verb of an item, ready to be done: see acts.py."""

from collections.abc import Callable

from django.utils import timezone

from assessments.actions import claims, judgement, safekeeping, testimony
from assessments.actions import evidence as items
from assessments.actions import leaves as requirements
from assessments.enums import Verb
from assessments.models import EvidenceVersion
from assessments.testing import (
    House,
    a_draft,
    a_file,
    an_enrolment,
    described,
    handed_in,
    judged,
    targets,
)
from assessments.tests.doing import Act
from assessments.tests.witnesses import a_testimony_draft, asked, asking


def reviewed(house: House) -> EvidenceVersion:
    unit = an_enrolment(house)
    return judged(handed_in(unit, "1.1"), unit)


def add_evidence(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.candidate.user,
        lambda by: items.add_evidence(
            candidate=house.candidate,
            described=described(),
            files=[a_file(house.centre)],
            targets=targets(unit, "1.1"),
            by=by,
            at=timezone.now(),
        ),
    )


def edit_draft(house: House) -> Act:
    unit = an_enrolment(house)
    draft = a_draft(unit, "1.1")
    return Act(
        house.candidate.user,
        lambda by: items.edit_draft(
            version=draft,
            described=described("Better"),
            add=[],
            remove=[],
            targets=targets(unit, "1.2"),
            by=by,
            at=timezone.now(),
        ),
    )


def submit(house: House) -> Act:
    draft = a_draft(an_enrolment(house))
    return Act(house.candidate.user, lambda by: items.submit(version=draft, by=by, at=timezone.now()))


def review(house: House) -> Act:
    unit = an_enrolment(house)
    version, target = handed_in(unit, "1.1"), targets(unit, "1.1")[0]
    return Act(
        house.assessor,
        lambda by: judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(),
            decisions=[judgement.Judged(unit.pk, target.criterion_id, "met")],
            feedback="",
            returned=False,
            seen_at_location=False,
            by=by,
            at=timezone.now(),
        ),
    )


def replace(house: House) -> Act:
    version = reviewed(house)
    return Act(house.candidate.user, lambda by: items.replace(version=version, by=by, at=timezone.now()))


def map_more(house: House) -> Act:
    unit = an_enrolment(house)
    version, more = handed_in(unit, "1.1"), targets(unit, "1.2")
    return Act(house.assessor, lambda by: claims.map_more(version=version, targets=more, by=by, at=timezone.now()))


def take_back(house: House) -> Act:
    version = handed_in(an_enrolment(house), "1.1", "1.2")
    mapping = version.evidence.mappings.earliest("pk")
    return Act(house.candidate.user, lambda by: claims.take_back(mapping=mapping, by=by, at=timezone.now()))


def take_back_showing(house: House) -> Act:
    showing = handed_in(an_enrolment(house, "sqa-h12e04")).evidence.showings.earliest("pk")
    return Act(
        house.candidate.user,
        lambda by: requirements.take_back_showing(showing=showing, by=by, at=timezone.now()),
    )


def withdraw_item(house: House) -> Act:
    version = handed_in(an_enrolment(house))
    return Act(
        house.assessor, lambda by: items.withdraw_item(version=version, reason="Not theirs.", by=by, at=timezone.now())
    )


def quarantine(house: House) -> Act:
    file = handed_in(an_enrolment(house)).files.get()
    return Act(
        house.administrator, lambda by: safekeeping.quarantine(file=file, reason="Names.", by=by, at=timezone.now())
    )


def release(house: House) -> Act:
    file = handed_in(an_enrolment(house)).files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.assessor, at=timezone.now())
    return Act(house.administrator, lambda by: safekeeping.release(file=file, reason="Mine.", by=by, at=timezone.now()))


def redact(house: House) -> Act:
    file = handed_in(an_enrolment(house)).files.get()
    clean = a_file(house.centre, "█████")
    return Act(
        house.assessor,
        lambda by: safekeeping.redact(file=file, replacement=clean, reason="Names.", by=by, at=timezone.now()),
    )


def ask_witness(house: House) -> Act:
    draft = a_testimony_draft(an_enrolment(house))
    return Act(
        house.candidate.user,
        lambda by: testimony.ask_witness(version=draft, asked=asking(draft), by=by, at=timezone.now()),
    )


def resend_request(house: House) -> Act:
    request = asked(a_testimony_draft(an_enrolment(house)))
    later = timezone.now() + testimony.PAUSE
    return Act(house.candidate.user, lambda by: testimony.resend_request(testimony=request, by=by, at=later))


def revoke_request(house: House) -> Act:
    request = asked(a_testimony_draft(an_enrolment(house)))
    return Act(house.candidate.user, lambda by: testimony.revoke_request(testimony=request, by=by, at=timezone.now()))


ITEM_ACTS: dict[str, Callable[[House], Act]] = {
    "add_evidence": add_evidence,
    "edit_draft": edit_draft,
    Verb.SUBMIT.value: submit,
    Verb.REVIEW.value: review,
    Verb.REPLACE.value: replace,
    Verb.MAP_MORE.value: map_more,
    "take_back_mapping": take_back,
    "take_back_showing": take_back_showing,
    Verb.WITHDRAW_ITEM.value: withdraw_item,
    Verb.QUARANTINE.value: quarantine,
    Verb.RELEASE.value: release,
    Verb.REDACT.value: redact,
    "ask_witness": ask_witness,
    "resend_request": resend_request,
    "revoke_request": revoke_request,
}
