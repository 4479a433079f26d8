"""Rows in every table of the upper floor, each reached by the real verbs: what the walls are tried on."""

import datetime
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from assessments.actions import allocation, award, judgement, safekeeping, verification
from assessments.actions import evidence as items
from assessments.enums import AllocatedAs, MarkerKind, Setting, SignedAs
from assessments.models import (
    AssessorRecord,
    DecisionMarker,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    Review,
    SampledCriterion,
)
from assessments.testing import (
    House,
    a_draft,
    a_file,
    a_signature,
    all_well,
    an_enrolment,
    described,
    handed_in,
    judged,
    signed_off,
)
from assessments.tests.records import (
    a_set,
    acknowledged,
    answers_for,
    content_for,
    disputed,
    handed_over,
    in_use,
    recorded,
)
from assessments.tests.ties import a_tie
from assessments.tests.witnesses import a_testimony_draft, asked, with_testimony
from portfolio import signing
from portfolio.testing import a_candidate, a_centre
from units.models import Criterion


def scene(house: House) -> SimpleNamespace:
    done, trainee = certificated(house), countersigned(house)
    people = {
        "assessor": house.assessor.pk,
        "verifier": house.verifier.pk,
        "other_verifier": house.other_verifier.pk,
        "trainee": house.trainee.pk,
        "candidate": house.candidate.user_id,
        "other_record": house.other_candidate.pk,
    }
    rows = {**certificated_rows(done), **countersigned_rows(trainee), **collecting_rows(house), **standard_rows()}
    return SimpleNamespace(
        **people,
        **rows,
        **signatures(house),
        **witness_rows(house),
        **shown_rows(house),
        **record_rows(house),
        now=timezone.now().isoformat(),
    )


def certificated_rows(done: Enrolment) -> dict[str, int]:
    claim = done.claims.get()
    return {
        "done": done.pk,
        "sample": done.samples.get().pk,
        "sampled": SampledCriterion.objects.get(sample__enrolment=done).pk,
        "action": done.actions.get().pk,
        "claim": claim.pk,
        "certificate": claim.certificates.get().pk,
        "form": done.authentication_forms.get().pk,
        "allocation": done.allocations.get(part=AllocatedAs.ASSESSOR).pk,
        "verifier_part": done.sign_offs.get(part=SignedAs.VERIFIER).pk,
        "assessor_part": done.sign_offs.get(part=SignedAs.ASSESSOR).pk,
        "candidate_part": done.sign_offs.get(part=SignedAs.CANDIDATE).pk,
    }


def countersigned_rows(unit: Enrolment) -> dict[str, int]:
    decision = unit.decisions.earliest("pk")
    return {
        "trainee_unit": unit.pk,
        "pending": decision.pk,
        "countersignature": decision.countersignature.pk,
        "trainee_review": copied(decision.review).pk,
        "note": unit.unsampled_notes.get().pk,
    }


def a_released_file(house: House, version: EvidenceVersion) -> EvidenceFile:
    """A file that was in quarantine once."""
    file = version.files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.assessor, at=timezone.now())
    return safekeeping.release(file=file, reason="Mine.", by=house.administrator, at=timezone.now())


def collecting_rows(house: House) -> dict[str, int]:
    """A D20, which takes real work only, with an item read, another's item, and items of another unit."""
    unit, other_unit = an_enrolment(house, "ocr-d20"), an_enrolment(house, "ocr-cc16")
    read = judged(handed_in(unit, "1.1"), unit)
    marker = DecisionMarker.objects.create(
        decision=read.decisions.get(), file=read.files.get(), kind=MarkerKind.PASSAGE, passage="that week"
    )
    released = a_released_file(house, handed_in(unit, "1.1"))
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    draft, new = a_draft(unit, "1.1"), handed_in(other_unit, "1.1")
    simulated = a_draft(other_unit, "1.2", words=replace(described(), setting=Setting.SIMULATED))
    foreign_unit = an_enrolment(house, "ocr-d20", candidate=house.other_candidate)
    foreign = judged(handed_in(foreign_unit, "1.1"), foreign_unit)
    verification.plan_sample(enrolment=foreign_unit, reason="New.", by=house.verifier, at=timezone.now())
    review = read.reviews.get()
    return {
        "collecting": unit.pk,
        "item": read.evidence_id,
        "released_file": released.pk,
        "release": released.releases.get().pk,
        "read_file": read.files.get().pk,
        "review": review.pk,
        "fresh": copied(review).pk,
        "by_stranger": copied(review, assessor_id=house.other_assessor.pk).pk,
        "too_early": copied(review, at=unit.allocations.earliest("from_at").from_at - datetime.timedelta(days=1)).pk,
        "interested": copied(review, interested=True).pk,
        "interest": a_tie(house, staff=house.other_verifier).pk,
        "by_verifier": copied(review, assessor_id=house.verifier.pk).pk,
        "by_candidate": copied(review, assessor_id=house.candidate.user_id).pk,
        "decision": read.decisions.get().pk,
        "marker": marker.pk,
        "foreign_file": foreign.files.get().pk,
        "open_sample": sample.pk,
        "draft": draft.pk,
        "draft_item": draft.evidence_id,
        "draft_file": draft.files.get().pk,
        "draft_mapping": draft.evidence.mappings.get().pk,
        "handed_in": new.pk,
        "mapping": new.evidence.mappings.get().pk,
        "simulated": simulated.evidence.mappings.get().pk,
        "foreign_enrolment": foreign_unit.pk,
        "foreign_item": foreign.evidence_id,
        "foreign_version": foreign.pk,
        "foreign_review": foreign.reviews.get().pk,
        "foreign_stored": a_file(a_centre("Harbour College")).stored.pk,
    }


