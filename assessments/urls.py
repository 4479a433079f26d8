"""Addresses of the upper floor, by chapter."""

from django.urls import path

from assessments.views import (
    award,
    candidate,
    caseload,
    device,
    evidence,
    files,
    interests,
    item,
    judgement,
    matrix,
    observed,
    office,
    printed,
    question_sets,
    reassigning,
    record,
    safekeeping,
    testimony,
    verification,
)
from assessments.workflow import UNIT_STEPS

app_name = "assessments"

urlpatterns = [
    # enrolment
    path("enrolments/", caseload.enrolments, name="enrolments"),
    path("centre/<slug:slug>/enrolments/", caseload.centre_enrolments, name="centre_enrolments"),
    path("centre/<slug:slug>/enrolments/file/<slug:ending>/", caseload.enrolments_file, name="enrolments_file"),
    path("centre/<slug:slug>/enrolments/reassign/", reassigning.reassign, name="reassign"),
    path("centre/<slug:slug>/time-to-feedback/", caseload.feedback_times, name="feedback_times"),
    path("centre/<slug:slug>/time-to-feedback/file/<slug:ending>/", caseload.feedback_file, name="feedback_file"),
    path("centre/<slug:slug>/conflicts/", interests.conflicts, name="conflicts"),
    path("centre/<slug:slug>/conflicts/new/", interests.record_conflict, name="record_conflict"),
    path("conflicts/", interests.own_conflicts, name="own_conflicts"),
    path("conflicts/new/<slug:slug>/", interests.declare_own, name="declare_own_conflict"),
    path("conflicts/<int:pk>/end/", interests.end_conflict, name="end_conflict"),
    path("centre/<slug:slug>/enrolments/new/", office.enrol, name="enrol"),
    path("centre/<slug:slug>/approvals/", office.approvals, name="approvals"),
    path("centre/<slug:slug>/approvals/<slug:code>/", office.approval, name="approval"),
    path("centre/<slug:slug>/approvals/<slug:code>/form/", office.form_approval, name="form_approval"),
    path("enrolments/<int:pk>/allocate/<slug:part>/", office.allocate, name="allocate"),
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
    path("evidence/<int:pk>/acknowledge/", observed.acknowledge, name="acknowledge"),
    path("records/", observed.records, name="records"),
    path("enrolments/<int:pk>/records/new/", observed.new_record, name="new_record"),
    path("enrolments/<int:pk>/records/<slug:kind>/", observed.write, name="write_record"),
    path("enrolments/<int:pk>/records/<slug:kind>/sign/", observed.sign, name="sign_record"),
    path("evidence/<int:pk>/correct/", observed.correct, name="correct_record"),
    path("evidence/<int:pk>/correct/sign/", observed.sign_correction, name="sign_correction"),
    path("question-sets/", question_sets.sets, name="question_sets"),
    path("centre/<slug:slug>/question-sets/new/", question_sets.write, name="write_set"),
    path("question-sets/<int:pk>/", question_sets.shown, name="question_set"),
    path("question-sets/<int:pk>/edit/", question_sets.rewrite, name="rewrite_set"),
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
    path("assessing/caseload/", caseload.cases, name="caseload"),
    path("assessing/caseload/file/<slug:ending>/", caseload.cases_file, name="cases_file"),
    path("help/worked-out/", caseload.worked_out, name="worked_out"),
    path("assessing/<int:pk>/", judgement.judge, name="judge"),
    path("assessing/<int:pk>/next/", judgement.judge_next, name="judge_next"),
    # verification
    path("verifying/", verification.sampling, name="sampling"),
    path("verifying/units/", verification.units_verified, name="units_verified"),
    path("enrolments/<int:pk>/sample/", verification.plan_sample, name="plan_sample"),
    path("enrolments/<int:pk>/leave-unsampled/", verification.leave_unsampled, name="leave_unsampled"),
    path("samples/<int:pk>/", verification.sample, name="sample"),
    path("samples/<int:pk>/drop/", verification.drop_sample, name="drop_sample"),
    path("actions/<int:pk>/", verification.action, name="action"),
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
