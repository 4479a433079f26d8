"""Addresses of the upper floor, by chapter."""

from django.urls import path

from assessments.views import (
    adjustment,
    appeal,
    award,
    candidate,
    case,
    device,
    evidence,
    files,
    item,
    judgement,
    matrix,
    office,
    printed,
    record,
    safekeeping,
    simulation,
    testimony,
    verification,
)
from assessments.workflow import UNIT_STEPS

app_name = "assessments"

urlpatterns = [
    # enrolment
    path("enrolments/", office.enrolments, name="enrolments"),
    path("centre/<slug:slug>/enrolments/", office.centre_enrolments, name="centre_enrolments"),
    path("centre/<slug:slug>/enrolments/new/", office.enrol, name="enrol"),
    path("centre/<slug:slug>/approvals/", office.approvals, name="approvals"),
    path("centre/<slug:slug>/approvals/<slug:code>/", office.approval, name="approval"),
    path("centre/<slug:slug>/approvals/<slug:code>/form/", office.form_approval, name="form_approval"),
    path("enrolments/<int:pk>/allocate/<slug:part>/", office.allocate, name="allocate"),
    path("centre/<slug:slug>/adjustments/", adjustment.adjustments, name="adjustments"),
    path("centre/<slug:slug>/adjustments/new/", adjustment.arrange, name="arrange_adjustment"),
    path("adjustments/<int:pk>/", adjustment.adjustment, name="adjustment"),
    path("adjustments/<int:pk>/end/", adjustment.end, name="end_adjustment"),
    # evidence
    path("portfolio/", candidate.home, name="candidate_home"),
    path("evidence/<int:pk>/", item.evidence, name="evidence"),
    path("manifest.webmanifest", device.manifest, name="manifest"),
    path("worker.js", device.worker, name="worker"),
    path("offline/", device.offline, name="offline"),
    path("evidence/from-device/", device.drafts, name="device_drafts"),
    path("evidence/add/", evidence.add, name="add_evidence"),
    path("evidence/<int:pk>/edit/", evidence.edit, name="edit_evidence"),
    path("evidence/<int:pk>/hand-in/", evidence.hand_in, name="submit_evidence"),
    path("evidence/<int:pk>/replace/", evidence.replace, name="replace_evidence"),
    path("evidence/<int:pk>/map/", evidence.map_more, name="map_evidence"),
    path("evidence/<int:pk>/withdraw/", evidence.withdraw, name="withdraw_evidence"),
    path("evidence/<int:pk>/ask-witness/", testimony.ask, name="ask_witness"),
    path("witnesses/<int:pk>/resend/", testimony.resend, name="resend_request"),
    path("witnesses/<int:pk>/take-back/", testimony.revoke, name="revoke_request"),
    path("witness/<str:token>/", testimony.witness, name="witness"),
    path("evidence-files/<int:pk>/quarantine/", safekeeping.quarantine, name="quarantine_file"),
    path("evidence-files/<int:pk>/release/", safekeeping.release, name="release_file"),
    path("evidence-files/<int:pk>/redact/", safekeeping.redact, name="redact_file"),
    path("evidence-files/<int:pk>/", files.evidence_file, name="evidence_file"),
    path("evidence-files/<int:pk>/download/", files.download, name="download_evidence_file"),
    path("evidence-files/<int:pk>/thumbnail/", files.thumbnail, name="evidence_thumbnail"),
    path("evidence-files/<int:pk>/pages/<int:number>/", files.page, name="evidence_page"),
    path("evidence-files/<int:pk>/pages/<int:number>/text/", files.page_text, name="evidence_page_text"),
    # judgement
    path("assessing/", judgement.queue, name="queue"),
    path("assessing/caseload/", judgement.cases, name="caseload"),
    path("assessing/<int:pk>/", judgement.judge, name="judge"),
    # verification
    path("verifying/", verification.sampling, name="sampling"),
    path("verifying/units/", verification.units_verified, name="units_verified"),
    path("enrolments/<int:pk>/sample/", verification.plan_sample, name="plan_sample"),
    path("enrolments/<int:pk>/leave-unsampled/", verification.leave_unsampled, name="leave_unsampled"),
    path("samples/<int:pk>/", verification.sample, name="sample"),
    path("samples/<int:pk>/drop/", verification.drop_sample, name="drop_sample"),
    path("actions/<int:pk>/", verification.action, name="action"),
    path("enrolments/<int:pk>/simulation/", simulation.approve, name="approve_simulation"),
    # appeals
    path("appeals/", appeal.appeals, name="appeals"),
    path("appeals/<int:pk>/", appeal.appeal, name="appeal"),
    path("appeals/<int:pk>/adjudicator/", appeal.appoint, name="appoint_adjudicator"),
    path("appeals/<int:pk>/decide/", appeal.decide, name="decide_appeal"),
    path("appeals/<int:pk>/follow-up/", appeal.follow_up, name="follow_up"),
    path("enrolments/<int:pk>/appeal/", appeal.raise_appeal, name="raise_appeal"),
    path("centre/<slug:slug>/appeals-procedure/", appeal.procedure, name="appeals_procedure"),
    # cases
    path("cases/", case.cases, name="cases"),
    path("centre/<slug:slug>/cases/new/", case.open_case, name="open_case"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/investigators/", case.investigators, name="investigators"),
    path("cases/<int:pk>/hold/", case.hold, name="hold"),
    path("cases/<int:pk>/let-go/", case.let_go, name="let_go"),
    path("cases/<int:pk>/close/", case.close, name="close_case"),
    # award
    path("forms/", award.forms, name="forms"),
    path("centre/<slug:slug>/forms/", award.centre_forms, name="centre_forms"),
    path("enrolments/<int:pk>/authenticate/", award.authenticate_unit, name="authenticate"),
    # record
    path("enrolments/<int:pk>/", record.enrolment_page, name="enrolment"),
    path("enrolments/<int:pk>/cell/", matrix.map_cell, name="map_cell"),
    *(
        path(f"enrolments/<int:pk>/{verb.value.replace('_', '-')}/", record.verb, {"verb": verb.value}, name=verb.value)
        for verb in UNIT_STEPS
    ),
    # its official forms
    path("enrolments/<int:pk>/recording-form/", printed.recording_form, name="recording_form"),
    path("authentication-forms/<int:pk>/document/", printed.authentication_document, name="authentication_document"),
    path("units/<slug:key>/<int:version>/recording-form/", printed.blank_form, name="blank_form"),
]
