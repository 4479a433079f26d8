"""It tells the demonstration centre's story through the real verbs, once, with units at every stage."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.enums import UnitStatus
from assessments.models import (
    Action,
    Activity,
    ActivityItem,
    Adjustment,
    AgreedOutcome,
    Appeal,
    AssessmentPlan,
    AssessorRecord,
    AuthenticationForm,
    Case,
    Certificate,
    ClaimBatch,
    Enrolment,
    Evidence,
    EvidenceFile,
    Exercise,
    ExternalAccess,
    FormBatch,
    Meeting,
    PlanReview,
    Profile,
    QuestionSet,
    Registration,
    Sample,
    SimulationApproval,
    Wording,
)
from assessments.queries.registration import award_lines
from assessments.tests.counting import miscounted
from portfolio import audit, vault
from portfolio.models import AuditChain, AuditEvent, CandidateRecord
from units.models import Qualification

pytestmark = pytest.mark.django_db


def test_the_demonstration_centre_shows_every_stage_and_is_filled_once(standard: None) -> None:
    said = io.StringIO()
    call_command("demo", stdout=said)
    assert CandidateRecord.objects.count() == 8
    stages = set(Enrolment.objects.values_list("status", flat=True))
    assert stages == set(UnitStatus.values) - {UnitStatus.REVOKED}
    assert len(set(Enrolment.objects.values_list("unit__key", flat=True))) == 6
    assert Sample.objects.filter(done_at=None).exists()
    assert Action.objects.filter(closed_at=None, answered_at=None).exists()
    assert Action.objects.filter(closed_at=None, answered_at__isnull=False).exists()
    asked = Sample.objects.filter(checks__isnull=False, answers__isnull=False).distinct()
    assert {sample.stage for sample in asked} == {"interim", "summative"}
    assert {row.outcome for row in Activity.objects.filter(kind="observation")} == {"with_action"}
    assert {row.closed_at is None for row in Exercise.objects.all()} == {True, False}
    assert AgreedOutcome.objects.get().meeting == Meeting.objects.get()
    assert AuthenticationForm.objects.exists()
    assert {row.acknowledgements.filter(agreed=True).exists() for row in AssessorRecord.objects.all()} == {True, False}
    assert {row.status for row in QuestionSet.objects.all()} == {"in_use", "offered", "draft"}
    assert Certificate.objects.filter(replacement__isnull=False, claim__isnull=False).count() == 1
    assert {row.statement is None for row in Wording.objects.all()} == {True, False}
    assert set(FormBatch.objects.get().rows.values_list("state", flat=True)) >= {"made"}
    assert {batch.awards.count() for batch in ClaimBatch.objects.all()} == {0, 1}
    assert {line.standing.stuck for line in award_lines(Registration.objects.all())} == {False}
    assert {row.source[:36] for row in Qualification.objects.all()} == {"Made up by this demonstration centre"}
    visit = ExternalAccess.objects.on(timezone.localdate()).get()
    assert {choice.looked_at is None for choice in visit.choices.all()} == {True, False}
    assert {note.issued_at is None for note in visit.notes.all()} == {True, False}
    assert visit.actions.get(closed_at=None).answered_at
    assert set(AssessmentPlan.objects.values_list("status", flat=True)) == {"draft", "proposed", "agreed"}
    assert ActivityItem.objects.filter(evidence__versions__status="submitted").exists()
    assert PlanReview.objects.filter(candidate_signature=None).count() == 1
    assert PlanReview.objects.exclude(candidate_signature=None).count() == 1
    kinds = set(EvidenceFile.objects.values_list("stored__content_type", flat=True))
    assert {kind.split(";")[0] for kind in kinds} >= {"application/pdf", "image/png", "image/jpeg", "text/plain"}
    assert any(kind.startswith("audio/") for kind in kinds)
    for file in EvidenceFile.objects.select_related("stored"):
        assert vault.path_of(file.stored).stat().st_size == file.stored.size
    appeal = Appeal.objects.get()
    assert [hearing.stage for hearing in appeal.hearings.all()] == ["assessor", "verifier"]
    assert appeal.enrolment.open_appeal == appeal
    assert Evidence.objects.filter(frozen_at__isnull=False).count() == Case.objects.get().freezes.count() == 1
    assert Adjustment.objects.get().candidate == SimulationApproval.objects.get().enrolment.candidate
    assert Profile.objects.get().candidate.name == "Siân Llŷr Morgan"
    assert audit.verify(AuditChain.objects.get(centre__slug="harbour")) is None
    assert miscounted() == []
    lines = AuditEvent.objects.count()
    call_command("demo", stdout=said)
    assert AuditEvent.objects.count() == lines
    assert "zofia@harbour.example" in said.getvalue()