def shown_rows(house: House) -> dict[str, int]:
    """A unit whose evidence requirements have leaves, with an item that shows them; and one past collecting."""
    unit = an_enrolment(house, "sqa-h12e04", candidate=house.other_candidate)
    shows, other = handed_in(unit), handed_in(an_enrolment(house, "ocr-cc32", candidate=house.other_candidate), "1.1")
    done = signed_off(an_enrolment(house, "sqa-h12e04", candidate=a_candidate(house.centre, "Cai Northgate")))
    requirements = unit.unit.evidence_requirements
    return {
        "showing": shows.evidence.showings.earliest("pk").pk,
        "showing_done": done.showings.earliest("pk").pk,
        "unmapped_item": other.evidence_id,
        "shown_heading": requirements.get(path="4").pk,
        "shown_paragraph": requirements.get(path="1").pk,
    }


def witness_rows(house: House) -> dict[str, Any]:
    """A unit that the lead verifies, with items of witnesses: staff who might judge or verify it are among them."""
    unit = an_enrolment(house, "ocr-cc16", candidate=house.other_candidate, verifier=house.lead)
    verification.plan_sample(enrolment=unit, reason="New.", by=house.lead, at=timezone.now())
    read = items.submit(
        version=with_testimony(unit, "1.1", email=house.other_assessor.email).version,
        by=unit.candidate_user,
        at=timezone.now(),
    )
    review = judged(read, unit).reviews.get()
    seen = with_testimony(unit, "1.2", email=house.verifier.email)
    late = asked(a_testimony_draft(unit))
    items.withdraw_item(version=late.version, reason="Wrong.", by=unit.candidate_user, at=timezone.now())
    return {
        "witness_unit": unit.pk,
        "witness_decision": read.decisions.get().pk,
        "by_witness": copied(review, assessor_id=house.other_assessor.pk).pk,
        "read_testimony": read.pk,
        "next_testimony": items.replace(version=read, by=unit.candidate_user, at=timezone.now()).pk,
        "request": asked(a_testimony_draft(unit)).pk,
        "late": late.pk,
        "testimony": seen.pk,
        "asked_about": seen.criteria.earliest("pk").pk,
        "testified": seen.version_id,
        "testified_mapping": seen.version.evidence.mappings.earliest("pk").pk,
        "other_candidate": house.other_candidate.user_id,
        "other_address": house.other_candidate.user.email.upper().replace("@", "+work@"),
        "lead": house.lead.pk,
        "other_assessor": house.other_assessor.pk,
        "link_signature": signing.sign_by_link(
            email=late.email,
            name=late.name,
            centre=house.centre,
            statement=signing.current_statement("witness-testimony"),
            scheme=1,
            digest="0" * 64,
            at=timezone.now(),
        ).pk,
    }


