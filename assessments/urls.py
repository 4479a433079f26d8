"""Addresses of the upper floor, by chapter."""

from django.urls import path

from assessments.views import award, judgement, office, record
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
    # award
    path("forms/", award.forms, name="forms"),
    path("centre/<slug:slug>/forms/", award.centre_forms, name="centre_forms"),
    path("enrolments/<int:pk>/authenticate/", award.authenticate_unit, name="authenticate"),
    # judgement
    path("assessing/", judgement.queue, name="queue"),
    path("assessing/caseload/", judgement.cases, name="caseload"),
    path("assessing/<int:pk>/", judgement.judge, name="judge"),
    # record
    path("enrolments/<int:pk>/", record.enrolment_page, name="enrolment"),
    *(
        path(f"enrolments/<int:pk>/{verb.value.replace('_', '-')}/", record.verb, {"verb": verb.value}, name=verb.value)
        for verb in UNIT_STEPS
    ),
]