def record_rows(house: House) -> dict[str, Any]:
    """A unit whose first assessor made a record in it, with questions that a verifier devised; and one half made."""
    unit = an_enrolment(house, candidate=house.other_candidate, assessor=house.other_assessor)
    used = in_use(a_set(house, by=house.other_verifier), house.verifier)
    question, content = used.questions.get(), answers_for(unit)
    asked = replace(content.exchanges[0], asked=question.text, set_question=question.pk)
    content = replace(content_for(unit, "1.2"), kind=content.kind, exchanges=[asked])
    version = disputed(handed_over(unit, content))
    acknowledged(version)
    record = version.record
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    half, bare = a_half_made(version), a_half_made(version)
    values = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
    changes = {"id": None, "version_id": half.pk, "signature_id": a_signature(house, house.other_assessor).pk}
    return {
        "record_unit": unit.pk,
        "record_item": version.evidence_id,
        "recorder": house.other_assessor.pk,
        "record": record.pk,
        "half_record": AssessorRecord.objects.create(**{**values, **changes}).pk,
        "bare_version": bare.pk,
        "exchange": record.exchanges.get().pk,
        "passage": record.markers.exclude(start=None).get().pk,
        "on_question": record.markers.get(start=None).pk,
        "disputed": record.acknowledgements.get(agreed=False).pk,
        "open_dispute": disputed(recorded(unit, by=house.assessor)).record.acknowledgements.get().pk,
        "unmapped": unit.unit.criteria.get(number="1.3").pk,
        "late_signature": a_signature(house, house.other_assessor).pk,
        "declaration": signing.current_statement("record-assessor").pk,
        "used_set": used.pk,
        "draft_set": a_set(house, "Who decides?").pk,
        "set_question": question.pk,
        "set_criterion": question.criteria.get().pk,
    }


def a_half_made(version: EvidenceVersion) -> EvidenceVersion:
    """An item by the same author that was never handed over, past the verbs."""
    evidence = version.evidence
    item = Evidence.objects.create(
        centre=evidence.centre, candidate=evidence.candidate, author=evidence.author, created_at=timezone.now()
    )
    for mapping in evidence.mappings.all():
        mapping.pk, mapping.evidence, mapping.waiting_since = None, item, None
        mapping.save(force_insert=True)
    return EvidenceVersion.objects.create(
        evidence=item, centre=item.centre, title="Half", kind=version.kind, created_at=timezone.now()
    )


def standard_rows() -> dict[str, int]:
    foreign = Criterion.objects.filter(unit__key="sqa-h12e04").earliest("position")
    return {
        "other_unit": foreign.unit_id,
        "foreign_criterion": foreign.pk,
        "free_criterion": Criterion.objects.get(unit__key="ocr-d20", number="1.2").pk,
        "done_criterion": Criterion.objects.filter(unit__key="ocr-cc26").latest("position").pk,
    }


def copied(review: Review, **changes: object) -> Review:
    """A reading like another, without decisions."""
    values = {field.attname: getattr(review, field.attname) for field in Review._meta.concrete_fields}
    return Review.objects.create(**{**values, "id": None, **changes})


def signatures(house: House) -> dict[str, int]:
    """Signatures that stand on nothing yet."""
    signers = {"candidate": house.candidate.user, "assessor": house.assessor, "verifier": house.verifier}
    return {f"{part}_signature": a_signature(house, signer).pk for part, signer in signers.items()}


def certificated(house: House) -> Enrolment:
    """A unit that went the whole way, with an action on it."""
    unit = signed_off(an_enrolment(house))
    by, office, today = house.verifier, house.administrator, timezone.localdate()
    sample = verification.plan_sample(enrolment=unit, reason="New candidate.", by=by, at=timezone.now())
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=[unit.unit.criteria.earliest("pk").pk],
        feedback="Thin.",
        wanted="Ask for a second call.",
        due_on=today,
        by=by,
        at=timezone.now(),
    )
    action = unit.actions.get()
    verification.answer_action(action=action, answer="Done.", by=house.assessor, at=timezone.now())
    verification.close_action(action=action, by=by, at=timezone.now())
    verification.verify(enrolment=unit, by=by, at=timezone.now())
    award.authenticate(enrolment=unit, by=office, at=timezone.now())
    award.claim(enrolment=unit, authorisation="EV 1", by=office, at=timezone.now())
    award.certificate(enrolment=unit, number="C 1", issued_on=today, by=office, at=timezone.now())
    unit.refresh_from_db()
    return unit


def countersigned(house: House) -> Enrolment:
    """A trainee's unit, countersigned and left unsampled."""
    unit = signed_off(an_enrolment(house, "ocr-cc32", assessor=house.trainee))
    judgement.countersign(enrolment=unit, by=house.assessor, at=timezone.now())
    verification.leave_unsampled(enrolment=unit, reason="Low risk.", by=house.verifier, at=timezone.now())
    unit.refresh_from_db()
    return unit
